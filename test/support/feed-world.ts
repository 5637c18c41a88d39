import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig } from '../../connectors/config/load-config.ts';
import { statement } from '../../connectors/hub-store/database.ts';
import type { HubStore } from '../../connectors/hub-store/hub-store.ts';
import { AvroCodec } from '../../connectors/kafka/avro-codec.ts';
import type { KafkaClient } from '../../connectors/kafka/kafka-client.ts';
import type { LocatedRecord } from '../../connectors/kafka/kafka-message.ts';
import { partitionOf } from '../../connectors/kafka/partition-of.ts';
import { PersonCodec } from '../../connectors/kafka/person-codec.ts';
import {
  consumerTopicNames,
  consumerTopicTable,
  TOPIC,
  topicName,
} from '../../connectors/kafka/topics.ts';
import { loadMappingFiles } from '../../connectors/mapping-files/load-mapping-files.ts';
import { createHealth } from '../../connectors/observability/health.ts';
import { createLogger } from '../../connectors/observability/logger.ts';
import { createMetrics, type Metrics } from '../../connectors/observability/metrics.ts';
import { composeConsumers } from '../../connectors/runtime/compose-consumers.ts';
import { newCounters, runHeartbeat } from '../../connectors/runtime/instance-heartbeat.ts';
import { openKafka, openStore, topicsOf } from '../../connectors/runtime/open-parts.ts';
import { type Role, runRoles } from '../../connectors/runtime/run-roles.ts';
import type { ConsumerProfile } from '../../core/disclosure/consumer-profile.ts';
import { safeText } from '../../core/errors/log-safe.ts';
import type { FieldGroup, GoldenRecord } from '../../core/golden-record/golden-record.ts';
import type { PersonEventType } from '../../core/golden-record/person-event.ts';
import type { PersonKey } from '../../core/person/person-identifier.ts';
import { testEnvironment } from './env.ts';
import { createHubDatabase, type TestDatabase } from './hub-database.ts';
import { testName } from './kafka-topic.ts';

const PARTITIONS = 2;
const WITHIN_MS = 30_000;
const PUT = statement(
  '',
  `INSERT INTO persons (person_key, version, golden, content_hash) VALUES ($1, $2, $3, '')
   ON CONFLICT (person_key) DO UPDATE SET version = excluded.version, golden = excluded.golden`,
);
const ORDER = statement(
  '',
  'INSERT INTO purge_orders (person_key, reason, fields, up_to_version) VALUES ($1, $2, $3, $4)',
);
export const AGREEMENT = {
  validTo: '2099-12-31',
  frameworkVersion: '1',
  staffInformedBy: 'tester',
  staffInformedAt: '2026-01-01',
};

const NAME: readonly FieldGroup[] = ['name'];

/** What happens to a person in the hub, as its core and its publisher would leave it. */
export interface Happening {
  readonly personKey: PersonKey;
  readonly version: number;
  readonly golden: GoldenRecord | null;
  readonly type?: PersonEventType;
  readonly changed?: readonly FieldGroup[];
  /** Groups that the hub orders everyone to forget up to the version before, since the person became protected. */
  readonly forget?: readonly FieldGroup[];
}

/** A hub that has only the role `consumers`, with real services; what the other roles would do, the test does. */
export interface FeedWorld extends AsyncDisposable {
  readonly database: TestDatabase;
  readonly store: HubStore;
  readonly kafka: KafkaClient;
  readonly metrics: Metrics;
  readonly prefix: string;
  readonly settings: Readonly<Record<string, string>>;
  /** Stored, and then published as events. */
  happen(happenings: readonly Happening[]): Promise<void>;
  add(profile: ConsumerProfile): Promise<void>;
  /** Starts an instance; it ends with the test at the latest. */
  start(environment?: Readonly<Record<string, string>>): RunningFeed;
  /** Until the consumer was told of every event, and nothing else waits. */
  untilTold(name: string): Promise<void>;
  records(name: string, topic: 'person' | 'events' | 'purge'): Promise<readonly LocatedRecord[]>;
  decode(record: Pick<LocatedRecord, 'value'>): Promise<Readonly<Record<string, unknown>> | null>;
}

export interface RunningFeed extends AsyncDisposable {
  /** Lines of its log so far. */
  readonly log: readonly string[];
  stop(): Promise<void>;
}

