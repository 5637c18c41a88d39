/** The topics of one consumer for tests, written to through a proxy that can be cut, and read as a consumer does that goes by the rules. */
import { setTimeout as sleep } from 'node:timers/promises';
import { AvroCodec } from '../../../connectors/kafka/avro-codec.ts';
import { ConsumerCodec } from '../../../connectors/kafka/consumer-codec.ts';
import { FhirCodec } from '../../../connectors/kafka/fhir-codec.ts';
import type { KafkaClient } from '../../../connectors/kafka/kafka-client.ts';
import { partitionOf } from '../../../connectors/kafka/partition-of.ts';
import {
  type ConsumerTopicNames,
  consumerTopicNames,
  consumerTopicTable,
} from '../../../connectors/kafka/topics.ts';
import type { ConsumerSink } from '../../../connectors/sinks/consumers/consumer-sink.ts';
import { createTopicSink } from '../../../connectors/sinks/consumers/topic-sink.ts';
import { dispositionOf, HubError } from '../../../core/errors/hub-error.ts';
import type { ConsumerSinkUnderTest } from '../../contracts/consumer-sink-under-test.ts';
import { profileOf } from '../../core/disclosure/disclosure-builder.ts';
import { testEnvironment } from '../../support/env.ts';
import { KAFKA_REQUEST, KafkaProxy } from '../../support/kafka-proxy.ts';
import { testKafka, testName } from '../../support/kafka-topic.ts';
import { PlainReader } from './plain-reader.ts';

/** More than one, so that a delivery has a middle in which it can be cut. */
export const PARTITIONS = 3;

export interface TopicUnderTest extends ConsumerSinkUnderTest {
  readonly names: ConsumerTopicNames;
  /** Past the proxy. */
  readonly kafka: KafkaClient;
  /** By partition the highest offset of a state that was delivered, as the hub's ledger has it. */
  readonly lastOffsets: Map<number, number>;
}

export interface TopicUnderTestOptions {
  readonly format: 'avro' | 'fhir-patient';
  readonly content?: 'full-state' | 'thin-signal';
  /** False: as in production, where somebody else makes the topics, or nobody has yet. */
  readonly makesTopics?: boolean;
  /** When a send is given up. Not given: as in the hub. */
  readonly timeoutMs?: number;
  /** Not given: nobody else feeds the consumer. */
  readonly isLeaseFresh?: () => boolean;
}

export async function openTopicUnderTest({
  format,
  content = 'full-state',
  makesTopics = true,
  timeoutMs,
  isLeaseFresh = () => true,
}: TopicUnderTestOptions): Promise<TopicUnderTest> {
  const { kafkaBrokers, schemaRegistryUrl } = testEnvironment();
  const profile = profileOf({ delivery: { kind: 'topic', format, content } });
  const prefix = `${testName('topic-sink')}.`;
  const names = consumerTopicNames(profile.name, prefix);
  const table = consumerTopicTable(profile, { prefix, partitions: PARTITIONS });
  const specOf = (topic: string) => table.find((spec) => spec.topic === topic);
  const [events, purge] = [specOf(names.events), specOf(names.purge)];
  if (events === undefined || purge === undefined) throw new TypeError('A topic is missing.');

  const stack = new AsyncDisposableStack();
  const direct = stack.use(testKafka());
  stack.defer(() => direct.admin.deleteTopics(table.map(({ topic }) => topic)));
  const proxy = stack.use(await KafkaProxy.start(kafkaBrokers[0] ?? ''));
  const proxied = stack.use(testKafka({ route: proxy.route }));
  const avro = new AvroCodec({ registryUrl: schemaRegistryUrl, clientId: 'test' });
  const codec = await ConsumerCodec.register(avro);
  // The consumer is there before anything is told, as after `hub consumers add`.
  if (makesTopics) {
    await direct.admin.ensureTopics(table);
    for (const { topic } of table) await untilLed(() => direct.admin.offsets(topic));
  }
  const readable = makesTopics ? table : [];
  const reader = stack.use(new PlainReader({ kafka: direct, avro, topics: readable }));

  const ledger = new Map<number, number>();
  let isCut = false;
  const producer = () => proxied.producer(timeoutMs === undefined ? {} : { timeoutMs });
  const open = async (): Promise<ConsumerSink> => {
    const sink = createTopicSink({
      topics: { person: specOf(names.person), events, purge },
      admin: proxied.admin,
      makesTopics,
      producers: { states: producer(), signals: producer() },
      encoder: format === 'avro' ? codec : new FhirCodec(codec),
      partitionOf: (key) => partitionOf(key, PARTITIONS),
      lastOffsets: () => Promise.resolve(ledger),
      isLeaseFresh,
      now: Date.now,
    });
    await sink.prepare();
    return {
      prepare: () => sink.prepare(),
      remove: () => sink.remove(),
      deliver: async (deliveries, isBulk) => {
        try {
          const outcomes = await sink.deliver(deliveries, isBulk);
          for (const at of outcomes) {
            if (at === null || at instanceof HubError) continue;
            ledger.set(at.partition, Math.max(at.offset, ledger.get(at.partition) ?? -1));
          }
          return outcomes;
        } finally {
          if (isCut) proxy.tcp.restore();
          isCut = false;
        }
      },
      [Symbol.asyncDispose]: () => sink[Symbol.asyncDispose](),
    };
  };
  return {
    names,
    kafka: direct,
    lastOffsets: ledger,
    open,
    held: (keys) => reader.held(keys),
    orders: (key) => reader.orders(key),
    events: (key) => reader.events(key),
    cutNext: () => {
      // Of one lost answer the client asks again by itself: so nobody answers until the delivery has given up.
      void proxy.loseAnswerTo(KAFKA_REQUEST.produce).then(() => {
        isCut = true;
        proxy.tcp.cut();
      });
    },
    takeAway: () => proxy.tcp.cut(),
    bringBack: () => proxy.tcp.restore(),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

const LED_WITHIN_MS = 10_000;

/** Asks again while the answer is that trying again may help: nobody leads a topic in the first moments after it was made. */
export async function untilLed<T>(ask: () => Promise<T>): Promise<T> {
  const until = performance.now() + LED_WITHIN_MS;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (dispositionOf(error) !== 'retriable' || performance.now() > until) throw error;
      await sleep(50);
    }
  }
}
