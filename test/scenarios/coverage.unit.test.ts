/** What README.md beside this file says to be covered is covered, and each scenario tells something of its own. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readScenario } from './scenario.ts';

const PROJECT = join(import.meta.dirname, '../..');
/** The rows of the truth table, the points of the issue with their parts, and the kinds of bad input. */
const LEAST_CASES = 12 + 30 + 7;

const readme = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8');
const cases = [...readme.matchAll(/^- (?<name>.+): (?<places>`.+`)$/gm)].map(
  ({ groups: { name = '', places = '' } = {} }) => ({
    name,
    places: [...places.matchAll(/`([^`]+)`/g)].map(([, place = '']) => place),
  }),
);

describe('the lists of README.md', () => {
  it('have a line for every case', () => {
    expect(cases.length).toBeGreaterThanOrEqual(LEAST_CASES);
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
  });

  it.each(cases)('$name', ({ places }) => {
    const missing = places.filter(
      (place) =>
        !existsSync(
          place.includes('/')
            ? join(PROJECT, place)
            : join(import.meta.dirname, place, 'scenario.json'),
        ),
    );
    expect(missing).toEqual([]);
    expect(places).not.toEqual([]);
  });
});

const FOLDERS = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

it('every folder is in a list', () => {
  const places = new Set(cases.flatMap((one) => one.places));
  expect(FOLDERS.filter((folder) => !places.has(folder))).toEqual([]);
});

it('every scenario has a title and a reason unlike the others', () => {
  const scenarios = FOLDERS.map((name) =>
    readScenario(readFileSync(join(import.meta.dirname, name, 'scenario.json'), 'utf8')),
  );
  const doubled = (texts: readonly string[]): readonly string[] =>
    texts.filter((text, index) => texts.indexOf(text) !== index);
  expect(doubled(scenarios.map(({ title }) => title))).toEqual([]);
  expect(doubled(scenarios.map(({ why }) => why))).toEqual([]);
});
