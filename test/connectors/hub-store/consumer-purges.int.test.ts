/** Who was told to forget, who says that it did, and when an order is done. */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freshTopic } from '../../contracts/store-under-test.ts';
import {
  type AddedConsumer,
  type ConsumerWorld,
  commitOf,
  deliveredOf,
  openConsumerWorld,
  purgeOf,
} from './consumer-world.ts';

let world: ConsumerWorld;
let first: AddedConsumer;
let second: AddedConsumer;

beforeEach(async () => {
  world = await openConsumerWorld();
  first = await world.addConsumer();
  second = await world.addConsumer();
});

afterEach(async () => {
  await world[Symbol.asyncDispose]();
});

describe('an acknowledgement', () => {
  it('closes the order of the consumer that was given it, once, and nobody else’s', async () => {
    const [person] = await world.addPersons(1);
    const purge = purgeOf(person?.key ?? expect.fail());
    await world.store.deliveries.commit(first.lease, commitOf(first, { purges: [purge] }));
    const { consumerPurges } = world.store;
    expect(await consumerPurges.countOpen()).toMatchObject([
      { consumer: first.name, open: 1 },
      { consumer: second.name, open: 0, oldestSeconds: 0 },
    ]);
    expect(await consumerPurges.open(10)).toMatchObject([
      { id: purge.id, consumer: first.name, personKey: person?.key, fields: ['name'] },
    ]);
    expect(await consumerPurges.open(10, second.name)).toEqual([]);

    expect(await consumerPurges.acknowledge(second.name, purge.id, 'x')).toBe('unknown');
    expect(await consumerPurges.acknowledge(first.name, randomUUID(), 'x')).toBe('unknown');
    expect(await consumerPurges.acknowledge(first.name, 'no number\u0000', 'x')).toBe('unknown');
    expect(await consumerPurges.standing(second.name, purge.id)).toBe('unknown');
    expect(await consumerPurges.standing(first.name, 'no number\u0000')).toBe('unknown');
    expect(await consumerPurges.standing(first.name, purge.id)).toBe('open');
    expect(await consumerPurges.open(10)).toHaveLength(1);
    expect(await consumerPurges.acknowledge(first.name, purge.id, 'kontoret')).toBe('acknowledged');
    expect(await consumerPurges.acknowledge(first.name, purge.id, 'again')).toBe('already');
    expect(await consumerPurges.standing(first.name, purge.id)).toBe('already');
    expect(await consumerPurges.open(10)).toEqual([]);
    expect(await consumerPurges.countOpen()).toMatchObject([{ open: 0 }, { open: 0 }]);
  });

  it('out of a topic is taken once, however often the records come', async () => {
    const [person] = await world.addPersons(1);
    const purges = [purgeOf(person?.key ?? expect.fail()), purgeOf(person?.key ?? expect.fail())];
    await world.store.deliveries.commit(first.lease, commitOf(first, { purges }));
    const { consumerPurges } = world.store;
    const topic = freshTopic();
    const acks = purges.map(({ id: orderId }, offset) => ({
      offset,
      consumer: first.name,
      orderId,
      by: 'it',
    }));
    const batch = { topic, partition: 0, acks, nextOffset: 2 };
    expect(await consumerPurges.nextOffset(topic, 0)).toBeUndefined();
    const early = { ...batch, acks: acks.slice(0, 1), nextOffset: 1 };
    expect(await consumerPurges.acknowledgeBatch(early)).toEqual(['acknowledged']);
    expect(await consumerPurges.nextOffset(topic, 0)).toBe(1);
    expect(await consumerPurges.acknowledgeBatch(batch)).toEqual(['acknowledged']);
    expect(await consumerPurges.acknowledgeBatch(batch)).toEqual([]);
    expect(await consumerPurges.nextOffset(topic, 0)).toBe(2);
  });
});

describe('an order of the hub', () => {
  it('is open until every consumer that was told of the person has been given it and has acknowledged it', async () => {
    const [person, untold] = await world.addPersons(2);
    if (person === undefined || untold === undefined) return expect.fail();
    const { purgeOrders, consumerPurges, deliveries } = world.store;
    for (const consumer of [first, second]) {
      const delivered = [deliveredOf(person.key)];
      await deliveries.commit(consumer.lease, commitOf(consumer, { delivered }));
    }
    const fields = ['name'] as const;
    const order = { reason: 'erased' as const, fields, upToVersion: 1 };
    await world.order({ ...order, personKey: untold.key });
    expect(await purgeOrders.countOpen()).toEqual({ open: 0, oldestSeconds: 0 });
    await world.order({ ...order, personKey: person.key });
    const [open] = await purgeOrders.list(10);
    if (open === undefined) return expect.fail('no order is open');
    expect(open).toMatchObject({ personKey: person.key, reason: 'erased' });

    const given = purgeOf(person.key, { orderId: open.id });
    await deliveries.commit(first.lease, commitOf(first, { purges: [given] }));
    await consumerPurges.acknowledge(first.name, given.id, 'it');
    expect(await purgeOrders.countOpen()).toMatchObject({ open: 1 });
    // The second one had nothing of it left: settled from the start.
    const settled = purgeOf(person.key, { orderId: open.id, fields: [] });
    await deliveries.commit(second.lease, commitOf(second, { purges: [settled] }));
    expect(await purgeOrders.countOpen()).toEqual({ open: 0, oldestSeconds: 0 });
    expect(await consumerPurges.open(10)).toEqual([]);

    // Whoever comes later was never told what it is about.
    const late = await world.addConsumer();
    await deliveries.commit(late.lease, commitOf(late, { delivered: [deliveredOf(person.key)] }));
    expect(await purgeOrders.countOpen()).toEqual({ open: 0, oldestSeconds: 0 });
  });
});
