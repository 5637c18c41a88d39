/** The only place where the hub is put together. */
import { type SafeText, safeText, safeWord } from '../../core/errors/log-safe.ts';
import type { PersonTopicWriter } from '../../core/sync/publish-outbox.ts';
import type { HubConfig } from '../config/hub-config.ts';
import type { HubRole } from '../config/settings.ts';
import { migrateHubStore } from '../hub-store/migrations.ts';
import { AvroCodec } from '../kafka/avro-codec.ts';
import type { KafkaClient } from '../kafka/kafka-client.ts';
import { PersonCodec } from '../kafka/person-codec.ts';
import { createPersonTopicWriter } from '../kafka/person-topic-writer.ts';
import { TOPIC, topicName } from '../kafka/topics.ts';
import { loadMappingFiles } from '../mapping-files/load-mapping-files.ts';
import { createHealth } from '../observability/health.ts';
import type { Logger } from '../observability/logger.ts';
import { createMetrics } from '../observability/metrics.ts';
import { startHttpServer } from '../operator-console/http-server.ts';
import { CONSUMERS_HEALTH_NAMES, composeConsumers } from './compose-consumers.ts';
import { CORE_HEALTH_NAMES, composeCore } from './compose-core.ts';
import { composeLookUp, LOOK_UP } from './compose-look-up.ts';
import { countInstances } from './count-instances.ts';
import type { HubParts } from './hub-parts.ts';
import { newCounters, runHeartbeat } from './instance-heartbeat.ts';
import { masterReader } from './master-source-role.ts';
import { observeSince } from './observe-since.ts';
import { openKafka, openStore, topicsOf, whenReady } from './open-parts.ts';
import { puReader } from './pu-source-role.ts';
import { PUBLISHER, runPublisherRole } from './publisher-role.ts';
import { type Role, runRoles } from './run-roles.ts';
import { runSourceRole, SOURCE_ROLE, SOURCES, type SourceReader } from './source-role.ts';
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
  for (const name of ['look-up', 'consumers', 'publisher', 'core', 'source'] as const) {
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
      return CORE_HEALTH_NAMES;
    case 'consumers':
      return CONSUMERS_HEALTH_NAMES;
    case 'look-up':
      return [LOOK_UP];
    case 'source':
      return SOURCES.filter((name) => config[name] !== null).map((name) => SOURCE_ROLE[name]);
  }
}

const ROLES: Readonly<Record<HubRole, (parts: HubParts) => readonly Role[]>> = {
  publisher: (parts) => [composePublisher(parts)],
  core: composeCore,
  consumers: composeConsumers,
  'look-up': composeLookUp,
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
