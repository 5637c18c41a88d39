import { setTimeout as sleep } from 'node:timers/promises';
import { statement } from '../../connectors/hub-store/database.ts';
import { openDatabase } from '../../connectors/hub-store/knex-client.ts';
import { createKafka, type KafkaClient } from '../../connectors/kafka/kafka-client.ts';
import { TOPIC, topicName, topicTable } from '../../connectors/kafka/topics.ts';
import { parseCheckpoint } from '../../connectors/sources/master/master-checkpoint.ts';
import { parsePuCheckpoint } from '../../connectors/sources/pu/pu-checkpoint.ts';
import type { SourceName } from '../../core/sync/source-record.ts';
import { type LoadedMaster, loadDemoMaster } from '../../scripts/demo/load-demo-master.ts';
import { createPopulation } from '../../scripts/population/population.ts';
import { readRegion } from '../../scripts/population/synthetic-places.ts';
import { testEnvironment } from './env.ts';
import { createEmptyDatabase, type TestDatabase } from './hub-database.ts';
import { HubProcess } from './hub-process.ts';
import { testName } from './kafka-topic.ts';
import { createTestSandbox, type TestSandbox } from './sandbox.ts';

export const PARTITIONS = 6;
/** Of the people of all worlds, in Master and in PU alike. */
const SEED = 7;
/** As fast as a test wants it: every few seconds in place of a few times an hour. */
const PU_PACE = {
  PU_POLL_MS: '100',
  PU_SCHEDULE_OWN_REGION: '*/5 * * * * *',
  PU_SCHEDULE_KNOWN_ELSEWHERE: '*/5 * * * * *',
  PU_SCHEDULE_RESERVE: '*/5 * * * * *',
  PU_SCHEDULE_MOVED_OUT: '*/5 * * * * *',
};
const SETTLE_WITHIN_MS = 120_000;
const MUNICIPALITIES = new URL('../../mappings/code-tables/municipalities.csv', import.meta.url);

export interface HubWorldOptions {
  /** Made anew in a Master of this world; or the URL of one that several worlds read. */
  readonly master: { readonly persons: number } | { readonly url: string };
  /** A PU with the same people, made for this world; or one that the test made. Absent: the hub reads Master alone. */
  readonly pu?: { readonly persons: number } | { readonly sandbox: TestSandbox };
  /** The PostgreSQL server of the hub's store. Absent: the one of the test environment. */
  readonly storeServerUrl?: string;
  /** Given over the services of the test environment, for example the address of a proxy. */
  readonly services?: Readonly<Record<string, string>>;
}

/** Everything that one hub needs, of its own: a store, topics, a Master. `await using` removes all of it. */
export interface HubWorld extends AsyncDisposable {
  readonly masterUrl: string;
  readonly prefix: string;
  readonly store: TestDatabase;
  readonly kafka: KafkaClient;
  /** Only where the world has a PU. */
  readonly sandbox: TestSandbox | undefined;
  /** What every instance of this world is started with. */
  readonly settings: Readonly<Record<string, string>>;
  /** Starts an instance. `environment` goes over the world's own settings. */
  start(environment?: Readonly<Record<string, string>>): HubProcess;
  /** One value of the store. */
  count(sql: string): Promise<number>;
  /** What {@link settle} waits for after changes in Master: everything committed there by now. */
  now(): Promise<bigint>;
  /**
   * Waits until Master is loaded, read up to the given moment, and all of it is processed and published. Where there is a PU, it is
   * loaded as well and each of its pulls has asked for what changed up to `puUpTo` (milliseconds since 1970).
   * @throws with the log of the instances when one of them has ended, or when it takes too long.
   */
  settle(instances: readonly HubProcess[], upTo?: bigint, puUpTo?: number): Promise<void>;
}

/** A Master with what was loaded into it: some people have more identities than one, and some none. */
export interface TestMaster extends TestDatabase {
  readonly loaded: LoadedMaster;
}

/** Makes the Master that a test, or several worlds of a test, read. */
export async function createMaster(persons: number): Promise<TestMaster> {
  const master = await createEmptyDatabase();
  const population = createPopulation({ seed: SEED, persons, region: readRegion(MUNICIPALITIES) });
  const loaded = await loadDemoMaster({ masterUrl: master.url, population });
  return { ...master, loaded };
}

