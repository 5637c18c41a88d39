/**
 * One folder, one real-world case: `scenario.json` says what Master sends, `expected.json` what becomes of it. The records go through
 * the real mapping files, mapper and main path. A reported defect becomes a folder of its own; see README.md beside this file.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadMappingFiles } from '../../connectors/mapping-files/load-mapping-files.ts';
import { createIdentityHasher, encodeSourceMessage } from '../../connectors/runtime/raw-message.ts';
import { createMasterMapper } from '../../core/mapping/map-master-record.ts';
import { type ProcessRules, processSourceBatch } from '../../core/sync/process-source-batch.ts';
import { plainHasher } from '../support/person-builder.ts';
import { PlainStore } from './plain-store.ts';
import { readScenario, type Step, toSourceMessage } from './scenario.ts';

const FOLDERS = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

const files = await loadMappingFiles(join(import.meta.dirname, '../../mappings'));
const mapper = createMasterMapper({
  mapping: files.masterMapping,
  classifier: files.classifier,
  areas: files.areas,
});
const rules: ProcessRules = {
  source: 'master',
  map: (message) => mapper.map(message),
  hasher: plainHasher,
  events: { homeCounties: files.region.homeCounties },
};
const hashOf = createIdentityHasher('a secret of the tests', files.masterMapping.person.key);

it('there are scenarios', () => {
  expect(FOLDERS.length).toBeGreaterThan(30);
});

describe.each(FOLDERS)('scenario %s', (folder) => {
  const path = join(import.meta.dirname, folder);
  const expected = join(path, 'expected.json');
  const isReviewed = existsSync(expected) && readFileSync(expected, 'utf8').trim() !== '';
  const scenario = readScenario(readFileSync(join(path, 'scenario.json'), 'utf8'));

  it(`${scenario.title}`, async () => {
    const store = new PlainStore();
    const after: unknown[] = [];
    for (const step of scenario.given) after.push(await play(step, store));
    await expect(print(after)).toMatchFileSnapshot(expected);
    expect(isReviewed, 'expected.json was not there. It is now: read it line by line').toBe(true);
  });
});

/** Sends the record down the main path, and again, as after a crash: the second time must change nothing. */
async function play(step: Step, store: PlainStore): Promise<unknown> {
  const message = toSourceMessage(step);
  const versions = new Map(store.persons.map((person) => [person.personKey, person.version]));
  const offset = store.nextOffset;
  const batch = {
    topic: 'source.master.person.v1',
    partition: 0,
    firstOffset: offset,
    nextOffset: offset + 1,
    records: [
      { offset, identityHash: hashOf(message), message, payload: encodeSourceMessage(message) },
    ],
  };
  const outcome = await processSourceBatch(batch, store, rules);
  expect(await processSourceBatch(batch, store, rules)).toMatchObject({ persons: 0, events: 0 });
  const nameOf = (key: Parameters<PlainStore['firstIdentity']>[0]): string =>
    store.firstIdentity(key)?.extension ?? '';
  return {
    after: step.says,
    ...(outcome.stale > 0 && { tooOld: true }),
    parked: store.parked.map(({ code, field }) => ({ code, field })),
    events: store.takeEvents().map(({ personKey, event }) => ({
      person: nameOf(personKey),
      ...event,
      effectiveDate: event.effectiveDate?.value ?? null,
    })),
    // Those with a new version: whoever is not here stays published as before.
    persons: store.persons
      .filter(({ personKey, version }) => versions.get(personKey) !== version)
      .map(({ personKey, version, golden }) => ({ person: nameOf(personKey), version, golden })),
  };
}

const LINE = 100;
const LIST_OF_WORDS = /^.*\[\n(?: *"[^"\n]*",?\n)+ *\],?$/gm;

/** JSON as the formatter of the project has it: a short list of words on one line. */
function print(value: unknown): string {
  const text = JSON.stringify(value, null, 2).replace(LIST_OF_WORDS, (list) => {
    const line = list
      .replace(/\[\n */, '[')
      .replace(/\n *\]/, ']')
      .replace(/,\n */g, ', ');
    return line.length > LINE ? list : line;
  });
  return `${text}\n`;
}
