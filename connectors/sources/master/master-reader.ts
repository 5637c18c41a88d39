import type { SourceMessage } from '../../../core/sync/source-record.ts';
import { higherVersion, type MasterCheckpoint } from './master-checkpoint.ts';
import type {
  ChunkRequest,
  MasterDatabase,
  MasterSession,
  ReadTable,
  ReadTables,
  RowKey,
  SqlRow,
} from './master-dialect.ts';
import {
  createRowAssembler,
  type ReadStamp,
  type RowAssembler,
  type RowsRead,
} from './master-rows.ts';
import {
  checkSameServer,
  findGap,
  type Gap,
  hasSchemaChanged,
  type ServerView,
  versionOf,
  viewServer,
} from './master-server-view.ts';
import type { MasterSourceConfig } from './master-source-config.ts';

/** One bounded read of Master, all of it at one version. */
export interface ReadPage {
  readonly kind: 'page';
  readonly messages: readonly SourceMessage[];
  /** Where reading goes on; undefined when this was the last page. */
  readonly next: { readonly version: bigint; readonly key: RowKey } | undefined;
  /** The version at which the rows were read. */
  readonly version: bigint;
}

/** What a read came to. Nothing of a page is given when its changes may be incomplete or its columns may have changed. */
export type ReadResult = ReadPage | Gap | { readonly kind: 'schema-changed' };

/** Persons that were looked up by key. */
export interface LookUp {
  readonly missing: readonly RowKey[];
  readonly messages: readonly SourceMessage[];
  readonly version: bigint;
}

/**
 * Reads Master in bounded pieces. It never writes, holds no state but what it is given, and retries nothing: the caller repeats a
 * piece that failed.
 */
export interface MasterReader {
  readonly tables: ReadTables;
  readonly assembler: RowAssembler;
  /** @throws HubError `HUB_MASTER_TABLE_MISSING` */
  look(): Promise<ServerView>;
  /**
   * One chunk of persons with their children. The messages carry `stampVersion`, or else the version of the read.
   * @throws HubError `HUB_MASTER_RESTORED`
   */
  readChunk(
    checkpoint: MasterCheckpoint,
    request: ChunkRequest,
    stampVersion: bigint | undefined,
  ): Promise<ReadResult>;
  /**
   * One page of the changes after the checkpoint.
   * @throws HubError `HUB_MASTER_RESTORED`, `HUB_MASTER_NOT_TRACKED`
   */
  readChanges(checkpoint: MasterCheckpoint): Promise<ReadResult>;
  /**
   * Looks these persons up, key by key and at one version: positive evidence of who is not there any more, and, when asked for, how the others
   * look now.
   */
  lookUp(checkpoint: MasterCheckpoint, keys: readonly RowKey[], withRows: boolean): Promise<LookUp>;
  /** The cheap question, in one round trip: may there be changes after `from`, and what is the ceiling? */
  signal(from: bigint): Promise<{ version: bigint; newest: bigint; hasChanges: boolean }>;
  /** Roughly how many persons Master has. */
  estimate(): Promise<number>;
}

export interface MasterReaderOptions {
  readonly database: MasterDatabase;
  readonly tables: ReadTables;
  readonly config: MasterSourceConfig;
  /** True when check, changes and rows can be read in one snapshot. */
  readonly hasSnapshots: boolean;
  readonly now: () => number;
}

