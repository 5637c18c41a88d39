/** What connectors keep of somebody, in the spelling of their sources, leaves with the person. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadConfig } from '../../../connectors/config/load-config.ts';
import type { HubStore } from '../../../connectors/hub-store/hub-store.ts';
import { carryOutCoreCommand } from '../../../connectors/runtime/carry-out-core-command.ts';
import { createTraceFinder } from '../../../connectors/runtime/find-source-traces.ts';
import { identityHashKey, openStore } from '../../../connectors/runtime/open-parts.ts';
import { coreRequestOf } from '../../../connectors/runtime/operations/core-commands.ts';
import { mappingFilesOf } from '../../../connectors/runtime/operations/mapping-files.ts';
import { processRules } from '../../../connectors/runtime/process-rules.ts';
import {
  createIdentityHasher,
  encodeSourceMessage,
} from '../../../connectors/runtime/raw-message.ts';
import { OID_PNR } from '../../../core/person/person-identifier.ts';
import { processSourceBatch } from '../../../core/sync/process-source-batch.ts';
import type { SourceMessage, SourceName } from '../../../core/sync/source-record.ts';
import { freshTopic, readGroups } from '../../contracts/store-under-test.ts';
import { testEnvironment } from '../../support/env.ts';
import { createHubDatabase, type TestDatabase } from '../../support/hub-database.ts';
import { pnr } from '../../support/person-builder.ts';

let database: TestDatabase;
let store: HubStore;

beforeEach(async () => {
  database = await createHubDatabase();
  store = openStore(configOf());
});

afterEach(async () => {
  await store[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

function configOf() {
  const services = testEnvironment();
  return loadConfig(
    {
      KAFKA_BROKERS: services.kafkaBrokers.join(','),
      SCHEMA_REGISTRY_URL: services.schemaRegistryUrl,
      DATABASE_URL: database.url,
      HUB_ENVIRONMENT: 'test',
      HUB_SECRET: 'a secret of the tests, longer than it must be',
    },
    'operator',
  );
}

const HYPHENATED = ['18900101-9802', '18900102-9819'] as const;

it('goes with the person: answers, seen rows and parked records, by any spelling; those of others stay', async () => {
  const config = configOf();
  const files = await mappingFilesOf();
  const rules = processRules(files, 'test');
  const masterHash = createIdentityHasher(identityHashKey(config), files.masterMapping.person.key);
  const rows = HYPHENATED.map((identity) => ({ identityType: 'PNR', identity }));
  // Of both a row that is sound, and one that is not.
  for (const row of rows) {
    const sound = message('master', { ...row, sex: 'K', ...NO_FLAGS });
    const parked = message('master', { ...row, sex: 'nobody knows', ...NO_FLAGS }, 2n);
    for (const one of [sound, parked]) {
      const outcome = await processSourceBatch(
        {
          topic: freshTopic(),
          partition: 0,
          firstOffset: 0,
          nextOffset: 1,
          records: [
            {
              offset: 0,
              identityHash: masterHash(one),
              message: one,
              payload: encodeSourceMessage(one),
            },
          ],
        },
        store.persons,
        rules.master,
      );
      expect(outcome.parked).toHaveLength(one === parked ? 1 : 0);
    }
  }
  await store.knownRows('master').put(
    rows.map(({ identityType, identity }) => ({
      key: [identityType, identity],
      contentHash: 'h',
    })),
  );
  await store.puKnown.put(
    [pnr(), pnr(1)].map((identity) => ({
      identity,
      state: 'sent',
      askedAt: 1,
      epoch: 1,
      second: 1,
      contentHash: 'h',
      place: null,
    })),
  );
  const [group] = await readGroups(store.persons, [pnr()]);
  const person = group?.identities[0]?.personKey ?? expect.fail('nobody');
  const seen = group?.identities.map(({ identityKey }) => identityKey) ?? [];

  const made = coreRequestOf(
    { kind: 'erase', person, seen, keepsHash: true },
    { reason: 'a test', requestedBy: 'tester' },
  );
  if (made.kind === 'refused') return expect.fail(made.why);
  const id = await store.commands.submit(made.request);
  const stored = (await store.commands.list(1)).find((one) => one.id === id) ?? expect.fail();
  const findTraces = createTraceFinder({ config, files }, store);
  expect(await carryOutCoreCommand(stored, store, rules.master, findTraces)).toBe('done');

  expect(await store.knownRows('master').page(undefined, 10)).toMatchObject({
    rows: [{ key: ['PNR', HYPHENATED[1]] }],
  });
  expect(await store.puKnown.find([pnr(), pnr(1)])).toEqual(new Map([[1, expect.anything()]]));
  const parked = await store.parked.list(0n, 10);
  expect(parked.map(({ identityHash }) => identityHash)).toEqual([
    masterHash(message('master', rows[1] ?? {})),
  ]);
  // What is not sound is refused by its key, in the register's spelling and in PU's.
  const puHash = createIdentityHasher(identityHashKey(config), ['identityRoot', 'identity']);
  const kept = await store.persons.transact((transaction) =>
    transaction.findErased(() => ({
      identities: [],
      hashes: [
        masterHash(message('master', rows[0] ?? {})),
        masterHash(message('master', { identityType: 'PNR', identity: pnr().extension })),
        puHash(message('pu', { identityRoot: OID_PNR, identity: pnr().extension })),
        puHash(message('pu', { identityRoot: OID_PNR, identity: pnr(1).extension })),
      ],
    })),
  );
  expect(kept?.hashes.size).toBe(3);
});

const NO_FLAGS = { protectedPerson: '0', protectedPopulationRecord: '0', testPerson: '0' };

function message(
  source: SourceName,
  person: Readonly<Record<string, string>>,
  version = 1n,
): SourceMessage {
  return {
    source,
    operation: 'upsert',
    position: { epoch: 1, version },
    snapshot: false,
    readAt: '2025-01-31T10:00:00.000Z',
    person,
    children: {},
  };
}
