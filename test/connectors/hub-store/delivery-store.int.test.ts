import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { touchPersons } from '../../../connectors/hub-store/consumer-touches.ts';
import { type SqlRow, statement } from '../../../connectors/hub-store/database.ts';
import { PostgresDeliveryStore } from '../../../connectors/hub-store/delivery-store.ts';
import type { Delivered } from '../../../core/disclosure/delivery.ts';
import type { ConsumerWalk, DeliveryCommit } from '../../../core/disclosure/delivery-ports.ts';
import type { ContentHash, PersonKey } from '../../../core/person/person-identifier.ts';
import { SOME_NUMBER } from '../../contracts/store-under-test.ts';
import { profileOf } from '../../core/disclosure/disclosure-builder.ts';
import {
  type AddedConsumer,
  type ConsumerWorld,
  commitOf,
  deliveredOf,
  openConsumerWorld,
  purgeOf,
} from './consumer-world.ts';

const NOTHING = '' as ContentHash;

describe('what feeding a consumer keeps', () => {
  let world: ConsumerWorld;
  beforeAll(async () => {
    world = await openConsumerWorld();
  });
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
  });

  const deliveries = () => world.store.deliveries;
  const commit = async (consumer: AddedConsumer, change: Partial<DeliveryCommit>) =>
    await deliveries().commit(consumer.lease, commitOf(consumer, change));
  const seen = async ({ id }: AddedConsumer) =>
    (await deliveries().consumers()).find((consumer) => consumer.id === id) ?? expect.fail();
  const walkOf = async (consumer: AddedConsumer): Promise<ConsumerWalk> =>
    (await seen(consumer)).walk ?? expect.fail();
  const ledger = async (consumer: AddedConsumer, keys: readonly PersonKey[]) =>
    (await deliveries().facts(consumer.id, keys, false)).delivered;
  const rows = async (table: string, { id }: AddedConsumer) =>
    await world.database.database.query(
      statement<SqlRow>(`all-of-${table}`, `SELECT * FROM ${table} WHERE consumer_id = $1`),
      [id],
    );
  const persons = async (count: number) =>
    (await world.addPersons(count)).map((person) => person.key);
  const person = async () => (await persons(1))[0] ?? expect.fail();
  const endFirstLoad = async (consumer: AddedConsumer) => {
    const { startedAt } = await walkOf(consumer);
    const walk = { startedAt, cursor: null, done: 0, isOver: true };
    expect(await commit(consumer, { walk })).toBe(true);
  };

  describe('a consumer', () => {
    it('is in its first load when it was added, told by the profile of that', async () => {
      const consumer = await world.addConsumer({ persons: { kind: 'list' } });
      expect(await seen(consumer)).toMatchObject({
        name: consumer.name,
        state: 'running',
        generation: 0,
        profile: consumer.profile,
        walk: { kind: 'first-load', generation: 1, profile: consumer.profile, cursor: null },
      });
    });

    it('begins once in each partition, and reads on from where it was committed', async () => {
      const consumer = await world.addConsumer();
      const { id } = consumer;
      await deliveries().begin(id, []);
      expect(await deliveries().positions(id)).toEqual([]);
      await deliveries().begin(id, [{ partition: 1, nextOffset: 7 }]);
      await deliveries().begin(id, [
        { partition: 1, nextOffset: 99 },
        { partition: 0, nextOffset: 2 },
      ]);
      expect(await commit(consumer, { position: { partition: 1, from: 7, to: 12 } })).toBe(true);
      expect(await deliveries().positions(id)).toEqual([
        { partition: 0, nextOffset: 2, replayUntil: 0 },
        { partition: 1, nextOffset: 12, replayUntil: 0 },
      ]);
    });

    it('is forgotten with its ledger, however many rows that has, but for its orders to forget', async () => {
      const [consumer, other] = [await world.addConsumer(), await world.addConsumer()];
      const keys = await persons(7);
      const purge = purgeOf(keys[0] ?? expect.fail());
      const delivered = keys.map((key) => deliveredOf(key));
      await commit(consumer, { delivered, purges: [purge] });
      await commit(other, { delivered });
      await deliveries().begin(consumer.id, [{ partition: 0, nextOffset: 1 }]);
      await touchPersons(world.database.database, consumer.id, keys, false);

      const inSmallSteps = new PostgresDeliveryStore(world.database.database, 3);
      expect(await inSmallSteps.forget(consumer.lease, consumer.id)).toBe(true);
      for (const table of ['deliveries', 'consumer_positions', 'consumer_walks'] as const) {
        expect(await rows(table, consumer)).toEqual([]);
      }
      expect(await rows('consumer_touches', consumer)).toEqual([]);
      expect(await rows('consumer_topic_ends', consumer)).toEqual([]);
      expect(await rows('consumer_purges', consumer)).toMatchObject([{ consumer: consumer.name }]);
      expect((await deliveries().consumers()).some(({ id }) => id === consumer.id)).toBe(false);
      expect((await ledger(other, keys)).size).toBe(7);
      await touchPersons(world.database.database, consumer.id, keys, false);
    });

    it('is not forgotten by whoever lost the lease', async () => {
      const consumer = await world.addConsumer();
      const key = await person();
      await commit(consumer, { delivered: [deliveredOf(key)] });
      const stale = { ...consumer.lease, token: consumer.lease.token - 1n };
      expect(await deliveries().forget(stale, consumer.id)).toBe(false);
      expect((await ledger(consumer, [key])).size).toBe(1);
      expect(await seen(consumer)).toMatchObject({ name: consumer.name });
    });
  });

  describe('the ledger', () => {
    it('says what was sent last, and where', async () => {
      const consumer = await world.addConsumer();
      const [one, gone, unsent] = await persons(3);
      if (one === undefined || gone === undefined || unsent === undefined) return expect.fail();
      const first: readonly Delivered[] = [
        deliveredOf(one, { told: new Set(['identities', 'contacts']) }),
        deliveredOf(gone, { kind: 'gone', contentHash: NOTHING, told: new Set(), at: null }),
      ];
      await commit(consumer, {
        delivered: first.map((last) => ({ ...last, at: { partition: 3, offset: 17 } })),
      });
      const { personKey: _, ...expected } = first[1] ?? expect.fail();
      const facts = await ledger(consumer, [one, gone, unsent]);
      expect([...facts.keys()].toSorted()).toEqual([one, gone].toSorted());
      expect(facts.get(one)).toEqual(withoutPlace(first[0]));
      expect(facts.get(gone)).toMatchObject({ ...withoutPlace(first[1]), kind: expected.kind });
      expect(await rows('deliveries', consumer)).toMatchObject([
        { partition: '3', record_offset: '17' },
        { partition: '3', record_offset: '17' },
      ]);
    });

    it.each([
      [{ generation: 1, version: 9 }, false],
      [{ generation: 2, version: 4 }, false],
      [{ generation: 2, version: 5 }, true],
      [{ generation: 2, version: 6 }, true],
      [{ generation: 3, version: 1 }, true],
    ])('of generation 2, version 5, followed by %j, is changed: %s', async (next, isChanged) => {
      const consumer = await world.addConsumer();
      const key = await person();
      const stored = deliveredOf(key, { generation: 2, version: 5, at: null });
      await commit(consumer, { delivered: [stored] });
      const later = deliveredOf(key, { ...next, kind: 'protected-person', at: null });
      const committed = commit(consumer, { delivered: [later] });
      if (isChanged) expect(await committed).toBe(true);
      else await expect(committed).rejects.toThrow('HUB_STORE_CONFLICT');
      const expected = withoutPlace(isChanged ? later : stored);
      expect((await ledger(consumer, [key])).get(key)).toEqual(expected);
    });

    it('knows how far the topic reaches, also when a later commit has lower offsets', async () => {
      const consumer = await world.addConsumer();
      const keys = await persons(3);
      const at = (partition: number, offset: number, key = 0) =>
        deliveredOf(keys[key] ?? expect.fail(), { at: { partition, offset } });
      expect(await deliveries().lastOffsets(consumer.id)).toEqual(new Map());
      await commit(consumer, { delivered: [at(0, 8), at(0, 5, 1), at(2, 0, 2)] });
      await commit(consumer, { delivered: [at(0, 6)] });
      expect(await deliveries().lastOffsets(consumer.id)).toEqual(
        new Map([
          [0, 8],
          [2, 0],
        ]),
      );
      await commit(consumer, { delivered: [at(2, 41)] });
      expect((await deliveries().lastOffsets(consumer.id)).get(2)).toBe(41);
    });
  });

  describe('the facts about persons', () => {
    it('have the golden record of now, and nothing of whom nobody knows', async () => {
      const consumer = await world.addConsumer();
      const [key] = await persons(1);
      const unknown = '00000000-0000-8000-8000-00000000dead' as PersonKey;
      const facts = await deliveries().facts(consumer.id, [key ?? expect.fail(), unknown], true);
      expect([...facts.persons.keys()]).toEqual([key]);
      expect(facts.persons.get(key ?? expect.fail())).toMatchObject({
        version: 1,
        golden: { kind: 'person' },
      });
      const nobody = { persons: new Map(), delivered: new Map(), listed: new Set() };
      expect(await deliveries().facts(consumer.id, [], true)).toEqual({
        ...nobody,
        orders: new Map(),
      });
    });

    it('have an order of the hub until this consumer was told it, also where the ledger has nothing', async () => {
      const [told, untold] = [await world.addConsumer(), await world.addConsumer()];
      const stranger = await world.addConsumer();
      const key = await person();
      for (const consumer of [told, untold]) {
        await commit(consumer, { delivered: [deliveredOf(key)] });
      }
      const fields = ['addresses', 'contacts'] as const;
      await world.order({ personKey: key, reason: 'protection-raised', fields, upToVersion: 4 });
      await world.order({ personKey: key, reason: 'erased', fields: ['name'], upToVersion: 5 });
      const orders = async (consumer: AddedConsumer) =>
        (await deliveries().facts(consumer.id, [key], false)).orders.get(key) ?? [];

      const all = await orders(told);
      expect(all).toEqual([
        { id: all[0]?.id, reason: 'protection-raised', fields, upToVersion: 4 },
        { id: all[1]?.id, reason: 'erased', fields: ['name'], upToVersion: 5 },
      ]);
      expect(await orders(stranger)).toEqual(all);
      const orderId = all[0]?.id ?? expect.fail();
      await commit(told, { purges: [purgeOf(key, { orderId })] });
      expect(await orders(told)).toEqual(all.slice(1));
      expect(await orders(untold)).toEqual(all);
    });
  });

  describe('of whom something may have been sent that is not stored', () => {
    it('is noted until it is stored, and whoever is left stays noted', async () => {
      const consumer = await world.addConsumer();
      const [one, other] = [await person(), await person()];
      expect(await deliveries().intend(consumer.lease, consumer.id, [one, other])).toBe(true);
      expect(new Set(await deliveries().intended(consumer.id))).toEqual(new Set([one, other]));
      await commit(consumer, { delivered: [deliveredOf(one)], unsettled: [other] });
      expect(await deliveries().intended(consumer.id)).toEqual([other]);
      await commit(consumer, {});
      expect(await deliveries().intended(consumer.id)).toEqual([]);
    });

    it('is not noted by whoever lost the lease', async () => {
      const consumer = await world.addConsumer();
      const lost = { ...consumer.lease, token: consumer.lease.token + 1n };
      expect(await deliveries().intend(lost, consumer.id, [await person()])).toBe(false);
      expect(await deliveries().intended(consumer.id)).toEqual([]);
    });
  });

  describe('an order to forget', () => {
    it('is kept with its day, once for each order of the hub', async () => {
      const consumer = await world.addConsumer();
      const key = await person();
      const orderId = randomUUID();
      const purges = [purgeOf(key, { orderId }), purgeOf(key, { fields: ['name', 'contacts'] })];
      await commit(consumer, { purges });
      await commit(consumer, { purges: [purgeOf(key, { orderId })] });
      const kept = await rows('consumer_purges', consumer);
      expect(kept.map(({ id }) => id).toSorted()).toEqual(purges.map(({ id }) => id).toSorted());
      expect(kept.find(({ id }) => id === purges[1]?.id)).toMatchObject({
        consumer: consumer.name,
        person_key: key,
        order_id: null,
        reason: 'no-longer-disclosed',
        fields: '{name,contacts}',
        up_to_generation: '1',
        up_to_version: '2',
        acknowledged_at: null,
      });
    });

    it('is settled when nothing is left to forget', async () => {
      const consumer = await world.addConsumer();
      const purge = purgeOf(await person(), { fields: [], orderId: randomUUID() });
      await commit(consumer, { purges: [purge] });
      const [row] = await rows('consumer_purges', consumer);
      expect(row).toMatchObject({ fields: '{}', acknowledged_by: null });
      expect(row?.['acknowledged_at']).toMatch(/^20/);
    });
  });

  describe('who could not be told', () => {
    it('is kept until it is told', async () => {
      const consumer = await world.addConsumer();
      const [one, other] = await persons(2);
      if (one === undefined || other === undefined) return expect.fail();
      const code = 'HUB_KAFKA_MESSAGE_TOO_LARGE' as const;
      await commit(consumer, {
        refused: [one, other].map((personKey) => ({ personKey, code: 'HUB_STORE_CONFLICT' })),
      });
      await commit(consumer, { refused: [{ personKey: one, code }] });
      const refused = async () =>
        (await rows('consumer_refusals', consumer))
          .map((row) => [row['person_key'], row['code']] as const)
          .toSorted(([a], [b]) => ((a ?? '') < (b ?? '') ? -1 : 1));
      expect(await refused()).toEqual([
        [one, code],
        [other, 'HUB_STORE_CONFLICT'],
      ]);
      await commit(consumer, { delivered: [deliveredOf(one)] });
      expect(await refused()).toEqual([[other, 'HUB_STORE_CONFLICT']]);
    });
  });

  describe('a commit stores nothing', () => {
    const everything = (key: PersonKey): Partial<DeliveryCommit> => ({
      delivered: [deliveredOf(key)],
      purges: [purgeOf(key)],
      refused: [{ personKey: key, code: 'HUB_STORE_CONFLICT' }],
    });
    const expectNothing = async (consumer: AddedConsumer) => {
      for (const table of ['deliveries', 'consumer_purges', 'consumer_refusals'] as const) {
        expect(await rows(table, consumer)).toEqual([]);
      }
    };

    it('when somebody else has taken the lease', async () => {
      const consumer = await world.addConsumer();
      const key = await person();
      await deliveries().begin(consumer.id, [{ partition: 0, nextOffset: 5 }]);
      await touchPersons(world.database.database, consumer.id, [key], false);
      await world.store.leases.release(consumer.lease);
      await world.store.leases.acquire(consumer.lease.name, 'two', 60_000);
      const touches = (await deliveries().touches(consumer.id, 10)).map(({ id }) => id);
      const position = { partition: 0, from: 5, to: 6 };
      expect(await commit(consumer, { ...everything(key), position, touches })).toBe(false);
      await expectNothing(consumer);
      expect(await deliveries().touches(consumer.id, 10)).toHaveLength(1);
      expect(await deliveries().positions(consumer.id)).toMatchObject([{ nextOffset: 5 }]);
    });

    it.each([
      ['is at another offset', { partition: 0, from: 4, to: 6 }],
      ['is not there', { partition: 1, from: 0, to: 6 }],
    ])('when the position %s', async (_, position) => {
      const consumer = await world.addConsumer();
      await deliveries().begin(consumer.id, [{ partition: 0, nextOffset: 5 }]);
      expect(await commit(consumer, { ...everything(await person()), position })).toBe(false);
      await expectNothing(consumer);
      expect(await deliveries().positions(consumer.id)).toMatchObject([{ nextOffset: 5 }]);
    });

    it('when the walk is another one', async () => {
      const consumer = await world.addConsumer();
      const key = await person();
      await deliveries().begin(consumer.id, [{ partition: 0, nextOffset: 5 }]);
      const { startedAt } = await walkOf(consumer);
      const position = { partition: 0, from: 5, to: 6 };
      for (const isOver of [false, true]) {
        const walk = { startedAt: startedAt - 1, cursor: key, done: 1, isOver };
        expect(await commit(consumer, { ...everything(key), position, walk })).toBe(false);
      }
      await expectNothing(consumer);
      expect(await walkOf(consumer)).toMatchObject({ cursor: null, done: 0 });
      expect(await deliveries().positions(consumer.id)).toMatchObject([{ nextOffset: 5 }]);
    });

    it('when there is no walk any more', async () => {
      const consumer = await world.addConsumer();
      const { startedAt } = await walkOf(consumer);
      await endFirstLoad(consumer);
      const walk = { startedAt, cursor: null, done: 1, isOver: false };
      expect(await commit(consumer, { ...everything(await person()), walk })).toBe(false);
      await expectNothing(consumer);
    });
  });

  describe('a walk', () => {
    it('is at its cursor, and everybody is told by its profile when it is over', async () => {
      const consumer = await world.addConsumer();
      await endFirstLoad(consumer);
      expect(await seen(consumer)).toMatchObject({ generation: 1, walk: null });
      const changed = profileOf({ name: consumer.name, version: 2, groups: new Set(['name']) });
      const { consumers } = world.store;
      const change = { kind: 'change', profile: changed } as const;
      expect(await consumers.startWalk(consumer.name, change, null, 1_000n)).toBe('done');

      const { startedAt } = await walkOf(consumer);
      const key = await person();
      const walk = { startedAt, cursor: key, done: 41, isOver: false };
      expect(await commit(consumer, { walk, delivered: [deliveredOf(key)] })).toBe(true);
      const underWay = await seen(consumer);
      expect(underWay).toMatchObject({ generation: 1, profile: consumer.profile });
      expect(underWay.walk).toMatchObject({ cursor: key, done: 41, profile: changed, startedAt });

      expect(await commit(consumer, { walk: { ...walk, isOver: true } })).toBe(true);
      expect(await seen(consumer)).toMatchObject({ generation: 2, profile: changed, walk: null });
    });

    it('that is over does not wait for a command that takes its place, nor the command for it', async () => {
      const consumer = await world.addConsumer();
      const { startedAt } = await walkOf(consumer);
      const walk = { startedAt, cursor: null, done: 0, isOver: true };
      const { consumers } = world.store;
      const [isOver, outcome] = await Promise.all([
        commit(consumer, { walk }),
        consumers.startWalk(consumer.name, { kind: 'drop' }, null, 1_001n),
      ]);
      expect([true, false]).toContain(isOver);
      expect(outcome).toBe('done');
      expect(await seen(consumer)).toMatchObject({ state: 'dropping', walk: { kind: 'drop' } });
    });

    it('goes through stored persons by rising key, page by page', async () => {
      const keys = await persons(5);
      const all = await deliveries().nextPersons(null, 10_000);
      expect(all).toEqual(all.toSorted());
      expect(all).toEqual(expect.arrayContaining([...keys]));
      const [first, second, third] = all;
      expect(await deliveries().nextPersons(null, 1)).toEqual([first]);
      expect(await deliveries().nextPersons(first ?? expect.fail(), 2)).toEqual([second, third]);
      expect(await deliveries().nextPersons(all.at(-1) ?? expect.fail(), 10)).toEqual([]);
    });

    it('back goes through those of whom the consumer has a record', async () => {
      const [consumer, other] = [await world.addConsumer(), await world.addConsumer()];
      const [one, gone, masked, unsent] = await persons(4);
      if (one === undefined || gone === undefined || masked === undefined) return expect.fail();
      const delivered = [
        deliveredOf(one),
        deliveredOf(gone, { kind: 'gone', contentHash: NOTHING }),
        deliveredOf(masked, { kind: 'protected-person' }),
      ];
      await commit(consumer, { delivered });
      await commit(other, { delivered: [deliveredOf(unsent ?? expect.fail())] });
      const next = async (after: PersonKey | null, limit: number) =>
        await deliveries().nextDelivered(consumer.id, after, limit);
      expect(await next(null, 10)).toEqual([one, masked]);
      expect(await next(null, 1)).toEqual([one]);
      expect(await next(one, 10)).toEqual([masked]);
      expect(await next(masked, 10)).toEqual([]);
    });
  });

  describe('everything is told again', () => {
    it('by a replay, when nothing else is under way; where the topic ended is not known any more', async () => {
      const consumer = await world.addConsumer();
      await endFirstLoad(consumer);
      await commit(consumer, { delivered: [deliveredOf(await person())] });
      expect(await deliveries().tellAgain(consumer.lease, consumer.id)).toBe(true);
      expect(await seen(consumer)).toMatchObject({
        generation: 1,
        walk: { kind: 'replay', generation: 1, cursor: null, total: SOME_NUMBER, done: 0 },
      });
      expect(await deliveries().lastOffsets(consumer.id)).toEqual(new Map());
      expect(await deliveries().tellAgain(consumer.lease, consumer.id)).toBe(true);
      expect(await walkOf(consumer)).toMatchObject({ kind: 'replay', generation: 1 });
    });

    it('by the walk that is under way, from its beginning and above what it has sent', async () => {
      const consumer = await world.addConsumer();
      const before = await walkOf(consumer);
      const { startedAt } = before;
      const walk = { startedAt, cursor: await person(), done: 9, isOver: false };
      await commit(consumer, { walk });
      expect(await deliveries().tellAgain(consumer.lease, consumer.id)).toBe(true);
      const after = await walkOf(consumer);
      expect(after).toEqual({
        ...before,
        cursor: null,
        done: 0,
        generation: 2,
        startedAt: SOME_NUMBER,
      });
      expect(after.startedAt).toBeGreaterThan(startedAt);
      expect(await commit(consumer, { walk })).toBe(false);
    });

    it('not by whoever lost the lease', async () => {
      const consumer = await world.addConsumer();
      await endFirstLoad(consumer);
      const stale = { ...consumer.lease, owner: 'two' };
      expect(await deliveries().tellAgain(stale, consumer.id)).toBe(false);
      expect((await seen(consumer)).walk).toBe(null);
    });
  });

  it('has persons told once more, oldest first, until that is committed', async () => {
    const [consumer, other] = [await world.addConsumer(), await world.addConsumer()];
    const keys = await persons(3);
    const reversed = keys.toReversed();
    await touchPersons(world.database.database, consumer.id, reversed, true);
    await touchPersons(world.database.database, consumer.id, keys.slice(0, 1), false);
    await touchPersons(world.database.database, other.id, keys, false);
    await touchPersons(world.database.database, other.id, [], false);
    const touches = await deliveries().touches(consumer.id, 10);
    expect(touches.map(({ personKey, isForced }) => [personKey, isForced])).toEqual([
      ...reversed.map((key) => [key, true]),
      [keys[0], false],
    ]);
    expect(await deliveries().touches(consumer.id, 2)).toEqual(touches.slice(0, 2));
    const done = touches.slice(0, 3).map(({ id }) => id);
    expect(await commit(consumer, { touches: done })).toBe(true);
    expect(await deliveries().touches(consumer.id, 10)).toEqual(touches.slice(3));
    expect(await deliveries().touches(other.id, 10)).toHaveLength(3);
  });
});

/** What the ledger tells of a row: where the record stands is for people. */
function withoutPlace(delivered: Delivered | undefined): Delivered {
  const { personKey, generation, version, kind, told, contentHash } = delivered ?? expect.fail();
  return { personKey, generation, version, kind, told, contentHash };
}
