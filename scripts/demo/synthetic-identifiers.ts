/**
 * Numbers of the right form that cannot belong to a living person:
 * - personnummer and samordningsnummer with a birth date from 1850 to 1899: numbers are given out since 1947, and nobody who was
 *   born then is alive;
 * - Stockholm's reserve numbers issued in the years 2200 to 2299, reserve numbers of Västernorrland's form with a birth date from
 *   1850 to 1899, national reserve identities with a birth date from 1900 to 1904 (the format is from this century);
 * - the two national reserve identities with unknown birth date that the specification itself prints as examples.
 *
 * The check digits are computed here and not in core on purpose: the population then also tests core's own arithmetic.
 */
import { SeededRandom } from './seeded-random.ts';

export type NumberSex = 'male' | 'female';

/** Birth years of the population, and of those who come during a live run, so that the two never meet. */
export const POPULATION_YEARS = { first: 1850, last: 1898 } as const;
export const NEWCOMER_YEARS = { first: 1899, last: 1899 } as const;
const RESERVE_YEARS = { first: 2200, last: 2299 } as const;
const NATIONAL_RESERVE_YEARS = { first: 1900, last: 1904 } as const;

/** Inera's published examples of the form without a birth date (PU wiki, Nationellt Reservidformat). */
export const PUBLISHED_UNKNOWN_BIRTH_NRIDS = ['00342145BZ31', '00749852BZK0'] as const;

const NRID_LETTERS = 'ABCDEFGHJKLMNPRSTUXYZ';
/** National reserve identities write a birth century as the century plus a multiple of three: 19 is 22, 25 … 97. */
const NRID_CENTURY_STEPS = 26;

export interface BirthNumber {
  /** The twelve characters. */
  readonly number: string;
  /** `YYYYMMDD`, the date that the number is made from. */
  readonly birthDate: string;
  readonly sex: NumberSex;
}

export interface NationalReserveNumber {
  readonly number: string;
  readonly birthDate: string;
  readonly sex: NumberSex | null;
}

/**
 * A range of numbers given out in an order that looks mixed and never repeats, without remembering any: position i becomes
 * i × step + start, modulo the size, and the step has no divisor in common with the size.
 */
export class MixedRange {
  readonly size: number;
  readonly #step: number;
  readonly #start: number;

  constructor(size: number, seed: number) {
    this.size = size;
    const random = new SeededRandom(seed);
    this.#start = random.below(size);
    let step = Math.floor(size * 0.6180339887) - random.below(1000);
    while (divisor(step, size) !== 1) step += 1;
    this.#step = step;
  }

  /** @throws RangeError when the range is used up. */
  at(index: number): number {
    if (index >= this.size) throw new RangeError(`Only ${this.size} numbers in this range.`);
    return (index * this.#step + this.#start) % this.size;
  }
}

/** The days from the first of January of `first` to the last of December of `last`, as `YYYYMMDD`. */
export function daysOf(first: number, last: number): readonly string[] {
  const days: string[] = [];
  for (let day = Date.UTC(first, 0, 1); day <= Date.UTC(last, 11, 31); day += 86_400_000) {
    days.push(new Date(day).toISOString().slice(0, 10).replaceAll('-', ''));
  }
  return days;
}

/** Gives out personnummer, or samordningsnummer (day + 60), of the birth years. */
export class BirthNumbers {
  readonly #days: readonly string[];
  readonly #range: MixedRange;
  readonly #coordination: boolean;

  constructor(
    years: { readonly first: number; readonly last: number },
    seed: number,
    kind: 'PNR' | 'SNR',
  ) {
    this.#days = daysOf(years.first, years.last);
    this.#range = new MixedRange(this.#days.length * 999, seed);
    this.#coordination = kind === 'SNR';
  }

