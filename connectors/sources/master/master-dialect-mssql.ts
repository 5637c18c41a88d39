import { HubError } from '../../../core/errors/hub-error.ts';
import { type KeyComparison, keyRanges } from './key-ranges.ts';
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
import { MSSQL_CATALOG } from './mssql-catalog.ts';
import {
  add,
  allTables,
  nameOf,
  ownKey,
  type Parameters,
  personKey,
  quote,
} from './mssql-names.ts';
import { flagText, withoutPadding } from './source-value.ts';
import { parseSqlType } from './sql-type.ts';

/**
 * SQL Server, 2016 or later. A version is that of change tracking, or a row version. Text is compared and ordered by the server in its own
 * collation, never here.
 */
export const MSSQL_DIALECT: MasterDialect = {
  name: 'mssql',
  ...MSSQL_CATALOG,
  version: (mode) => ({
    text: `SELECT ${currentVersion(mode)}, ${newestVersion(mode)}`,
    parameters: [],
  }),
  signal: signalStatement,
  changedKeys: changedKeysStatement,
  personChunk: personChunkStatement,
  childrenInRange: childrenInRangeStatement,
  rowsByKeys: rowsByKeysStatement,
  existingKeys: existingKeysStatement,
  textOf,
  toVersion,
};

/** Row versions below the smallest one still in use by an open transaction are all committed; @@DBTS would skip those. */
function currentVersion(mode: MasterMode): string {
  switch (mode) {
    case 'change-tracking':
      return 'CHANGE_TRACKING_CURRENT_VERSION()';
    case 'rowversion':
      return 'CONVERT(bigint, MIN_ACTIVE_ROWVERSION()) - 1';
    case 'snapshot-diff':
      return 'CONVERT(bigint, 0)';
  }
}

/** Differs from the current one only where a transaction that is still open holds that back. */
function newestVersion(mode: MasterMode): string {
  return mode === 'rowversion' ? 'CONVERT(bigint, @@DBTS)' : currentVersion(mode);
}

function signalStatement(mode: MasterMode, tables: ReadTables, from: bigint): SqlStatement {
  const parameters: Parameters = [];
  const version = currentVersion(mode);
  switch (mode) {
    case 'change-tracking': {
      const after = add(parameters, 'bigint', String(from));
      const text = `SELECT ${version}, ${version}, CASE WHEN ${version} > ${after} THEN 1 ELSE 0 END`;
      return { text, parameters };
    }
    case 'rowversion': {
      const after = add(parameters, 'binary(8)', String(from));
      const any = allTables(tables).map(
        (table) =>
          `EXISTS (SELECT 1 FROM ${nameOf(table)} AS c WHERE c.${quote(table.rowVersion ?? '')} > ${after} AND c.${quote(table.rowVersion ?? '')} < MIN_ACTIVE_ROWVERSION())`,
      );
      const text = `SELECT ${version}, ${newestVersion(mode)}, CASE WHEN ${any.join('\n  OR ')} THEN 1 ELSE 0 END`;
      return { text, parameters };
    }
    case 'snapshot-diff':
      return { text: `SELECT ${version}, ${version}, 1`, parameters };
  }
}

/** Each table gives its own first rows; then they are merged. */
function changedKeysStatement(
  mode: MasterMode,
  tables: ReadTables,
  request: ChangeRequest,
): SqlStatement {
  const parameters: Parameters = [];
  const isTracking = mode === 'change-tracking';
  const type = isTracking ? 'bigint' : 'binary(8)';
  const from = add(parameters, type, String(request.from));
  const to = add(parameters, type, String(request.to));
  const limit = add(parameters, 'int', String(request.limit));
  const cursorVersion = request.cursor && add(parameters, type, String(request.cursor.version));
  const personColumns = personKey(tables, tables.person);
  const cursorKey = request.cursor?.key;
  const marks =
    cursorKey && personColumns.map((c, i) => add(parameters, c.sqlType, cursorKey[i] ?? null));
  const names = personColumns.map((_, i) => `k${i}`);

  const branches = allTables(tables).map((table, position) => {
    const version = isTracking ? 't.SYS_CHANGE_VERSION' : `t.${quote(table.rowVersion ?? '')}`;
    const rows = isTracking
      ? `CHANGETABLE(CHANGES ${nameOf(table)}, ${from}) AS t`
      : `${nameOf(table)} AS t`;
    const keys = personKey(tables, table).map((c, i) => {
      const wanted = personColumns[i]?.collation;
      const collate = wanted && wanted !== c.collation ? ` COLLATE ${wanted}` : '';
      return `t.${quote(c.column)}${collate}`;
    });
    const after =
      marks && cursorVersion
        ? `\n    AND (${version} > ${cursorVersion} OR (${version} = ${cursorVersion} AND (${keyAfter(keys, marks)})))`
        : '';
    const operation = isTracking ? 't.SYS_CHANGE_OPERATION' : "'U'";
    return `SELECT * FROM (
  SELECT TOP (${limit}) ${version} AS change_version, ${operation} AS operation, ${position} AS table_position, ${keys.map((k, i) => `${k} AS k${i}`).join(', ')}
  FROM ${rows}
  WHERE ${version} > ${from} AND ${version} <= ${to}${after}
  ORDER BY ${[version, ...keys].join(', ')}
) AS b${position}`;
  });
  return {
    text: `SELECT TOP (${limit}) CONVERT(bigint, c.change_version), c.operation, c.table_position, ${names.map((n) => `c.${n}`).join(', ')}
FROM (
${branches.join('\nUNION ALL\n')}
) AS c
ORDER BY c.change_version, ${names.map((n) => `c.${n}`).join(', ')}`,
    parameters,
  };
}

