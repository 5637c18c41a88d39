/** A consumer with another stack reads its three topics: by Kafka's own Java client, and by an Avro decoder in Python. Neither shares code with the hub. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AvroCodec } from '../../../connectors/kafka/avro-codec.ts';
import { ConsumerCodec } from '../../../connectors/kafka/consumer-codec.ts';
import type { KafkaClient } from '../../../connectors/kafka/kafka-client.ts';
import type { KafkaMessage } from '../../../connectors/kafka/kafka-message.ts';
import { partitionOf } from '../../../connectors/kafka/partition-of.ts';
import { consumerTopicNames, consumerTopicTable } from '../../../connectors/kafka/topics.ts';
import { type PersonKey, parsePersonKey } from '../../../core/person/person-identifier.ts';
import { profileOf } from '../../core/disclosure/disclosure-builder.ts';
import { testEnvironment } from '../../support/env.ts';
import {
  lackOfConsoleConsumer,
  openConsoleConsumer,
  type PrintedRecord,
} from '../../support/foreign-clients/console-consumer.ts';
import {
  type FastAvro,
  lackOfFastAvro,
  openFastAvro,
} from '../../support/foreign-clients/fastavro.ts';
import { testKafka, testName } from '../../support/kafka-topic.ts';
import {
  at,
  consumerEvent,
  consumerPurge,
  disclosedLittle,
  disclosedPerson,
  disclosedProtected,
} from './consumer-samples.ts';

const { kafkaBrokers, schemaRegistryUrl } = testEnvironment();
const PARTITIONS = 2;
const profile = profileOf();
const prefix = `${testName('foreign')}.`;
const names = consumerTopicNames(profile.name, prefix);
type TopicKind = keyof typeof names;
const KINDS = ['person', 'events', 'purge'] as const;

/** Enough of them that both partitions get some. */
const keys = [1, 2, 3, 4, 5, 6].map(
  (n) => parsePersonKey(`00000000-0000-4000-8000-00000000000${n}`) as PersonKey,
);

const noJava = lackOfConsoleConsumer();
const title = 'read by a client that is not the hub’s';

describe.skipIf(noJava !== undefined)(noJava === undefined ? title : `${title} (${noJava})`, () => {
  const avro = new AvroCodec({ registryUrl: schemaRegistryUrl, clientId: 'test' });
  let kafka: KafkaClient;
  let written: Readonly<Record<TopicKind, readonly KafkaMessage[]>>;
  const read = new Map<TopicKind, readonly PrintedRecord[]>();

  beforeAll(async () => {
    kafka = testKafka();
    await kafka.admin.ensureTopics(consumerTopicTable(profile, { prefix, partitions: PARTITIONS }));
    written = messagesOf(await ConsumerCodec.register(avro));
    const java = await openConsoleConsumer(kafkaBrokers);
    for (const kind of KINDS) {
      await sendAll(names[kind], written[kind]);
      read.set(kind, java.read(names[kind], written[kind].length));
    }
  });
  afterAll(async () => {
    await kafka.admin.deleteTopics(Object.values(names));
    await kafka.close();
  });

  async function sendAll(topic: string, messages: readonly KafkaMessage[]): Promise<void> {
    const producer = kafka.producer();
    for (const message of messages) {
      const partition = partitionOf(String(message.key), PARTITIONS);
      await producer.send({ topic, partition, messages: [message] });
    }
  }

  const recordsOf = (kind: TopicKind): readonly PrintedRecord[] => read.get(kind) ?? [];

  it.each(KINDS)('Java finds key, headers and bytes of %s, tombstones among them', (kind) => {
    for (const key of keys) {
      const sent = written[kind].filter((message) => message.key === key);
      const found = recordsOf(kind).filter((record) => record.key === key);
      expect(found.map(({ value }) => value)).toEqual(sent.map(({ value }) => value));
      expect(found.map(({ headers }) => headers)).toEqual(sent.map(({ headers }) => headers));
    }
    expect(recordsOf(kind)).toHaveLength(written[kind].length);
  });

  it('Java finds tombstones, each with its place in the order of what is known', () => {
    const tombstones = recordsOf('person').filter(({ value }) => value === null);
    expect(tombstones.map(({ headers }) => headers)).toMatchObject(
      keys.map(() => ({ hub_generation: '2', hub_version: '9' })),
    );
  });

  it('all of a person stands in one partition, the same in each topic, in the order of sending', () => {
    const used = new Set<number>();
    for (const key of keys) {
      const places = KINDS.flatMap((kind) =>
        recordsOf(kind)
          .filter((record) => record.key === key)
          .map(({ partition }) => partition),
      );
      expect(new Set(places)).toEqual(new Set([partitionOf(key, PARTITIONS)]));
      used.add(places[0] ?? -1);
      const versions = recordsOf('person')
        .filter((record) => record.key === key)
        .map(({ headers }) => headers['hub_version']);
      expect(versions).toEqual(['7', '8', '9']);
    }
    expect(used.size).toBe(PARTITIONS);
  });

  const noPython = lackOfFastAvro();
  const python = 'and decoded in Python';
  describe.skipIf(noPython !== undefined)(
    noPython === undefined ? python : `${python} (${noPython})`,
    () => {
      let fastAvro: FastAvro;
      beforeAll(() => {
        fastAvro = openFastAvro(schemaRegistryUrl);
      });
      afterAll(() => fastAvro[Symbol.dispose]());

      it.each(KINDS)('every field of %s is as it was written', async (kind) => {
        const values = recordsOf(kind).flatMap(({ value }) => value ?? []);
        expect(values.length).toBeGreaterThan(0);
        const expected = await Promise.all(values.map((value) => avro.decode(value)));
        expect(fastAvro.decode(values)).toEqual(
          expected.map((one) =>
            one.kind === 'record' ? { name: one.name, record: one.record } : expect.fail(),
          ),
        );
      });

      it('letters outside of ASCII and absent groups arrive as they should', () => {
        const values = recordsOf('person').flatMap(({ value }) => value ?? []);
        const records = fastAvro.decode(values).map(({ record }) => record);
        expect(records).toContainEqual(
          expect.objectContaining({ name: expect.objectContaining({ surname: 'Öst' }) as unknown }),
        );
        expect(records).toContainEqual(expect.objectContaining({ name: null, addresses: null }));
      });
    },
  );
});

/** Of each person: all that there is, then masked or little, then nothing. */
function messagesOf(codec: ConsumerCodec): Readonly<Record<TopicKind, readonly KafkaMessage[]>> {
  const first = { generation: 2, version: 7, state: disclosedPerson, at };
  const person = keys.flatMap((personKey, i) => {
    const second = i % 2 === 0 ? disclosedProtected : disclosedLittle;
    return [
      codec.encodeState({ ...first, personKey }),
      codec.encodeState({ ...first, personKey, version: 8, state: second }),
      codec.encodeState({ ...first, personKey, version: 9, state: null }),
    ];
  });
  const events = keys.flatMap((personKey) => [
    codec.encodeEvent({ personKey, generation: 2, event: consumerEvent }),
    codec.encodeEvent({
      personKey,
      generation: 2,
      event: { ...consumerEvent, type: 'withdrawn', effectiveDate: null, changed: [], version: 9 },
    }),
  ]);
  const purge = keys.map((personKey, i) =>
    codec.encodePurge({
      personKey,
      purge: { ...consumerPurge, id: `0f0e0d0c-0b0a-4908-8706-05040302010${i}` },
      orderedAt: at,
      dueAt: at + 86_400_000,
    }),
  );
  return { person, events, purge };
}
