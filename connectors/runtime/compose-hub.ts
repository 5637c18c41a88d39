/** The only place where the hub is put together. */
import { type SafeText, safeText, safeWord } from '../../core/errors/log-safe.ts';
import type { PersonTopicWriter } from '../../core/sync/publish-outbox.ts';
import type { SourceName } from '../../core/sync/source-record.ts';
import type { HubConfig } from '../config/hub-config.ts';
import type { HubRole } from '../config/settings.ts';
import type { HubStore } from '../hub-store/hub-store.ts';
import { migrateHubStore } from '../hub-store/migrations.ts';
import { AvroCodec } from '../kafka/avro-codec.ts';
import type { KafkaClient } from '../kafka/kafka-client.ts';
import { PersonCodec } from '../kafka/person-codec.ts';
import { createPersonTopicWriter } from '../kafka/person-topic-writer.ts';
import { TOPIC, topicName } from '../kafka/topics.ts';
import { loadMappingFiles } from '../mapping-files/load-mapping-files.ts';
import { createHealth } from '../observability/health.ts';
import type { Logger } from '../observability/logger.ts';
import { createMetrics, type Metrics } from '../observability/metrics.ts';
import { startHttpServer } from '../operator-console/http-server.ts';
import { acceptLoss } from './accept-loss.ts';
import { CORE, runCoreRole } from './core-role.ts';
import type { HubParts } from './hub-parts.ts';
import { newCounters, runHeartbeat } from './instance-heartbeat.ts';
import { masterReader } from './master-source-role.ts';
import { openKafka, openStore, topicsOf, whenReady } from './open-parts.ts';
import { SILENT_SECONDS } from './operations/read-status.ts';
import { processRules, RAW_TOPIC } from './process-rules.ts';
import { puReader } from './pu-source-role.ts';
import { PUBLISHER, runPublisherRole } from './publisher-role.ts';
import { type Role, runRoles } from './run-roles.ts';
import { runSourceRole, SOURCE_ROLE, type SourceReader } from './source-role.ts';
import { runStoreWatch, STORE_WATCH } from './store-watch.ts';

export interface RunHubOptions {
  readonly config: HubConfig;
  readonly log: Logger;
  readonly programVersion: string;
  /** Ends the hub in order. */
  readonly signal: AbortSignal;
}

/**
 * Runs one instance of the hub with the roles of its configuration until the signal. Opens what it needs in order, waits for services
 * that are not there yet, and closes in reverse order.
 *
 * @throws HubError with a fatal code, or a bug, when it cannot go on. Nothing is lost then: see `core/sync/ports.ts`.
 */
export async function runHub(options: RunHubOptions): Promise<void> {
  const { config, log, signal, programVersion } = options;
  await using opened = new AsyncDisposableStack();
  const files = await loadMappingFiles(config.mappingsDirectory);
  const health = createHealth({
    stallMs: config.health.stallSeconds * 1_000,
    roles: [STORE_WATCH, ...config.roles.flatMap((role) => healthNames(role, config))],
  });
  const metrics = createMetrics();
  const counters = newCounters();
  const { port } = opened.use(
    await startHttpServer({ port: config.http.port, health, metrics, logger: log }),
  );
  counters.httpPort = port;
  log.info('health and metrics are served', { port });

  await whenReady(safeText('store'), () => migrateHubStore(config.store.url.reveal()), log, signal);
  if (signal.aborted) return;
  const store = opened.use(openStore(config));
  const kafka = opened.use(openKafka(config, log));
  await whenReady(safeText('kafka'), () => prepareTopics(kafka, config), log, signal);
  if (signal.aborted) return;

  const parts: HubParts = { config, files, store, kafka, health, metrics, counters, log };
  const roles: Role[] = [];
  // In the order of starting. They stop in reverse: what hands work on stops before what takes it.
  const heartbeat = { ...parts, programVersion, instance: config.instance, roles: config.roles };
  roles.push({
    name: safeText('heartbeat'),
    run: (stop) => runHeartbeat({ ...heartbeat, instances: store.instances, signal: stop }),
  });
  roles.push({
    name: STORE_WATCH,
    run: (stop) =>
      runStoreWatch({
        ...parts,
        outbox: store.outbox,
        partitions: config.kafka.personTopicPartitions,
        alarmSeconds: config.publisher.alarmSeconds,
        signal: stop,
      }),
  });
  for (const name of ['publisher', 'core', 'source'] as const) {
    if (config.roles.includes(name)) roles.push(...ROLES[name](parts));
  }
  await runRoles(roles, log, signal);
}

/** In production the topics are made beforehand, with rights that the hub does not have. */
async function prepareTopics(kafka: KafkaClient, config: HubConfig): Promise<void> {
  const table = topicsOf(config);
  if (config.environment === 'production') await kafka.admin.checkTopics(table);
  else await kafka.admin.ensureTopics(table);
}

/** What each role calls itself when it reports its health: reading has a name for each register. */
function healthNames(role: HubRole, config: HubConfig): readonly SafeText[] {
  switch (role) {
    case 'publisher':
      return [PUBLISHER];
    case 'core':
      return [CORE];
    case 'source':
      return SOURCES.filter((name) => config[name] !== null).map((name) => SOURCE_ROLE[name]);
  }
}

const SOURCES = ['master', 'pu'] as const satisfies readonly SourceName[];

const ROLES: Readonly<Record<HubRole, (parts: HubParts) => readonly Role[]>> = {
  publisher: (parts) => [composePublisher(parts)],
  core: (parts) => [composeCore(parts)],
  source: composeSources,
};

