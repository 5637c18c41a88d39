/**
 * Reserve numbers of the right form that cannot belong to a living person: Stockholm's are issued in the years 2150 to 2299, those of
 * Västernorrland's and Västra Götaland's forms have a birth date from 1850 to 1898, national ones a birth date from 1900 to 1904 (the format
 * is from this century), or are the two that the specification itself prints. Each kind gives out its n-th number and says which one is the
 * n-th.
 */
import { Days, type NumberSex } from './birth-numbers.ts';
import { luhn, nationalReserveCheckDigit } from './check-digits.ts';
import { MixedRange } from './mixed-range.ts';

/** A reserve number, with what it says. */
export interface ReserveNumber {
  readonly number: string;
  /** `YYYY-MM-DD`. */
  readonly birthDate: string | null;
  readonly sex: NumberSex | null;
}

/** A kind of reserve numbers. */
export interface ReserveNumbers {
  at(index: number): ReserveNumber;
  /** @returns undefined when the number is none of this range. The check digit is not looked at. */
  indexOf(number: string): number | undefined;
}

const LOCAL_BIRTH_YEARS = { first: 1850, last: 1898 } as const;
const NATIONAL_BIRTH_YEARS = { first: 1900, last: 1904 } as const;
const STOCKHOLM_YEARS = { first: 2150, last: 2299 } as const;

/** Inera's published examples of the form without a birth date (PU wiki, Nationellt Reservidformat). */
export const PUBLISHED_UNKNOWN_BIRTH_NRIDS: readonly string[] = ['00342145BZ31', '00749852BZK0'];

/** Region Stockholm's: no birth date in them; the last digit but one says the sex. */
export class StockholmReserveNumbers implements ReserveNumbers {
  readonly #range: MixedRange;

  constructor(seed: number) {
    const years = STOCKHOLM_YEARS.last - STOCKHOLM_YEARS.first + 1;
    this.#range = new MixedRange(years * 100_000, seed);
  }

  at(index: number): ReserveNumber {
    const place = this.#range.at(index);
    const year = STOCKHOLM_YEARS.first + Math.floor(place / 100_000);
    const body = `${year}${digits(place % 100_000, 5)}`;
    // Positions 5 to 11 only, as version 1.2 of the format's page says.
    return {
      number: `99${body}${luhn(body.slice(2))}`,
      birthDate: null,
      sex: place % 2 === 1 ? 'male' : 'female',
    };
  }

  indexOf(number: string): number | undefined {
    if (!/^99\d{10}$/.test(number)) return undefined;
    const place =
      (Number(number.slice(2, 6)) - STOCKHOLM_YEARS.first) * 100_000 + Number(number.slice(6, 11));
    return isIn(this.#range, place) ? this.#range.indexOf(place) : undefined;
  }
}

/** Of Västernorrland's form, which no other region's form can be taken for. */
export class DatedReserveNumbers implements ReserveNumbers {
  readonly #days = new Days(LOCAL_BIRTH_YEARS);
  readonly #range: MixedRange;

  constructor(seed: number) {
    this.#range = new MixedRange(this.#days.count * 1000, seed);
  }

  at(index: number): ReserveNumber {
    const place = this.#range.at(index);
    const birthDate = this.#days.at(Math.floor(place / 1000));
    const number = `${birthDate.replaceAll('-', '')}${digits(place % 1000, 3)}R`;
    return { number, birthDate, sex: null };
  }

  indexOf(number: string): number | undefined {
    if (!/^\d{11}R$/.test(number)) return undefined;
    const day = this.#days.indexOf(number.slice(0, 8));
    return day === undefined
      ? undefined
      : this.#range.indexOf(day * 1000 + Number(number.slice(8, 11)));
  }
}

const WEST_FIRST = 6;
const WEST_UNKNOWN_FROM = 80;
const WEST_COUNT = 84;
const WEST_LETTER_VALUES = { K: '5', M: '7', X: '8' } as const;

/** Västra Götaland's: K, M or X for the sex, then two digits that say it again, from 06 to 89. */
export class WestReserveNumbers implements ReserveNumbers {
  readonly #days = new Days(LOCAL_BIRTH_YEARS);
  readonly #range: MixedRange;

