/** A consumer's database for tests, reached through a proxy that can be cut, and the tables as the consumer reads them. */
import { openConsumerDatabase } from '../../../connectors/sinks/consumers/table/consumer-database.ts';
import {
  createTableSink,
  type TableSinkOptions,
} from '../../../connectors/sinks/consumers/table/table-sink.ts';
import { type PersonKey, parsePersonKey } from '../../../core/person/person-identifier.ts';
import type {
  ConsumerSinkUnderTest,
  HeldPerson,
} from '../../contracts/consumer-sink-under-test.ts';
import { TcpProxy } from '../../support/tcp-proxy.ts';

type Rows = readonly Readonly<Record<string, unknown>>[];

export interface TableUnderTest extends ConsumerSinkUnderTest {
  /** The database itself, past the proxy. */
  readonly address: string;
  /** The same through the proxy. */
  readonly proxied: string;
  rows(text: string): Promise<Rows>;
}

const DEFAULT_PORT = { 'mssql:': 1433, 'postgres:': 5432 };

/** @param address of a database of the test's own. */
export async function openTableUnderTest(
  address: string,
  options: Partial<TableSinkOptions> = {},
  close: () => PromiseLike<void> = () => Promise.resolve(),
): Promise<TableUnderTest> {
  const url = new URL(address);
  let cutsNext = false;
  const proxy = await TcpProxy.start({
    host: url.hostname,
    port: Number(url.port) || (DEFAULT_PORT[url.protocol as 'mssql:'] ?? 5432),
    // The first children's rows: persons were written before, and nothing is committed yet. SQL Server's client speaks UTF-16.
    onRequest: (chunk, connection) => {
      const text = 'INTO hub_identity';
      if (cutsNext && (chunk.includes(text) || chunk.includes(Buffer.from(text, 'utf16le')))) {
        cutsNext = false;
        connection.cut();
        return undefined;
      }
      return chunk;
    },
  });
  url.hostname = '127.0.0.1';
  url.port = String(proxy.port);
  const proxied = url.href;
  const look = openConsumerDatabase(address);
  const rows = async (text: string): Promise<Rows> => await look.run(text);
  return {
    address,
    proxied,
    rows,
    open: async () => {
      const sink = createTableSink({
        address: proxied,
        onLeaving: 'delete',
        createTables: true,
        retentionDays: 30,
        ...options,
      });
      await sink.prepare();
      return sink;
    },
    held: async (keys) => await readHeld(rows, new Set(keys)),
    orders: async (key) =>
      texts(await rows(`SELECT id FROM hub_purge_order WHERE person_key = '${key}'`), 'id'),
    events: async (key) =>
      (
        await rows(
          `SELECT version, type FROM hub_event WHERE person_key = '${key}' ORDER BY version, type`,
        )
      ).map(({ version, type }) => `${String(version)}:${String(type)}`),
    cutNext: () => {
      cutsNext = true;
    },
    takeAway: () => proxy.cut(),
    bringBack: () => proxy.restore(),
    [Symbol.asyncDispose]: async () => {
      await proxy[Symbol.asyncDispose]();
      await look[Symbol.asyncDispose]();
      await close();
    },
  };
}

function texts(rows: Rows, column: string): readonly string[] {
  return rows.map((row) => String(row[column]).toLowerCase());
}

const HIDDEN_TABLES = ['hub_address', 'hub_contact', 'hub_relation', 'hub_contact_person'];

async function readHeld(
  read: (text: string) => Promise<Rows>,
  wanted: ReadonlySet<PersonKey>,
): Promise<ReadonlyMap<PersonKey, HeldPerson>> {
  const identities = await countByPerson(read, ['hub_identity']);
  const hidden = await countByPerson(read, HIDDEN_TABLES);
  const held = new Map<PersonKey, HeldPerson>();
  const persons = await read(
    'SELECT person_key, kind, generation, version, surname FROM hub_person WHERE left_at IS NULL',
  );
  for (const row of persons) {
    const key = parsePersonKey(String(row['person_key']).toLowerCase());
    if (key === undefined || !wanted.has(key)) continue;
    held.set(key, {
      kind: row['kind'] as HeldPerson['kind'],
      generation: Number(row['generation']),
      version: Number(row['version']),
      surname: row['surname'] as string | null,
      identities: identities.get(key) ?? 0,
      hidden: hidden.get(key) ?? 0,
    });
  }
  return held;
}

async function countByPerson(
  read: (text: string) => Promise<Rows>,
  tables: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const table of tables) {
    const rows = await read(`SELECT person_key, COUNT(*) AS n FROM ${table} GROUP BY person_key`);
    for (const row of rows) {
      const key = String(row['person_key']).toLowerCase();
      counts.set(key, (counts.get(key) ?? 0) + Number(row['n']));
    }
  }
  return counts;
}