function composePublisher(parts: HubParts): Role {
  const { config, store, metrics, counters, health, log } = parts;
  counters.waiting.add('publisher');
  return {
    name: PUBLISHER,
    run: async (signal) => {
      // Here and not before the roles start: a registry that is away keeps nobody else from work.
      const topics = await openPersonTopics(parts, signal);
      if (topics === undefined) return;
      counters.waiting.delete('publisher');
      await runPublisherRole({
        instance: config.instance,
        partitions: config.kafka.personTopicPartitions,
        batchEntries: config.publisher.batchEntries,
        outbox: store.outbox,
        leases: store.leases,
        topics,
        countPublishers: () => countInstances(store, 'publisher'),
        onOutboxWrite: (listener) => store.notices.on('outbox', listener),
        onHeld: (held) => {
          for (let partition = 0; partition < config.kafka.personTopicPartitions; partition++) {
            const lease = safeWord(`publish-${partition}`);
            metrics.set('hub_lease_held', { lease }, held.includes(partition) ? 1 : 0);
          }
        },
        onPublished: (states, events, readAt) => {
          counters.published += events;
          metrics.add('hub_publisher_states_total', {}, states);
          metrics.add('hub_publisher_events_total', {}, events);
          observeSince(metrics, 'hub_read_to_published_seconds', readAt);
        },
        health,
        log,
        signal,
      });
    },
  };
}

/** @returns undefined when the signal came first. */
async function openPersonTopics(
  { config, kafka, log }: HubParts,
  signal: AbortSignal,
): Promise<PersonTopicWriter | undefined> {
  const { schemaRegistryUrl, topicPrefix } = config.kafka;
  const avro = new AvroCodec({
    registryUrl: schemaRegistryUrl,
    clientId: `hub-${config.instance}`,
  });
  const registered = () => PersonCodec.register(avro);
  const codec = await whenReady(safeText('registry'), registered, log, signal);
  if (codec === undefined) return undefined;
  return createPersonTopicWriter({
    stateProducer: kafka.producer(),
    eventProducer: kafka.producer(),
    codec,
    stateTopic: topicName(TOPIC.personState, topicPrefix),
    eventTopic: topicName(TOPIC.personEvents, topicPrefix),
  });
}

function composeCore(parts: HubParts): Role {
  const { config, store, kafka, metrics, counters, health, log } = parts;
  const rules = processRules(parts.files);
  // Both, whatever registers this instance reads: another one may read the other.
  const sources = SOURCES.map((source) => ({
    source,
    topic: topicName(RAW_TOPIC[source], config.kafka.topicPrefix),
    rules: rules[source],
  }));
  const sourceOf = new Map(sources.map(({ topic, source }) => [topic, source]));
  return {
    name: CORE,
    run: (signal) =>
      runCoreRole({
        groupId: config.kafka.consumerGroup,
        rules: new Map(sources.map(({ topic, rules }) => [topic, rules])),
        batchRecords: config.core.batchRecords,
        store: store.persons,
        storedOffset: async (topic, partition) => {
          const offset = await store.persons.transact((tx) => tx.lockOffset(topic, partition));
          return offset === 0 ? undefined : offset;
        },
        acceptLoss: async () => {
          for (const { source, topic } of sources) {
            await acceptLoss({
              source,
              topic,
              instance: config.instance,
              persons: store.persons,
              commands: store.commands,
              admin: kafka.admin,
              log,
            });
          }
        },
        runConsumer: (options) => kafka.runConsumer(options),
        stallMs: config.health.stallSeconds * 1_000,
        onRestart: () => metrics.add('hub_core_consumer_restarts_total', {}),
        onBatchDone: (batch, outcome, lag) => {
          counters.committed += batch.records.length;
          counters.lag.set(`${batch.topic}/${batch.partition}`, lag);
          const source = sourceOf.get(batch.topic) ?? 'master';
          metrics.add('hub_core_records_total', { source }, batch.records.length);
          metrics.add('hub_core_batches_total', {});
          metrics.add('hub_core_persons_written_total', {}, outcome.persons);
          metrics.add('hub_core_persons_unpublished_total', {}, outcome.unpublished);
          const at = { topic: safeWord(batch.topic), partition: batch.partition };
          metrics.set('hub_core_consumer_lag_records', at, lag);
          for (const code of outcome.parked) metrics.add('hub_core_parked_total', { code });
          const readAt = batch.records.flatMap(({ message }) => message?.readAt ?? []);
          observeSince(metrics, 'hub_read_to_committed_seconds', readAt);
        },
        health,
        log,
        signal,
      }),
  };
}

/**
 * One role for each register, side by side: each has its own lease, so two instances may share them, and one that is away keeps
 * nobody from reading the other.
 */
function composeSources(parts: HubParts): readonly Role[] {
  const { master, pu } = parts.config;
  const readers: SourceReader[] = [];
  if (pu !== null) readers.push(puReader(parts, pu));
  if (master !== null) readers.push(masterReader(parts, master));
  return readers.map((reader) => ({
    name: SOURCE_ROLE[reader.source],
    run: (signal) => runSourceRole(parts, reader, signal),
  }));
}

async function countInstances(store: HubStore, role: HubRole): Promise<number> {
  const seen = await store.instances.list();
  return seen.filter((one) => one.roles.includes(role) && one.secondsSinceSeen < SILENT_SECONDS)
    .length;
}

/** One observation for a batch, of its oldest record: cheap, and the worst is what matters. */
function observeSince(
  metrics: Metrics,
  name: 'hub_read_to_committed_seconds' | 'hub_read_to_published_seconds',
  readAt: readonly string[],
): void {
  let oldest: string | undefined;
  for (const time of readAt) if (oldest === undefined || time < oldest) oldest = time;
  if (oldest !== undefined) metrics.observe(name, {}, (Date.now() - Date.parse(oldest)) / 1_000);
}