  constructor(seed: number) {
    this.#range = new MixedRange(this.#days.count * WEST_COUNT, seed);
  }

  at(index: number): ReserveNumber {
    const place = this.#range.at(index);
    const birthDate = this.#days.at(Math.floor(place / WEST_COUNT));
    const serial = WEST_FIRST + (place % WEST_COUNT);
    const letter = serial >= WEST_UNKNOWN_FROM ? 'X' : serial % 2 === 1 ? 'M' : 'K';
    const date = birthDate.replaceAll('-', '');
    const check = luhn(`${date.slice(2)}${WEST_LETTER_VALUES[letter]}${digits(serial, 2)}`);
    return {
      number: `${date}${letter}${digits(serial, 2)}${check}`,
      birthDate,
      sex: letter === 'X' ? null : letter === 'M' ? 'male' : 'female',
    };
  }

  indexOf(number: string): number | undefined {
    if (!/^\d{8}[KMX]\d{3}$/.test(number)) return undefined;
    const day = this.#days.indexOf(number.slice(0, 8));
    const serial = Number(number.slice(9, 11)) - WEST_FIRST;
    if (day === undefined || serial < 0 || serial >= WEST_COUNT) return undefined;
    return this.#range.indexOf(day * WEST_COUNT + serial);
  }
}

const NATIONAL_LETTERS = 'ABCDEFGHJKLMNPRSTUXYZ';
/** A birth century is written as the century plus a multiple of three: 19 is 22, 25 … 97. */
const CENTURY_STEPS = 26;
/** The ten digits, and one letter for sex unknown. */
const SEX_MARKS = 11;

/** National reserve identities with a known birth date; one in eleven does not say the sex. */
export class NationalReserveNumbers implements ReserveNumbers {
  readonly #days = new Days(NATIONAL_BIRTH_YEARS);
  readonly #range: MixedRange;

  constructor(seed: number) {
    const letterPairs = NATIONAL_LETTERS.length ** 2;
    this.#range = new MixedRange(this.#days.count * CENTURY_STEPS * letterPairs * SEX_MARKS, seed);
  }

  at(index: number): ReserveNumber {
    let place = this.#range.at(index);
    const take = (count: number): number => {
      const taken = place % count;
      place = Math.floor(place / count);
      return taken;
    };
    const sexMark = take(SEX_MARKS);
    const birthDate = this.#days.at(take(this.#days.count));
    const century = 19 + 3 * (1 + take(CENTURY_STEPS));
    const first = NATIONAL_LETTERS.charAt(take(NATIONAL_LETTERS.length));
    const second = NATIONAL_LETTERS.charAt(take(NATIONAL_LETTERS.length));
    const saysSex = sexMark < 10;
    const mark = saysSex ? String(sexMark) : NATIONAL_LETTERS.charAt(index % 21);
    const body = `${century}${birthDate.replaceAll('-', '').slice(2)}${first}${second}${mark}`;
    return {
      number: body + nationalReserveCheckDigit(body),
      birthDate,
      sex: saysSex ? (sexMark % 2 === 1 ? 'male' : 'female') : null,
    };
  }

  indexOf(number: string): number | undefined {
    if (!/^\d{8}[A-Z]{2}[A-Z\d]\d$/.test(number)) return undefined;
    const century = (Number(number.slice(0, 2)) - 19) / 3 - 1;
    const day = this.#days.indexOf(`19${number.slice(2, 8)}`);
    const letters = [number.charAt(8), number.charAt(9)].map((letter) =>
      NATIONAL_LETTERS.indexOf(letter),
    );
    const [first = -1, second = -1] = letters;
    if (!Number.isInteger(century) || century < 0 || century >= CENTURY_STEPS) return undefined;
    if (day === undefined || first < 0 || second < 0) return undefined;
    const mark = number.charAt(10);
    const sexMark = mark >= '0' && mark <= '9' ? Number(mark) : 10;
    const size = NATIONAL_LETTERS.length;
    const ahead = (second * size + first) * CENTURY_STEPS + century;
    return this.#range.indexOf((ahead * this.#days.count + day) * SEX_MARKS + sexMark);
  }
}

function isIn({ size }: MixedRange, place: number): boolean {
  return place >= 0 && place < size;
}

function digits(value: number, length: number): string {
  return String(value).padStart(length, '0');
}
