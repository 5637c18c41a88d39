import type { ColumnType } from '../../../core/mapping/master-mapping.ts';

/** What kind of value a column of a server holds, whatever the server calls it. */
export type SqlFamily =
  | 'character'
  | 'integer'
  | 'decimal'
  | 'boolean'
  | 'date'
  | 'datetime'
  | 'other';

/** A column type as it is written in a definition: `varchar(13)`, `nvarchar(max)`, `decimal(10,2)`. */
export interface SqlType {
  /** In lower case, with PostgreSQL's inner names replaced by the usual ones. */
  readonly base: string;
  readonly size: number | 'max' | undefined;
  readonly family: SqlFamily;
}

const SYNONYMS: Readonly<Record<string, string>> = {
  bpchar: 'char',
  character: 'char',
  int2: 'smallint',
  int4: 'int',
  integer: 'int',
  int8: 'bigint',
  bool: 'boolean',
  timestamp: 'datetime2',
  numeric: 'decimal',
};

const FAMILIES: Readonly<Record<string, SqlFamily>> = {
  char: 'character',
  varchar: 'character',
  nchar: 'character',
  nvarchar: 'character',
  text: 'character',
  ntext: 'character',
  uuid: 'character',
  uniqueidentifier: 'character',
  tinyint: 'integer',
  smallint: 'integer',
  int: 'integer',
  bigint: 'integer',
  decimal: 'decimal',
  money: 'decimal',
  smallmoney: 'decimal',
  bit: 'boolean',
  boolean: 'boolean',
  date: 'date',
  datetime: 'datetime',
  datetime2: 'datetime',
  smalldatetime: 'datetime',
};

/** Which families can be read as which mapped type without a guess. A time with a zone is none of them. */
const READABLE: Readonly<Record<ColumnType, readonly SqlFamily[]>> = {
  text: ['character', 'integer'],
  number: ['integer', 'decimal'],
  date: ['date', 'datetime'],
  datetime: ['datetime'],
  flag: ['boolean', 'integer', 'character'],
};

/** Takes a type apart. An unknown one has family `other`: it can be named, but not read. */
export function parseSqlType(text: string): SqlType {
  const match = /^\s*([a-z0-9_ ]+?)\s*(?:\(\s*(\d+|max)\s*(?:,\s*\d+\s*)?\))?\s*$/i.exec(text);
  const name = match?.[1]?.toLowerCase() ?? text;
  const base = SYNONYMS[name] ?? name;
  const size = match?.[2]?.toLowerCase();
  return {
    base,
    size: size === undefined ? undefined : size === 'max' ? 'max' : Number(size),
    family: FAMILIES[base] ?? 'other',
  };
}

/** True when values of the server's type can be read as the mapped type. */
export function isReadableAs(type: SqlType, as: ColumnType): boolean {
  return READABLE[as].includes(type.family);
}

/**
 * True when a parameter declared as `declared` is compared with a column of type `actual` as that column compares itself: same
 * base, not shorter. Else the server would convert the column, lose its index, or cut the parameter and match another row.
 */
export function fitsParameter(declared: SqlType, actual: SqlType): boolean {
  if (declared.base !== actual.base) return false;
  if (declared.size === 'max' || actual.size === undefined) return true;
  return declared.size !== undefined && actual.size !== 'max' && declared.size >= actual.size;
}
