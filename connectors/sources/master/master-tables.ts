import { HubError } from '../../../core/errors/hub-error.ts';
import { safeWord } from '../../../core/errors/log-safe.ts';
import type { MasterMapping, TableMapping } from '../../../core/mapping/master-mapping.ts';
import type { ReadColumn, ReadTable, ReadTables, SqlRow } from './master-dialect.ts';
import { fitsParameter, isReadableAs, parseSqlType } from './sql-type.ts';

/** A place where the tables of Master do not fit the mapping. */
export interface SchemaFinding {
  readonly kind: 'table-missing' | 'column-missing' | 'column-type';
  readonly table: string;
  readonly column: string | undefined;
  /** The server's type, when the kind is about one. */
  readonly actual: string | undefined;
  readonly expected: string | undefined;
}

/** The mapped tables in reading order, before the server was asked: a type stands only where the mapping states it. */
export function draftTables(mapping: MasterMapping): ReadTables {
  return {
    person: draftTable('person', mapping.person),
    children: mapping.children.map((child) => draftTable(child.name, child)),
  };
}

function draftTable(name: string, mapping: TableMapping): ReadTable {
  const others = Object.keys(mapping.columns).filter((field) => !mapping.key.includes(field));
  const columns = [...mapping.key, ...others].map((field): ReadColumn => {
    const column = mapping.columns[field];
    if (!column) {
      throw new HubError('HUB_CONFIG_MAPPING_INVALID', {
        table: safeWord(mapping.table),
        field: safeWord(field),
      });
    }
    return { field, column: column.column, type: column.type, sqlType: column.sqlType ?? '' };
  });
  return {
    name,
    schema: mapping.schema,
    table: mapping.table,
    columns,
    keyLength: mapping.key.length,
    rowVersion: mapping.rowVersion,
  };
}

/**
 * Compares the mapped tables with the server's catalog (rows of `columns` of the dialect).
 * @returns the tables with the server's own type at each column, and everything that does not fit.
 */
export function fitTables(
  draft: ReadTables,
  catalog: readonly SqlRow[],
): { readonly tables: ReadTables; readonly findings: readonly SchemaFinding[] } {
  const findings: SchemaFinding[] = [];
  const compare = (table: ReadTable, position: number): ReadTable => {
    const actual = new Map(
      catalog.filter((row) => Number(row[0]) === position).map((row) => [String(row[1]), row]),
    );
    if (actual.size === 0) {
      findings.push({ ...NOTHING, kind: 'table-missing', table: `${table.schema}.${table.table}` });
      return table;
    }
    return { ...table, columns: table.columns.map((c) => fitColumn(table, c, actual, findings)) };
  };
  const person = compare(draft.person, 0);
  const children = draft.children.map((child, i) => compare(child, i + 1));
  return { tables: { person, children }, findings };
}

const NOTHING = { column: undefined, actual: undefined, expected: undefined };

function fitColumn(
  table: ReadTable,
  column: ReadColumn,
  actual: ReadonlyMap<string, SqlRow>,
  findings: SchemaFinding[],
): ReadColumn {
  const row = actual.get(column.column);
  const where = { table: `${table.schema}.${table.table}`, column: column.column };
  if (row === undefined) {
    findings.push({ ...NOTHING, ...where, kind: 'column-missing' });
    return column;
  }
  const found = String(row[2]);
  const type = parseSqlType(found);
  const stated = column.sqlType === '' ? undefined : parseSqlType(column.sqlType);
  if (!isReadableAs(type, column.type)) {
    findings.push({ ...where, kind: 'column-type', actual: found, expected: column.type });
  } else if (stated && !fitsParameter(stated, type)) {
    findings.push({ ...where, kind: 'column-type', actual: found, expected: column.sqlType });
  }
  // A stated type stays: the parameter is declared as the mapping says, and the check above says that it fits.
  const fitted = { ...column, sqlType: stated ? column.sqlType : found };
  return typeof row[4] === 'string' ? { ...fitted, collation: row[4] } : fitted;
}

const CODES = {
  'table-missing': 'HUB_MASTER_TABLE_MISSING',
  'column-missing': 'HUB_MASTER_COLUMN_MISSING',
  'column-type': 'HUB_MASTER_COLUMN_TYPE',
} as const;

/** The error that names the first finding and counts the others. */
export function schemaError(findings: readonly SchemaFinding[]): HubError | undefined {
  const [first] = findings;
  if (!first) return undefined;
  const name = first.column === undefined ? first.table : `${first.table}.${first.column}`;
  return new HubError(CODES[first.kind], {
    name: safeWord(name),
    actual: first.actual === undefined ? undefined : safeWord(first.actual),
    expected: first.expected === undefined ? undefined : safeWord(first.expected),
    others: findings.length - 1,
  });
}
