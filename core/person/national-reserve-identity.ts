import { digitsAt, isCalendarDay, parsePartialDate } from './partial-date.ts';
import type { Derived, NumberFault } from './personnummer.ts';

/** The letters of a national reserve identity: A to Z without those that are mistaken for digits or each other. */
export const NRID_LETTERS = 'ABCDEFGHJKLMNPRSTUXYZ';

/** The kinds of character, by code: 0 neither, 1 digit, 2 letter of {@link NRID_LETTERS}. */
const KIND = new Uint8Array(128);
/**
 * The decimal digit sums that the check digit needs, by character code, once for weight 1 and once for weight 2. A letter counts
 * as its ASCII code as one number: `A` is 65, so 6 + 5 at weight 1 and, of 130, 1 + 3 + 0 at weight 2.
 */
const WEIGHT_1 = new Uint8Array(128);
const WEIGHT_2 = new Uint8Array(128);

const digitSum = (n: number): number => (n < 10 ? n : (n % 10) + digitSum(Math.trunc(n / 10)));
for (let digit = 0; digit <= 9; digit++) fill(0x30 + digit, 1, digit);
for (const letter of NRID_LETTERS) fill(letter.charCodeAt(0), 2, letter.charCodeAt(0));

function fill(code: number, kind: number, value: number): void {
  KIND[code] = kind;
  WEIGHT_1[code] = digitSum(value);
  WEIGHT_2[code] = digitSum(value * 2);
}

const isDigit = (text: string, at: number): boolean => KIND[text.charCodeAt(at)] === 1;
const isLetter = (text: string, at: number): boolean => KIND[text.charCodeAt(at)] === 2;

/**
 * Checks the stored form `XXYYMMDDNNGC` of a national reserve identity.
 * XX 22 to 99 is the birth century + 3k, so that the number never looks like a year that has been; the date is then a real one.
 * XX 00 means that the birth date is unknown, and YYMMDD is a serial with a month of 20 or more and a day of 40 to 59.
 */
export function checkNationalReserveIdentity(text: string): 'NRID' | NumberFault {
  if (text.length !== 12) return 'shape';
  const shifted = digitsAt(text, 0, 2);
  const month = digitsAt(text, 4, 6);
  const day = digitsAt(text, 6, 8);
  if (digitsAt(text, 0, 8) < 0 || !(shifted === 0 || shifted >= 22)) return 'shape';
  const hasTail =
    isLetter(text, 8) &&
    isLetter(text, 9) &&
    (isDigit(text, 10) || isLetter(text, 10)) &&
    isDigit(text, 11);
  if (!hasTail) return 'shape';
  const hasDate =
    shifted === 0
      ? month >= 20 && day >= 40 && day <= 59
      : isCalendarDay(birthCentury(shifted) * 100 + digitsAt(text, 2, 4), month, day);
  if (!hasDate) return 'date';
  return text.charCodeAt(11) - 0x30 === nationalReserveCheckDigit(text) ? 'NRID' : 'check-digit';
}

/** 18 stands for 18 and 21, which the number cannot tell apart; the two have the same leap years. */
function birthCentury(shifted: number): 18 | 19 | 20 {
  const rest = shifted % 3;
  return rest === 1 ? 19 : rest === 2 ? 20 : 18;
}

/** The check digit for the first eleven characters: Luhn, where a letter counts as its ASCII code. */
export function nationalReserveCheckDigit(text: string): number {
  let sum = 0;
  for (let i = 0; i < 11; i++) {
    sum += (i % 2 === 0 ? WEIGHT_2 : WEIGHT_1)[text.charCodeAt(i)] ?? 0;
  }
  return (10 - (sum % 10)) % 10;
}

/** The birth date and sex in a checked national reserve identity; neither is in one with an unknown birth date. */
export function deriveFromNationalReserveIdentity(text: string): Derived {
  const shifted = digitsAt(text, 0, 2);
  if (shifted === 0) return { birthDate: null, sex: null };
  const century = birthCentury(shifted);
  const sexDigit = digitsAt(text, 10, 11);
  return {
    birthDate: century === 18 ? null : (parsePartialDate(century + text.slice(2, 8)) ?? null),
    sex: sexDigit < 0 ? null : sexDigit % 2 === 1 ? 'male' : 'female',
  };
}
