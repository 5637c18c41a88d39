import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SqlRunner, statement } from '../../../connectors/hub-store/database.ts';
import { type HubStore, openHubStore } from '../../../connectors/hub-store/hub-store.ts';
import { lockClusters } from '../../../connectors/hub-store/lock-clusters.ts';
import { findHubError } from '../../../core/errors/hub-error.ts';
import type { Identity } from '../../../core/person/person-identifier.ts';
import {
  changesOf,
  doBatch,
  freshIdentities,
  freshIdentity,
  freshTopic,
  readClusters,
} from '../../contracts/store-under-test.ts';
import {
  createHubDatabase,
  type TestDatabase,
  testStoreConfig,
} from '../../support/hub-database.ts';
import { untilBlocked } from './look-into-store.ts';

const JOIN = statement(
  'join-cluster',
  `UPDATE identities SET person_key = (SELECT person_key FROM identities WHERE root = $1 AND extension = $2)
   WHERE root = $1 AND extension = $3`,
);
const LEAVE = statement(
  'leave-cluster',
  'UPDATE identities SET person_key = identity_key WHERE root = $1 AND extension = $2',
);

const FREE = statement(
  'free-identity',
  'SELECT identity_key FROM identities WHERE extension = $1 FOR UPDATE SKIP LOCKED',
);

describe('clusters of several identities', () => {
  let database: TestDatabase;
  let store: HubStore;
  beforeAll(async () => {
    database = await createHubDatabase();
    store = openHubStore(testStoreConfig(database.url));
  });
  afterAll(async () => {
    await store[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  /** A cluster as a declared link will make it. */
  const makeCluster = async (size: number): Promise<readonly Identity[]> => {
    const identities = freshIdentities(size);
    await store.persons.transact((t) => t.lockClusters(identities));
    await database.database.transact(async (runner) => {
      for (const identity of identities.slice(1)) await join(runner, identities[0], identity);
    });
    return identities;
  };

  it('are read whole when any of their identities is named', async () => {
    const cluster = await makeCluster(3);
    await doBatch(store.persons, { ...placeOf(), identities: cluster.slice(0, 1), version: 1 });
    for (const identity of cluster) {
      const found = await readClusters(store.persons, [identity]);
      expect(found).toHaveLength(1);
      expect(found[0]?.identities.map((stored) => stored.identity)).toEqual(cluster);
      expect(found[0]?.person?.version).toBe(1);
    }
  });

  it('are one cluster when several of their identities are named', async () => {
    const cluster = await makeCluster(3);
    expect(await readClusters(store.persons, cluster.toReversed())).toHaveLength(1);
  });

  it('have one writer at a time, each named by another of their identities, without a deadlock', async () => {
    const clusters = [await makeCluster(4), await makeCluster(4), await makeCluster(4)];
    const writers = 8;
    const rounds = 5;
    await Promise.all(
      Array.from({ length: writers }, async (_, writer) => {
        for (let round = 0; round < rounds; round++) {
          const named = clusters.flatMap((cluster, i) =>
            cluster.slice((writer + round + i) % 4).slice(0, 1),
          );
          const identities = (writer + round) % 2 === 0 ? named : named.toReversed();
          await doBatch(store.persons, { ...placeOf(), identities, version: 1 });
        }
      }),
    );
    for (const cluster of clusters) {
      const [found] = await readClusters(store.persons, cluster);
      expect(found?.person?.version).toBe(writers * rounds);
    }
  });

  it('are read and locked as they became while the lock was waited for', async () => {
    const [first] = await makeCluster(1);
    const [newcomer] = await makeCluster(1);
    if (first === undefined || newcomer === undefined) return expect.fail();
    const [waiting] = await database.database.transact(async (runner) => {
      await lockClusters(runner, [first, newcomer]);
      const writer = store.persons.transact(async (t) => {
        const clusters = await t.lockClusters([first]);
        return { clusters, free: await database.database.query(FREE, [newcomer.extension]) };
      });
      await untilBlocked(database.database);
      await join(runner, first, newcomer);
      return [writer];
    });
    const { clusters, free } = (await waiting) ?? { clusters: [], free: [] };
    expect(clusters).toHaveLength(1);
    expect(clusters[0]?.identities.map((stored) => stored.identity)).toEqual([first, newcomer]);
    expect(free).toEqual([]);
  });

  it('are read without who left while the lock was waited for', async () => {
    const [first, leaver] = await makeCluster(2);
    if (first === undefined || leaver === undefined) return expect.fail();
    const [waiting] = await database.database.transact(async (runner) => {
      await lockClusters(runner, [first]);
      const reader = readClusters(store.persons, [first]);
      await untilBlocked(database.database);
      await runner.execute(LEAVE, [leaver.root, leaver.extension]);
      return [reader];
    });
    const [cluster] = (await waiting) ?? [];
    expect(cluster?.identities.map((stored) => stored.identity)).toEqual([first]);
  });

  it('can be joined and left by some while others write, never with a deadlock and never half read', async () => {
    const identities = freshIdentities(6);
    await store.persons.transact((t) => t.lockClusters(identities));
    const codes = new Set<string>();
    const again = async (work: () => Promise<unknown>) => {
      for (;;) {
        try {
          return await work();
        } catch (error) {
          const known = findHubError(error);
          if (known?.code !== 'HUB_STORE_CONFLICT') throw error;
          codes.add(String(known.context['sqlstate'] ?? known.context['rounds']));
        }
      }
    };
    const move = (round: number) => async () => {
      const one = identities[round % 6];
      const other = identities[(round * 5 + 1) % 6];
      if (one === undefined || other === undefined || one === other) return;
      await database.database.transact(async (runner) => {
        const clusters = await lockClusters(runner, [one, other]);
        if (clusters.length === 2) await join(runner, one, other);
        else await runner.execute(LEAVE, [other.root, other.extension]);
      });
    };
    const write = (round: number) => async () => {
      await store.persons.transact(async (t) => {
        const clusters = await t.lockClusters(
          round % 2 === 0 ? identities : identities.toReversed(),
        );
        expect(clusters.flatMap((cluster) => cluster.identities)).toHaveLength(6);
        await t.write(changesOf(clusters, 1));
      });
    };
    const rounds = Array.from({ length: 30 }, (_, round) => round);
    await Promise.all([
      ...[1, 2].map(async (mover) => {
        for (const round of rounds) await again(move(round * mover));
      }),
      ...[1, 2, 3].map(async () => {
        for (const round of rounds) await again(write(round));
      }),
    ]);
    expect([...codes]).not.toContain('40P01');
  });

  it('are not waited for when the identity is new, whoever else is busy', async () => {
    const [busy] = await makeCluster(1);
    if (busy === undefined) return expect.fail();
    await database.database.transact(async (runner) => {
      await lockClusters(runner, [busy]);
      expect(
        await doBatch(store.persons, { ...placeOf(), identities: [freshIdentity()], version: 1 }),
      ).toBe(1);
    });
  });
});

async function join(runner: SqlRunner, to: Identity | undefined, identity: Identity) {
  await runner.execute(JOIN, [identity.root, to?.extension ?? '', identity.extension]);
}

function placeOf() {
  return { topic: freshTopic(), partition: 0, firstOffset: 0 };
}