export async function createFeedWorld(
  settings: Readonly<Record<string, string>> = {},
): Promise<FeedWorld> {
  const services = testEnvironment();
  const stack = new AsyncDisposableStack();
  const database = stack.use(await createHubDatabase());
  const prefix = `${testName('feed')}.`;
  const environment = {
    KAFKA_BROKERS: services.kafkaBrokers.join(','),
    SCHEMA_REGISTRY_URL: services.schemaRegistryUrl,
    DATABASE_URL: database.url,
    HUB_ENVIRONMENT: 'test',
    HUB_ROLES: 'consumers',
    HUB_SECRET: 'a secret of the tests, longer than it must be',
    HUB_TOPIC_PREFIX: prefix,
    PERSON_TOPIC_PARTITIONS: String(PARTITIONS),
    HUB_CONSUMER_BATCH: '50',
    ...settings,
  };
  const config = loadConfig(environment);
  const store = stack.use(openStore(config));
  const kafka = stack.use(openKafka(config));
  const profiles: ConsumerProfile[] = [];
  stack.defer(async () => {
    const ofConsumers = profiles.flatMap((profile) => consumerTopicTable(profile, { prefix }));
    const topics = [...topicsOf(config), ...ofConsumers].map(({ topic }) => topic);
    await kafka.admin.deleteTopics(topics);
  });
  await kafka.admin.ensureTopics(topicsOf(config));
  const avro = new AvroCodec({ registryUrl: services.schemaRegistryUrl, clientId: 'test' });
  const codec = await PersonCodec.register(avro);
  const producer = kafka.producer();
  const eventTopic = topicName(TOPIC.personEvents, prefix);
  const metrics = createMetrics();

  const happen = async (happenings: readonly Happening[]): Promise<void> => {
    for (const { personKey, version, golden, forget } of happenings) {
      const text = golden === null ? null : JSON.stringify(golden);
      await database.database.execute(PUT, [personKey, version, text]);
      if (forget !== undefined) {
        const values = [personKey, 'protection-raised', [...forget], version - 1];
        await database.database.execute(ORDER, values);
      }
    }
    const messages = new Map<number, ReturnType<PersonCodec['encodeEvent']>[]>();
    for (const { personKey, version, type = 'details-changed', changed = NAME } of happenings) {
      const partition = partitionOf(personKey, PARTITIONS);
      const message = codec.encodeEvent({
        personKey,
        version,
        event: { type, effectiveDate: null, changed },
        cause: {
          source: 'master',
          position: { epoch: 1, version: 1n },
          readAt: '2026-01-01T00:00:00Z',
        },
        recordedAt: 1,
      });
      messages.set(partition, [...(messages.get(partition) ?? []), message]);
    }
    for (const [partition, ofPartition] of messages) {
      await producer.send({ topic: eventTopic, partition, messages: ofPartition });
    }
  };

  const isTold = async (name: string): Promise<boolean> => {
    const consumer = (await store.deliveries.consumers()).find((one) => one.name === name);
    if (consumer === undefined || consumer.walk !== null) return false;
    if ((await store.deliveries.touches(consumer.id, 1)).length > 0) return false;
    const positions = await store.deliveries.positions(consumer.id);
    const at = new Map(positions.map(({ partition, nextOffset }) => [partition, nextOffset]));
    const ends = await kafka.admin.offsets(eventTopic);
    return ends.every(({ partition, high }) => (at.get(partition) ?? -1) >= high);
  };

  let started = 0;
  const start: FeedWorld['start'] = (own = {}) => {
    started += 1;
    const stop = new AbortController();
    const log: string[] = [];
    const done = runFeed(
      { ...environment, HUB_INSTANCE: `feed-${started}`, ...own },
      metrics,
      log,
      stop.signal,
    );
    done.catch(() => undefined); // met by `stop`
    const end = async (): Promise<void> => {
      stop.abort();
      await done;
    };
    const running = { log, stop: end, [Symbol.asyncDispose]: end };
    stack.use(running);
    return running;
  };

  let commands = 0n;
  return {
    database,
    store,
    kafka,
    metrics,
    prefix,
    settings: environment,
    happen,
    start,
    add: async (profile) => {
      profiles.push(profile);
      commands += 1n;
      const added = { profile, agreement: AGREEMENT, principal: null };
      const outcome = await store.consumers.add(added, commands);
      if (outcome !== 'done') throw new Error(`The consumer was not added: ${outcome}.`);
    },
    untilTold: (name) => untilSo(`${name} is told`, () => isTold(name)),
    records: async (name, topic) => {
      const records: LocatedRecord[] = [];
      const of = consumerTopicNames(name, prefix)[topic];
      for await (const record of kafka.readTopic({ topic: of })) records.push(record);
      return records;
    },
    decode: async ({ value }) => {
      const decoded = await avro.decode(value);
      return decoded.kind === 'tombstone' ? null : { type: decoded.name, ...decoded.record };
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

async function runFeed(
  environment: Readonly<Record<string, string>>,
  metrics: Metrics,
  lines: string[],
  signal: AbortSignal,
): Promise<void> {
  const config = loadConfig(environment);
  await using store = openStore(config);
  await using kafka = openKafka(config);
  const log = createLogger({ level: 'info', destination: { write: (line) => lines.push(line) } });
  const parts = {
    config,
    files: await loadMappingFiles(config.mappingsDirectory),
    store,
    kafka,
    health: createHealth({ stallMs: 60_000, roles: [] }),
    metrics,
    counters: newCounters(),
    log,
  };
  const { instance, roles } = config;
  const heartbeat: Role = {
    name: safeText('heartbeat'),
    run: (stop) =>
      runHeartbeat({
        ...parts,
        instance,
        roles,
        programVersion: 'test',
        instances: store.instances,
        signal: stop,
      }),
  };
  await runRoles([heartbeat, ...composeConsumers(parts)], log, signal);
}

/** Until it is so. @throws when it takes longer than half a minute. */
export async function untilSo(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const until = performance.now() + WITHIN_MS;
  while (!(await isSo())) {
    if (performance.now() > until) throw new Error(`Not in time: ${what}.`);
    await sleep(50);
  }
}

/** Keys of persons who have nothing else in common. */
export function newKeys(count: number): readonly PersonKey[] {
  return Array.from({ length: count }, () => randomUUID() as string as PersonKey);
}
