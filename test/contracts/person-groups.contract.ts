import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../core/identity/work-item.ts';
import {
  type ContentHash,
  type Identity,
  type IdentityKey,
  identityText,
  personKeyOf,
} from '../../core/person/person-identifier.ts';
import { NO_CHANGES } from '../../core/sync/batch-changes.ts';
import type { DecisionRequest, GroupPage } from '../../core/sync/ports.ts';
import type { IdentityGroup } from '../../core/sync/stored-group.ts';
import {
  doBatch,
  firstSeenFirst,
  freshIdentities,
  freshTopic,
  goldenOf,
  joinIdentities,
  personWrite,
  readGroups,
  SOME_BIGINT,
  type StoreUnderTest,
} from './store-under-test.ts';

const POSITION = { epoch: 1, version: 1n };

/** What every PersonStore guarantees of identities that belong together. The suite has the store to itself. */
export function personGroupsContract(open: () => Promise<StoreUnderTest>): void {
  describe('a group of identities', () => {
    let store: StoreUnderTest;
    beforeAll(async () => {
      store = await open();
    });
    afterAll(async () => {
      await store[Symbol.asyncDispose]();
    });

    const groupOf = async (identity: Identity | undefined): Promise<IdentityGroup> => {
      const [group] = await readGroups(store.persons, identity === undefined ? [] : [identity]);
      return group ?? expect.fail();
    };
    const write = async (changes: Partial<typeof NO_CHANGES>) =>
      await store.persons.transact((t) => t.write({ ...NO_CHANGES, ...changes }));
    const decide = async (request: DecisionRequest) =>
      await store.persons.transact((t) => t.recordDecision(request, 1_767_323_045));

    it('is read whole by any of its identities, under the key of the first-seen one', async () => {
      const identities = freshIdentities(3);
      const group = await joinIdentities(store.persons, identities);
      expect(group.identities).toHaveLength(3);
      expect(group.groupKey).toBe(firstSeenFirst([group])[0]?.identityKey);
      for (const identity of identities) expect(await groupOf(identity)).toEqual(group);
    });

    it('has everything that was ever written under a key of it, also redirects', async () => {
      const [one, other] = freshIdentities(2);
      if (one === undefined || other === undefined) return expect.fail();
      const batch = { topic: freshTopic(), partition: 0, firstOffset: 0, version: 1 };
      await doBatch(store.persons, { ...batch, identities: [one, other] });
      const group = await joinIdentities(store.persons, [one, other]);
      const [first, second] = firstSeenFirst([group]);
      if (first === undefined || second === undefined) return expect.fail();
      const redirectTo = personKeyOf(first.identityKey);
      const joined = personKeyOf(second.identityKey);
      const end = { golden: null, redirectTo, contentHash: 'r' as ContentHash };
      await write({ persons: [personWrite(group, joined, { ...end, position: POSITION })] });
      expect((await groupOf(one)).persons).toContainEqual({
        personKey: joined,
        version: 2,
        golden: null,
        redirectTo,
        contentHash: 'r',
      });
      const { entries, persons } = await store.outbox.readOldest(
        store.partitionOfPerson(joined),
        100,
      );
      expect(entries.filter((entry) => entry.personKey === joined)).toHaveLength(2);
      expect(persons.find((person) => person.personKey === joined)).toMatchObject({ redirectTo });
    });

    it('parts again, and a key that redirected returns with its own state and a higher version', async () => {
      const [one, other] = freshIdentities(2);
      if (one === undefined || other === undefined) return expect.fail();
      const group = await joinIdentities(store.persons, [one, other]);
      const [first, second] = firstSeenFirst([group]);
      if (first === undefined || second === undefined) return expect.fail();
      const key = personKeyOf(second.identityKey);
      const change = { contentHash: 'h' as ContentHash, position: POSITION };
      const redirectTo = personKeyOf(first.identityKey);
      await write({ persons: [personWrite(group, key, { ...change, golden: null, redirectTo })] });
      const golden = goldenOf(second.identity, 1);
      await write({
        identities: [
          {
            ...second,
            identityKey: second.identityKey,
            personKey: key,
            groupKey: second.identityKey,
          },
        ],
        persons: [personWrite(await groupOf(one), key, { ...change, golden })],
      });
      expect(await groupOf(first.identity)).toMatchObject({
        groupKey: first.identityKey,
        identities: [{ identityKey: first.identityKey }],
        persons: [],
      });
      expect(await groupOf(second.identity)).toMatchObject({
        groupKey: second.identityKey,
        identities: [{ identityKey: second.identityKey, personKey: key }],
        persons: [{ personKey: key, version: 2, golden, redirectTo: null }],
      });
    });

    it('has the links that count now, however often each is begun or ended', async () => {
      const identities = freshIdentities(2);
      const [first, second] = firstSeenFirst([await joinIdentities(store.persons, identities)]);
      if (first === undefined || second === undefined) return expect.fail();
      const link = { from: second.identityKey, to: first.identityKey, source: 'pu' as const };
      const same = { ...link, source: 'decision' as const };
      await write({ links: { begun: [link, same], ended: [] } });
      await write({ links: { begun: [link], ended: [same] } });
      expect((await groupOf(first.identity)).joins).toEqual([link]);
      await write({ links: { begun: [], ended: [link, same] } });
      expect((await groupOf(first.identity)).joins).toEqual([]);
      await write({ links: { begun: [link], ended: [] } });
      expect((await groupOf(first.identity)).joins).toEqual([link]);
    });

    it('has its open work items, but for those that are found once', async () => {
      const identities = freshIdentities(2);
      const [first, second] = firstSeenFirst([await joinIdentities(store.persons, identities)]);
      if (first === undefined || second === undefined) return expect.fail();
      const subject = second.identityKey;
      const noCounty: Finding = { kind: 'no-county', subject, other: null };
      const linked: Finding = { kind: 'birth-data-differ', subject, other: first.identityKey };
      const once: Finding = { ...linked, kind: 'same-address-as-protected' };
      await write({ items: { opened: [noCounty, linked, once], closed: [] } });
      await write({ items: { opened: [noCounty, linked, once], closed: [] } });
      expect(await openItems(groupOf(first.identity))).toEqual(sorted([noCounty, linked]));
      await write({ items: { opened: [], closed: [noCounty, once] } });
      await write({ items: { opened: [], closed: [noCounty, once] } });
      expect(await openItems(groupOf(second.identity))).toEqual([linked]);
      await write({ items: { opened: [noCounty], closed: [linked] } });
      expect(await openItems(groupOf(second.identity))).toEqual([noCounty]);
    });

    it('has the decisions about its identities, each made once, whichever of two groups is asked', async () => {
      const [one, other] = await readGroups(store.persons, await known(2));
      if (one === undefined || other === undefined) return expect.fail();
      const about = {
        kind: 'identity-claimed-twice' as const,
        subject: one.groupKey,
        other: other.groupKey,
      };
      const request = {
        about,
        reason: 'checked',
        decidedBy: 'op',
        decidedAt: '2026-01-02T03:04:05.678Z',
      };
      const made = { ...request, commandId: 7001n, choice: 'different-persons' as const };
      expect(await decide(made)).toBe(true);
      expect(await decide({ ...made, choice: 'same-person' })).toBe(false);
      expect(await decide({ ...made, commandId: 7002n, choice: 'noted' })).toBe(true);
      const stored = { ...about, id: SOME_BIGINT, flaggedSince: 1_767_323_045 };
      const decisions = [
        { ...stored, choice: 'different-persons' },
        { ...stored, choice: 'noted' },
      ];
      expect((await groupOf(one.identities[0]?.identity)).decisions).toEqual(decisions);
      expect((await groupOf(other.identities[0]?.identity)).decisions).toEqual(decisions);
    });

    it('says of each identity whether its person is protected, also to relatives', async () => {
      const identities = await known(3);
      const [group] = await readGroups(store.persons, identities.slice(0, 1));
      const hidden = group?.identities[0] ?? expect.fail();
      const { groupKey } = group ?? expect.fail();
      await write({ identities: [{ ...hidden, groupKey, isProtected: true }] });
      expect((await groupOf(hidden.identity)).identities).toMatchObject([{ isProtected: true }]);
      const ask = [...identities, ...freshIdentities(1)];
      const found = await store.persons.transact((t) => t.readProtected(ask));
      expect(found).toEqual(new Set([identityText(hidden.identity)]));
      expect(await store.persons.transact((t) => t.readProtected([]))).toEqual(new Set());
    });

    it('cannot be given an identity that is not stored', async () => {
      const key = '00000000-0000-8000-8000-000000000000' as IdentityKey;
      const wrong = { identityKey: key, groupKey: key, personKey: personKeyOf(key) };
      await expect(write({ identities: [{ ...wrong, isProtected: false }] })).rejects.toThrow(
        TypeError,
      );
    });

    it('is met once by a walk of any page size, whole, and larger ones on pages of their own', async () => {
      await joinIdentities(store.persons, freshIdentities(7));
      await joinIdentities(store.persons, freshIdentities(2));
      await known(5);
      const all = await walk(1_000);
      expect(all).toHaveLength(1);
      const keys = keysOf(all);
      expect(keys).toEqual(keys.toSorted());
      for (const limit of [1, 2, 3, 4, 8, keys.length]) {
        const pages = await walk(limit);
        expect(keysOf(pages)).toEqual(keys);
        for (const { groups } of pages) {
          const sizes = groups.map(({ identities }) => identities.length);
          if (groups.length > 1) expect(sizes.reduce((a, b) => a + b)).toBeLessThanOrEqual(limit);
        }
      }
      expect(keysOf(await walk(3)).length).toBe(new Set(keys).size);
    });

    it('is met by a walk that was broken off and goes on from its last page', async () => {
      await known(4);
      const first = await page(null, 2);
      const rest = await walk(3, first.next);
      expect(keysOf([first, ...rest])).toEqual(keysOf(await walk(1_000)));
    });

    const known = async (count: number): Promise<readonly Identity[]> => {
      const identities = freshIdentities(count);
      await store.persons.transact((t) => t.lockGroups(identities));
      return identities;
    };
    const page = async (after: IdentityKey | null, limit: number) =>
      await store.persons.transact((t) => t.lockGroupPage(after, limit));
    const walk = async (
      limit: number,
      from: IdentityKey | null = null,
    ): Promise<readonly GroupPage[]> => {
      const pages: GroupPage[] = [];
      for (let after = from; ; ) {
        const found = await page(after, limit);
        pages.push(found);
        if (found.next === null) return pages;
        after = found.next;
      }
    };
  });
}

function keysOf(pages: readonly GroupPage[]): readonly IdentityKey[] {
  return pages.flatMap(({ groups }) => groups.map(({ groupKey }) => groupKey));
}

async function openItems(group: Promise<IdentityGroup>): Promise<readonly Finding[]> {
  return sorted((await group).openItems);
}

function sorted(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted((a, b) => (a.kind < b.kind ? -1 : 1));
}
