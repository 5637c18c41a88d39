/** The only file that imports kafkajs. What it must not be trusted with is guarded in the files beside it. */
import { createRequire } from 'node:module';
import type { ConnectionOptions } from 'node:tls';
import library, {
  type Admin,
  type Consumer,
  type Kafka,
  type RetryOptions,
  type SASLOptions,
} from 'kafkajs';
import { type LogSafeFields, type SafeText, safeWord } from '../../core/errors/log-safe.ts';
import {
  type ConsumerConnection,
  type ConsumerEvents,
  DEFAULT_FETCH_LIMITS,
  type FetchLimits,
} from './consumer-connection.ts';
import { toFetchedBatch } from './fetched-batch.ts';
import {
  GuardedProducer,
  type ProducerConnection,
  type ProducerOptions,
} from './guarded-producer.ts';
import { JoiningPatience } from './joining-patience.ts';
import { accessRights } from './kafka-access.ts';
import { type AdminConnection, KafkaAdmin } from './kafka-admin.ts';
import type { LocatedRecord } from './kafka-message.ts';
import { type ReadTopicOptions, readTopic } from './read-topic.ts';
import { guardRequestQueue } from './request-queue-guard.ts';
import { type ConsumerOptions, runConsumer } from './run-consumer.ts';
import { type Route, TrackedSockets } from './tracked-sockets.ts';

export interface KafkaOptions {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly tls?: ConnectionOptions;
  readonly sasl?: SASLOptions;
  /** Takes the library's own words at level debug: most are harmless, and what matters is in our errors. */
  readonly log?: KafkaLog;
  readonly route?: Route;
}

/** Where the library's words go. */
export interface KafkaLog {
  debug(fields: LogSafeFields, message: SafeText): void;
}

/** Access to one Kafka cluster. */
export interface KafkaClient extends AsyncDisposable {
  /** A producer of its own: sends of different producers do not wait for each other. Connects at the first send. */
  producer(options?: ProducerOptions): GuardedProducer;
  /** Consumes until the signal ends it or it cannot go on: see {@link ConsumerOptions}. */
  runConsumer(options: ConsumerOptions): Promise<void>;
  /** Reads a topic from the beginning to the end. */
  readTopic(options: ReadTopicOptions): AsyncGenerator<LocatedRecord, void, undefined>;
  readonly admin: KafkaAdmin;
  /** Closes the admin client and every producer. Runs of consumers are ended by their signals. */
  close(): Promise<void>;
}

/**
 * All retries are bounded: what still fails after about 6 s of them is the caller's to decide.
 * Stated for every client, since the library has other defaults when NODE_ENV is `test`.
 */
const RETRY: RetryOptions = {
  initialRetryTime: 100,
  multiplier: 2,
  factor: 0.2,
  maxRetryTime: 5_000,
  retries: 6,
};
const CONNECTION_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 15_000;
/** Short enough for a second try within the time of one send: a lost answer is then asked for again, and not written twice. */
const PRODUCE_TIMEOUT_MS = 5_000;
const ACKNOWLEDGE_TIMEOUT_MS = 4_000;
/** How long the partitions of a killed instance wait for the others. Heartbeats go out each second, also while a batch is done. */
const SESSION_TIMEOUT_MS = 10_000;
/** How long the others wait for a member that is in the middle of a batch. */
const REBALANCE_TIMEOUT_MS = 60_000;

const ownRequire = createRequire(import.meta.url);
guardRequestQueue(ownRequire('kafkajs/src/network/requestQueue'));

