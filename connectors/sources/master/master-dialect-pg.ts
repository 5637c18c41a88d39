import { keyRanges } from './key-ranges.ts';
import type {
  ChangeRequest,
  ChunkRequest,
  MasterDialect,
  MasterMode,
  ReadColumn,
  ReadTable,
  ReadTables,
  RowKey,
  SqlStatement,
} from './master-dialect.ts';
import { PG_CATALOG } from './pg-catalog.ts';
import {
  add,
  allTables,
  list,
  logOf,
  nameOf,
  ownKey,
  type Parameters,
  personKey,
  quote,
} from './pg-names.ts';
import { flagText, withoutPadding } from './source-value.ts';
import { parseSqlType } from './sql-type.ts';

/**
 * PostgreSQL: the embedded demo, and regions whose copy of Master is PostgreSQL. A version is the number of the writing transaction.
 * Change tracking is a log that triggers fill (scripts/demo/master-schema.pg.sql installs it). Below the oldest transaction still
 * running everything is decided, so that is the ceiling: a transaction that commits late is never skipped.
 */
export const PG_DIALECT: MasterDialect = {
  name: 'pg',
  ...PG_CATALOG,
  version: () => ({ text: `SELECT ${CEILING}, ${NEWEST}`, parameters: [] }),
  signal: signalStatement,
  changedKeys: changedKeysStatement,
  personChunk: personChunkStatement,
  childrenInRange: childrenInRangeStatement,
  rowsByKeys: rowsByKeysStatement,
  existingKeys: existingKeysStatement,
  textOf,
  toVersion: (raw) => BigInt(String(raw)),
};

/**
 * The oldest transaction that was running when the snapshot was taken, less one. A snapshot counts those of all databases of the server;
 * one that holds a lock in another database cannot change this one, and is left out. That is asked after the snapshot was taken:
 * whoever has ended since is simply counted, so this can be lower than it was a moment ago.
 */
const CEILING = `(SELECT coalesce(min(x.xid::text::bigint), pg_snapshot_xmax(pg_current_snapshot())::text::bigint) - 1
  FROM pg_snapshot_xip(pg_current_snapshot()) AS x(xid)
  WHERE x.xid::xid NOT IN (
    SELECT own.transactionid FROM pg_locks own
    JOIN pg_locks other ON other.virtualtransaction = own.virtualtransaction
    WHERE own.locktype = 'transactionid' AND own.mode = 'ExclusiveLock' AND own.granted
      AND other.database NOT IN (0, (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()))))`;
const NEWEST = 'pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1';

/** `(a, b) > ($1, $2)`: the whole key compared as the server orders it, which its index answers. */
function compareKey(
  parameters: Parameters,
  columns: readonly ReadColumn[],
  alias: string,
  operator: '>' | '<=',
  key: RowKey,
): string {
  const values = columns.map((c, i) => add(parameters, c.sqlType, key[i] ?? null)).join(', ');
  return `(${list(columns, alias)}) ${operator} (${values})`;
}

/** Where a mode finds changes of a table: the source of rows, its version column, its operation. */
function changesOf(
  mode: MasterMode,
  table: ReadTable,
): { from: string; version: string; op: string } {
  return mode === 'change-tracking'
    ? { from: logOf(table), version: 'c.version', op: 'c.operation' }
    : { from: nameOf(table), version: `c.${quote(table.rowVersion ?? '')}`, op: "'U'" };
}

function signalStatement(mode: MasterMode, tables: ReadTables, from: bigint): SqlStatement {
  const parameters: Parameters = [];
  const after = add(parameters, 'bigint', String(from));
  const any = allTables(tables).map((table) => {
    const changes = changesOf(mode, table);
    return `EXISTS (SELECT 1 FROM ${changes.from} c WHERE ${changes.version} > ${after}::bigint AND ${changes.version} <= s.ceiling)`;
  });
  const changed = mode === 'snapshot-diff' ? 'true' : any.join(' OR ');
  const text = `SELECT s.ceiling, s.newest, (${changed})::int FROM (SELECT ${CEILING} AS ceiling, ${NEWEST} AS newest) s`;
  return { text, parameters: mode === 'snapshot-diff' ? [] : parameters };
}

/** Each table gives its own first rows by index; then they are merged. */
function changedKeysStatement(
  mode: MasterMode,
  tables: ReadTables,
  request: ChangeRequest,
): SqlStatement {
  const parameters: Parameters = [];
  const from = add(parameters, 'bigint', String(request.from));
  const to = add(parameters, 'bigint', String(request.to));
  const limit = add(parameters, 'int', String(request.limit));
  const cursor = request.cursor;
  const cursorMarks = cursor && [
    add(parameters, 'bigint', String(cursor.version)),
    ...personKey(tables, tables.person).map((c, i) =>
      add(parameters, c.sqlType, cursor.key[i] ?? null),
    ),
  ];
  const names = personKey(tables, tables.person).map((_, i) => `k${i}`);
  const parts = allTables(tables).map((table, position) => {
    const { from: rows, version, op } = changesOf(mode, table);
    const keys = personKey(tables, table).map((c) => `c.${quote(c.column)}`);
    const after = cursorMarks
      ? `AND (${[version, ...keys].join(', ')}) > (${cursorMarks.join(', ')})`
      : '';
    return `(SELECT ${version} AS version, ${op} AS operation, ${position} AS position, ${keys.map((k, i) => `${k} AS k${i}`).join(', ')}
  FROM ${rows} c WHERE ${version} > ${from} AND ${version} <= ${to} ${after}
  ORDER BY ${[version, ...keys].join(', ')} LIMIT ${limit})`;
  });
  return {
    text: `SELECT * FROM (
${parts.join('\nUNION ALL\n')}
) AS changes ORDER BY ${['version', ...names].join(', ')} LIMIT ${limit}`,
    parameters,
  };
}

