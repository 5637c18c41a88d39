import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type HubStore, openHubStore } from '../../../connectors/hub-store/hub-store.ts';
import type { Relation } from '../../../core/mapping/person-evidence.ts';
import {
  type ContentHash,
  type Identity,
  personKeyOf,
} from '../../../core/person/person-identifier.ts';
import { type EvidenceWrite, NO_CHANGES } from '../../../core/sync/batch-changes.ts';
import type { IdentityGroup } from '../../../core/sync/stored-group.ts';
import {
  changesOf,
  evidenceOf,
  freshIdentities,
  goldenOf,
  personWrite,
  readGroups,
} from '../../contracts/store-under-test.ts';
import {
  createHubDatabase,
  type TestDatabase,
  testStoreConfig,
} from '../../support/hub-database.ts';

const ADDRESS = 'sPd2-J0BGmzNnXRo4xTzKyVhPgMMRBjvGUK9sMjcpA8' as ContentHash;

describe('follow-ups', () => {
  let database: TestDatabase;
  let store: HubStore;
  beforeAll(async () => {
    database = await createHubDatabase();
    store = openHubStore(testStoreConfig(database.url));
  });
  beforeEach(async () => {
    await database.database.script('TRUNCATE follow_ups');
  });
  afterAll(async () => {
    await store[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const known = async (count: number): Promise<readonly IdentityGroup[]> => {
    const identities = freshIdentities(count);
    await store.persons.transact((t) => t.lockGroups(identities));
    const groups = await readGroups(store.persons, identities);
    return identities.flatMap(({ extension }) =>
      groups.filter(({ identities: [one] }) => one?.identity.extension === extension),
    );
  };
  const write = async (changes: Partial<typeof NO_CHANGES>) =>
    await store.persons.transact(async (t) => {
      await t.readPhase();
      await t.write({ ...NO_CHANGES, ...changes });
    });
  const followUp = async (isProtected = true) => {
    const [group] = await known(1);
    const identityKey = group?.groupKey ?? expect.fail();
    const waiting = { identityKey, isProtected, addressHash: isProtected ? ADDRESS : null };
    await write({ followUps: [waiting] });
    return waiting;
  };
  /** Transactions of other tests on this server count too, so it may take more than two looks. */
  const untilDue = async () => {
    for (;;) {
      const due = await store.followUps.due(10);
      if (due.length > 0) return due;
    }
  };

  const finish = async (id: bigint) =>
    await store.persons.transact((transaction) => transaction.finishFollowUp(id));

  it('are due at the second look when nobody else was at work, and gone when they are done', async () => {
    const raised = await followUp();
    expect(await store.followUps.due(10)).toEqual([]);
    const [due] = await untilDue();
    expect(due).toEqual({ ...raised, id: due?.id });
    expect(await untilDue()).toEqual([due]);
    expect(await store.followUps.countWaiting()).toBe(1);
    expect(await finish(due?.id ?? 0n)).toBe(true);
    expect(await finish(due?.id ?? 0n)).toBe(false);
    expect(await store.followUps.due(10)).toEqual([]);
    expect(await store.followUps.countWaiting()).toBe(0);
  });

  it('are not due before a transaction has ended that read the state before', async () => {
    const [hidden] = await known(1);
    const one = hidden?.identities[0] ?? expect.fail();
    const identityKey = one.identityKey;
    await store.persons.transact(async (t) => {
      await t.readPhase();
      expect(await t.readProtected([one.identity])).toEqual(new Set());
      await write({
        identities: [{ ...one, groupKey: identityKey, isProtected: true }],
        followUps: [{ identityKey, isProtected: true, addressHash: null }],
      });
      for (let look = 0; look < 3; look++) expect(await store.followUps.due(10)).toEqual([]);
    });
    expect(await untilDue()).toMatchObject([{ identityKey }]);
  });

  it('are due although a transaction goes on that began after the first look', async () => {
    await followUp(false);
    expect(await store.followUps.due(10)).toEqual([]);
    await store.persons.transact(async (t) => {
      await t.readPhase();
      expect(await untilDue()).toMatchObject([{ isProtected: false, addressHash: null }]);
    });
  });

  it('come a few at a time, oldest first', async () => {
    const all = [await followUp(), await followUp(), await followUp()];
    const seen: unknown[] = [];
    while (seen.length < 3) {
      for (const { id, identityKey } of await store.followUps.due(1)) {
        seen.push(identityKey);
        await finish(id);
      }
    }
    expect(seen).toEqual(all.map(({ identityKey }) => identityKey));
  });

  it('find whoever states a relation now, also with somebody who was never seen', async () => {
    const [one, other, relative] = await known(3);
    if (one === undefined || other === undefined || relative === undefined) return expect.fail();
    const [unseen] = freshIdentities(1);
    const to = (group: IdentityGroup | undefined) =>
      group?.identities[0]?.identity ?? expect.fail();
    const state = async (group: IdentityGroup, identities: readonly (Identity | null)[]) =>
      await write({ evidence: [puEvidence(group, identities)] });
    const relativesOf = async () => await store.followUps.findRelatives(relative.groupKey);

    await state(one, [to(relative), null, to(relative), unseen ?? null]);
    await state(other, [to(relative)]);
    expect(await relativesOf()).toEqual([to(one), to(other)]);
    const [again] = await readGroups(store.persons, [to(other)]);
    await write({ evidence: [{ ...puEvidence(again ?? other, []), changed: ['name'] }] });
    expect(await relativesOf()).toEqual([to(one), to(other)]);
    await state(again ?? other, [unseen ?? null]);
    expect(await relativesOf()).toEqual([to(one)]);

    const [seen] = await store.persons.transact((t) => t.lockGroups(unseen ? [unseen] : []));
    const ofUnseen = await store.followUps.findRelatives(seen?.groupKey ?? expect.fail());
    expect(ofUnseen).toEqual([to(one), to(other)]);
    const [removed] = await readGroups(store.persons, [to(one)]);
    const { evidence, ...rest } = puEvidence(removed ?? one, []);
    await write({
      evidence: [{ ...rest, evidence: { ...evidence, content: null }, changed: 'removed' }],
    });
    expect(await relativesOf()).toEqual([]);
  });

  it('find neighbours by the address that is stored with a person now', async () => {
    const groups = await known(4);
    const live = async (group: IdentityGroup, addressHash: ContentHash | null) => {
      const [now] = await readGroups(
        store.persons,
        group.identities.map((one) => one.identity),
      );
      const golden = goldenOf(group.identities[0]?.identity ?? expect.fail(), 1);
      const contentHash = 'h' as ContentHash;
      const change = { golden, contentHash, position: { epoch: 1, version: 1n } };
      const person = personWrite(now ?? group, personKeyOf(group.groupKey), change);
      await write({ persons: [{ ...person, addressHash }] });
    };
    for (const group of groups) await live(group, ADDRESS);
    const [first, second, third, moved] = groups;
    if (first === undefined || moved === undefined) return expect.fail();
    await live(moved, null);
    const keys = [second?.groupKey, third?.groupKey].toSorted();
    const neighbours = async (limit: number) =>
      await store.persons.transact((t) => t.findNeighbours(ADDRESS, first.groupKey, limit));
    expect(await neighbours(10)).toEqual(keys);
    expect(await neighbours(1)).toEqual(keys.slice(0, 1));
  });

  it('find the open work items about a protected person that are found once', async () => {
    const [one, other] = await known(2);
    if (one === undefined || other === undefined) return expect.fail();
    const found = {
      kind: 'same-address-as-protected' as const,
      subject: one.groupKey,
      other: other.groupKey,
    };
    const derived = { ...found, kind: 'birth-data-differ' as const };
    await write({ items: { opened: [found, derived], closed: [] } });
    expect(await store.followUps.findOpenAbout(other.groupKey)).toEqual([found]);
    expect(await store.followUps.findOpenAbout(one.groupKey)).toEqual([]);
    await write({ items: { opened: [], closed: [found] } });
    expect(await store.followUps.findOpenAbout(other.groupKey)).toEqual([]);
  });
});

function puEvidence(group: IdentityGroup, relatives: readonly (Identity | null)[]): EvidenceWrite {
  const [write] = changesOf([group], 1).evidence;
  const [stored] = group.identities;
  if (write === undefined || stored === undefined) throw new TypeError('an empty group');
  const relations = relatives.map(
    (identity): Relation => ({
      kind: 'child',
      identity,
      birthDate: null,
      name: null,
      from: null,
      to: null,
    }),
  );
  const content = { ...evidenceOf(stored.identity, 1), relations };
  return {
    ...write,
    evidence: { ...write.evidence, source: 'pu', content },
    contentText: JSON.stringify(content),
    changed: ['relations'],
  };
}
