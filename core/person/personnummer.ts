import { digitsAt, isCalendarDay, type PartialDate, parsePartialDate } from './partial-date.ts';

/** Why a text is not a number of its format. */
export type NumberFault = 'shape' | 'date' | 'check-digit';

/** What twelve digits are: a personnummer, a samordningsnummer, or why neither. */
export type PersonalNumberCheck = 'PNR' | 'SNR' | NumberFault;

/** What may be read from a number when no source states it. Null: not in the number. */
export interface Derived {
  readonly birthDate: PartialDate | null;
  readonly sex: 'male' | 'female' | null;
}

const SNR_DAY_OFFSET = 60;
const MINUS = 0x2d;
const PLUS = 0x2b;

/**
 * Checks the stored form, twelve digits `YYYYMMDDNNNC`: the date, and Luhn over the last ten digits. A
 * samordningsnummer has 60 added to the day. Its month may be 00 and its day 60, for unknown, and the day need not exist in the
 * month: Skatteverket's own test numbers have days such as 30 February (TKB 5.1 ch. 7.1.28: MM 00 to 12, DD 60 to 91).
 *
 * The century is 18 to 20: the check digit does not cover it, and other twelve-digit numbers begin with 99.
 * Loops over character codes because it runs for every record, mostly on good numbers.
 */
export function checkPersonalNumber(text: string): PersonalNumberCheck {
  if (text.length !== 12) return 'shape';
  const year = digitsAt(text, 0, 4);
  const month = digitsAt(text, 4, 6);
  const day = digitsAt(text, 6, 8);
  const last = digitsAt(text, 8, 12);
  // The numbers of a day begin at 001.
  if (year < 1800 || year > 2099 || month < 0 || day < 0 || last < 10) return 'shape';
  const isSnr = day >= SNR_DAY_OFFSET;
  const hasDate = isSnr
    ? month <= 12 && day <= SNR_DAY_OFFSET + 31
    : isCalendarDay(year, month, day);
  if (!hasDate) return 'date';
  return hasLuhnTail(text) ? (isSnr ? 'SNR' : 'PNR') : 'check-digit';
}

/** Luhn over the last ten of twelve digits, weights 2,1,2,1… from the left. */
function hasLuhnTail(text: string): boolean {
  let sum = 0;
  for (let i = 2; i < 12; i += 2) {
    const doubled = (text.charCodeAt(i) - 0x30) * 2;
    sum += (doubled > 9 ? doubled - 9 : doubled) + text.charCodeAt(i + 1) - 0x30;
  }
  return sum % 10 === 0;
}

/**
 * The stored form of a personnummer or samordningsnummer as people write it: with or without `-` or `+`, with blanks around it.
 * Ten digits lack the century, which is taken only from somebody who knows it, never guessed from a clock. The hub's own sources give
 * twelve digits and are classified as they stand. This is for where a person types a number: the search of the operator's console and the
 * lists of a reconciliation, which keep the original text beside the stored form.
 *
 * @param century the first two digits of the birth year, for the ten-digit form.
 * @returns twelve digits that are not checked further; undefined when the text has another shape.
 */
export function normalisePersonalNumber(text: string, century?: 18 | 19 | 20): string | undefined {
  const written = text.trim();
  const separator = written.charCodeAt(written.length - 5);
  const digits =
    separator === MINUS || separator === PLUS ? written.slice(0, -5) + written.slice(-4) : written;
  if (digitsAt(digits, 0, digits.length) < 0) return undefined;
  if (digits.length === 12) return digits;
  return digits.length === 10 && century !== undefined ? `${century}${digits}` : undefined;
}

/**
 * The birth date and sex in a checked personnummer or samordningsnummer. The date may differ from the real one by some days,
 * since the numbers of a day can run out: use it only where no source states the birth date.
 */
export function deriveFromPersonalNumber(digits: string): Derived {
  const day = digitsAt(digits, 6, 8) % SNR_DAY_OFFSET;
  const date = digits.slice(0, 6) + (day < 10 ? `0${day}` : day);
  return {
    birthDate: parsePartialDate(date) ?? null,
    sex: digits.charCodeAt(10) % 2 === 1 ? 'male' : 'female',
  };
}