export async function createHubWorld(options: HubWorldOptions): Promise<HubWorld> {
  const services = testEnvironment();
  const stack = new AsyncDisposableStack();
  const store = stack.use(await createEmptyDatabase(options.storeServerUrl));
  const own =
    'persons' in options.master ? stack.use(await createMaster(options.master.persons)) : undefined;
  const masterUrl = own?.url ?? ('url' in options.master ? options.master.url : '');
  const { pu } = options;
  const sandbox =
    pu === undefined
      ? undefined
      : 'sandbox' in pu
        ? pu.sandbox
        : stack.use(await createTestSandbox({ seed: SEED, persons: pu.persons }));
  const prefix = `${testName('hub')}.`;
  const brokers = options.services?.['KAFKA_BROKERS']?.split(',') ?? services.kafkaBrokers;
  const kafka = stack.use(createKafka({ brokers, clientId: 'test' }));
  const topics = topicTable({ prefix, partitions: PARTITIONS });
  // With its topics Kafka forgets by itself a group that cannot be deleted: one that never met, or in which a killed instance still counts.
  stack.defer(() => kafka.admin.deleteGroups([`${prefix}hub.core`]).catch(() => undefined));
  stack.defer(async () => {
    const names = await kafka.admin.topicNames();
    const ofConsumers = names.filter((name) => name.startsWith(`${prefix}consumer.`));
    await kafka.admin.deleteTopics([...topics.map(({ topic }) => topic), ...ofConsumers]);
  });
  const master = stack.use(openDatabase({ url: masterUrl, applicationName: 'test', poolSize: 1 }));
  let started = 0;

  const count = async (sql: string): Promise<number> => {
    const [row] = await store.database.query(statement<{ n: string }>('', sql));
    return Number(row?.n);
  };

  const settings = {
    PATH: process.execPath.replace(/\/[^/]+$/, ''),
    KAFKA_BROKERS: services.kafkaBrokers.join(','),
    SCHEMA_REGISTRY_URL: services.schemaRegistryUrl,
    DATABASE_URL: store.url,
    MASTER_URL: masterUrl,
    HUB_ENVIRONMENT: 'test',
    HUB_SECRET: 'a secret of the tests, longer than it must be',
    HUB_TOPIC_PREFIX: prefix,
    HUB_HTTP_PORT: '0',
    PERSON_TOPIC_PARTITIONS: String(PARTITIONS),
    ...(sandbox === undefined ? {} : { ...PU_PACE, ...sandbox.environment }),
    ...options.services,
  };

  const checkpointOf = async (source: SourceName): Promise<string | undefined> => {
    const [row] = await store.database.query(
      statement<{ checkpoint: string }>(
        '',
        'SELECT checkpoint FROM source_checkpoints WHERE source = $1',
      ),
      [source],
    );
    return row?.checkpoint;
  };

  const isSettled = async (version: bigint, puUpTo: number): Promise<boolean> => {
    // The first instance makes the tables.
    if ((await count("SELECT count(to_regclass('source_checkpoints')) AS n")) === 0) return false;
    const checkpoint = await checkpointOf('master');
    if (checkpoint === undefined) return false;
    const { load, version: reached } = parseCheckpoint(checkpoint);
    if (load !== null || reached < version) return false;
    if (sandbox !== undefined && !isPulled(await checkpointOf('pu'), puUpTo)) return false;
    let written = 0;
    for (const topic of [TOPIC.sourceMaster, TOPIC.sourcePu]) {
      for (const { high } of await kafka.admin.offsets(topicName(topic, prefix))) written += high;
    }
    const processed = await count(
      "SELECT coalesce(sum(next_offset), 0) AS n FROM source_offsets WHERE topic LIKE '%source.%'",
    );
    return processed === written && (await count('SELECT count(*) AS n FROM outbox')) === 0;
  };

  return {
    masterUrl,
    prefix,
    store,
    kafka,
    sandbox,
    settings,
    count,
    start: (environment = {}) => {
      started += 1;
      return HubProcess.start({
        ...settings,
        HUB_INSTANCE: `instance-${started}`,
        ...environment,
      });
    },
    now: async () => {
      const [row] = await master.query(
        statement<{ version: string }>('', 'SELECT pg_current_xact_id() AS version'),
      );
      // The question has a version of its own: what was committed before it is below.
      return BigInt(row?.version ?? 0) - 1n;
    },
    settle: async (instances, upTo = 0n, puUpTo = 0) => {
      const until = performance.now() + SETTLE_WITHIN_MS;
      while (!(await isSettled(upTo, puUpTo))) {
        const ended = instances.find((instance) => !instance.isRunning);
        if (ended !== undefined) throw new Error(`An instance has ended:\n${ended.log}`);
        if (performance.now() > until) {
          throw new Error(`Not settled in time:\n${instances.map(({ log }) => log).join('\n')}`);
        }
        await sleep(100);
      }
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** The sweep over everyone runs once a day, so it is only waited for at the first time. */
const SWEEP = 'known-elsewhere/everyone';

function isPulled(checkpoint: string | undefined, upTo: number): boolean {
  if (checkpoint === undefined) return false;
  const shards = Object.entries(parsePuCheckpoint(checkpoint).shards);
  // The load alone: the pulls come after it.
  if (shards.length < 2) return false;
  return shards.every(([key, { watermark }]) => {
    const isOnce = key === SWEEP || key.startsWith('first-load');
    return watermark !== null && (isOnce || watermark >= upTo);
  });
}