/** @returns a reader for one mode on one database. */
export function createMasterReader(options: MasterReaderOptions): MasterReader {
  const { database, tables, config, hasSnapshots, now } = options;
  const { dialect } = database;
  const { mode } = config;
  const assembler = createRowAssembler(dialect, tables, config.maxRowBytes);
  const consistently = <T>(work: (session: MasterSession) => Promise<T>): Promise<T> =>
    hasSnapshots ? database.snapshot(work) : work(database);
  const look = (session: MasterSession): Promise<ServerView> =>
    viewServer(session, dialect, mode, tables);
  /** What was complete once stays so, also when the server answers more carefully now: positions never go back. */
  const versionOfRead = (checkpoint: MasterCheckpoint, view: ServerView): bigint =>
    higherVersion(view.version, checkpoint.highest);
  const stamp = (checkpoint: MasterCheckpoint, version: bigint, snapshot: boolean): ReadStamp => ({
    position: { epoch: checkpoint.epoch, version },
    snapshot,
    readAt: new Date(now()).toISOString(),
  });

  return {
    tables,
    assembler,
    look: () => consistently(look),

    readChunk: (checkpoint, request, stampVersion) =>
      consistently(async (session) => {
        const view = await look(session);
        checkSameServer(mode, checkpoint, view);
        if (hasSchemaChanged(checkpoint, view)) return { kind: 'schema-changed' };
        const version = stampVersion ?? versionOfRead(checkpoint, view);
        const chunk = await readPersons(session, options, request);
        const children = await readChildren(session, options, request, chunk.rows);
        return {
          kind: 'page',
          messages: assembler.assemble(chunk, children, stamp(checkpoint, version, true)),
          next: chunk.last && { version, key: assembler.keyOf(chunk.last, 0) },
          version,
        };
      }),

    readChanges: (checkpoint) =>
      consistently(async (session) => {
        const view = await look(session);
        checkSameServer(mode, checkpoint, view);
        const cursor = checkpoint.cursor ?? undefined;
        const from = cursor ? cursor.version - 1n : checkpoint.version;
        const to = versionOfRead(checkpoint, view);
        const lost = findGap(mode, checkpoint, view, from);
        if (lost) return lost;
        if (hasSchemaChanged(checkpoint, view)) return { kind: 'schema-changed' };
        const limit = config.pageRows;
        const window = { from, to, cursor, limit };
        const changes = await session.query(dialect.changedKeys(mode, tables, window));
        const messages = await readChanged(
          session,
          options,
          assembler,
          changes,
          stamp(checkpoint, to, false),
        );
        if (!hasSnapshots) {
          // Clean-up may have run between the check and the rows. Then the page is not complete, and is thrown away.
          const lostMeanwhile = findGap(mode, checkpoint, await look(session), from);
          if (lostMeanwhile) return lostMeanwhile;
        }
        const last = changes.length < limit ? undefined : changes.at(-1);
        return {
          kind: 'page',
          messages,
          next: last && {
            version: dialect.toVersion(last[0]),
            key: assembler.keyOf(last, CHANGE_COLUMNS),
          },
          version: to,
        };
      }),

    lookUp: (checkpoint, keys, withRows) =>
      consistently(async (session) => {
        const view = await look(session);
        checkSameServer(mode, checkpoint, view);
        const version = versionOfRead(checkpoint, view);
        const missingOf = (there: ReadonlySet<number>): readonly RowKey[] =>
          keys.filter((_, place) => !there.has(place));
        if (withRows) {
          const found = stamp(checkpoint, version, false);
          const read = await readByKeys(session, options, assembler, keys, found);
          return { missing: missingOf(read.there), messages: read.messages, version };
        }
        const rows = await session.query(dialect.existingKeys(tables, keys));
        const there = new Set(rows.map((row) => Number(row[0])));
        return { missing: missingOf(there), messages: [], version };
      }),

    signal: async (from) => {
      const [row = []] = await database.query(dialect.signal(mode, tables, from));
      return {
        version: versionOf(dialect, row[0]),
        newest: versionOf(dialect, row[1]),
        hasChanges: Number(row[2]) === 1,
      };
    },

    estimate: async () => {
      const [[count] = []] = await database.query(dialect.estimate(tables.person));
      return Number(count ?? 0);
    },
  };
}

/** The columns before the key in a row of changes: version, operation, table position. */
const CHANGE_COLUMNS = 3;

/**
 * Reads one row more than the chunk has: it tells whether there is a next chunk, and it shows a key that is doubled across the border,
 * which the next chunk would jump over.
 */
