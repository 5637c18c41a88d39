import { setFlagsOf } from '../../../core/mapping/raised-protection.ts';
import type { SourceMessage, SourcePosition, SourceRow } from '../../../core/sync/source-record.ts';
import type { MasterDialect, ReadTable, ReadTables, RowKey, SqlRow } from './master-dialect.ts';

/** What every message of one read has in common. */
export interface ReadStamp {
  readonly position: SourcePosition;
  readonly snapshot: boolean;
  readonly readAt: string;
}

/** Rows of the person's table or a child. Before the table's own columns stand those that say which person a row belongs to. */
export interface RowsRead {
  readonly rows: readonly SqlRow[];
  /** How many columns stand before the table's own. */
  readonly offset: number;
  /** Which person a row belongs to: equal texts are the same person. */
  readonly ownerOf: (row: SqlRow) => string;
}

/** Makes messages of what the driver gave. Pure. */
export interface RowAssembler {
  /** One message for each person, in the order of their rows; a person whose row is doubled or too large is refused, once. */
  assemble(persons: RowsRead, children: readonly RowsRead[], stamp: ReadStamp): SourceMessage[];
  /** The key of a person's row as text. */
  keyOf(row: SqlRow, offset: number): RowKey;
  /** The message that a person is gone. It has the columns of the key only. */
  removal(key: RowKey, stamp: ReadStamp): SourceMessage;
  /** The key of a message that was assembled here. */
  keyOfMessage(message: SourceMessage): RowKey;
}

/** @returns the assembler for the tables of one mapping on one kind of server. */
export function createRowAssembler(
  dialect: MasterDialect,
  tables: ReadTables,
  maxRowBytes: number,
): RowAssembler {
  const readPerson = rowReader(dialect, tables.person);
  const readChildren = tables.children.map((child) => rowReader(dialect, child));
  const keyColumns = tables.person.columns.slice(0, tables.person.keyLength);
  const keyTexts = keyColumns.map((column) => dialect.textOf(column));
  const keyFields = keyColumns.map((column) => column.field);

  const keyOf = (row: SqlRow, offset: number): RowKey =>
    keyTexts.map((text, i) => text(row[offset + i] ?? null) ?? '');
  const keyRow = (key: RowKey): SourceRow =>
    Object.fromEntries(keyFields.map((field, i) => [field, key[i] ?? null]));

  return {
    keyOf,
    removal: (key, stamp) => ({
      source: 'master',
      operation: 'removed',
      ...stamp,
      person: keyRow(key),
    }),
    keyOfMessage: (message) => keyFields.map((field) => message.person[field] ?? ''),
    assemble: (persons, children, stamp) => {
      const doubled = doubledOwners(persons);
      const byOwner = children.map((read, i) => groupRows(read, readChildren[i]));
      const messages: SourceMessage[] = [];
      // Nobody knows which of the copies is right, so a flag of any of them counts.
      const flagsOfAll = (owner: string): SourceRow => {
        const copies = persons.rows.filter((row) => persons.ownerOf(row) === owner);
        const flags = copies.map((row) => setFlagsOf(readPerson(row, persons.offset)));
        return Object.fromEntries(flags.flatMap((set) => Object.entries(set)));
      };
      for (const row of persons.rows) {
        const owner = persons.ownerOf(row);
        const copies = doubled.get(owner);
        if (copies === 'reported') continue;
        const key = (): SourceRow => keyRow(keyOf(row, persons.offset));
        if (copies === 'found') {
          doubled.set(owner, 'reported');
          messages.push({
            source: 'master',
            operation: 'refused',
            ...stamp,
            code: 'HUB_MASTER_DUPLICATE_KEY',
            person: { ...key(), ...flagsOfAll(owner) },
          });
          continue;
        }
        const person = readPerson(row, persons.offset);
        const rows: Record<string, readonly SourceRow[]> = {};
        let size = sizeOf(person);
        for (const [i, child] of tables.children.entries()) {
          const own = byOwner[i]?.get(owner) ?? [];
          rows[child.name] = own;
          for (const childRow of own) size += sizeOf(childRow);
        }
        messages.push(
          size > maxRowBytes
            ? {
                source: 'master',
                operation: 'refused',
                ...stamp,
                code: 'HUB_MASTER_ROW_TOO_LARGE',
                person: { ...key(), ...setFlagsOf(person) },
              }
            : { source: 'master', operation: 'upsert', ...stamp, person, children: rows },
        );
      }
      return messages;
    },
  };
}

function rowReader(
  dialect: MasterDialect,
  table: ReadTable,
): (row: SqlRow, offset: number) => SourceRow {
  const fields = table.columns.map((c) => ({ field: c.field, text: dialect.textOf(c) }));
  return (row, offset) => {
    const result: Record<string, string | null> = {};
    let place = offset;
    for (const { field, text } of fields) {
      result[field] = text(row[place] ?? null);
      place += 1;
    }
    return result;
  };
}

function doubledOwners(persons: RowsRead): Map<string, 'found' | 'reported'> {
  const seen = new Set<string>();
  const doubled = new Map<string, 'found' | 'reported'>();
  for (const row of persons.rows) {
    const owner = persons.ownerOf(row);
    if (seen.has(owner)) doubled.set(owner, 'found');
    seen.add(owner);
  }
  return doubled;
}

function groupRows(
  read: RowsRead,
  toRow: ((row: SqlRow, offset: number) => SourceRow) | undefined,
): ReadonlyMap<string, readonly SourceRow[]> {
  const groups = new Map<string, SourceRow[]>();
  if (!toRow) return groups;
  for (const row of read.rows) {
    const owner = read.ownerOf(row);
    const group = groups.get(owner);
    const one = toRow(row, read.offset);
    if (group) group.push(one);
    else groups.set(owner, [one]);
  }
  return groups;
}

/** Bytes in UTF-8. Counted exactly only for a long text: a short one can at most be three times its length. */
function sizeOf(row: SourceRow): number {
  let size = 0;
  for (const field in row) {
    const text = row[field];
    if (text) size += text.length > 1_000 ? Buffer.byteLength(text) : text.length;
  }
  return size;
}
