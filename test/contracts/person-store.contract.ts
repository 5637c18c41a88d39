import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContentHash } from '../../core/person/person-identifier.ts';
import { NO_CHANGES } from '../../core/sync/batch-changes.ts';
import type { IdentityGroup } from '../../core/sync/stored-group.ts';
import {
  changesOf,
  doBatch,
  evidenceOf,
  freshIdentities,
  freshIdentity,
  freshTopic,
  goldenOf,
  readGroups,
  runBatch,
  type StoreUnderTest,
} from './store-under-test.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** What every PersonStore guarantees. */
export function personStoreContract(open: () => Promise<StoreUnderTest>): void {
  describe('a person store', () => {
    let store: StoreUnderTest;
    beforeAll(async () => {
      store = await open();
    });
    afterAll(async () => {
      await store[Symbol.asyncDispose]();
    });

    it('makes each unknown identity a person of its own under a fresh random key', async () => {
      const identities = freshIdentities(3);
      const groups = await store.persons.transact((t) => t.lockGroups(identities));
      expect(new Set(groups.map(({ groupKey }) => groupKey)).size).toBe(3);
      const found = groups.flatMap((group) => group.identities.map(textOf));
      expect(found.toSorted()).toEqual(identities.map(({ extension }) => extension));
      for (const group of groups) {
        expect(group.groupKey).toMatch(UUID);
        expect(group).toMatchObject({ persons: [], decisions: [], openItems: [], joins: [] });
        expect(group.identities).toHaveLength(1);
        expect(group.identities[0]).toMatchObject({
          identityKey: group.groupKey,
          personKey: group.groupKey,
          isProtected: false,
          evidence: [],
        });
        const seenAgo = Date.now() - (group.identities[0]?.firstSeen ?? 0) / 1_000;
        expect(Math.abs(seenAgo)).toBeLessThan(60_000);
      }
    });

    it('keeps the key of an identity that is seen again, also within one call', async () => {
      const identity = freshIdentity();
      const [first] = await store.persons.transact((t) => t.lockGroups([identity, identity]));
      const again = await store.persons.transact((t) => t.lockGroups([{ ...identity }, identity]));
      expect(again).toEqual([first]);
    });

    it('puts every named identity in exactly one group, known and unknown ones together', async () => {
      const known = freshIdentities(2);
      await doBatch(store.persons, { ...placeOf(), identities: known, version: 1 });
      const named = [...freshIdentities(2), ...known, ...freshIdentities(1)];
      const groups = await readGroups(store.persons, named);
      const found = groups.flatMap((group) => group.identities.map(textOf));
      expect(found.toSorted()).toEqual(named.map((identity) => identity.extension).toSorted());
    });

    it('reads back evidence and person as they were written', async () => {
      const identity = freshIdentity();
      await doBatch(store.persons, { ...placeOf(), identities: [identity], version: 7 });
      const [group] = await readGroups(store.persons, [identity]);
      expect(group?.identities[0]?.evidence).toEqual([
        {
          source: 'master',
          position: { epoch: 1, version: 7n },
          content: evidenceOf(identity, 7),
          contentHash: 'e7',
        },
      ]);
      expect(group?.persons).toEqual([
        {
          personKey: group?.groupKey,
          version: 1,
          golden: goldenOf(identity, 7),
          redirectTo: null,
          contentHash: 'g7',
        },
      ]);
    });

    it('keeps the position of a removal, without content', async () => {
      const identity = freshIdentity();
      await doBatch(store.persons, { ...placeOf(), identities: [identity], version: 1 });
      await store.persons.transact(async (t) => {
        const { evidence, persons } = changesOf(await t.lockGroups([identity]), 2);
        await t.write({
          ...NO_CHANGES,
          evidence: evidence.map((w) => ({
            ...w,
            evidence: { ...w.evidence, content: null },
            contentText: 'null',
          })),
          persons: persons.map((w) => ({
            ...w,
            person: { ...w.person, golden: null },
            goldenText: 'null',
          })),
        });
      });
      const [group] = await readGroups(store.persons, [identity]);
      expect(group?.identities[0]?.evidence).toMatchObject([
        { content: null, position: { version: 2n } },
      ]);
      expect(group?.persons).toMatchObject([{ golden: null, version: 2 }]);
    });

    it('keeps the evidence of two sources about one identity apart', async () => {
      const identity = freshIdentity();
      await doBatch(store.persons, { ...placeOf(), identities: [identity], version: 1 });
      await store.persons.transact(async (t) => {
        const { evidence } = changesOf(await t.lockGroups([identity]), 5);
        await t.write({
          ...NO_CHANGES,
          evidence: evidence.map((write) => ({
            ...write,
            evidence: { ...write.evidence, source: 'pu' as const },
            isNew: true,
          })),
        });
      });
      const [group] = await readGroups(store.persons, [identity]);
      expect(group?.identities[0]?.evidence).toMatchObject([
        { source: 'master', position: { version: 1n } },
        { source: 'pu', position: { version: 5n } },
      ]);
    });

    it('leaves nothing when the work throws, and passes the error on as it is', async () => {
      const identity = freshIdentity();
      const place = placeOf();
      const crash = new Error('crash');
      const attempt = store.persons.transact(async (t) => {
        await runBatch(t, { ...place, identities: [identity], version: 1 });
        throw crash;
      });
      await expect(attempt).rejects.toBe(crash);
      const [group] = await readGroups(store.persons, [identity]);
      expect(group).toMatchObject({ persons: [], identities: [{ evidence: [] }] });
      expect(await offsetOf(store, place)).toBe(0);
    });

    it('does a batch that is replayed once', async () => {
      const batch = { ...placeOf(), identities: freshIdentities(3), version: 1 };
      expect(await doBatch(store.persons, batch)).toBe(3);
      const before = await readGroups(store.persons, batch.identities);
      expect(await doBatch(store.persons, batch)).toBe(0);
      expect(await readGroups(store.persons, batch.identities)).toEqual(before);
      expect(await offsetOf(store, batch)).toBe(3);
    });

    it('starts a partition at zero and keeps partitions and topics apart', async () => {
      const place = placeOf();
      await doBatch(store.persons, { ...place, identities: freshIdentities(5), version: 1 });
      expect(await offsetOf(store, place)).toBe(5);
      expect(await offsetOf(store, { ...place, partition: 1 })).toBe(0);
      expect(await offsetOf(store, placeOf())).toBe(0);
    });

    it('never moves an offset back', async () => {
      const place = placeOf();
      await doBatch(store.persons, { ...place, identities: freshIdentities(5), version: 1 });
      const back = store.persons.transact((t) => t.advanceOffset(place.topic, place.partition, 4));
      await expect(back).rejects.toMatchObject({ code: 'HUB_STORE_CONFLICT' });
      expect(await offsetOf(store, place)).toBe(5);
    });

    it('lets two who believe to own one partition do it one after the other', async () => {
      const batch = { ...placeOf(), identities: freshIdentities(20), version: 1 };
      const done = await Promise.all([
        doBatch(store.persons, batch),
        doBatch(store.persons, batch),
        doBatch(store.persons, batch),
      ]);
      expect(done.toSorted()).toEqual([0, 0, 20]);
    });

    it('never overwrites evidence by an older position, and accepts the same one', async () => {
      const identity = freshIdentity();
      const write = (version: number, epoch: number) =>
        store.persons.transact(async (t) => {
          const { evidence } = changesOf(await t.lockGroups([identity]), version);
          await t.write({
            ...NO_CHANGES,
            evidence: evidence.map((w) => ({
              ...w,
              evidence: { ...w.evidence, position: { epoch, version: BigInt(version) } },
            })),
          });
        });
      await write(9, 1);
      await write(9, 1);
      await expect(write(8, 1)).rejects.toMatchObject({ code: 'HUB_STORE_CONFLICT' });
      await write(3, 2);
      await expect(write(99, 1)).rejects.toMatchObject({ code: 'HUB_STORE_CONFLICT' });
      const [group] = await readGroups(store.persons, [identity]);
      expect(group?.identities[0]?.evidence).toMatchObject([
        { position: { epoch: 2, version: 3n } },
      ]);
    });

    it.each([
      ['lower', 1],
      ['equal', 2],
    ])('never lets a version go down or repeat: %s', async (_, version) => {
      const identity = freshIdentity();
      const place = placeOf();
      await doBatch(store.persons, { ...place, identities: [identity], version: 1 });
      await doBatch(store.persons, {
        ...place,
        firstOffset: 1,
        identities: [identity],
        version: 2,
      });
      const attempt = store.persons.transact(async (t) => {
        const { persons } = changesOf(await t.lockGroups([identity]), 3);
        await t.write({
          ...NO_CHANGES,
          persons: persons.map((w) => ({
            ...w,
            person: { ...w.person, version, contentHash: 'stale' as ContentHash },
          })),
        });
      });
      await expect(attempt).rejects.toMatchObject({ code: 'HUB_STORE_CONFLICT' });
      const [group] = await readGroups(store.persons, [identity]);
      expect(group?.persons).toMatchObject([{ version: 2, contentHash: 'g2' }]);
    });

    it('refuses a second "new" person or evidence', async () => {
      const identity = freshIdentity();
      await doBatch(store.persons, { ...placeOf(), identities: [identity], version: 1 });
      const changes = changesOf(await readGroups(store.persons, [identity]), 2);
      const asNew = <W>(writes: readonly W[]) => writes.map((w) => ({ ...w, isNew: true }));
      for (const wrong of [
        { ...NO_CHANGES, evidence: asNew(changes.evidence) },
        { ...NO_CHANGES, persons: asNew(changes.persons) },
      ]) {
        const attempt = store.persons.transact((t) => t.write(wrong));
        await expect(attempt).rejects.toMatchObject({ code: 'HUB_STORE_CONFLICT' });
      }
    });

    it('gives each of many writers on overlapping identities its turn, in whatever order they name them', async () => {
      const identities = freshIdentities(12);
      const writers = 8;
      const rounds = 5;
      await Promise.all(
        Array.from({ length: writers }, async (_, writer) => {
          const place = placeOf();
          for (let round = 0; round < rounds; round++) {
            await doBatch(store.persons, {
              ...place,
              firstOffset: round * identities.length,
              identities: shuffled(identities, writer * rounds + round),
              version: 1,
            });
          }
        }),
      );
      const groups = await readGroups(store.persons, identities);
      expect(groups.map(({ persons }) => persons[0]?.version)).toEqual(
        identities.map(() => writers * rounds),
      );
    });

    it('gives one key to each identity that many see first at the same moment, in whatever order they name them', async () => {
      for (let round = 0; round < 5; round++) {
        const identities = freshIdentities(60);
        const seen = await Promise.all(
          Array.from({ length: 6 }, (_, writer) =>
            store.persons.transact((t) => t.lockGroups(shuffled(identities, writer))),
          ),
        );
        const keys = new Set(seen.flat().map((group) => group.groupKey));
        expect(keys.size).toBe(identities.length);
      }
    });
  });
}

function placeOf() {
  return { topic: freshTopic(), partition: 0, firstOffset: 0 };
}

async function offsetOf(
  store: StoreUnderTest,
  { topic, partition }: { topic: string; partition: number },
): Promise<number> {
  return await store.persons.transact((t) => t.lockOffset(topic, partition));
}

function textOf({ identity }: IdentityGroup['identities'][number]): string {
  return identity.extension;
}

/** The same order for the same seed, so that a failure can be repeated. */
function shuffled<T>(items: readonly T[], seed: number): readonly T[] {
  let state = seed + 1;
  const next = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state;
  };
  return items
    .map((item) => ({ item, order: next() }))
    .toSorted((a, b) => a.order - b.order)
    .map(({ item }) => item);
}
