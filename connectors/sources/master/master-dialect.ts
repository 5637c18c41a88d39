import type { ColumnType } from '../../../core/mapping/master-mapping.ts';

/** How the connector learns of changes: by what Master's vendor permits. */
export const MASTER_MODES = ['change-tracking', 'rowversion', 'snapshot-diff'] as const;
export type MasterMode = (typeof MASTER_MODES)[number];

/** One value for a statement, always as text; the driver makes of it what `type` says. */
export interface SqlParameter {
  /**
   * A type of the server as it is written in a column definition: `varchar(13)`, `nvarchar(max)`, `int`, `bigint`. A parameter is
   * declared exactly like its column, else the index is not used and the order may differ. For `binary(8)` the value is the
   * unsigned number in decimal.
   */
  readonly type: string;
  readonly value: string | null;
}

/** A statement that only reads. Parameters are `$1`, `$2` … (pg) or `@p1`, `@p2` … (mssql), in this order. */
export interface SqlStatement {
  readonly text: string;
  readonly parameters: readonly SqlParameter[];
}

/** One row of raw driver values, in the order of the select list. */
export type SqlRow = readonly unknown[];

/** Something that runs statements: the database, or one snapshot of it. */
export interface MasterSession {
  /** @throws HubError of the area MASTER, classified by the driver's number or code. */
  query(statement: SqlStatement): Promise<readonly SqlRow[]>;
}

/**
 * Master as a database that is only read. The driver is in one file: master-pg-client.ts or mssql-client.ts.
 * A connection that broke is thrown away and the next call opens a new one; nothing is retried here.
 */
export interface MasterDatabase extends MasterSession, AsyncDisposable {
  readonly dialect: MasterDialect;
  /**
   * Runs `work` in one read-only transaction in which every statement sees the same committed version of the whole database
   * (pg: REPEATABLE READ READ ONLY; mssql: SNAPSHOT). The transaction ends when `work` ends, also when it throws.
   */
  snapshot<T>(work: (session: MasterSession) => Promise<T>): Promise<T>;
}

/** A mapped column as it is read. */
export interface ReadColumn {
  /** The hub's field name. */
  readonly field: string;
  readonly column: string;
  readonly type: ColumnType;
  /** The server's type, as in {@link SqlParameter}. */
  readonly sqlType: string;
  /** The column's collation, where the server has more than one and says which. */
  readonly collation?: string;
}

/** A mapped table as it is read: key columns first, in key order, then the others. */
export interface ReadTable {
  /** `person`, or the child's name in the mapping. */
  readonly name: string;
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly ReadColumn[];
  /** How many of the columns are the key. */
  readonly keyLength: number;
  readonly rowVersion: string | undefined;
}

/** The person's table and the tables beside it; the keys of those begin with the person's key. */
export interface ReadTables {
  readonly person: ReadTable;
  readonly children: readonly ReadTable[];
}

/** A person's key: the values of the key columns as text, in key order. Personal data. */
export type RowKey = readonly string[];

/** Persons to read: those after a key, up to a key, or with one value in one mapped column. All given parts must hold. */
export interface ChunkRequest {
  readonly after: RowKey | undefined;
  readonly through: RowKey | undefined;
  readonly equals: { readonly column: ReadColumn; readonly value: string } | undefined;
  readonly limit: number;
}

/** A page of changes: later than the cursor, not later than `to`, in the order of (version, person's key). */
export interface ChangeRequest {
  /** The version up to which everything is known. */
  readonly from: bigint;
  readonly to: bigint;
  /** The last change of the page before, when this is not the first page. */
  readonly cursor: { readonly version: bigint; readonly key: RowKey } | undefined;
  readonly limit: number;
}

/** What a mode can need of the server, of a table, or of the hub's login. */
export const REQUIREMENTS = [
  'database-tracked',
  'table-exists',
  'table-tracked',
  'row-version-column',
  'key-lists',
  'schema-usage',
  'select',
  'view-change-tracking',
] as const;
export type Requirement = (typeof REQUIREMENTS)[number];

