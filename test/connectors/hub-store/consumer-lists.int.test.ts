import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_CHANGES } from '../../../core/sync/batch-changes.ts';
import { freshIdentity, joinIdentities } from '../../contracts/store-under-test.ts';
import { type AddedConsumer, type ConsumerWorld, openConsumerWorld } from './consumer-world.ts';

describe('the list of a consumer', () => {
  let world: ConsumerWorld;
  beforeAll(async () => {
    world = await openConsumerWorld();
  });
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
  });

  const listed = async (consumer: AddedConsumer, ...keys: readonly { readonly key: string }[]) => {
    const known = (await world.store.deliveries.nextPersons(null, 1_000)).filter((key) =>
      keys.some((person) => person.key === key),
    );
    return (await world.store.deliveries.facts(consumer.id, known, true)).listed;
  };
  const touched = async (consumer: AddedConsumer) =>
    (await world.store.deliveries.touches(consumer.id, 100)).map(({ personKey }) => personKey);

  it('says of each identity what became of it, and has only those told that are new', async () => {
    const consumer = await world.addConsumer({ persons: { kind: 'list' } });
    const [one, other] = await world.addPersons(2);
    if (one === undefined || other === undefined) return expect.fail();
    const { consumerLists } = world.store;
    expect(await consumerLists.add(consumer.id, [])).toEqual([]);
    expect(await consumerLists.add(consumer.id, [one.identity])).toEqual(['added']);
    expect(
      await consumerLists.add(consumer.id, [freshIdentity(), other.identity, one.identity]),
    ).toEqual(['unknown', 'added', 'already']);
    expect(await consumerLists.count(consumer.id)).toBe(2);
    expect(await touched(consumer)).toEqual([one.key, other.key]);
    expect(await listed(consumer, one, other)).toEqual(new Set([one.key, other.key]));
  });

  it('takes who is named no more off, and has them told', async () => {
    const consumer = await world.addConsumer({ persons: { kind: 'list' } });
    const [one, other] = await world.addPersons(2);
    if (one === undefined || other === undefined) return expect.fail();
    const { consumerLists } = world.store;
    await consumerLists.add(consumer.id, [one.identity]);
    expect(
      await consumerLists.remove(consumer.id, [one.identity, other.identity, freshIdentity()]),
    ).toEqual(['removed', 'absent', 'unknown']);
    expect(await consumerLists.count(consumer.id)).toBe(0);
    expect(await touched(consumer)).toEqual([one.key, one.key]);
    expect(await listed(consumer, one, other)).toEqual(new Set());
  });

  it('takes an identity that is named twice as one', async () => {
    const consumer = await world.addConsumer();
    const [one] = await world.addPersons(1);
    if (one === undefined) return expect.fail();
    const { consumerLists } = world.store;
    const twice = [one.identity, one.identity];
    expect(await consumerLists.add(consumer.id, twice)).toEqual(['added', 'added']);
    expect(await touched(consumer)).toEqual([one.key]);
    expect(await consumerLists.count(consumer.id)).toBe(1);
  });

  it('is no list of another consumer', async () => {
    const [consumer, other] = [await world.addConsumer(), await world.addConsumer()];
    const [one] = await world.addPersons(1);
    if (one === undefined) return expect.fail();
    await world.store.consumerLists.add(consumer.id, [one.identity]);
    expect(await listed(other, one)).toEqual(new Set());
    expect(await world.store.consumerLists.remove(other.id, [one.identity])).toEqual(['absent']);
    expect(await listed(consumer, one)).toEqual(new Set([one.key]));
    expect(await touched(other)).toEqual([]);
  });

  it('is only looked at when it is asked for', async () => {
    const consumer = await world.addConsumer();
    const [one] = await world.addPersons(1);
    if (one === undefined) return expect.fail();
    await world.store.consumerLists.add(consumer.id, [one.identity]);
    const facts = await world.store.deliveries.facts(consumer.id, [one.key], false);
    expect(facts.listed).toEqual(new Set());
  });

  it('goes on naming a person whose identity was merged into another person', async () => {
    const consumer = await world.addConsumer({ persons: { kind: 'list' } });
    const [stays, goes] = await world.addPersons(2);
    if (stays === undefined || goes === undefined) return expect.fail();
    await world.store.consumerLists.add(consumer.id, [goes.identity]);
    await joinIdentities(world.store.persons, [stays.identity, goes.identity]);
    expect(await listed(consumer, stays, goes)).toEqual(new Set([stays.key]));
  });

  it('waits for a merge that is under way, and has the person told who comes of it', async () => {
    const consumer = await world.addConsumer({ persons: { kind: 'list' } });
    const [stays, goes] = await world.addPersons(2);
    if (stays === undefined || goes === undefined) return expect.fail();
    let adding: Promise<unknown> = Promise.resolve();
    let isAdded = false;
    await world.store.persons.transact(async (transaction) => {
      const groups = await transaction.lockGroups([stays.identity, goes.identity]);
      const identities = groups.flatMap((group) => group.identities);
      adding = world.store.consumerLists
        .add(consumer.id, [goes.identity])
        .finally(() => (isAdded = true));
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(isAdded).toBe(false);
      await transaction.write({
        ...NO_CHANGES,
        identities: identities.map(({ identityKey, isProtected }) => ({
          identityKey,
          personKey: stays.key,
          groupKey: groups[0]?.groupKey ?? expect.fail(),
          isProtected,
        })),
      });
    });
    expect(await adding).toEqual(['added']);
    expect(await touched(consumer)).toEqual([stays.key]);
  });
});
