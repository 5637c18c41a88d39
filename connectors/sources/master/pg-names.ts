import type { ReadColumn, ReadTable, ReadTables, SqlParameter } from './master-dialect.ts';

/** Parameters, collected while a text is written. */
export type Parameters = SqlParameter[];

export function add(parameters: Parameters, type: string, value: string | null): string {
  parameters.push({ type, value });
  return `$${parameters.length}`;
}

export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function nameOf(table: ReadTable): string {
  return `${quote(table.schema)}.${quote(table.table)}`;
}

export function logOf(table: ReadTable): string {
  return `hub_changes.${quote(`${table.schema}_${table.table}`)}`;
}

export function allTables(tables: ReadTables): readonly ReadTable[] {
  return [tables.person, ...tables.children];
}

export function list(columns: readonly ReadColumn[], alias: string): string {
  return columns.map((c) => `${alias}.${quote(c.column)}`).join(', ');
}

/** The columns that hold the person's key, in the person's table or in a child. */
export function personKey(tables: ReadTables, table: ReadTable): readonly ReadColumn[] {
  return table.columns.slice(0, tables.person.keyLength);
}

export function ownKey(table: ReadTable): readonly ReadColumn[] {
  return table.columns.slice(0, table.keyLength);
}