async function readPersons(
  session: MasterSession,
  { database, tables }: MasterReaderOptions,
  request: ChunkRequest,
): Promise<RowsRead & { readonly last: SqlRow | undefined }> {
  const { limit } = request;
  const statement = database.dialect.personChunk(tables, { ...request, limit: limit + 1 });
  const rows = await session.query(statement);
  const ownerOf = ownerByFirst(tables.person.keyLength);
  const extra = rows[limit];
  const last = extra && rows[limit - 1];
  const isDoubled = extra && last && ownerOf(extra) === ownerOf(last);
  return { rows: extra && !isDoubled ? rows.slice(0, limit) : rows, offset: 0, ownerOf, last };
}

/** By key range, which is one index scan for each table; by keys, when the persons are picked by a value and lie apart. */
async function readChildren(
  session: MasterSession,
  { database, tables }: MasterReaderOptions,
  request: ChunkRequest,
  persons: readonly SqlRow[],
): Promise<readonly RowsRead[]> {
  const { dialect } = database;
  const ownerOf = ownerByFirst(tables.person.keyLength);
  const keyTexts = tables.person.columns
    .slice(0, tables.person.keyLength)
    .map((column) => dialect.textOf(column));
  const keyOf = (row: SqlRow): RowKey => keyTexts.map((text, i) => text(row[i] ?? null) ?? '');
  const last = persons.at(-1);
  if (!last) return [];
  const reads: RowsRead[] = [];
  for (const child of tables.children) {
    if (request.equals) {
      const rows = await session.query(dialect.rowsByKeys(tables, child, persons.map(keyOf)));
      reads.push({ rows, offset: 1, ownerOf: (row) => ownerOf(persons[Number(row[0])] ?? []) });
    } else {
      const statement = dialect.childrenInRange(tables, child, request.after, keyOf(last));
      const rows = await session.query(statement);
      reads.push({ rows, offset: tables.person.keyLength, ownerOf });
    }
  }
  return reads;
}

/**
 * The persons of a page of changes, each once. A person is removed when its own row was deleted and is not there: a deleted child is a change
 * of the person. An insert or update whose row is gone is left to its own later delete, so that one removal gives one message.
 */
async function readChanged(
  session: MasterSession,
  options: MasterReaderOptions,
  assembler: RowAssembler,
  changes: readonly SqlRow[],
  stamp: ReadStamp,
): Promise<readonly SourceMessage[]> {
  if (changes.length === 0) return [];
  const changed = new Map<string, { key: RowKey; isDeleted: boolean }>();
  for (const row of changes) {
    const key = assembler.keyOf(row, CHANGE_COLUMNS);
    const isDeleted = row[1] === 'D' && Number(row[2]) === 0;
    const text = key.join('\u0001');
    const before = changed.get(text);
    changed.set(text, { key, isDeleted: isDeleted || before?.isDeleted === true });
  }
  const persons = [...changed.values()];
  const keys = persons.map((person) => person.key);
  const read = await readByKeys(session, options, assembler, keys, stamp);
  const removals = persons
    .filter((person, place) => person.isDeleted && !read.there.has(place))
    .map(({ key }) => assembler.removal(key, stamp));
  return [...read.messages, ...removals];
}

/** The persons with these keys and their children, and the places of the keys that are there. */
async function readByKeys(
  session: MasterSession,
  { database, tables }: MasterReaderOptions,
  assembler: RowAssembler,
  keys: readonly RowKey[],
  stamp: ReadStamp,
): Promise<{ readonly messages: readonly SourceMessage[]; readonly there: ReadonlySet<number> }> {
  const read = async (table: ReadTable): Promise<RowsRead> => ({
    rows: await session.query(database.dialect.rowsByKeys(tables, table, keys)),
    offset: 1,
    ownerOf: (row) => String(row[0]),
  });
  const persons = await read(tables.person);
  const children: RowsRead[] = [];
  for (const child of tables.children) children.push(await read(child));
  return {
    messages: assembler.assemble(persons, children, stamp),
    there: new Set(persons.rows.map((row) => Number(row[0]))),
  };
}

/** The owner of a row whose first columns are the person's key, as the driver gave them. */
function ownerByFirst(columns: number): (row: SqlRow) => string {
  return (row) => {
    let text = '';
    for (let i = 0; i < columns; i += 1) text += `${String(row[i])}\u0001`;
    return text;
  };
}