/** Makes the access to a Kafka cluster. Nothing is connected yet. */
export function createKafka(options: KafkaOptions): KafkaClient {
  const admin = new KafkaAdmin(() => openAdmin(options));
  const producers = new Set<GuardedProducer>();
  const close = async (): Promise<void> => {
    await Promise.all([...producers].map((producer) => producer.close()));
    producers.clear();
    await admin.close();
  };
  return {
    admin,
    producer: (producerOptions) => {
      const onClose = (): void => {
        producers.delete(producer);
        producerOptions?.onClose?.();
      };
      const producer: GuardedProducer = new GuardedProducer(() => openProducer(options), {
        ...producerOptions,
        onClose,
      });
      producers.add(producer);
      return producer;
    },
    runConsumer: (consumerOptions) =>
      runConsumer(() => openConsumer(options, consumerOptions), admin, consumerOptions),
    readTopic: (readOptions) =>
      readTopic((groupId) => openConsumer(options, { groupId }), admin, readOptions),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function openLibrary(
  options: KafkaOptions,
  requestTimeout: number,
): { kafka: Kafka; sockets: TrackedSockets } {
  const sockets = new TrackedSockets(options.route);
  const kafka = new library.Kafka({
    brokers: [...options.brokers],
    clientId: options.clientId,
    ...(options.tls !== undefined && { ssl: options.tls }),
    ...(options.sasl !== undefined && { sasl: options.sasl }),
    retry: RETRY,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout,
    socketFactory: sockets.create,
    logLevel: options.log === undefined ? library.logLevel.NOTHING : library.logLevel.WARN,
    logCreator:
      () =>
      ({ namespace, log }) =>
        options.log?.debug({ part: safeWord(namespace) }, safeWord(log.message)),
  });
  return { kafka, sockets };
}

/** Opens and, when that fails, leaves nothing open. */
async function opened<T>(
  connect: Promise<unknown>,
  connection: T & { close(): Promise<void> },
): Promise<T> {
  try {
    await connect;
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

function openProducer(options: KafkaOptions): ProducerConnection {
  const { kafka, sockets } = openLibrary(options, PRODUCE_TIMEOUT_MS);
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    retry: RETRY,
    // Never the library's choice: a retry would run its partitioner again and could choose otherwise.
    createPartitioner:
      () =>
      ({ message }) =>
        message.partition ?? Number.NaN,
  });
  return {
    connect: () => producer.connect(),
    sendBatch: ({ topic, partition }, messages) =>
      producer.send({
        topic,
        acks: -1,
        timeout: ACKNOWLEDGE_TIMEOUT_MS,
        messages: messages.map((message) => ({ ...message, partition })),
      }),
    close: () => sockets.closeAfter(producer.disconnect()),
    cut() {
      sockets.seal();
      void sockets.closeAfter(producer.disconnect());
    },
  };
}

function openConsumer(
  options: KafkaOptions,
  {
    groupId,
    partitionsConsumedConcurrently = 1,
    fetch = {},
  }: Partial<ConsumerOptions> & { groupId: string },
): Promise<ConsumerConnection> {
  const { kafka, sockets } = openLibrary(options, REQUEST_TIMEOUT_MS);
  const limits: FetchLimits = { ...DEFAULT_FETCH_LIMITS, ...fetch };
  const joining = new JoiningPatience();
  const consumer = kafka.consumer({
    groupId,
    sessionTimeout: SESSION_TIMEOUT_MS,
    rebalanceTimeout: REBALANCE_TIMEOUT_MS,
    heartbeatInterval: 1_000,
    minBytes: 1,
    maxBytes: limits.maxBytes,
    maxBytesPerPartition: limits.maxBytesPerPartition,
    maxWaitTimeInMs: limits.maxWaitMs,
    allowAutoTopicCreation: false,
    retry: { ...RETRY, restartOnFailure: () => joining.shallTryAgain() },
  });
  return opened(consumer.connect(), {
    async start(topics, events) {
      reportTo(consumer, events);
      consumer.on(consumer.events.GROUP_JOIN, () => joining.end());
      await consumer.subscribe({ topics: [...topics], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently,
        eachBatch: (payload) => events.onBatch(toFetchedBatch(payload)),
      });
    },
    pause: (partitions) =>
      consumer.pause(partitions.map((p) => ({ ...p, partitions: [...p.partitions] }))),
    resume: (partitions) =>
      consumer.resume(partitions.map((p) => ({ ...p, partitions: [...p.partitions] }))),
    seek: ({ topic, partition }, offset) =>
      consumer.seek({ topic, partition, offset: String(offset) }),
    commit: (offsets) =>
      consumer.commitOffsets(offsets.map((at) => ({ ...at, offset: String(at.offset) }))),
    close: () => {
      joining.end();
      return sockets.closeAfter(consumer.disconnect());
    },
  });
}

function reportTo(consumer: Consumer, events: ConsumerEvents): void {
  const { GROUP_JOIN, FETCH, END_BATCH_PROCESS, CRASH } = consumer.events;
  consumer.on(GROUP_JOIN, ({ payload }) => {
    const topics = Object.entries(payload.memberAssignment);
    events.onJoined(topics.map(([topic, partitions]) => ({ topic, partitions })));
  });
  consumer.on(FETCH, () => events.onFetched());
  consumer.on(END_BATCH_PROCESS, ({ payload }) => {
    if (payload.batchSize > 0) return;
    const firstOffset = payload.firstOffset as string | null;
    events.onNothingToHandOver(
      { topic: payload.topic, partition: payload.partition },
      firstOffset === null ? undefined : Number(firstOffset),
      Number(payload.lastOffset),
    );
  });
  consumer.on(CRASH, ({ payload }) => {
    if (!payload.restart) events.onCrashed(payload.error);
  });
}

function openAdmin(options: KafkaOptions): Promise<AdminConnection> {
  const { kafka, sockets } = openLibrary(options, REQUEST_TIMEOUT_MS);
  const admin = kafka.admin({ retry: RETRY });
  return opened(admin.connect(), adminConnection(admin, sockets));
}

function adminConnection(admin: Admin, sockets: TrackedSockets): AdminConnection {
  return {
    topicNames: () => admin.listTopics(),
    async createTopics(specs) {
      const topics = specs.map(({ topic, partitions, replicationFactor, settings }) => ({
        topic,
        numPartitions: partitions,
        replicationFactor,
        configEntries: Object.entries(settings).map(([name, value]) => ({ name, value })),
      }));
      await admin.createTopics({ topics, waitForLeaders: true });
    },
    async partitionCounts(topics) {
      const metadata = await admin.fetchTopicMetadata({ topics: [...topics] });
      return new Map(metadata.topics.map(({ name, partitions }) => [name, partitions.length]));
    },
    async settings(topics) {
      const resources = topics.map((name) => ({ type: library.ConfigResourceTypes.TOPIC, name }));
      const answer = await admin.describeConfigs({ resources, includeSynonyms: false });
      return new Map(
        answer.resources.map(({ resourceName, configEntries }) => [
          resourceName,
          new Map(configEntries.map(({ configName, configValue }) => [configName, configValue])),
        ]),
      );
    },
    async offsets(topic) {
      const offsets = await admin.fetchTopicOffsets(topic);
      return offsets
        .map(({ partition, low, high }) => ({
          topic,
          partition,
          low: Number(low),
          high: Number(high),
        }))
        .sort((a, b) => a.partition - b.partition);
    },
    async offsetsSince(topic, at) {
      const offsets = await admin.fetchTopicOffsetsByTimestamp(topic, at);
      return offsets
        .map(({ partition, offset }) => ({ partition, offset: Number(offset) }))
        .sort((a, b) => a.partition - b.partition);
    },
    ...accessRights(admin),
    deleteTopics: (topics) => admin.deleteTopics({ topics: [...topics] }),
    async deleteGroups(groupIds) {
      await admin.deleteGroups([...groupIds]);
    },
    close: () => sockets.closeAfter(admin.disconnect()),
  };
}
