/**
 * One folder, one real-world case: `scenario.json` says what the registers send, `expected.json` what becomes of it. The records go through
 * the real mapping files, mapper and main path. A reported defect becomes a folder of its own; see README.md beside this file.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadMappingFiles } from '../../connectors/mapping-files/load-mapping-files.ts';
import { createIdentityHasher, encodeSourceMessage } from '../../connectors/runtime/raw-message.ts';
import { createMasterMapper } from '../../core/mapping/map-master-record.ts';
import { createPuMapper } from '../../core/mapping/map-pu-record.ts';
import { type ProcessRules, processSourceBatch } from '../../core/sync/process-source-batch.ts';
import {
  formatPosition,
  type SourceMessage,
  type SourceName,
} from '../../core/sync/source-record.ts';
import { plainHasher } from '../support/person-builder.ts';
import { PlainStore } from './plain-store.ts';
import { KEY_FIELDS, readScenario, type Step, toSourceMessage } from './scenario.ts';

const FOLDERS = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

const files = await loadMappingFiles(join(import.meta.dirname, '../../mappings'));
const { classifier, areas, region } = files;
const mappers = {
  master: createMasterMapper({ mapping: files.masterMapping, classifier, areas }),
  pu: createPuMapper({ mapping: files.puMapping, classifier, areas }),
};
const rulesOf = (source: SourceName): ProcessRules => ({
  source,
  map: (message) => mappers[source].map(message),
  hasher: plainHasher,
  events: { homeCounties: region.homeCounties },
});
const SECRET = 'a secret of the tests';
const hashOf = {
  master: createIdentityHasher(SECRET, KEY_FIELDS.master),
  pu: createIdentityHasher(SECRET, KEY_FIELDS.pu),
};

it('there are scenarios', () => {
  expect(FOLDERS.length).toBeGreaterThan(60);
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
  const { source } = step;
  const topic = `source.${source}.person.v1`;
  const offset = store.nextOffset(topic);
  const identityHash = hashOf[source](message);
  const batch = {
    topic,
    partition: 0,
    firstOffset: offset,
    nextOffset: offset + 1,
    records: [{ offset, identityHash, message, payload: encodeSourceMessage(message) }],
  };
  const rules = rulesOf(source);
  const outcome = await processSourceBatch(batch, store, rules);
  expect(await processSourceBatch(batch, store, rules)).toMatchObject({ persons: 0, events: 0 });
  const nameOf = (key: Parameters<PlainStore['firstIdentity']>[0]): string =>
    store.firstIdentity(key)?.extension ?? '';
  return {
    after: step.says,
    ...(outcome.stale > 0 && { tooOld: true }),
    ...(outcome.unpublished > 0 && { unpublished: true }),
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
    // What nobody is told of for as long as Master leads.
    ...(source === 'pu' && { keptOfPu: keptOfPu(message, store) }),
  };
}

/** All that the store has from PU of the identity that a record is about; null: nothing. */
function keptOfPu(message: SourceMessage, store: PlainStore): unknown {
  const mapped = mappers.pu.map(message);
  const about = mapped.kind === 'rejected' ? mapped.raises : mapped;
  if (about === undefined) return 'as before';
  const identity = 'evidence' in about ? about.evidence.identity : about.identity;
  const stored = store.evidenceOf(identity, 'pu');
  return stored === undefined
    ? null
    : { position: formatPosition(stored.position), ...stored.content };
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
