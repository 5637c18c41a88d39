/** What PostgreSQL and SQL Server say differently, and nothing else. */
import type { Columns, ColumnType, Table } from './table-set.ts';

export type DialectName = 'pg' | 'mssql';

/** Each `?` in a text is one parameter. Rows and keys come as one JSON text each: a batch of any size has the same statement. */
export interface TableDialect {
  readonly name: DialectName;
  readonly typeOf: Readonly<Record<ColumnType, string>>;
  /** The rows of a JSON parameter under the name `r`, with these columns. */
  rows(columns: Columns): string;
  /** The keys of a JSON parameter, as a subquery of one column. */
  readonly keys: string;
  /** The same of ids, comparable with a column of the type `code`. */
  readonly ids: string;
  /** The row of hub_schema_version, locked until the transaction ends: all writers of one table set go one after the other. */
  readonly lockVersion: string;
  /** A value of its own for each set of tables, and the time. */
  readonly newId: string;
  readonly now: string;
  /** The columns of the tables in the schema that names without one mean. */
  readonly inspect: string;
  /** The oldest acknowledged orders that were not taken; the parameter is how many. */
  acknowledged(order: Table): string;
  /** Deletes at most {@link PRUNED_AT_ONCE} rows of which a time is before the parameter, and answers with their number as `gone`. */
  prune(table: string, key: string, time: string): string;
}

/** Few enough for a slow server to delete them in the time that a statement has. */
export const PRUNED_AT_ONCE = 5_000;

const COLUMN_LIST = (columns: Columns, type: (column: ColumnType) => string): string =>
  Object.entries(columns)
    .map(([name, column]) => `${name} ${type(column.type)}`)
    .join(', ');

const PG_TYPES: TableDialect['typeOf'] = {
  key: 'uuid',
  count: 'bigint',
  small: 'integer',
  code: 'text',
  date: 'text',
  text: 'text',
  flag: 'boolean',
  time: 'timestamptz',
};

const PG_TABLES: TableDialect = {
  name: 'pg',
  typeOf: PG_TYPES,
  rows: (columns) =>
    `json_to_recordset(?::json) AS r(${COLUMN_LIST(columns, (type) => PG_TYPES[type])})`,
  keys: 'SELECT k.value::uuid FROM json_array_elements_text(?::json) AS k(value)',
  ids: 'SELECT k.value FROM json_array_elements_text(?::json) AS k(value)',
  lockVersion: 'SELECT version, instance_id, used_since FROM hub_schema_version FOR UPDATE',
  newId: 'gen_random_uuid()',
  now: 'now()',
  // Not from information_schema, which hides a table from a login without rights on it.
  inspect:
    "SELECT c.relname AS table_name, a.attname AS column_name FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND c.relname LIKE 'hub\\_%' AND a.attnum > 0 AND NOT a.attisdropped",
  acknowledged: ({ name }) =>
    `SELECT id FROM ${name} WHERE taken_at IS NULL AND acknowledged_at IS NOT NULL ORDER BY acknowledged_at, id LIMIT ?`,
  prune: (table, key, time) =>
    `WITH gone AS (DELETE FROM ${table} WHERE ${key} IN (SELECT ${key} FROM ${table} WHERE ${time} < ? LIMIT ${PRUNED_AT_ONCE}) RETURNING 1) SELECT count(*) AS gone FROM gone`,
};

/**
 * Codes are compared by their bytes: under the usual collations `k` and `K` would be one number. It is the collation that OPENJSON gives its
 * values, so the two may meet.
 */
const CODE_COLLATION = 'COLLATE Latin1_General_BIN2';

/** As OPENJSON reads a column. */
const MSSQL_TYPES: TableDialect['typeOf'] = {
  key: 'uniqueidentifier',
  count: 'bigint',
  small: 'int',
  code: 'nvarchar(200)',
  date: 'varchar(10)',
  text: 'nvarchar(max)',
  flag: 'bit',
  time: 'datetimeoffset(3)',
};

export const MSSQL_TABLES: TableDialect = {
  name: 'mssql',
  typeOf: { ...MSSQL_TYPES, code: `nvarchar(200) ${CODE_COLLATION}` },
  rows: (columns) => `OPENJSON(?) WITH (${COLUMN_LIST(columns, (type) => MSSQL_TYPES[type])}) AS r`,
  keys: 'SELECT CAST(k.value AS uniqueidentifier) FROM OPENJSON(?) AS k',
  ids: `SELECT k.value ${CODE_COLLATION} FROM OPENJSON(?) AS k`,
  lockVersion:
    'SELECT version, instance_id, used_since FROM hub_schema_version WITH (UPDLOCK, HOLDLOCK)',
  newId: 'NEWID()',
  now: 'SYSDATETIMEOFFSET()',
  inspect:
    "SELECT t.name AS table_name, c.name AS column_name FROM sys.tables AS t INNER JOIN sys.columns AS c ON c.object_id = t.object_id WHERE t.schema_id = SCHEMA_ID() AND t.name LIKE 'hub[_]%'",
  acknowledged: ({ name }) =>
    `SELECT TOP (?) id FROM ${name} WHERE taken_at IS NULL AND acknowledged_at IS NOT NULL ORDER BY acknowledged_at, id`,
  prune: (table, _key, time) =>
    `DELETE TOP (${PRUNED_AT_ONCE}) FROM ${table} WHERE ${time} < ?; SELECT @@ROWCOUNT AS gone`,
};

export const TABLE_DIALECTS: Readonly<Record<DialectName, TableDialect>> = {
  pg: PG_TABLES,
  mssql: MSSQL_TABLES,
};