/**
 * One kind of server: a handful of statements, and how its values become text and versions. Pure. Each method says which rows
 * its statement gives; "table position" counts the person's table as 0 and the children from 1.
 */
export interface MasterDialect {
  readonly name: 'mssql' | 'pg';

  /**
   * One row: `[fingerprint, snapshot, product, version, login]`. The fingerprint changes when the database was restored or failed over; null: this
   * login may not see it. Snapshot is `1` when one transaction can see one version of the database. Login is the name that a GRANT takes.
   */
  server(): SqlStatement;

  /** One row for each column of each existing table: `[table position, column, type as in SqlParameter,
   * place in the primary key or null, collation or nothing]`. */
  columns(tables: ReadTables): SqlStatement;

  /**
   * One row for each table, in position order: `[table position, object id, schema stamp, tracking id, min valid version]`.
   * The object id is null when the table is missing, and changes when it was re-created or a partition was switched. The schema stamp changes
   * when a column changed. The tracking id changes when tracking was switched off and on or the table was truncated; it and the min
   * valid version are null when the table is not tracked or this login may not see it. Other modes: both null.
   */
  tableStates(mode: MasterMode, tables: ReadTables): SqlStatement;

  /** One row: `[rows in the table, roughly]`, from the server's statistics. */
  estimate(table: ReadTable): SqlStatement;

  /**
   * One row: `[version, newest]`. Everything committed up to the version is visible, and nothing will be committed at or below it any more; what
   * was once true of a version stays true. Newest is the last version given out; it never goes back, except by a restore. Null: the server does
   * not track changes.
   */
  version(mode: MasterMode): SqlStatement;

  /**
   * The cheap question of an idle poll. One row: `[version, newest version given out, changed]`; changed is `1` when there may be changes
   * after `from`, not later than the version.
   */
  signal(mode: MasterMode, tables: ReadTables, from: bigint): SqlStatement;

  /** Rows `[version, operation I/U/D, table position, ...person's key]`, in the order of (version, key), at most `limit`. */
  changedKeys(mode: MasterMode, tables: ReadTables, request: ChangeRequest): SqlStatement;

  /** Rows of the person's table: its columns, in the server's own key order, at most `limit`. */
  personChunk(tables: ReadTables, request: ChunkRequest): SqlStatement;

  /** Rows `[...person's key as the person's table spells it, ...columns]` of the persons in (after, through], in the server's key order. */
  childrenInRange(
    tables: ReadTables,
    child: ReadTable,
    after: RowKey | undefined,
    through: RowKey,
  ): SqlStatement;

  /** Rows `[place in keys, ...columns]` of the person's table or a child; a key without a row gives none. */
  rowsByKeys(tables: ReadTables, table: ReadTable, keys: readonly RowKey[]): SqlStatement;

  /** Rows `[place in keys]` for the keys that the person's table has. */
  existingKeys(tables: ReadTables, keys: readonly RowKey[]): SqlStatement;

  /**
   * Rows `[requirement, table position or null, 1 or 0]`: everything that the mode needs of the server and of this login, and whether it is
   * there. The names are {@link Requirement}.
   */
  requirements(mode: MasterMode, tables: ReadTables): SqlStatement;

  /** The exact statement that meets a requirement, for `login`, to be run by Master's administrator. */
  remedy(requirement: Requirement, table: ReadTable | undefined, login: string): string;

  /**
   * Makes the function that turns the column's raw driver values into the text of a source row. Null stays null, the empty
   * string stays empty.
   */
  textOf(column: ReadColumn): (raw: unknown) => string | null;

  /** A raw driver value as a version: decimal text, a number, or eight bytes with the highest first. */
  toVersion(raw: unknown): bigint;
}