/** `k0 > @a OR (k0 = @a AND k1 > @b)`: T-SQL cannot compare whole keys. Inside one version, so few rows are looked at. */
function keyAfter(keys: readonly string[], marks: readonly string[]): string {
  return keys
    .map((key, i) => {
      const equal = keys.slice(0, i).map((k, j) => `${k} = ${marks[j] ?? ''}`);
      return `(${[...equal, `${key} > ${marks[i] ?? ''}`].join(' AND ')})`;
    })
    .join(' OR ');
}

function personChunkStatement(tables: ReadTables, request: ChunkRequest): SqlStatement {
  const { person } = tables;
  const parameters: Parameters = [];
  const limit = add(parameters, 'int', String(request.limit));
  const equals = request.equals && {
    column: request.equals.column,
    mark: add(parameters, request.equals.column.sqlType, request.equals.value),
  };
  const key = ownKey(person);
  const keyColumns = key.map((c) => `p.${quote(c.column)}`);
  const order = keyColumns.join(', ');
  const isOneRange = keyRanges(key.length, request.after, request.through).length === 1;
  // Merged rows are ordered by the columns themselves: as text, 10 comes before 9, and TOP would cut off the wrong end.
  const sort = isOneRange ? '' : `, ${keyColumns.map((c, i) => `${c} AS s${i}`).join(', ')}`;
  const branches = keyRanges(key.length, request.after, request.through).map((range) => {
    const conditions = rangeConditions(parameters, key, 'p', range);
    if (equals) conditions.push(`p.${quote(equals.column.column)} = ${equals.mark}`);
    const where = conditions.length === 0 ? '' : `\nWHERE ${conditions.join(' AND ')}`;
    return `SELECT TOP (${limit}) ${selectList(person.columns, 'p', 0)}${sort}
FROM ${nameOf(person)} AS p${where}
ORDER BY ${order}`;
  });
  const [only] = branches;
  if (only !== undefined && isOneRange) return { text: only, parameters };
  const names = key.map((_, i) => `u.s${i}`).join(', ');
  return {
    text: `SELECT TOP (${limit}) ${person.columns.map((_, i) => `u.c${i}`).join(', ')} FROM (
${branches.map((branch, i) => `SELECT * FROM (${branch}) AS b${i}`).join('\nUNION ALL\n')}
) AS u
ORDER BY ${names}`,
    parameters,
  };
}

/** The persons of the range one by one, and the children of each by their index: see {@link LOOP_JOIN}. */
function childrenInRangeStatement(
  tables: ReadTables,
  child: ReadTable,
  after: RowKey | undefined,
  through: RowKey,
): SqlStatement {
  const parameters: Parameters = [];
  const key = ownKey(tables.person);
  const columns = [
    ...key.map((c) => ({ c, alias: 'p' })),
    ...child.columns.map((c) => ({ c, alias: 'c' })),
  ];
  const select = columns.map(({ c, alias }, i) => `${expression(c, alias)} AS c${i}`).join(', ');
  const on = key
    .map((c, i) => {
      const own = child.columns[i];
      const collate =
        own?.collation && own.collation !== c.collation ? ` COLLATE ${own.collation}` : '';
      return `c.${quote(own?.column ?? '')} = p.${quote(c.column)}${collate}`;
    })
    .join(' AND ');
  const branches = keyRanges(key.length, after, through).map(
    (range) => `SELECT ${select}
FROM ${nameOf(tables.person)} AS p ${LOOP_JOIN} ${nameOf(child)} AS c ON ${on}
WHERE ${rangeConditions(parameters, key, 'p', range).join(' AND ')}`,
  );
  const order = columns.slice(0, key.length + child.keyLength).map((_, i) => `c${i}`);
  return { text: `${branches.join('\nUNION ALL\n')}\nORDER BY ${order.join(', ')}`, parameters };
}

