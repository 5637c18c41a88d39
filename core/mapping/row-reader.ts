import type { ErrorCode } from '../errors/error-codes.ts';
import { type PartialDate, parsePartialDate } from '../person/partial-date.ts';
import type { SourceRow } from '../sync/source-record.ts';
import { cleanText } from './clean-text.ts';
import type { TableMapping } from './master-mapping.ts';

const WHOLE_NUMBER = /^\d{1,9}$/;

/** Why a record is parked. `field` is the mapped field that was wrong, never its value. */
export interface Rejection {
  readonly kind: 'rejected';
  readonly code: ErrorCode;
  readonly field: string | null;
}

/** A table's fields as the reader needs them: worked out once, when the mapping is loaded. */
export interface RowRules {
  /** Before a field's name in a {@link Rejection}: empty for the person, `addresses.` for a child. */
  readonly prefix: string;
  readonly required: readonly string[];
}

/** @param prefix empty for the person, `addresses.` for a child. */
export function rowRules(table: TableMapping, prefix: string): RowRules {
  const required = Object.entries(table.columns).flatMap(([field, column]) =>
    column.required === true ? [field] : [],
  );
  return { prefix, required };
}

/**
 * Reads the fields of one record's rows and remembers the first thing that is wrong. A reader that found something wrong goes on
 * with nulls, so that the mapping reads as one expression and looks at {@link rejection} at the end.
 */
export class RowReader {
  rejection: Rejection | undefined;
  #row: SourceRow = {};
  #prefix = '';

  /** Turns to the next row and checks that what is required is there. */
  read(row: SourceRow, rules: RowRules): void {
    this.#row = row;
    this.#prefix = rules.prefix;
    for (const field of rules.required) {
      if (this.value(field) === null) this.reject('HUB_PERSON_REQUIRED_MISSING', field);
    }
  }

  reject(code: ErrorCode, field: string): null {
    this.rejection ??= { kind: 'rejected', code, field: this.#prefix + field };
    return null;
  }

  /** The value without blanks around it; null when there is none. */
  value(field: string): string | null {
    const value = this.#row[field];
    if (value === undefined || value === null) return null;
    const trimmed = value.trim();
    return trimmed === '' ? null : trimmed;
  }

  text(field: string): string | null {
    const value = this.#row[field];
    if (value === undefined || value === null) return null;
    const text = cleanText(value);
    return text === undefined ? this.reject('HUB_PERSON_TEXT_DAMAGED', field) : text;
  }

  date(field: string): PartialDate | null {
    const value = this.value(field);
    if (value === null) return null;
    const date = parsePartialDate(value);
    return date === undefined ? this.reject('HUB_PERSON_DATE_INVALID', field) : date;
  }

  /** Null is no: a flag that protects is required by the loader of the mapping, so it is never null here. */
  flag(field: string): boolean {
    const value = this.value(field);
    if (value !== null && value !== '0' && value !== '1') this.unknownCode(field);
    return value === '1';
  }

  /** Like {@link flag}, where it matters whether it is stated at all. Null: it is not. */
  statedFlag(field: string): boolean | null {
    return this.value(field) === null ? null : this.flag(field);
  }

  /** Null also when it is no whole number: it only puts things in order. */
  wholeNumber(field: string): number | null {
    const value = this.value(field);
    return value !== null && WHOLE_NUMBER.test(value) ? Number(value) : null;
  }

  code<T>(field: string, table: ReadonlyMap<string, T>): T | null {
    const value = this.value(field);
    if (value === null) return null;
    return table.get(value) ?? this.unknownCode(field);
  }

  unknownCode(field: string): null {
    return this.reject('HUB_PERSON_UNKNOWN_CODE', field);
  }
}
