import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openHubStore } from '../../../connectors/hub-store/hub-store.ts';
import { dispositionOf } from '../../../core/errors/hub-error.ts';
import type { PersonStore, PersonTransaction } from '../../../core/sync/ports.ts';
import {
  doBatch,
  freshIdentities,
  freshTopic,
  readGroups,
  runBatch,
  type TestBatch,
} from '../../contracts/store-under-test.ts';
import {
  createEmptyDatabase,
  createHubDatabase,
  type TestDatabase,
  testStoreConfig,
} from '../../support/hub-database.ts';
import { startCutAfterCommitProxy } from './cut-after-commit-proxy.ts';
import { countRows, emptyTables, endConnections, NO_ROWS, pause } from './look-into-store.ts';

const STEPS = ['lockOffset', 'lockGroups', 'write', 'advanceOffset', 'commit'] as const;
type Step = (typeof STEPS)[number];

describe('the hub store', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createHubDatabase();
  });
  beforeEach(async () => {
    await emptyTables(database.database);
  });
  afterAll(async () => {
    await database[Symbol.asyncDispose]();
  });

  it.each(STEPS)(
    'stores nothing when the connection dies before %s, and all at the replay',
    async (step) => {
      await using store = openHubStore(testStoreConfig(database.url));
      const batch = batchOf(5);
      const attempt = store.persons.transact(async (transaction) => {
        const kill = () => endConnections(database.database);
        await runBatch(killingBefore(step, transaction, kill), batch);
        if (step === 'commit') await kill();
      });
      await expect(attempt).rejects.toMatchObject({
        code: 'HUB_STORE_UNAVAILABLE',
        disposition: 'retriable',
      });
      expect(await countRows(database.database)).toEqual(NO_ROWS);
      expect(await doBatch(store.persons, batch)).toBe(5);
      expect(await countRows(database.database)).toEqual(ROWS_OF_FIVE);
    },
  );

  it('makes the replay a no-op when the answer to the commit is lost', async () => {
    await using proxy = await startCutAfterCommitProxy(database.url);
    await using store = openHubStore(testStoreConfig(proxy.url));
    await store.ping();
    const batch = batchOf(5);
    proxy.cutNextCommit();
    await expect(doBatch(store.persons, batch)).rejects.toMatchObject({
      code: 'HUB_STORE_UNAVAILABLE',
    });
    while ((await countRows(database.database))['persons'] === 0) await pause();
    expect(await doBatch(store.persons, batch)).toBe(0);
    expect(await countRows(database.database)).toEqual(ROWS_OF_FIVE);
  });

  it('ends in the state of an undisturbed run when all connections are ended again and again in the middle', async () => {
    const shared = freshIdentities(6);
    const writers = 3;
    const rounds = 25;
    let running = writers;
    let cuts = 0;
    const write = async () => {
      // Each writer is an instance of its own.
      await using store = openHubStore({ ...testStoreConfig(database.url), poolSize: 2 });
      const topic = freshTopic();
      for (let round = 0; round < rounds; round++) {
        const firstOffset = round * shared.length;
        await untilDone(store.persons, {
          topic,
          partition: 0,
          firstOffset,
          identities: shared,
          version: 1,
        });
      }
      running--;
    };
    const cut = async () => {
      while (running > 0) {
        if ((await endConnections(database.database)) > 0) cuts++;
        await pause();
      }
    };
    await Promise.all([...Array.from({ length: writers }, write), cut()]);

    expect(cuts).toBeGreaterThan(0);
    await using store = openHubStore(testStoreConfig(database.url));
    const groups = await readGroups(store.persons, shared);
    expect(groups.map(({ persons }) => persons[0]?.version)).toEqual(
      shared.map(() => writers * rounds),
    );
    expect(await countRows(database.database)).toEqual({
      ...NO_ROWS,
      identities: shared.length,
      evidence: shared.length,
      evidence_journal: shared.length * writers * rounds,
      persons: shared.length,
      outbox: shared.length * writers * rounds,
      source_offsets: writers,
    });
  });

  it('says that it is unavailable when nobody listens at the address', async () => {
    await using store = openHubStore(testStoreConfig('postgres://postgres@127.0.0.1:1/postgres'));
    await expect(store.ping()).rejects.toMatchObject({ code: 'HUB_STORE_UNAVAILABLE' });
    await expect(doBatch(store.persons, batchOf(1))).rejects.toMatchObject({
      code: 'HUB_STORE_UNAVAILABLE',
    });
  });

  it('says that it is denied when the database does not exist', async () => {
    const url = new URL(database.url);
    url.pathname = '/hub_no_such_database';
    await using store = openHubStore(testStoreConfig(url.href));
    await expect(store.ping()).rejects.toMatchObject({
      code: 'HUB_STORE_DENIED',
      disposition: 'fatal',
    });
  });

  it('says that it is not migrated when the tables are not there', async () => {
    await using empty = await createEmptyDatabase();
    await using store = openHubStore(testStoreConfig(empty.url));
    await expect(doBatch(store.persons, batchOf(1))).rejects.toMatchObject({
      code: 'HUB_STORE_NOT_MIGRATED',
      disposition: 'fatal',
    });
  });

  it('never repeats what PostgreSQL says about a value', async () => {
    await using store = openHubStore(testStoreConfig(database.url));
    const [identity] = freshIdentities(1);
    if (identity === undefined) return expect.fail();
    const secret = { ...identity, extension: 'SECRET\u0000' };
    const error: unknown = await store.persons
      .transact((t) => t.lockGroups([secret]))
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'HUB_STORE_FAILED', disposition: 'fatal' });
    for (let e = error; e instanceof Error; e = e.cause) {
      expect(`${e.message} ${e.stack} ${JSON.stringify(e)}`).not.toContain('SECRET');
    }
  });
});

