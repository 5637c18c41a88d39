/**
 * One folder, one real-world case: `scenario.json` says what the registers send and what somebody decides, `expected.json` what becomes of
 * it. The records go through the real mapping files, mappers and main path. A reported defect becomes a folder of its own; see README.md
 * beside this file.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { atOnce, finalState, inReverse, playAgain } from './play-again.ts';
import { playScenario } from './play-scenario.ts';
import { printExpected } from './print-expected.ts';
import { readScenario } from './scenario.ts';
import { versionsOf } from './scenario-report.ts';

const FOLDERS = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

it('there are scenarios', () => {
  expect(FOLDERS.length).toBeGreaterThan(180);
});

describe.each(FOLDERS)('scenario %s', (folder) => {
  const path = join(import.meta.dirname, folder);
  const expected = join(path, 'expected.json');
  const isReviewed = existsSync(expected) && readFileSync(expected, 'utf8').trim() !== '';
  const scenario = readScenario(readFileSync(join(path, 'scenario.json'), 'utf8'));

  it(`${scenario.title}`, async () => {
    const { world, after, decided } = await playScenario(scenario);
    const versions = versionsOf(world.store);
    await world.rebuild();
    await world.followUp();
    expect(versionsOf(world.store), 'a rebuild at the end changes a version').toEqual(versions);
    for (const arrival of [inReverse, atOnce]) {
      const { decisions } = world.store.state;
      const made = decided.map((step, i) => ({
        step,
        flaggedSince: decisions[i]?.flaggedSince ?? null,
      }));
      const other = await playAgain(scenario, made, arrival);
      expect(finalState(other), `${arrival.name} it ends otherwise`).toEqual(finalState(world));
    }
    await expect(printExpected(after)).toMatchFileSnapshot(expected);
    expect(isReviewed, 'expected.json was not there. It is now: read it line by line').toBe(true);
  });
});
