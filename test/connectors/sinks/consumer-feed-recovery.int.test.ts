/**
 * What a consumer ends with when a feed was killed between sending and storing, and whatever came in between. The store is real; the sink keeps what it was
 * given, since it has to fail at one moment and not at another.
 */
import { createHash, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { touchPersons } from '../../../connectors/hub-store/consumer-touches.ts';
import { statement } from '../../../connectors/hub-store/database.ts';
import { ConsumerFeed } from '../../../connectors/sinks/consumers/consumer-feed.ts';
import type { ConsumerProfile } from '../../../core/disclosure/consumer-profile.ts';
import type { OutgoingDelivery } from '../../../core/disclosure/delivery.ts';
import type { FieldGroup, GoldenRecord } from '../../../core/golden-record/golden-record.ts';
import type { ContentHash, PersonKey } from '../../../core/person/person-identifier.ts';
import { ALL_GROUPS, personOf, protectedOf } from '../../core/disclosure/disclosure-builder.ts';
import { newKeys } from '../../support/feed-world.ts';
import { openConsumerWorld } from '../hub-store/consumer-world.ts';
import { RecordingSink } from './recording-sink.ts';

const PUT = statement(
  '',
  `INSERT INTO persons (person_key, version, golden, content_hash) VALUES ($1, $2, $3, '')
   ON CONFLICT (person_key) DO UPDATE SET version = excluded.version, golden = excluded.golden`,
);
const ANSWER = statement('', 'UPDATE consumer_purges SET acknowledged_at = now()');
const HIDDEN: readonly FieldGroup[] = ['addresses', 'contacts', 'relations', 'membership'];
const MALE = personOf({ sex: 'male' });

describe('a consumer whose feed was killed between sending and storing', () => {
  it('has who moved away and came back before the restart', async () => {
    const persons = { kind: 'membership', counties: new Set(['03']) } as const;
    await using world = await openFeedWorld({ persons });
    await world.put(1, personOf());
    await world.drain();
    const { membership } = personOf();
    const elsewhere = membership && { ...membership, countyCode: '12', municipalityCode: '1280' };
    await world.put(2, personOf({ membership: elsewhere }));
    await world.killedAt(2);
    await world.put(3, personOf());
    await world.restart();
    await world.happens(2, 3);
    expect(world.lastState()).toMatchObject({ kind: 'person' });
  });

  it('has the content of now, also when it is that of before', async () => {
    await using world = await openFeedWorld();
    await world.put(1, personOf());
    await world.drain();
    await world.put(2, MALE);
    await world.killedAt(2);
    await world.put(3, personOf());
    await world.restart();
    await world.happens(2, 3);
    expect(world.lastState()).toMatchObject({ person: { sex: 'female' } });
  });

  it('is ordered to forget what only the profile before a change had', async () => {
    await using world = await openFeedWorld();
    await world.drain();
    await world.loseAddresses();
    await world.put(1, personOf());
    await world.killedAt(1);
    await world.restart();
    await world.happens(1);
    expect(world.ordered()).toContain('addresses');
  });

  it('is ordered to forget it also when the person becomes protected first', async () => {
    await using world = await openFeedWorld();
    await world.drain();
    await world.loseAddresses();
    await world.put(1, personOf());
    await world.killedAt(1);
    await world.put(2, protectedOf());
    await world.protect(1);
    await world.restart();
    await world.happens(1, 2);
    expect(world.lastState()).toMatchObject({ kind: 'protected-person' });
    expect(world.ordered()).toContain('addresses');
  });

  it('does not have who became protected while a state was too large', async () => {
    await using world = await openFeedWorld({ protectedPersons: 'left-out' });
    await world.drain();
    await world.put(1, personOf());
    await world.killedAt(1);
    world.sink.fault = 'refused';
    await world.put(2, MALE);
    await world.happens(1);
    world.sink.fault = undefined;
    await world.put(3, protectedOf());
    await world.happens(3);
    expect(world.lastState()).toBeNull();
  });
});

describe('a consumer is never told under an earlier generation', () => {
  it('after a walk began anew', async () => {
    await using world = await openFeedWorld();
    await world.put(1, personOf());
    await world.drain();
    await world.loseAddresses();
    await world.feed.work();
    await world.tellAgain();
    await world.restart(false);
    await world.put(2, MALE);
    await world.happens(2);
    expect(world.generations()).toEqual(world.generations().toSorted((a, b) => a - b));
    expect(world.lastState()).toMatchObject({ person: { sex: 'male' } });
  });

  it('after a page of a walk failed, and an event and a touch came before it again', async () => {
    await using world = await openFeedWorld();
    await world.put(1, personOf());
    await world.drain();
    await world.loseAddresses();
    world.sink.fault = 'killed';
    await expect(world.feed.work()).rejects.toThrow('HUB_KAFKA_UNAVAILABLE');
    world.sink.fault = undefined;
    await world.put(2, MALE);
    await world.happens(2);
    await world.touch();
    await world.drain();
    expect(world.generations()).toEqual(world.generations().toSorted((a, b) => a - b));
  });

  it('nor left untold by a feed that was opened before another one ended the first load', async () => {
    await using world = await openFeedWorld();
    await world.put(1, personOf());
    const early = world.feed;
    await world.restart();
    await world.put(2, MALE);
    await early.recover();
    await world.happens(2, undefined, early);
    expect(world.lastState()).toMatchObject({ person: { sex: 'male' } });
  });
});

describe('a consumer that is dropped', () => {
  it('is told a tombstone and an order to forget everything, and goes when it has answered', async () => {
    await using world = await openFeedWorld();
    await world.put(1, personOf());
    await world.drain();
    await world.drop();
    expect(await world.drain()).toBe('nothing');
    expect(world.lastState()).toBeNull();
    expect(world.ordered()).toEqual(expect.arrayContaining(['identities', 'name', 'addresses']));
    expect(world.sink.isRemoved).toBe(false);
    await world.answer();
    expect(await world.drain()).toBe('gone');
    expect(world.sink.isRemoved).toBe(true);
  });

  it('is not told again of who is named once more', async () => {
    await using world = await openFeedWorld();
    await world.put(1, personOf());
    await world.drain();
    await world.drop();
    await world.feed.work();
    await world.touch();
    await world.drain();
    expect(world.lastState()).toBeNull();
  });

  it.each([
    ['in this feed', false],
    ['in a feed before it', true],
  ])('loses also who was sent and not stored %s', async (_, isRestarted) => {
    await using world = await openFeedWorld();
    await world.drain();
    await world.put(1, personOf());
    await world.killedAt(1);
    await world.drop();
    if (isRestarted) await world.restart();
    else await world.drain();
    expect(world.lastState()).toBeNull();
    expect(world.ordered()).toContain('addresses');
  });

  it('hears of it also where it gets no states', async () => {
    const delivery = { kind: 'topic', format: 'avro', content: 'thin-signal' } as const;
    await using world = await openFeedWorld({ delivery });
    await world.put(1, personOf());
    await world.drain();
    await world.drop();
    await world.drain();
    const last = world.sink.sent.at(-1);
    expect(last?.events.map(({ type }) => type)).toEqual(['withdrawn']);
    expect(last?.purges.length).toBe(1);
  });
});

/** One consumer and one person, whose key is the same throughout. */
async function openFeedWorld(change: Partial<ConsumerProfile> = {}) {
  const world = await openConsumerWorld();
  const { deliveries, consumers } = world.store;
  const consumer = await world.addConsumer(change);
  const { lease, id, name, profile } = consumer;
  const sink = new RecordingSink();
  const [key = expect.fail()] = newKeys(1);
  await deliveries.begin(id, [{ partition: 0, nextOffset: 0 }]);
  let at = 0;
  let commands = 900n;

  const open = async (): Promise<ConsumerFeed> => {
    const now = (await deliveries.consumers()).find((one) => one.id === id);
    if (now === undefined) expect.fail('the consumer is gone');
    return new ConsumerFeed({
      store: deliveries,
      sink,
      lease,
      isLeaseFresh: () => true,
      consumer: now,
      batchPersons: 10,
      hasher: {
        hash: (text) => createHash('sha256').update(text).digest('base64url') as ContentHash,
      },
      orderIdOf: () => randomUUID(),
      now: Date.now,
      onProgress: () => undefined,
    });
  };
  const drain = async (feed: ConsumerFeed) => {
    for (;;) {
      const found = await feed.work();
      if (found !== 'something') return found;
    }
  };
  const happen = async (feed: ConsumerFeed, version: number): Promise<void> => {
    const changed: readonly FieldGroup[] = ['name'];
    const event = {
      type: 'details-changed',
      version,
      effectiveDate: null,
      changed,
      recordedAt: 1,
    } as const;
    await feed.takeEvents({
      partition: 0,
      from: at,
      to: at + 1,
      events: [{ offset: at, personKey: key, event }],
    });
    at += 1;
  };
  const isState = ({ state }: OutgoingDelivery): boolean => state !== undefined;

  let feed = await open();
  return {
    sink,
    get feed() {
      return feed;
    },
    put: async (version: number, golden: GoldenRecord) => {
      await world.database.database.execute(PUT, [key, version, JSON.stringify(golden)]);
    },
    /** The hub's order to forget what is hidden, up to a version. */
    protect: (upToVersion: number) =>
      world.order({ personKey: key, reason: 'protection-raised', fields: HIDDEN, upToVersion }),
    drain: () => drain(feed),
    happens: async (first: number, second?: number, by = feed) => {
      await happen(by, first);
      if (second !== undefined) await happen(by, second);
      await drain(by);
    },
    /** The event is told, and the process ends before it is stored. */
    killedAt: async (version: number) => {
      sink.fault = 'killed';
      await expect(happen(feed, version)).rejects.toThrow('HUB_KAFKA_UNAVAILABLE');
      sink.fault = undefined;
    },
    /** Another process. */
    restart: async (drains = true) => {
      feed = await open();
      await feed.recover();
      if (drains) await drain(feed);
    },
    loseAddresses: async () => {
      const groups = new Set(ALL_GROUPS.filter((group) => group !== 'addresses'));
      const less = { ...profile, version: 2, groups };
      const asked = { kind: 'change', profile: less } as const;
      expect(await consumers.startWalk(name, asked, null, ++commands)).toBe('done');
    },
    drop: async () =>
      expect(await consumers.startWalk(name, { kind: 'drop' }, null, ++commands)).toBe('done'),
    answer: () => world.database.database.execute(ANSWER),
    touch: () => touchPersons(world.database.database, id, [key satisfies PersonKey], true),
    tellAgain: async () => expect(await deliveries.tellAgain(lease, id)).toBe(true),
    /** Undefined: none was ever sent. */
    lastState: () => sink.sent.filter(isState).at(-1)?.state,
    generations: () => sink.sent.filter(isState).map(({ generation }) => generation),
    ordered: () => sink.sent.flatMap(({ purges }) => purges.flatMap(({ fields }) => fields)),
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}