function personChunkStatement(tables: ReadTables, request: ChunkRequest): SqlStatement {
  const { person } = tables;
  const parameters: Parameters = [];
  const key = ownKey(person);
  const conditions: string[] = [];
  if (request.after) conditions.push(compareKey(parameters, key, 'p', '>', request.after));
  if (request.through) conditions.push(compareKey(parameters, key, 'p', '<=', request.through));
  if (request.equals) {
    const { column, value } = request.equals;
    conditions.push(`p.${quote(column.column)} = ${add(parameters, column.sqlType, value)}`);
  }
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}\n`;
  return {
    text: `SELECT ${list(person.columns, 'p')} FROM ${nameOf(person)} p
${where}ORDER BY ${list(key, 'p')} LIMIT ${add(parameters, 'int', String(request.limit))}`,
    parameters,
  };
}

/**
 * The range is said for both tables, so that each is read by its own index; and as leading columns equal and the next one between two
 * values, which the planner guesses well, unlike a comparison of whole keys.
 */
function childrenInRangeStatement(
  tables: ReadTables,
  child: ReadTable,
  after: RowKey | undefined,
  through: RowKey,
): SqlStatement {
  const parameters: Parameters = [];
  const key = ownKey(tables.person);
  const childKey = personKey(tables, child);
  const on = key.map((c, i) => `c.${quote(childKey[i]?.column ?? '')} = p.${quote(c.column)}`);
  const columns = [
    ...key.map((c) => `p.${quote(c.column)}`),
    ...child.columns.map((c) => `c.${quote(c.column)}`),
  ];
  const branches = keyRanges(key.length, after, through).map((range) => {
    const conditions = range.flatMap(({ place, operator, value }) => {
      const mark = add(parameters, key[place]?.sqlType ?? '', value);
      return [
        `p.${quote(key[place]?.column ?? '')} ${operator} ${mark}`,
        `c.${quote(childKey[place]?.column ?? '')} ${operator} ${mark}`,
      ];
    });
    return `SELECT ${columns.map((c, i) => `${c} AS c${i}`).join(', ')}
FROM ${nameOf(tables.person)} p JOIN ${nameOf(child)} c ON ${on.join(' AND ')}
WHERE ${conditions.join(' AND ')}`;
  });
  const order = columns.slice(0, key.length + child.keyLength).map((_, i) => `c${i}`);
  return { text: `${branches.join('\nUNION ALL\n')}\nORDER BY ${order.join(', ')}`, parameters };
}

/** The keys as a table with their place, one array parameter for each key column. */
function keyTable(parameters: Parameters, tables: ReadTables, keys: readonly RowKey[]): string {
  const columns = personKey(tables, tables.person);
  const arrays = columns.map((c, i) => {
    const values = keys.map((key) => `"${(key[i] ?? '').replace(/["\\]/g, '\\$&')}"`);
    return `${add(parameters, 'text', `{${values.join(',')}}`)}::${elementType(c)}[]`;
  });
  const names = columns.map((_, i) => `k${i}`);
  return `unnest(${arrays.join(', ')}) WITH ORDINALITY AS k(${names.join(', ')}, place)`;
}

/** Without its length, since a cast to varchar(n) would cut a longer key and find another person. */
function elementType(column: ReadColumn): string {
  const { base } = parseSqlType(column.sqlType);
  return base === 'char' ? 'bpchar' : base === 'datetime2' ? 'timestamp' : base;
}

function onKeys(tables: ReadTables, table: ReadTable): string {
  return personKey(tables, table)
    .map((c, i) => `c.${quote(c.column)} = k.k${i}`)
    .join(' AND ');
}

function rowsByKeysStatement(
  tables: ReadTables,
  table: ReadTable,
  keys: readonly RowKey[],
): SqlStatement {
  const parameters: Parameters = [];
  return {
    text: `SELECT k.place - 1, ${list(table.columns, 'c')}
FROM ${keyTable(parameters, tables, keys)}
JOIN ${nameOf(table)} c ON ${onKeys(tables, table)}
ORDER BY k.place, ${list(ownKey(table), 'c')}`,
    parameters,
  };
}

function existingKeysStatement(tables: ReadTables, keys: readonly RowKey[]): SqlStatement {
  const parameters: Parameters = [];
  return {
    text: `SELECT k.place - 1
FROM ${keyTable(parameters, tables, keys)}
JOIN ${nameOf(tables.person)} c ON ${onKeys(tables, tables.person)}`,
    parameters,
  };
}

/** The driver gives every value as PostgreSQL's own text, so nothing is lost on the way. */
function textOf(column: ReadColumn): (raw: unknown) => string | null {
  const isBlankPadded = parseSqlType(column.sqlType).base === 'char';
  switch (column.type) {
    case 'flag':
      return (raw) => (raw === null ? null : flagText(withoutPadding(String(raw))));
    case 'date':
      return (raw) => (raw === null ? null : String(raw).slice(0, 10));
    case 'datetime':
      return (raw) => (raw === null ? null : String(raw).replace(' ', 'T'));
    case 'text':
    case 'number':
      return isBlankPadded
        ? (raw) => (raw === null ? null : withoutPadding(String(raw)))
        : (raw) => (raw === null ? null : String(raw));
  }
}
