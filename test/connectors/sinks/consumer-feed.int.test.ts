import { describe, expect, it } from 'vitest';
import { statement } from '../../../connectors/hub-store/database.ts';
import { consumerTopicNames, consumerTopicTable } from '../../../connectors/kafka/topics.ts';
import type { PersonKey } from '../../../core/person/person-identifier.ts';
import {
  ALL_GROUPS,
  personOf,
  profileOf,
  protectedOf,
} from '../../core/disclosure/disclosure-builder.ts';
import { createFeedWorld, type FeedWorld, newKeys, untilSo } from '../../support/feed-world.ts';

const FULL = profileOf({ name: 'full' });
const LEFT_OUT = profileOf({ name: 'left-out', protectedPersons: 'left-out' });
const THIN = profileOf({
  name: 'thin',
  delivery: { kind: 'topic', format: 'avro', content: 'thin-signal' },
});
const HIDDEN = ['addresses', 'contacts', 'relations', 'membership'] as const;

function surnameOf(surname: string) {
  const { name } = personOf();
  return personOf({ name: { ...name, surname } });
}

/** The last state of each key: its decoded record, or null for a tombstone. */
async function statesOf(world: FeedWorld, name: string) {
  const last = new Map<string, Readonly<Record<string, unknown>> | null>();
  for (const record of await world.records(name, 'person')) {
    last.set(String(record.key), await world.decode(record));
  }
  return last;
}

