/** What has to be written so that Master's rows of a person become other ones. */
import {
  ADDRESS_COLUMNS,
  CONTACT_COLUMNS,
  type LegacyRows,
  PERSON_COLUMNS,
} from '../legacy-rows.ts';

/** An identity as Master's key has it. */
export interface MasterKey {
  readonly IdTyp: string;
  readonly PersonId: string;
}

export type Value = string | number | boolean | null;
export type Row = Readonly<Record<string, Value>>;

export const TABLES = [
  { name: 'Befolkning', columns: PERSON_COLUMNS, key: ['IdTyp', 'PersonId'] },
  { name: 'Adress', columns: ADDRESS_COLUMNS, key: ['IdTyp', 'PersonId', 'AdressTyp'] },
  { name: 'Kontakt', columns: CONTACT_COLUMNS, key: ['IdTyp', 'PersonId', 'Kanal', 'Lopnr'] },
] as const;
export type TableName = (typeof TABLES)[number]['name'];

/** One row that comes, goes, or becomes another one. */
export type RowChange = { readonly table: TableName; readonly key: Row } & (
  | { readonly operation: 'insert'; readonly row: Row }
  | { readonly operation: 'update'; readonly columns: Row }
  | { readonly operation: 'delete' }
);

/** Rows by table. */
export type RowsByTable = Readonly<Record<TableName, readonly Row[]>>;

/** The rows of all of a person's identities, table by table. */
export function rowsByTable(rows: readonly LegacyRows[]): RowsByTable {
  return {
    Befolkning: rows.map(({ person }) => asRow(person)),
    Adress: rows.flatMap(({ addresses }) => addresses.map(asRow)),
    Kontakt: rows.flatMap(({ contacts }) => contacts.map(asRow)),
  };
}

/** In an order in which nobody sees an address or a contact of a person who is not there. */
export function rowChanges(before: RowsByTable, after: RowsByTable): readonly RowChange[] {
  const changes = TABLES.map((table) => changesOf(table, before[table.name], after[table.name]));
  const isDelete = ({ operation }: RowChange): boolean => operation === 'delete';
  return [
    ...changes.toReversed().flatMap((ofTable) => ofTable.filter(isDelete)),
    ...changes.flatMap((ofTable) => ofTable.filter((change) => !isDelete(change))),
  ];
}

/**
 * The identity of whose person a reader sees the change: the last one, and so the strongest, of those that have other rows now; null when
 * rows only went.
 * @param rows all that Master has of the person now, the main identity's last.
 */
export function changedIdentity(
  changes: readonly RowChange[],
  rows: readonly LegacyRows[],
): MasterKey | null {
  const changed = rows.findLast(({ person }) =>
    changes.some(({ key }) => key['IdTyp'] === person.IdTyp && key['PersonId'] === person.PersonId),
  );
  return changed === undefined
    ? null
    : { IdTyp: changed.person.IdTyp, PersonId: changed.person.PersonId };
}

function changesOf(
  { name: table, columns, key: keyColumns }: (typeof TABLES)[number],
  before: readonly Row[],
  after: readonly Row[],
): readonly RowChange[] {
  const keyOf = (row: Row): Row => part(row, keyColumns);
  const textOf = (row: Row): string => JSON.stringify(keyOf(row));
  const known = new Map(before.map((row) => [textOf(row), row]));
  const kept = new Set(after.map(textOf));
  const changes: RowChange[] = before
    .filter((row) => !kept.has(textOf(row)))
    .map((row) => ({ operation: 'delete', table, key: keyOf(row) }));
  for (const row of after) {
    const former = known.get(textOf(row));
    const key = keyOf(row);
    if (former === undefined) {
      changes.push({ operation: 'insert', table, key, row: part(row, columns) });
      continue;
    }
    const other = columns.filter((column) => plain(row[column]) !== plain(former[column]));
    if (other.length > 0) {
      changes.push({ operation: 'update', table, key, columns: part(row, other) });
    }
  }
  return changes;
}

/** Columns of a fixed length are filled with spaces. */
function plain(value: Value | undefined): Value {
  return typeof value === 'string' ? value.trimEnd() : (value ?? null);
}

function part(row: Row, columns: readonly string[]): Row {
  return Object.fromEntries(columns.map((column) => [column, row[column] ?? null]));
}

function asRow(row: object): Row {
  return row as Row;
}