function rangeConditions(
  parameters: Parameters,
  key: readonly ReadColumn[],
  alias: string,
  range: readonly KeyComparison[],
): string[] {
  return range.map(({ place, operator, value }) => {
    const column = key[place];
    return `${alias}.${quote(column?.column ?? '')} ${operator} ${add(parameters, column?.sqlType ?? '', value)}`;
  });
}

/** So that no guess of the server about the number of rows can turn a chunk into a read of a whole table. */
const LOOP_JOIN = 'INNER LOOP JOIN';

/** The keys as a table with their place, from one JSON parameter with the columns' own types. */
function keyTable(parameters: Parameters, tables: ReadTables, keys: readonly RowKey[]): string {
  const json = JSON.stringify(keys.map((key, place) => [place, ...key]));
  const mark = add(parameters, 'nvarchar(max)', json);
  const columns = personKey(tables, tables.person).map(
    (c, i) => `k${i} ${c.sqlType} '$[${i + 1}]'`,
  );
  return `OPENJSON(${mark}) WITH (place int '$[0]', ${columns.join(', ')}) AS k`;
}

/** The JSON's text has the database's collation: it is given the column's, so that the column's index is used. */
function onKeys(tables: ReadTables, table: ReadTable): string {
  return personKey(tables, table)
    .map((c, i) => `c.${quote(c.column)} = k.k${i}${c.collation ? ` COLLATE ${c.collation}` : ''}`)
    .join(' AND ');
}

function rowsByKeysStatement(
  tables: ReadTables,
  table: ReadTable,
  keys: readonly RowKey[],
): SqlStatement {
  const parameters: Parameters = [];
  return {
    text: `SELECT k.place, ${selectList(table.columns, 'c', 0)}
FROM ${keyTable(parameters, tables, keys)}
${LOOP_JOIN} ${nameOf(table)} AS c ON ${onKeys(tables, table)}
ORDER BY k.place, ${ownKey(table)
      .map((c) => `c.${quote(c.column)}`)
      .join(', ')}`,
    parameters,
  };
}

function existingKeysStatement(tables: ReadTables, keys: readonly RowKey[]): SqlStatement {
  const parameters: Parameters = [];
  return {
    text: `SELECT k.place
FROM ${keyTable(parameters, tables, keys)}
${LOOP_JOIN} ${nameOf(tables.person)} AS c ON ${onKeys(tables, tables.person)}`,
    parameters,
  };
}

function selectList(columns: readonly ReadColumn[], alias: string, first: number): string {
  return columns.map((c, i) => `${expression(c, alias)} AS c${first + i}`).join(', ');
}

/** Dates and decimals become text at the server: the driver would make a Date or a number of them and lose digits. */
function expression(column: ReadColumn, alias: string): string {
  const name = `${alias}.${quote(column.column)}`;
  const { base, family } = parseSqlType(column.sqlType);
  if (column.type === 'date') return `CONVERT(char(10), ${name}, 23)`;
  if (family === 'datetime') return `CONVERT(varchar(33), ${name}, 126)`;
  if (base === 'money' || base === 'smallmoney') return `CONVERT(varchar(41), ${name}, 2)`;
  if (family === 'decimal') return `CONVERT(varchar(41), ${name})`;
  return name;
}

function textOf(column: ReadColumn): (raw: unknown) => string | null {
  const { base } = parseSqlType(column.sqlType);
  const isBlankPadded = base === 'char' || base === 'nchar';
  if (column.type === 'flag') {
    return (raw) => (raw === null ? null : flagText(withoutPadding(String(raw))));
  }
  if (isBlankPadded) return (raw) => (raw === null ? null : withoutPadding(String(raw)));
  return (raw) => (raw === null ? null : String(raw));
}

/** @throws HubError `HUB_MASTER_NOT_TRACKED` when there is no version: change tracking was switched off for the database. */
function toVersion(raw: unknown): bigint {
  if (raw === null || raw === undefined) throw new HubError('HUB_MASTER_NOT_TRACKED');
  return Buffer.isBuffer(raw) ? raw.readBigUInt64BE(0) : BigInt(String(raw));
}
