import { type Database, type SqlRow, type SqlRunner, statement } from './database.ts';

/** A table of the hub's database, with its schema: `public.persons`. */
export interface DumpedTable {
  readonly name: string;
  /** As SQL wants it, quoted where it has to be. */
  readonly sql: string;
}

/** Tables that hold rows: a partitioned one has its rows in its parts. */
const TABLES = statement<{ name: string; sql: string }>(
  'tables-to-dump',
  `SELECT n.nspname || '.' || c.relname AS name, format('%I.%I', n.nspname, c.relname) AS sql
   FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relkind IN ('r', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ORDER BY 1`,
);

const ONE_MOMENT = statement(
  'dump-of-one-moment',
  'SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY',
);

const BLOCKS = statement<{ blocks: string }>(
  'blocks-to-dump',
  `SELECT ceil(pg_relation_size($1::regclass) / current_setting('block_size')::numeric)::bigint AS blocks`,
);

/** Of 8 kB: so many are read at once, about a megabyte and what is stored beside it. */
const BLOCKS_AT_ONCE = 128;

/** Everything that the hub's database holds, table by table. For a search: personal data, read only and never printed. */
export class TableDump {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async tables(): Promise<readonly DumpedTable[]> {
    return await this.#database.query(TABLES);
  }

  /**
   * Gives every row as the texts of its columns. By place on the disk, so that no index decides what is seen and memory stays flat; and all of one
   * moment, else a row that is written anew meanwhile could move from a page to come to one that is done, and nobody would see it.
   */
  async read({ sql }: DumpedTable, onRow: (row: readonly string[]) => void): Promise<void> {
    await this.#database.transact(async (runner) => {
      await runner.execute(ONE_MOMENT);
      await readPages(runner, sql, onRow);
    });
  }
}

async function readPages(
  runner: SqlRunner,
  sql: string,
  onRow: (row: readonly string[]) => void,
): Promise<void> {
  // Asked once the moment has begun: what comes later is none of it.
  const [size] = await runner.query(BLOCKS, [sql]);
  const blocks = Number(size?.blocks ?? 0);
  for (let from = 0; from < blocks; from += BLOCKS_AT_ONCE) {
    // Without a name: a statement of each table is used once.
    const page = statement<SqlRow>(
      '',
      `SELECT t.* FROM ${sql} t WHERE t.ctid >= '(${from},0)'::tid AND t.ctid < '(${from + BLOCKS_AT_ONCE},0)'::tid`,
    );
    for (const row of await runner.query(page)) {
      onRow(Object.values(row).flatMap((text) => text ?? []));
    }
  }
}
