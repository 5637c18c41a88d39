import { digitsAt, isCalendarDay, parsePartialDate } from './partial-date.ts';
import type { Oid } from './person-identifier.ts';
import type { Derived, NumberFault } from './personnummer.ts';

/**
 * One region's reserve number format: data in `mappings/reserve-numbers/formats.json`. A new region is a new entry with example
 * rows beside it, and no code. Positions count from 1.
 */
export interface ReserveNumberFormat {
  readonly key: string;
  readonly name: string;
  /** Null where the issuer's OID is not known: its numbers are recognised, but have no identity until the region states it. */
  readonly root: Oid | null;
  /** The stored form, anchored. Null for a format that is known by name only: it never fits. */
  readonly pattern: string | null;
  /** `never`: digits only. `always`: at least one letter. `sometimes`: both occur. Keeps most formats off the path of personnummer. */
  readonly letters: 'never' | 'always' | 'sometimes';
  /** Letters are kept as written where `k` and `K` are two numbers; elsewhere they are stored in upper case. */
  readonly caseSensitive: boolean;
  /** Whether `19810829-M071` is accepted for `19810829M071`. The hyphen is never stored. */
  readonly hyphenBeforeLastFour: boolean;
  /** Where `YYYYMMDD` begins that must be a calendar day. Null: the pattern says all about the date. */
  readonly calendarDateAt: number | null;
  readonly checkDigit: CheckDigitRule | null;
  /** What may be read from the number where no source states it. */
  readonly derives: DerivationRule;
  /** No new numbers are issued and those that exist should be replaced. */
  readonly withdrawn: boolean;
}

/** Luhn from the right, the last position of the range doubled. */
export interface CheckDigitRule {
  readonly algorithm: 'luhn';
  readonly from: number;
  readonly to: number;
  readonly at: number;
  /** What a letter in the range counts as. */
  readonly letterValues: Readonly<Record<string, number>>;
}

/** Patterns on the stored form; null: not in the number. */
export interface DerivationRule {
  /** With the groups `year`, `month` and `day`. */
  readonly birthDate: string | null;
  readonly male: string | null;
  readonly female: string | null;
}

/** A format made ready for use. */
export interface CompiledFormat {
  readonly format: ReserveNumberFormat;
  /** Checks the stored form. */
  check(text: string): 'fits' | NumberFault;
  /** Of a text that fits. */
  derive(text: string): Derived;
}

/** @throws SyntaxError when a pattern does not compile; the loader of the mapping files has checked that before. */
export function compileReserveNumberFormat(format: ReserveNumberFormat): CompiledFormat {
  const pattern = format.pattern === null ? null : new RegExp(format.pattern);
  const { calendarDateAt } = format;
  const hasCheckDigit = format.checkDigit === null ? null : compileCheckDigit(format.checkDigit);
  return {
    format,
    check(text) {
      if (pattern === null || !pattern.test(text)) return 'shape';
      if (calendarDateAt !== null && !hasCalendarDay(text, calendarDateAt - 1)) return 'date';
      return hasCheckDigit === null || hasCheckDigit(text) ? 'fits' : 'check-digit';
    },
    derive: compileDerivation(format.derives),
  };
}

function hasCalendarDay(text: string, at: number): boolean {
  const month = digitsAt(text, at + 4, at + 6);
  return isCalendarDay(digitsAt(text, at, at + 4), month, digitsAt(text, at + 6, at + 8));
}

const NO_VALUE = -1;

function compileCheckDigit(rule: CheckDigitRule): (text: string) => boolean {
  const values = new Int8Array(128).fill(NO_VALUE);
  for (let digit = 0; digit <= 9; digit++) values[0x30 + digit] = digit;
  for (const [letter, value] of Object.entries(rule.letterValues)) {
    values[letter.charCodeAt(0)] = value;
  }
  return (text) => {
    let sum = 0;
    for (let i = rule.to - 1, weight = 2; i >= rule.from - 1; i--, weight = 3 - weight) {
      const value = values[text.charCodeAt(i)] ?? NO_VALUE;
      if (value === NO_VALUE) return false;
      const product = value * weight;
      sum += product > 9 ? product - 9 : product;
    }
    return digitsAt(text, rule.at - 1, rule.at) === (10 - (sum % 10)) % 10;
  };
}

function compileDerivation(rule: DerivationRule): (text: string) => Derived {
  const [birthDate, male, female] = [rule.birthDate, rule.male, rule.female].map((source) =>
    source === null ? null : new RegExp(source),
  );
  return (text) => {
    const date = birthDate?.exec(text)?.groups;
    const digits = date && `${date['year']}${date['month']}${date['day']}`;
    return {
      birthDate: (digits === undefined ? null : parsePartialDate(digits)) ?? null,
      sex: male?.test(text) ? 'male' : female?.test(text) ? 'female' : null,
    };
  };
}
