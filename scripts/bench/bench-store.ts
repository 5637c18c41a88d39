/** How fast the hub store alone takes new persons: identities, evidence, persons and outbox, a transaction for each batch. */
import { readFileSync } from 'node:fs';
import { type Database, statement } from '../../connectors/hub-store/database.ts';
import { openDatabase } from '../../connectors/hub-store/knex-client.ts';
import { migrateHubStore } from '../../connectors/hub-store/migrations.ts';
import type { Lease, Outbox, PersonStore } from '../../core/sync/ports.ts';
import type { BenchResult } from './bench-result.ts';
import { changesOf, identityOf } from './bench-store-persons.ts';
import { openBenchStore, PARTITIONS, withOwnDatabase } from './own-database.ts';

interface Options {
  readonly persons: number;
  readonly batchSize: number;
  /** Batches under way at the same time, each of a partition of its own. */
  readonly concurrency: number;
}

/** One kind of batch, measured. */
interface Figures {
  readonly personsPerSecond: number;
  /** CPU of this process for one person, in microseconds, without making the input. */
  readonly nodeMicroseconds: number;
  /** CPU of the PostgreSQL backends for one person, in microseconds; undefined when the server is on another machine. */
  readonly backendMicroseconds: number | undefined;
  /** Write-ahead log for one person, in bytes. */
  readonly walBytes: number;
}

interface AllFigures {
  /** Persons that were unknown before: a first load. */
  readonly created: Figures;
  /** The same persons again with another content. */
  readonly changed: Figures;
  /** What a publisher asks of the store: reading the outbox entries of both with their persons, and deleting them. */
  readonly drained: Figures;
}

const OPTIONS: Options = { persons: 100_000, batchSize: 2_000, concurrency: 2 };
const TOPIC = 'bench.store';

/** Measures on a database of its own, which is dropped afterwards. The value is the rate of unknown persons. */
export async function benchStore(serverUrl: string): Promise<BenchResult<'store'>> {
  const found = await withOwnDatabase(serverUrl, (databaseUrl) => measure(databaseUrl, OPTIONS));
  return {
    name: 'store',
    value: found.created.personsPerSecond,
    unit: 'persons/s',
    settings: describe(found, OPTIONS),
  };
}

function describe(found: AllFigures, { persons, batchSize, concurrency }: Options): string {
  const each = (what: string, figures: Figures): string =>
    `${what}: ${figures.personsPerSecond}/s, each ${figures.nodeMicroseconds} µs of Node, ` +
    `${figures.backendMicroseconds ?? '?'} µs of PostgreSQL, ${figures.walBytes} bytes of log`;
  return [
    `the store alone, ${persons} persons, batches of ${batchSize}, ${concurrency} at a time, fsync=on, synchronous_commit=on`,
    each('new persons', found.created),
    each('changed persons', found.changed),
    each('outbox rows read and deleted', found.drained),
  ].join('; ');
}

async function measure(databaseUrl: string, options: Options): Promise<AllFigures> {
  await migrateHubStore(databaseUrl);
  await using look = openDatabase({ url: databaseUrl, applicationName: 'look', poolSize: 1 });
  await using store = openBenchStore(databaseUrl, options.concurrency + 1);
  const lease = await store.leases.acquire('bench', 'bench', 3_600_000);
  if (lease === undefined) throw new TypeError('the lease of a new database is held');
  return {
    created: await figures(look, options.persons, () => run(store.persons, options, 1)),
    changed: await figures(look, options.persons, () => run(store.persons, options, 2)),
    drained: await figures(look, options.persons * 2, () =>
      drain(store.outbox, lease, options.batchSize),
    ),
  };
}

async function drain(outbox: Outbox, lease: Lease, limit: number): Promise<number> {
  for (let partition = 0; partition < PARTITIONS; partition++) {
    for (;;) {
      const { entries } = await outbox.readOldest(partition, limit);
      if (entries.length === 0) break;
      const deleted = await outbox.deletePublished(
        lease,
        entries.map(({ id }) => id),
      );
      if (!deleted) throw new TypeError('the lease of the bench was lost');
    }
  }
  return 0;
}

/** @param work returns the milliseconds of CPU that are not the store's. */
async function figures(
  look: Database,
  persons: number,
  work: () => Promise<number>,
): Promise<Figures> {
  const cpuBefore = process.cpuUsage();
  const backendBefore = await backendSeconds(look);
  const walBefore = await walPosition(look);
  const started = performance.now();
  const notOurs = await work();
  const seconds = (performance.now() - started) / 1000;
  const cpu = process.cpuUsage(cpuBefore);
  const backend = await backendSeconds(look);
  const wal = await walPosition(look);
  const each = (value: number) => Math.round(value / persons);
  return {
    personsPerSecond: Math.round(persons / seconds),
    nodeMicroseconds: each(cpu.user + cpu.system - notOurs * 1000),
    backendMicroseconds:
      backend === undefined || backendBefore === undefined
        ? undefined
        : each((backend - backendBefore) * 1e6),
    walBytes: each(wal - walBefore),
  };
}

async function run(store: PersonStore, options: Options, version: number): Promise<number> {
  const batches: number[] = [];
  for (let at = 0; at < options.persons; at += options.batchSize) batches.push(at);
  let making = 0;
  await Promise.all(
    Array.from({ length: options.concurrency }, async (_, partition) => {
      for (let at = batches.shift(); at !== undefined; at = batches.shift()) {
        const size = Math.min(options.batchSize, options.persons - at);
        making += await oneBatch(store, partition, at, size, version);
      }
    }),
  );
  return making;
}

/** @returns the milliseconds spent on making input. */
async function oneBatch(
  store: PersonStore,
  partition: number,
  first: number,
  size: number,
  version: number,
): Promise<number> {
  const started = performance.now();
  const identities = Array.from({ length: size }, (_, i) => identityOf(first + i));
  let making = performance.now() - started;
  await store.transact(async (transaction) => {
    const offset = await transaction.lockOffset(TOPIC, partition);
    const groups = await transaction.lockGroups(identities);
    const before = performance.now();
    const changes = changesOf(groups, version);
    making += performance.now() - before;
    await transaction.write(changes);
    await transaction.advanceOffset(TOPIC, partition, offset + size);
  });
  return making;
}

const WAL = statement<{ position: string }>(
  'wal',
  "SELECT pg_current_wal_insert_lsn() - '0/0' AS position",
);
const BACKENDS = statement<{ pid: string }>(
  'backends',
  'SELECT pid FROM pg_stat_activity WHERE datname = current_database()',
);
const TICKS_PER_SECOND = 100;

async function walPosition(look: Database): Promise<number> {
  return Number((await look.query(WAL))[0]?.position);
}

/** CPU of our backends from /proc, when the server runs on this machine. */
async function backendSeconds(look: Database): Promise<number | undefined> {
  let ticks = 0;
  for (const { pid } of await look.query(BACKENDS)) {
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      ticks += Number(fields[11]) + Number(fields[12]);
    } catch {
      return undefined;
    }
  }
  return ticks / TICKS_PER_SECOND;
}
