/** How much of a date is known (XSD 5.0 `PartialDateType.format`). */
export type DatePrecision = 'year' | 'month' | 'day';

/** A date of which the month or the day may be unknown, as Skatteverket keeps it: `1954`, `1954-01` or `1954-01-31`. */
export interface PartialDate {
  readonly precision: DatePrecision;
  /** ISO text of exactly that precision. */
  readonly value: string;
}

const DAYS_IN_MONTH = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const TIME_OF_DAY = /^T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?$/;
const DASH = 0x2d;

/** Whether the day exists in the Gregorian calendar, years 1 to 9999. */
export function isCalendarDay(year: number, month: number, day: number): boolean {
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1) return false;
  const days = month === 2 && isLeapYear(year) ? 29 : (DAYS_IN_MONTH[month] ?? 0);
  return day <= days;
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** The digits of `text` in `[from, to)` as a number; -1 when one of them is not a digit or is missing. */
export function digitsAt(text: string, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/**
 * Reads a date as registers write it: `YYYYMMDD` with `00` for an unknown month or day (Navet), ISO of any precision, or an ISO
 * time without zone, of which the day is taken. A day without a month says nothing and is dropped.
 *
 * @returns null for `00000000`, which says that the date is not known; undefined when the text is not a date.
 */
export function parsePartialDate(text: string): PartialDate | null | undefined {
  const year = digitsAt(text, 0, 4);
  if (year < 0) return undefined;
  if (text.length === 8) {
    return text === '00000000'
      ? null
      : fromParts(text, year, digitsAt(text, 4, 6), digitsAt(text, 6, 8));
  }
  if (text.length === 4) return fromParts(text, year, 0, 0);
  if (text.charCodeAt(4) !== DASH) return undefined;
  const month = digitsAt(text, 5, 7);
  if (month === 0) return undefined;
  if (text.length === 7) return fromParts(text, year, month, 0);
  if (text.charCodeAt(7) !== DASH) return undefined;
  const day = digitsAt(text, 8, 10);
  if (day === 0 || (text.length !== 10 && !TIME_OF_DAY.test(text.slice(10)))) return undefined;
  return fromParts(text, year, month, day);
}

/** @returns undefined when the parts are no date. Month and day 0 are unknown; a day without a month is dropped. */
function fromParts(
  text: string,
  year: number,
  month: number,
  day: number,
): PartialDate | undefined {
  if (year < 1 || month < 0 || month > 12 || day < 0 || day > 31) return undefined;
  const yyyy = text.slice(0, 4);
  if (month === 0) return { precision: 'year', value: yyyy };
  const mm = month < 10 ? `0${month}` : `${month}`;
  if (day === 0) return { precision: 'month', value: `${yyyy}-${mm}` };
  if (!isCalendarDay(year, month, day)) return undefined;
  return { precision: 'day', value: `${yyyy}-${mm}-${day < 10 ? `0${day}` : day}` };
}
