/**
 * Personnummer and samordningsnummer that cannot belong to a living person: their birth dates are from 1850 to 1899, and such numbers
 * are given out since 1947.
 */
import { luhn } from './check-digits.ts';
import { MixedRange } from './mixed-range.ts';

export type NumberSex = 'male' | 'female';

interface Years {
  readonly first: number;
  readonly last: number;
}

/** Birth years by who has the number, so that a child is younger than its parents and no two kinds meet. */
export const BIRTH_YEARS = {
  adult: { first: 1850, last: 1870 },
  /** Of numbers that somebody had until they got another one. */
  former: { first: 1871, last: 1888 },
  child: { first: 1889, last: 1898 },
  /** Of those who come during a live run. */
  newcomer: { first: 1899, last: 1899 },
} as const satisfies Record<string, Years>;
export type Generation = keyof typeof BIRTH_YEARS;

export interface BirthNumber {
  /** The twelve characters. */
  readonly number: string;
  /** `YYYY-MM-DD`, the date that the number is made from. */
  readonly birthDate: string;
  readonly sex: NumberSex;
}

const SERIALS = 999;
/** What a samordningsnummer adds to the day. */
const COORDINATION_DAYS = 60;

/** The days of some years, one after the other, as `YYYY-MM-DD`. */
export class Days {
  readonly #days: readonly string[];
  readonly #start: number;

  constructor({ first, last }: Years) {
    this.#start = Date.UTC(first, 0, 1);
    const count = (Date.UTC(last + 1, 0, 1) - this.#start) / 86_400_000;
    this.#days = Array.from({ length: count }, (_, day) =>
      new Date(this.#start + day * 86_400_000).toISOString().slice(0, 10),
    );
  }

  get count(): number {
    return this.#days.length;
  }

  at(index: number): string {
    const found = this.#days[index];
    if (found === undefined) throw new RangeError('No such day.');
    return found;
  }

  /** @param date `YYYYMMDD`. @returns undefined when it is none of these days. */
  indexOf(date: string): number | undefined {
    const year = Number(date.slice(0, 4));
    const month = Number(date.slice(4, 6)) - 1;
    const day = Number(date.slice(6, 8));
    const index = (Date.UTC(year, month, day) - this.#start) / 86_400_000;
    // The 31st of June is the first of July, and so another day than was asked for.
    return this.#days[index]?.replaceAll('-', '') === date ? index : undefined;
  }
}

/**
 * Gives out numbers with a birth date of these years. The samordningsnummer of a position has the birth date and the serial of its
 * personnummer, as when somebody gets a personnummer after it.
 */
export class BirthNumbers {
  readonly #days: Days;
  readonly #range: MixedRange;

  constructor(generation: Generation, seed: number) {
    this.#days = new Days(BIRTH_YEARS[generation]);
    this.#range = new MixedRange(this.#days.count * SERIALS, seed);
  }

  at(index: number, kind: 'PNR' | 'SNR'): BirthNumber {
    const place = this.#range.at(index);
    const birthDate = this.#days.at(Math.floor(place / SERIALS));
    const serial = 1 + (place % SERIALS);
    const day = Number(birthDate.slice(8)) + (kind === 'SNR' ? COORDINATION_DAYS : 0);
    const century = birthDate.slice(0, 2);
    const body = `${birthDate.slice(2, 4)}${birthDate.slice(5, 7)}${twoDigits(day)}${String(serial).padStart(3, '0')}`;
    return {
      number: century + body + luhn(body),
      birthDate,
      sex: serial % 2 === 1 ? 'male' : 'female',
    };
  }

  /** Which position gives this number, or would if its check digit were right. */
  indexOf(number: string, kind: 'PNR' | 'SNR'): number | undefined {
    if (!/^\d{12}$/.test(number)) return undefined;
    const day = Number(number.slice(6, 8)) - (kind === 'SNR' ? COORDINATION_DAYS : 0);
    if (day < 1) return undefined;
    const dayIndex = this.#days.indexOf(number.slice(0, 6) + twoDigits(day));
    const serial = Number(number.slice(8, 11));
    if (dayIndex === undefined || serial === 0) return undefined;
    return this.#range.indexOf(dayIndex * SERIALS + serial - 1);
  }
}

/** The birth date in a personnummer or samordningsnummer, as `YYYY-MM-DD`. */
export function birthDateInNumber(number: string): string {
  const day = Number(number.slice(6, 8)) % COORDINATION_DAYS;
  return `${number.slice(0, 4)}-${number.slice(4, 6)}-${twoDigits(day)}`;
}

function twoDigits(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}
