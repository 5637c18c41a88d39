import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { partitionOf } from '../../../connectors/kafka/partition-of.ts';
import { FeedOvertakenError } from '../../../connectors/sinks/consumers/consumer-sink.ts';
import { findHubError, HubError } from '../../../core/errors/hub-error.ts';
import { consumerSinkContract } from '../../contracts/consumer-sink.contract.ts';
import {
  deliveryOf,
  freshKey,
  nameChanged,
  purgeOf,
  recordOf,
} from '../../contracts/consumer-sink-under-test.ts';
import { readRecords } from '../../support/kafka-topic.ts';
import {
  openTopicUnderTest,
  PARTITIONS,
  type TopicUnderTest,
  untilLed,
} from './topic-under-test.ts';

const FORMATS = ['avro', 'fhir-patient'] as const;
/** A send to a topic that is not there is tried again until it is given up. */
const SOON_MS = 1_500;
/** Over the limit of one message, which is 1 000 000 bytes. */
const TOO_LONG = 'a'.repeat(1_000_001);

describe.each(FORMATS)('topics, persons as %s', (format) => {
  consumerSinkContract(() => openTopicUnderTest({ format }));
});

describe('topics', () => {
  it('answers with the offset where each state stands, in the partition of the person', async () => {
    await using place = await openTopicUnderTest({ format: 'avro' });
    await using sink = await place.open();
    // More than a record batch for each partition, and some who have no state.
    const deliveries = Array.from({ length: 2_000 }, (_, i) =>
      i % 5 === 0
        ? deliveryOf(freshKey(), [1, i + 1], { events: [nameChanged(i + 1)] })
        : deliveryOf(freshKey(), [1, i + 1], { state: i % 3 === 0 ? null : recordOf(`Nr ${i}`) }),
    );
    const first = deliveryOf(freshKey(), [1, 1], { state: recordOf('Först') });
    await sink.deliver([first], false);
    const outcomes = await sink.deliver(deliveries, true);

    const stands = new Map(
      (await readRecords(place.kafka, place.names.person)).map((record) => [
        `${record.partition}/${record.offset}`,
        [String(record.key), record.headers['hub_version']],
      ]),
    );
    for (const [i, { personKey, version, state }] of deliveries.entries()) {
      const at = outcomes[i];
      if (state === undefined) expect(at).toBeNull();
      else if (!at || at instanceof HubError) expect.fail('no offset');
      else {
        expect(at.partition).toBe(partitionOf(personKey, PARTITIONS));
        const record = stands.get(`${at.partition}/${at.offset}`);
        expect(record).toEqual([personKey, String(version)]);
      }
    }
    expect(stands.size).toBe(1 + deliveries.filter(({ state }) => state !== undefined).length);
  });

  it('tells no order and no event of whom the state could not be told, and no event without the order', async () => {
    await using place = await openTopicUnderTest({ format: 'avro', timeoutMs: SOON_MS });
    await using sink = await place.open();
    const deliveries = Array.from({ length: 10 }, freshKey).map((key) =>
      deliveryOf(key, [1, 2], {
        state: recordOf('Ett'),
        purges: [purgeOf(randomUUID())],
        events: [nameChanged(2)],
      }),
    );
    const { person, purge } = place.names;

    await place.kafka.admin.deleteTopics([person]);
    await expect(sink.deliver(deliveries, false)).rejects.toBeInstanceOf(HubError);
    expect(await counts(place, ['purge', 'events'])).toEqual([0, 0]);

    await sink.prepare();
    await place.kafka.admin.deleteTopics([purge]);
    await expect(sink.deliver(deliveries, false)).rejects.toBeInstanceOf(HubError);
    expect(await counts(place, ['person', 'events'])).toEqual([10, 0]);

    await sink.prepare();
    await sink.deliver(deliveries, false);
    expect(await counts(place, ['person', 'purge', 'events'])).toEqual([20, 10, 10]);
  });

  it('tells nothing more once somebody else feeds the consumer', async () => {
    let asked = 0;
    const isLeaseFresh = () => ++asked === 1;
    await using place = await openTopicUnderTest({ format: 'avro', isLeaseFresh });
    await using sink = await place.open();
    const delivery = deliveryOf(freshKey(), [1, 1], { state: recordOf('Ett'), ...signals() });
    await expect(sink.deliver([delivery], false)).rejects.toBeInstanceOf(FeedOvertakenError);
    expect(await counts(place, ['person', 'purge', 'events'])).toEqual([1, 0, 0]);
  });

  it('are lost when they end before what the ledger says, until it says no more than what stands there', async () => {
    await using place = await openTopicUnderTest({ format: 'avro' });
    await using sink = await place.open();
    const { admin } = place.kafka;
    const deliveries = Array.from({ length: 30 }, freshKey).map((key) =>
      deliveryOf(key, [1, 1], { state: recordOf('Ett') }),
    );
    await sink.deliver(deliveries, false);
    expect(await sink.prepare()).toBe('ready');

    await admin.deleteTopics([place.names.person]);
    expect(await sink.prepare()).toBe('lost');
    await untilLed(() => admin.offsets(place.names.person));
    // Some of it again: the last records of the ledger still stand nowhere, whoever looks.
    await sink.deliver(deliveries.slice(0, 10), false);
    expect(await sink.prepare()).toBe('lost');
    await using later = await place.open();
    expect(await later.prepare()).toBe('lost');

    // What the hub does then: it forgets where things stood, and tells everybody again.
    place.lastOffsets.clear();
    await sink.deliver(deliveries, false);
    expect(await sink.prepare()).toBe('ready');
    // One record too few is enough.
    const [end] = await admin.offsets(place.names.person);
    place.lastOffsets.set(end?.partition ?? 0, end?.high ?? 0);
    expect(await sink.prepare()).toBe('lost');
  });

  it.each(['purge', 'events'] as const)(
    'are lost when that of the %s was not there',
    async (one) => {
      await using place = await openTopicUnderTest({ format: 'avro' });
      await using sink = await place.open();
      expect(await sink.prepare()).toBe('ready');
      await place.kafka.admin.deleteTopics([place.names[one]]);
      expect(await sink.prepare()).toBe('lost');
      expect(await sink.prepare()).toBe('ready');
    },
  );

  it('of a thin signal are two, and no state is told', async () => {
    await using place = await openTopicUnderTest({ format: 'avro', content: 'thin-signal' });
    await using sink = await place.open();
    const [key, id] = [freshKey(), randomUUID()];
    const told = { state: recordOf('Ett'), purges: [purgeOf(id)], events: [nameChanged(1)] };
    const outcomes = await sink.deliver([deliveryOf(key, [1, 1], told)], false);

    expect(outcomes).toEqual([null]);
    expect(await place.orders(key)).toEqual([id]);
    expect(await place.events(key)).toEqual(['1:name-changed']);
    const { person, events, purge } = place.names;
    const topics = await place.kafka.admin.topicNames();
    expect(topics).toEqual(expect.arrayContaining([events, purge]));
    expect(topics).not.toContain(person);
    // Nothing of it could be lost, whatever an earlier profile left in the ledger.
    place.lastOffsets.set(0, 7);
    expect(await sink.prepare()).toBe('ready');
  });

  it.each(FORMATS)(
    'refuse the state of one person who is too large, and nothing else: %s',
    async (format) => {
      await using place = await openTopicUnderTest({ format });
      await using sink = await place.open();
      const [before, large, after] = [freshKey(), freshKey(), freshKey()];
      const outcomes = await sink.deliver(
        [
          deliveryOf(before, [1, 1], { state: recordOf('Före'), ...signals() }),
          deliveryOf(large, [1, 1], { state: recordOf(TOO_LONG), ...signals() }),
          deliveryOf(after, [1, 1], { state: recordOf('Efter'), ...signals() }),
        ],
        false,
      );

      expect(findHubError(outcomes[1])).toMatchObject({ code: 'HUB_KAFKA_MESSAGE_TOO_LARGE' });
      expect(inspect(outcomes[1], { depth: null })).not.toContain('aaaa');
      expect([...(await place.held([before, large, after])).keys()]).toEqual([before, after]);
      // An order to forget must not wait for somebody to make the record smaller.
      for (const key of [before, large, after]) {
        expect(await place.orders(key)).toHaveLength(1);
        expect(await place.events(key)).toEqual(['1:name-changed']);
      }
      // Nothing stands in the way of what is told of the same person next.
      await sink.deliver([deliveryOf(large, [1, 2], { state: recordOf('Kort') })], false);
      expect((await place.held([large])).get(large)).toMatchObject({ version: 2, surname: 'Kort' });
    },
  );

  it('refuse the state of one person whom the schema has no word for, and nothing else', async () => {
    await using place = await openTopicUnderTest({ format: 'avro' });
    await using sink = await place.open();
    const [unfit, other] = [freshKey(), freshKey()];
    const state = recordOf('Ett');
    if (state.kind !== 'person') return expect.fail('masked');
    const sex = 'of a release to come' as string as 'male';
    const unknown = { ...state, person: { ...state.person, sex } };
    const outcomes = await sink.deliver(
      [
        deliveryOf(unfit, [1, 1], { state: unknown, ...signals() }),
        deliveryOf(other, [1, 1], { state, ...signals() }),
      ],
      false,
    );

    expect(findHubError(outcomes[0])).toMatchObject({ code: 'HUB_CONSUMER_RECORD_UNFIT' });
    expect([...(await place.held([unfit, other])).keys()]).toEqual([other]);
    expect(await place.orders(unfit)).toHaveLength(1);
  });

  it('are not made by the hub where somebody else makes them', async () => {
    await using place = await openTopicUnderTest({ format: 'avro', makesTopics: false });
    await expect(place.open()).rejects.toMatchObject({ code: 'HUB_KAFKA_TOPIC_MISSING' });
    const topics = await place.kafka.admin.topicNames();
    for (const topic of Object.values(place.names)) expect(topics).not.toContain(topic);
  });

  it('are taken away as a whole, and taking away what is gone is no fault', async () => {
    await using place = await openTopicUnderTest({ format: 'avro' });
    await using sink = await place.open();
    await sink.remove();
    const topics = await place.kafka.admin.topicNames();
    for (const topic of Object.values(place.names)) expect(topics).not.toContain(topic);
    await sink.remove();
  });
});

const signals = () => ({ purges: [purgeOf(randomUUID())], events: [nameChanged(1)] });

/** How many records each topic was given. */
async function counts(
  { kafka, names }: TopicUnderTest,
  topics: readonly (keyof TopicUnderTest['names'])[],
): Promise<readonly number[]> {
  const found = topics.map(async (topic) => {
    const offsets = await kafka.admin.offsets(names[topic]);
    return offsets.reduce((sum, { high }) => sum + high, 0);
  });
  return await Promise.all(found);
}
