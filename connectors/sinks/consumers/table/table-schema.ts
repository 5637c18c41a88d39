/** Making and checking the table set in a consumer's database. */
import { type DialectName, TABLE_DIALECTS, type TableDialect } from './table-dialect.ts';
import {
  type Column,
  SCHEMA_VERSION,
  TABLE_SET,
  TABLE_SET_VERSION,
  type Table,
} from './table-set.ts';

/**
 * The exact statements that bring a database from one version of the table set to the one of this program, in order, to be read before they are run:
 * the hub's own `prepare` runs these and no others. All of them belong into one transaction.
 *
 * @param from 0: there are no tables yet. What is up to date needs no statement.
 */
export function migrationStatements(dialect: DialectName, from: number): readonly string[] {
  if (from >= TABLE_SET_VERSION) return [];
  const how = TABLE_DIALECTS[dialect];
  return [
    ...TABLE_SET.flatMap((table) => [createTable(how, table), ...createIndexes(table)]),
    `INSERT INTO ${SCHEMA_VERSION.name} (version, instance_id, created_at) VALUES (${TABLE_SET_VERSION}, ${how.newId}, ${how.now})`,
  ];
}

/** The statements that take the table set away again. */
export function dropStatements(): readonly string[] {
  return TABLE_SET.map(({ name }) => `DROP TABLE IF EXISTS ${name}`);
}

/** The columns that a database has, by table. */
export type FoundColumns = ReadonlyMap<string, ReadonlySet<string>>;

/** The first table of these that is not there, or not with all of its columns. */
export function missingTable(
  found: FoundColumns,
  tables: readonly Table[] = TABLE_SET,
): string | undefined {
  const isWhole = ({ name, columns }: Table): boolean => {
    const has = found.get(name);
    return has !== undefined && Object.keys(columns).every((column) => has.has(column));
  };
  return tables.find((table) => !isWhole(table))?.name;
}

/** True when nothing of the set is there. */
export function hasNoTable(found: FoundColumns): boolean {
  return TABLE_SET.every(({ name }) => !found.has(name));
}

function createTable(dialect: TableDialect, { name, columns, primaryKey, checks }: Table): string {
  const lines = [
    ...Object.entries(columns).map(([column, kind]) => describeColumn(dialect, column, kind)),
    `CONSTRAINT ${name}_key PRIMARY KEY (${primaryKey.join(', ')})`,
    ...Object.entries(checks).map(([check, text]) => `CONSTRAINT ${check} CHECK (${text})`),
  ];
  return `CREATE TABLE ${name} (\n  ${lines.join(',\n  ')}\n)`;
}

function describeColumn(dialect: TableDialect, name: string, { type, isRequired }: Column): string {
  return `${name} ${dialect.typeOf[type]} ${isRequired ? 'NOT NULL' : 'NULL'}`;
}

function createIndexes({ name, indexes }: Table): readonly string[] {
  return indexes.map(
    (columns) => `CREATE INDEX ${name}_${columns.join('_')} ON ${name} (${columns.join(', ')})`,
  );
}
