import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SqlRunner, statement } from '../../../connectors/hub-store/database.ts';
import { type HubStore, openHubStore } from '../../../connectors/hub-store/hub-store.ts';
import { lockGroups } from '../../../connectors/hub-store/lock-groups.ts';
import { findHubError } from '../../../core/errors/hub-error.ts';
import type { Identity } from '../../../core/person/person-identifier.ts';
import {
  changesOf,
  doBatch,
  freshIdentities,
  freshIdentity,
  freshTopic,
  readGroups,
} from '../../contracts/store-under-test.ts';
import {
  createHubDatabase,
  type TestDatabase,
  testStoreConfig,
} from '../../support/hub-database.ts';
import { untilBlocked } from './look-into-store.ts';

const JOIN = statement(
  'join-group',
  `UPDATE identities i SET person_key = n.person_key, group_key = coalesce(n.group_key, n.identity_key)
   FROM identities n WHERE n.root = $1 AND n.extension = $2 AND i.root = $1 AND i.extension = $3`,
);
const LEAVE = statement(
  'leave-group',
  'UPDATE identities SET person_key = identity_key, group_key = NULL WHERE root = $1 AND extension = $2',
);

const FREE = statement(
  'free-identity',
  'SELECT identity_key FROM identities WHERE extension = $1 FOR UPDATE SKIP LOCKED',
);

describe('groups of several identities', () => {
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

  /** A group as a link makes it. */
  const makeGroup = async (size: number): Promise<readonly Identity[]> => {
    const identities = freshIdentities(size);
    await store.persons.transact((t) => t.lockGroups(identities));
    await database.database.transact(async (runner) => {
      for (const identity of identities.slice(1)) await join(runner, identities[0], identity);
    });
    return identities;
  };

  it('are read whole when any of their identities is named', async () => {
    const group = await makeGroup(3);
    await doBatch(store.persons, { ...placeOf(), identities: group.slice(0, 1), version: 1 });
    for (const identity of group) {
      const found = await readGroups(store.persons, [identity]);
      expect(found).toHaveLength(1);
      expect(found[0]?.identities.map((stored) => stored.identity)).toEqual(group);
      expect(found[0]?.persons[0]?.version).toBe(1);
    }
  });

  it('are one group when several of their identities are named', async () => {
    const group = await makeGroup(3);
    expect(await readGroups(store.persons, group.toReversed())).toHaveLength(1);
  });

  it('have one writer at a time, each named by another of their identities, without a deadlock', async () => {
    const groups = [await makeGroup(4), await makeGroup(4), await makeGroup(4)];
    const writers = 8;
    const rounds = 5;
    await Promise.all(
      Array.from({ length: writers }, async (_, writer) => {
        for (let round = 0; round < rounds; round++) {
          const named = groups.flatMap((group, i) =>
            group.slice((writer + round + i) % 4).slice(0, 1),
          );
          const identities = (writer + round) % 2 === 0 ? named : named.toReversed();
          await doBatch(store.persons, { ...placeOf(), identities, version: 1 });
        }
      }),
    );
    for (const group of groups) {
      const [found] = await readGroups(store.persons, group);
      expect(found?.persons[0]?.version).toBe(writers * rounds);
    }
  });

  it('are read and locked as they became while the lock was waited for', async () => {
    const [first] = await makeGroup(1);
    const [newcomer] = await makeGroup(1);
    if (first === undefined || newcomer === undefined) return expect.fail();
    const [waiting] = await database.database.transact(async (runner) => {
      await lockGroups(runner, [first, newcomer]);
      const writer = store.persons.transact(async (t) => {
        const groups = await t.lockGroups([first]);
        return { groups, free: await database.database.query(FREE, [newcomer.extension]) };
      });
      await untilBlocked(database.database);
      await join(runner, first, newcomer);
      return [writer];
    });
    const { groups, free } = (await waiting) ?? { groups: [], free: [] };
    expect(groups).toHaveLength(1);
    expect(groups[0]?.identities.map((stored) => stored.identity)).toEqual([first, newcomer]);
    expect(free).toEqual([]);
  });

  it('are read without who left while the lock was waited for', async () => {
    const [first, leaver] = await makeGroup(2);
    if (first === undefined || leaver === undefined) return expect.fail();
    const [waiting] = await database.database.transact(async (runner) => {
      await lockGroups(runner, [first]);
      const reader = readGroups(store.persons, [first]);
      await untilBlocked(database.database);
      await runner.execute(LEAVE, [leaver.root, leaver.extension]);
      return [reader];
    });
    const [group] = (await waiting) ?? [];
    expect(group?.identities.map((stored) => stored.identity)).toEqual([first]);
  });

  it('can be joined and left by some while others write, never with a deadlock and never half read', async () => {
    const identities = freshIdentities(6);
    await store.persons.transact((t) => t.lockGroups(identities));
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
        const groups = await lockGroups(runner, [one, other]);
        if (groups.length === 2) await join(runner, one, other);
        else await runner.execute(LEAVE, [other.root, other.extension]);
      });
    };
    const write = (round: number) => async () => {
      await store.persons.transact(async (t) => {
        const groups = await t.lockGroups(round % 2 === 0 ? identities : identities.toReversed());
        expect(groups.flatMap((group) => group.identities)).toHaveLength(6);
        await t.write(changesOf(groups, 1));
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
    const [busy] = await makeGroup(1);
    if (busy === undefined) return expect.fail();
    await database.database.transact(async (runner) => {
      await lockGroups(runner, [busy]);
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
