/** Every statement that is sent to a consumer's database while it is written to. Made once for each dialect; all values are parameters. */
import type { TableDialect } from './table-dialect.ts';
import {
  CHILD_TABLES,
  DELETED_PERSON,
  EVENT,
  INBOX,
  PERSON,
  PURGE_ORDER,
  SCHEMA_VERSION,
  TABLE_SET,
  type Table,
} from './table-set.ts';

export interface TableStatements {
  readonly version: string;
  readonly lockVersion: string;
  /** Notes that the tables are used from now on. */
  readonly use: string;
  /** (generation, version) of the persons that are there, have left or are deleted. Two parameters: the keys, twice. */
  readonly standings: string;
  /** By the name of the table: rows that are not there. */
  readonly insert: Readonly<Record<string, string>>;
  /** Rows of hub_person that are there: with UPDATE, so that what the consumer hangs on them stays. */
  readonly updatePersons: string;
  /** By the name of the table: rows of these persons. */
  readonly deleteByPerson: Readonly<Record<string, string>>;
  /** Which of these ids were written before. */
  readonly knownIds: string;
  readonly acknowledged: string;
  readonly take: string;
  /** Some of the rows older than a time; one row, `gone`: how many. */
  readonly prune: Readonly<Record<'deleted' | 'orders' | 'events' | 'inbox', string>>;
  /** By the name of the table. */
  readonly deleteAll: Readonly<Record<string, string>>;
}

export function tableStatements(dialect: TableDialect): TableStatements {
  const person = PERSON.name;
  const deleted = DELETED_PERSON.name;
  const written: readonly Table[] = [
    PERSON,
    ...CHILD_TABLES,
    DELETED_PERSON,
    PURGE_ORDER,
    EVENT,
    INBOX,
  ];
  return {
    version: `SELECT version, instance_id, used_since FROM ${SCHEMA_VERSION.name}`,
    lockVersion: dialect.lockVersion,
    use: `UPDATE ${SCHEMA_VERSION.name} SET used_since = ${dialect.now} WHERE used_since IS NULL`,
    standings: [
      `SELECT person_key, generation, version, CASE WHEN left_at IS NULL THEN 'present' ELSE 'left' END AS standing`,
      `FROM ${person} WHERE person_key IN (${dialect.keys})`,
      'UNION ALL',
      `SELECT person_key, generation, version, 'deleted' AS standing`,
      `FROM ${deleted} WHERE person_key IN (${dialect.keys})`,
    ].join('\n'),
    insert: byName(written, (table) => insertInto(dialect, table)),
    updatePersons: updateOf(dialect, PERSON),
    deleteByPerson: byName(
      [PERSON, ...CHILD_TABLES, DELETED_PERSON],
      ({ name }) => `DELETE FROM ${name} WHERE person_key IN (${dialect.keys})`,
    ),
    knownIds: `SELECT id FROM ${INBOX.name} WHERE id IN (${dialect.ids})`,
    acknowledged: dialect.acknowledged(PURGE_ORDER),
    take: `UPDATE ${PURGE_ORDER.name} SET taken_at = ${dialect.now} WHERE taken_at IS NULL AND id IN (${dialect.keys})`,
    prune: {
      deleted: dialect.prune(deleted, 'person_key', 'deleted_at'),
      orders: dialect.prune(PURGE_ORDER.name, 'id', 'taken_at'),
      events: dialect.prune(EVENT.name, 'id', 'received_at'),
      inbox: dialect.prune(INBOX.name, 'id', 'received_at'),
    },
    deleteAll: byName(TABLE_SET, ({ name }) => `DELETE FROM ${name}`),
  };
}

function insertInto(dialect: TableDialect, { name, columns }: Table): string {
  const names = Object.keys(columns);
  return [
    `INSERT INTO ${name} (${names.join(', ')})`,
    `SELECT ${names.map((column) => `r.${column}`).join(', ')}`,
    `FROM ${dialect.rows(columns)}`,
  ].join('\n');
}

function updateOf(dialect: TableDialect, { name, columns, primaryKey }: Table): string {
  const values = Object.keys(columns).filter((column) => !primaryKey.includes(column));
  return [
    `UPDATE ${name} SET ${values.map((column) => `${column} = r.${column}`).join(', ')}`,
    `FROM ${dialect.rows(columns)}`,
    `WHERE ${primaryKey.map((column) => `${name}.${column} = r.${column}`).join(' AND ')}`,
  ].join('\n');
}

function byName(
  tables: readonly Table[],
  text: (table: Table) => string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(tables.map((table) => [table.name, text(table)]));
}
