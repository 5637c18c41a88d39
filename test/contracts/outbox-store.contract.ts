import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Identity, personKeyOf } from '../../core/person/person-identifier.ts';
import type { OutboxEntry } from '../../core/sync/ports.ts';
import {
  doBatch,
  freshIdentities,
  freshIdentity,
  freshTopic,
  goldenOf,
  readGroups,
  SOME_BIGINT,
  SOME_NUMBER,
  type StoreUnderTest,
} from './store-under-test.ts';

const LONG_MS = 60_000;

/** What every Outbox guarantees. The suite has the store to itself. */
export function outboxContract(open: () => Promise<StoreUnderTest>): void {
  describe('an outbox', () => {
    let store: StoreUnderTest;
    beforeAll(async () => {
      store = await open();
    });
    afterAll(async () => {
      await store[Symbol.asyncDispose]();
    });

    const change = (identities: readonly Identity[], version: number) =>
      doBatch(store.persons, {
        topic: freshTopic(),
        partition: 0,
        firstOffset: 0,
        identities,
        version,
      });
    const partitionOf = async (identity: Identity) => {
      const [group] = await readGroups(store.persons, [identity]);
      if (group === undefined) throw new TypeError('no group');
      const personKey = personKeyOf(group.groupKey);
      return { personKey, partition: store.partitionOfPerson(personKey) };
    };
    const entriesOf = async (identity: Identity): Promise<readonly OutboxEntry[]> => {
      const { personKey, partition } = await partitionOf(identity);
      const { entries } = await store.outbox.readOldest(partition, 1_000);
      return entries.filter((entry) => entry.personKey === personKey);
    };

    it('holds a change with its events and its cause, in the partition of the person', async () => {
      const identity = freshIdentity();
      const before = Date.now();
      await change([identity], 4);
      const entries = await entriesOf(identity);
      expect(entries).toEqual([
        {
          id: SOME_BIGINT,
          personKey: (await partitionOf(identity)).personKey,
          version: 1,
          events: [{ type: 'name-changed', effectiveDate: null, changed: ['name'] }],
          recordedAt: SOME_NUMBER,
          cause: {
            source: 'master',
            position: { epoch: 1, version: 4n },
            readAt: '2026-01-02T03:04:05.678Z',
          },
        },
      ]);
      expect(Math.abs((entries[0]?.recordedAt ?? 0) - before)).toBeLessThan(60_000);
    });

    it("gives a person's later change the higher id, whoever wrote it", async () => {
      const identity = freshIdentity();
      for (let version = 1; version <= 3; version++) await change([identity], version);
      await Promise.all([4, 4, 4].map((version) => change([identity], version)));
      const entries = await entriesOf(identity);
      expect(entries.map((entry) => entry.version)).toEqual([1, 2, 3, 4, 5, 6]);
      expect(entries.map((entry) => entry.id)).toEqual(
        entries.map((entry) => entry.id).toSorted((a, b) => (a < b ? -1 : 1)),
      );
    });

    it('reads each person once, as it is now and not as it was when the entry was made', async () => {
      const identity = freshIdentity();
      await change([identity], 1);
      await change([identity], 2);
      const { personKey, partition } = await partitionOf(identity);
      const { persons } = await store.outbox.readOldest(partition, 1_000);
      expect(persons.filter((person) => person.personKey === personKey)).toEqual([
        {
          personKey,
          version: 2,
          golden: goldenOf(identity, 2),
          redirectTo: null,
          contentHash: 'g2',
        },
      ]);
    });

    it('reads no more than the limit, oldest first', async () => {
      const identity = freshIdentity();
      for (let version = 1; version <= 3; version++) await change([identity], version);
      const { partition } = await partitionOf(identity);
      const all = await store.outbox.readOldest(partition, 1_000);
      const two = await store.outbox.readOldest(partition, 2);
      expect(two.entries).toEqual(all.entries.slice(0, 2));
    });

    it('forgets what is published, and only that', async () => {
      const identity = freshIdentity();
      for (let version = 1; version <= 3; version++) await change([identity], version);
      const [first, second] = await entriesOf(identity);
      const lease = await store.leases.acquire('contract/forget', 'one', LONG_MS);
      if (lease === undefined || first === undefined || second === undefined) return expect.fail();
      expect(await store.outbox.deletePublished(lease, [first.id, second.id])).toBe(true);
      expect((await entriesOf(identity)).map((entry) => entry.version)).toEqual([3]);
      expect(await store.outbox.deletePublished(lease, [first.id])).toBe(true);
      expect(await store.outbox.deletePublished(lease, [])).toBe(true);
    });

    it('forgets nothing for somebody whose lease was taken over', async () => {
      const identity = freshIdentity();
      await change([identity], 1);
      const [entry] = await entriesOf(identity);
      const old = await store.leases.acquire('contract/fence', 'one', LONG_MS);
      if (old === undefined || entry === undefined) return expect.fail();
      await store.leases.release(old);
      const taken = await store.leases.acquire('contract/fence', 'two', LONG_MS);
      if (taken === undefined) return expect.fail();
      expect(await store.outbox.deletePublished(old, [entry.id])).toBe(false);
      expect(await entriesOf(identity)).toHaveLength(1);
      expect(await store.outbox.deletePublished(taken, [entry.id])).toBe(true);
      expect(await entriesOf(identity)).toHaveLength(0);
    });

    it('takes a person in again without events, once, in the version of now', async () => {
      const identity = freshIdentity();
      await change([identity], 1);
      const [sent] = await entriesOf(identity);
      const lease = await store.leases.acquire('contract/again', 'one', LONG_MS);
      if (lease === undefined || sent === undefined) return expect.fail();
      await store.outbox.deletePublished(lease, [sent.id]);
      await change([identity], 2);
      await store.outbox.requeueStates([sent, sent]);
      expect(await entriesOf(identity)).toMatchObject([
        { version: 2, events: [{ type: 'name-changed' }] },
        { version: 2, events: [], cause: sent.cause },
      ]);
      await store.outbox.requeueStates([]);
      expect(await entriesOf(identity)).toHaveLength(2);
    });

    it('counts what waits and how old it is, by partition', async () => {
      await change(freshIdentities(40), 1);
      const backlog = await store.outbox.backlog();
      for (const { partition, waiting, oldestSeconds } of backlog) {
        const { entries } = await store.outbox.readOldest(partition, 10_000);
        expect(waiting).toBe(entries.length);
        expect(oldestSeconds).toBeGreaterThanOrEqual(0);
        expect(oldestSeconds).toBeLessThan(600);
      }
      expect(backlog.length).toBeGreaterThan(1);
    });
  });
}