const ROWS_OF_FIVE = {
  ...NO_ROWS,
  identities: 5,
  evidence: 5,
  evidence_journal: 5,
  persons: 5,
  outbox: 5,
  source_offsets: 1,
};

function batchOf(size: number): TestBatch {
  const identities = freshIdentities(size);
  return { topic: freshTopic(), partition: 0, firstOffset: 0, identities, version: 1 };
}

function killingBefore(
  step: Step,
  transaction: PersonTransaction,
  kill: () => Promise<unknown>,
): PersonTransaction {
  const before = async (name: Step) => {
    if (name === step) await kill();
  };
  return {
    lockOffset: async (topic, partition) => {
      await before('lockOffset');
      return await transaction.lockOffset(topic, partition);
    },
    lockGroups: async (identities) => {
      await before('lockGroups');
      return await transaction.lockGroups(identities);
    },
    write: async (changes) => {
      await before('write');
      await transaction.write(changes);
    },
    advanceOffset: async (topic, partition, nextOffset) => {
      await before('advanceOffset');
      await transaction.advanceOffset(topic, partition, nextOffset);
    },
    resetOffset: (topic, partition, offset) => transaction.resetOffset(topic, partition, offset),
    readPhase: () => transaction.readPhase(),
    lockKnownGroups: (identities) => transaction.lockKnownGroups(identities),
    readProtected: (identities) => transaction.readProtected(identities),
    findErased: (ask) => transaction.findErased(ask),
    recordDecision: (request, flaggedSince) => transaction.recordDecision(request, flaggedSince),
    finishFollowUp: (id) => transaction.finishFollowUp(id),
    findNeighbours: (hash, key, limit) => transaction.findNeighbours(hash, key, limit),
    lockDerivation: () => transaction.lockDerivation(),
    saveDerivation: (derivation) => transaction.saveDerivation(derivation),
    lockGroupPage: (after, limit) => transaction.lockGroupPage(after, limit),
  };
}

/** As the main path does it: the same batch again for as long as the error is retriable. */
async function untilDone(store: PersonStore, batch: TestBatch): Promise<void> {
  for (;;) {
    try {
      await doBatch(store, batch);
      return;
    } catch (error) {
      if (dispositionOf(error) !== 'retriable') throw error;
    }
  }
}
