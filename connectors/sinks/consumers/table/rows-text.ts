import type { Row } from './person-rows.ts';

/** How JSON writes what no database takes into a text: the character NUL, and half of a surrogate pair. */
const NO_TEXT = /\\u(?:0000|d[89a-f][0-9a-f]{2})/;

/**
 * Rows as one JSON parameter. A character that no database can store is replaced by U+FFFD: the mappers let none in, and if one came all the same, one
 * name must not hold up everybody who comes after it.
 */
export function rowsText(rows: readonly Row[]): string {
  const text = JSON.stringify(rows);
  return NO_TEXT.test(text) ? JSON.stringify(rows.map(storable)) : text;
}

function storable(row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => [
      column,
      typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '\ufffd') : value,
    ]),
  );
}