  at(index: number): BirthNumber {
    const place = this.#range.at(index);
    const birthDate = at(this.#days, Math.floor(place / 999));
    const serial = 1 + (place % 999);
    const day = Number(birthDate.slice(6)) + (this.#coordination ? 60 : 0);
    const body = `${birthDate.slice(0, 6)}${digits(day, 2)}${digits(serial, 3)}`;
    return {
      number: body + luhn(body.slice(2)),
      birthDate,
      sex: serial % 2 === 1 ? 'male' : 'female',
    };
  }
}

/** Gives out reserve numbers of region Stockholm: no birth date in them; the last digit but one says the sex. */
export class StockholmReserveNumbers {
  readonly #range: MixedRange;

  constructor(seed: number) {
    const years = RESERVE_YEARS.last - RESERVE_YEARS.first + 1;
    this.#range = new MixedRange(years * 100_000, seed);
  }

  at(index: number): { readonly number: string; readonly sex: NumberSex } {
    const place = this.#range.at(index);
    const year = RESERVE_YEARS.first + Math.floor(place / 100_000);
    const body = `${year}${digits(place % 100_000, 5)}`;
    // Positions 5 to 11 only, as version 1.2 of the format's page says.
    return { number: `99${body}${luhn(body.slice(2))}`, sex: place % 2 === 1 ? 'male' : 'female' };
  }
}

/** Gives out reserve numbers of Västernorrland's form, which no other region's form can be taken for. */
export class DatedReserveNumbers {
  readonly #days = daysOf(POPULATION_YEARS.first, POPULATION_YEARS.last);
  readonly #range: MixedRange;

  constructor(seed: number) {
    this.#range = new MixedRange(this.#days.length * 1000, seed);
  }

  at(index: number): { readonly number: string; readonly birthDate: string } {
    const place = this.#range.at(index);
    const birthDate = at(this.#days, Math.floor(place / 1000));
    return { number: `${birthDate}${digits(place % 1000, 3)}R`, birthDate };
  }
}

/** Gives out national reserve identities with a known birth date; one in eleven does not say the sex. */
export class NationalReserveNumbers {
  readonly #days = daysOf(NATIONAL_RESERVE_YEARS.first, NATIONAL_RESERVE_YEARS.last);
  readonly #range: MixedRange;

  constructor(seed: number) {
    const letterPairs = NRID_LETTERS.length ** 2;
    this.#range = new MixedRange(this.#days.length * NRID_CENTURY_STEPS * letterPairs * 11, seed);
  }

  at(index: number): NationalReserveNumber {
    let place = this.#range.at(index);
    const take = (count: number): number => {
      const taken = place % count;
      place = Math.floor(place / count);
      return taken;
    };
    const sexPlace = take(11);
    const birthDate = at(this.#days, take(this.#days.length));
    const century = 19 + 3 * (1 + take(NRID_CENTURY_STEPS));
    const letters = letterAt(take(NRID_LETTERS.length)) + letterAt(take(NRID_LETTERS.length));
    const sexMark = sexPlace === 10 ? letterAt(index % NRID_LETTERS.length) : String(sexPlace);
    const body = `${century}${birthDate.slice(2)}${letters}${sexMark}`;
    return {
      number: body + nationalReserveCheckDigit(body),
      birthDate,
      sex: sexPlace === 10 ? null : sexPlace % 2 === 1 ? 'male' : 'female',
    };
  }
}

/** A number whose check digit is wrong, and so no number at all. */
export function withWrongCheckDigit(number: string): string {
  return number.slice(0, -1) + String((Number(number.at(-1)) + 1) % 10);
}

function luhn(text: string): string {
  let sum = 0;
  for (let i = 0; i < text.length; i++) {
    const doubled = Number(text[text.length - 1 - i]) * (i % 2 === 0 ? 2 : 1);
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return String((10 - (sum % 10)) % 10);
}

/** As {@link luhn}, but a letter counts as its ASCII code, and the digits of every product are added. */
function nationalReserveCheckDigit(body: string): string {
  let sum = 0;
  for (let i = 0; i < body.length; i++) {
    const code = body.charCodeAt(body.length - 1 - i);
    let product = (code < 58 ? code - 48 : code) * (i % 2 === 0 ? 2 : 1);
    for (; product > 0; product = Math.floor(product / 10)) sum += product % 10;
  }
  return String((10 - (sum % 10)) % 10);
}

function letterAt(index: number): string {
  return NRID_LETTERS.charAt(index);
}

function at(list: readonly string[], index: number): string {
  const found = list[index];
  if (found === undefined) throw new RangeError('Outside the range.');
  return found;
}

function digits(value: number, length: number): string {
  return String(value).padStart(length, '0');
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}