describe('feeding a consumer', () => {
  it('loads everybody once while events go on, without a gap', async () => {
    await using world = await createFeedWorld();
    const keys = newKeys(200);
    await world.happen(keys.map((personKey) => ({ personKey, version: 1, golden: personOf() })));
    await world.add(FULL);
    world.start();
    for (let round = 2; round < 5; round++) {
      await world.happen(
        keys.map((personKey) => ({ personKey, version: round, golden: surnameOf(`Nr${round}`) })),
      );
    }
    await world.untilTold('full');
    const states = await statesOf(world, 'full');
    expect(states.size).toBe(200);
    for (const state of states.values()) {
      expect(state).toMatchObject({ generation: 1, version: 4, name: { surname: 'Nr4' } });
    }
  });

  it('tells each consumer what its profile says of somebody who becomes protected', async () => {
    await using world = await createFeedWorld();
    const [key = '' as PersonKey, other = '' as PersonKey] = newKeys(2);
    for (const profile of [FULL, LEFT_OUT, THIN]) await world.add(profile);
    world.start();
    await world.happen(
      [key, other].map((personKey) => ({ personKey, version: 1, golden: personOf() })),
    );
    for (const name of ['full', 'left-out', 'thin']) await world.untilTold(name);
    await world.happen([
      {
        personKey: key,
        version: 2,
        golden: protectedOf(),
        type: 'protection-raised',
        changed: ['protection'],
        forget: HIDDEN,
      },
    ]);
    for (const name of ['full', 'left-out', 'thin']) await world.untilTold(name);

    const masked = (await statesOf(world, 'full')).get(key);
    expect(masked).toMatchObject({ type: 'se.puhub.consumer.v1.ProtectedPerson', version: 2 });
    expect(JSON.stringify(masked)).not.toContain('Provgatan');
    expect((await statesOf(world, 'left-out')).get(key)).toBeNull();
    for (const name of ['full', 'left-out', 'thin']) {
      const orders = await world.records(name, 'purge');
      expect(orders.map(({ key: of }) => String(of))).toEqual([key]);
      const [order] = await Promise.all(orders.map((one) => world.decode(one)));
      // Whoever gets nobody protected forgets the version too that says so: it may have looked it up.
      const upToVersion = name === 'left-out' ? 2 : 1;
      expect(order).toMatchObject({ upToVersion, upToGeneration: 1 });
      expect(order?.['fields']).toContain('ADDRESSES');
    }
    // Whoever gets nobody protected is not told that somebody is.
    const types = async (name: string) =>
      (
        await Promise.all((await world.records(name, 'events')).map((one) => world.decode(one)))
      ).map((event) => event?.['type']);
    expect(await types('left-out')).not.toContain('PROTECTION_RAISED');
    expect(await types('full')).toContain('PROTECTION_RAISED');
    expect(await types('thin')).toContain('PROTECTION_RAISED');
    // The other one is as before, for everybody.
    expect((await statesOf(world, 'left-out')).get(other)).toMatchObject({ version: 1 });
  });

  it('keeps the old profile until the new one holds for everybody, and orders to forget what goes', async () => {
    await using world = await createFeedWorld();
    const keys = newKeys(120);
    await world.happen(keys.map((personKey) => ({ personKey, version: 1, golden: personOf() })));
    await world.add(FULL);
    world.start();
    await world.untilTold('full');
    const groups = new Set(ALL_GROUPS.filter((group) => group !== 'addresses'));
    const less = { ...FULL, version: 2, groups };
    expect(
      await world.store.consumers.startWalk('full', { kind: 'change', profile: less }, null, 900n),
    ).toBe('done');
    await world.untilTold('full');
    const states = await statesOf(world, 'full');
    for (const state of states.values())
      expect(state).toMatchObject({ generation: 2, version: 1, addresses: null });
    const orders = await world.records('full', 'purge');
    expect(orders.length).toBe(120);
    const first = orders[0] === undefined ? null : await world.decode(orders[0]);
    expect(first).toMatchObject({
      fields: ['ADDRESSES'],
      upToGeneration: 1,
      reason: 'PROFILE_CHANGED',
    });
    expect(await world.store.consumers.find('full')).toMatchObject({
      generation: 2,
      profile: less,
    });
  });

  it('takes everything back when a consumer is dropped, and itself away when that was answered', async () => {
    await using world = await createFeedWorld();
    const keys = newKeys(120);
    await world.happen(keys.map((personKey) => ({ personKey, version: 1, golden: personOf() })));
    await world.add(FULL);
    world.start();
    await world.untilTold('full');
    expect(await world.store.consumers.startWalk('full', { kind: 'drop' }, null, 900n)).toBe(
      'done',
    );
    await untilSo('everybody is taken back', async () => {
      const states = await statesOf(world, 'full');
      return [...states.values()].every((state) => state === null);
    });
    const { database } = world.database;
    const open = statement<{ n: string }>(
      '',
      'SELECT count(*) AS n FROM consumer_purges WHERE acknowledged_at IS NULL',
    );
    expect(await database.query(open)).toEqual([{ n: '120' }]);
    expect(await world.store.consumers.find('full')).toBeDefined();
    await database.execute(statement('', 'UPDATE consumer_purges SET acknowledged_at = now()'));
    await untilSo(
      'it is gone',
      async () => (await world.store.consumers.find('full')) === undefined,
    );
    const names = await world.kafka.admin.topicNames();
    expect(names.filter((name) => name.startsWith(`${world.prefix}consumer.`))).toEqual([]);
    const ledger = statement<{ n: string }>('', 'SELECT count(*) AS n FROM deliveries');
    expect(await database.query(ledger)).toEqual([{ n: '0' }]);
  });

  it('tells everything again when its topic was deleted behind its back', async () => {
    await using world = await createFeedWorld();
    const keys = newKeys(60);
    await world.happen(keys.map((personKey) => ({ personKey, version: 1, golden: personOf() })));
    await world.add(FULL);
    world.start();
    await world.untilTold('full');
    await world.kafka.admin.deleteTopics([consumerTopicNames('full', world.prefix).person]);
    // Something happens, and only so is it found.
    await world.happen(
      keys.slice(0, 1).map((personKey) => ({ personKey, version: 2, golden: surnameOf('Ny') })),
    );
    await untilSo('everybody is there again', async () => {
      const there = await statesOf(world, 'full').catch(() => new Map());
      return there.size === 60;
    });
  });

  it('leaves out a person who is larger than Kafka takes, says so, and tells the others', async () => {
    await using world = await createFeedWorld();
    const keys = newKeys(40);
    await world.add(FULL);
    world.start();
    const [large] = keys;
    await world.happen(
      keys.map((personKey) => ({
        personKey,
        version: 1,
        golden: personKey === large ? surnameOf('x'.repeat(1_100_000)) : personOf(),
      })),
    );
    await world.untilTold('full');
    expect((await statesOf(world, 'full')).size).toBe(39);
    expect(await refusals(world)).toEqual([
      { person_key: large, code: 'HUB_KAFKA_MESSAGE_TOO_LARGE' },
    ]);
    await world.happen(
      keys.slice(0, 1).map((personKey) => ({ personKey, version: 2, golden: personOf() })),
    );
    await world.untilTold('full');
    expect((await statesOf(world, 'full')).size).toBe(40);
    expect(await refusals(world)).toEqual([]);
  });

  it('stands still with a code when somebody changed its partitions, and the others go on', async () => {
    await using world = await createFeedWorld();
    const [table] = consumerTopicTable(FULL, { prefix: world.prefix, partitions: 5 });
    if (table === undefined) expect.fail('there is no table');
    await world.kafka.admin.ensureTopics([table]);
    const keys = newKeys(20);
    await world.happen(keys.map((personKey) => ({ personKey, version: 1, golden: personOf() })));
    await world.add(FULL);
    await world.add(LEFT_OUT);
    const feed = world.start();
    await world.untilTold('left-out');
    expect((await statesOf(world, 'left-out')).size).toBe(20);
    await untilSo('it says so', () =>
      Promise.resolve(feed.log.some((line) => line.includes('HUB_KAFKA_TOPIC_MISMATCH'))),
    );
    expect(await world.records('full', 'person')).toEqual([]);
  });

  it('tells a person within 5 s who is put on the list, and takes back who is taken off it', async () => {
    await using world = await createFeedWorld();
    const [key = '' as PersonKey] = newKeys(1);
    await world.happen([{ personKey: key, version: 1, golden: personOf() }]);
    const [identity] = personOf().identities;
    if (identity === undefined) expect.fail('a person has an identity');
    const { root, extension } = identity;
    await world.database.database.execute(
      statement(
        '',
        'INSERT INTO identities (root, extension, identity_key, person_key) VALUES ($1, $2, $3, $3)',
      ),
      [root, extension, key],
    );
    await world.add(profileOf({ name: 'listing', persons: { kind: 'list' } }));
    world.start();
    await world.untilTold('listing');
    expect(await world.records('listing', 'person')).toEqual([]);
    const consumer = await world.store.consumers.find('listing');
    if (consumer === undefined) expect.fail('it is not there');
    const before = performance.now();
    await world.store.consumerLists.add(consumer.id, [{ root, extension }]);
    await untilSo('the person is told', async () => (await statesOf(world, 'listing')).has(key));
    expect(performance.now() - before).toBeLessThan(5_000);
    await world.store.consumerLists.remove(consumer.id, [{ root, extension }]);
    await untilSo(
      'the person is taken back',
      async () => (await statesOf(world, 'listing')).get(key) === null,
    );
  });

  it('takes back what a feed before it may have sent and could not store', async () => {
    await using world = await createFeedWorld();
    const [key = '' as PersonKey] = newKeys(1);
    await world.add(LEFT_OUT);
    const consumer = await world.store.consumers.find('left-out');
    if (consumer === undefined) expect.fail('it is not there');
    const lease = await world.store.leases.acquire('consumer-left-out', 'killed', 60_000);
    if (lease === undefined) expect.fail('nobody has the lease');
    expect(await world.store.deliveries.intend(lease, consumer.id, [key])).toBe(true);
    await world.store.leases.release(lease);
    await world.happen([{ personKey: key, version: 2, golden: protectedOf() }]);
    world.start();
    await world.untilTold('left-out');
    await untilSo(
      'the person is taken back',
      async () => (await statesOf(world, 'left-out')).get(key) === null,
    );
    const orders = await world.records('left-out', 'purge');
    expect(orders.map((order) => String(order.key))).toEqual([key]);
    expect(await world.store.deliveries.intended(consumer.id)).toEqual([]);
  });

  it('shares consumers out between instances, and one takes over from another', async () => {
    await using world = await createFeedWorld();
    const keys = newKeys(30);
    await world.happen(keys.map((personKey) => ({ personKey, version: 1, golden: personOf() })));
    const names = ['one', 'two', 'three', 'four'];
    for (const name of names) await world.add(profileOf({ name }));
    const first = world.start();
    const second = world.start();
    for (const name of names) await world.untilTold(name);
    // Whoever came first took all of them, and gives back what is more than its part.
    const fedBy = async () => {
      const held = await world.store.leases.held('consumer-');
      return held.map(({ owner }) => owner).toSorted();
    };
    await untilSo('both feed two', async () => {
      return (await fedBy()).join() === 'feed-1,feed-1,feed-2,feed-2';
    });
    await first.stop();
    await world.happen(
      keys.map((personKey) => ({ personKey, version: 2, golden: surnameOf('Ny') })),
    );
    for (const name of names) await world.untilTold(name);
    expect(await fedBy()).toEqual(['feed-2', 'feed-2', 'feed-2', 'feed-2']);
    for (const state of (await statesOf(world, 'one')).values()) {
      expect(state).toMatchObject({ version: 2 });
    }
    await second.stop();
  });
});

async function refusals(world: FeedWorld) {
  return await world.database.database.query(
    statement<{ person_key: string; code: string }>(
      '',
      'SELECT person_key, code FROM consumer_refusals',
    ),
  );
}
