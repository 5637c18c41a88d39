import { OID_NRID, OID_PNR, OID_SNR } from '../../core/person/person-identifier.ts';
import { BIRTH_YEARS, type BirthNumber, BirthNumbers, type Generation } from './birth-numbers.ts';
import { BLOCK, blockTraits, type HouseholdPlace, indexOfOrdinal } from './household.ts';
import type { PuIdentity } from './pu-record.ts';
import {
  DatedReserveNumbers,
  NationalReserveNumbers,
  PUBLISHED_UNKNOWN_BIRTH_NRIDS,
  type ReserveNumber,
  StockholmReserveNumbers,
  WestReserveNumbers,
} from './reserve-numbers.ts';
import type { HeldIdentity } from './synthetic-person.ts';

/** Kinds of reserve numbers, with their roots and the types that Master's column holds. */
export const RESERVE_KINDS = {
  stockholm: { kind: 'LRID', root: '1.2.752.97.3.1.3', masterType: 'SLL' },
  /** Västernorrland's form. Master does not say whose it is. */
  unstated: { kind: 'LRID', root: '1.2.752.269.1.1', masterType: 'RES' },
  national: { kind: 'NRID', root: OID_NRID, masterType: 'NRID' },
  /** Västra Götaland's, which this region's Master has never heard of. */
  west: { kind: 'LRID', root: '1.2.752.113.11.0.2.1.1.1', masterType: 'RES' },
} as const satisfies Record<string, Pick<HeldIdentity, 'kind' | 'root' | 'masterType'>>;
export type ReserveKind = keyof typeof RESERVE_KINDS;

/** The last two of the first block have the two published national reserve identities. */
const PUBLISHED_FROM = BLOCK - PUBLISHED_UNKNOWN_BIRTH_NRIDS.length;

/** Whether this person has to have one of the published national reserve identities. */
export function hasPublishedNumber(index: number): boolean {
  return index >= PUBLISHED_FROM && index < BLOCK;
}

/** Gives out the numbers of each person by arithmetic, and says whose a number is. */
export class IdentityGiver {
  readonly #seed: number;
  readonly #newcomersFrom: number;
  readonly #births: Readonly<Record<Generation, BirthNumbers>>;
  readonly #reserves;

  constructor(seed: number, newcomersFrom: number) {
    this.#seed = seed;
    this.#newcomersFrom = newcomersFrom;
    const births = (generation: Generation) => new BirthNumbers(generation, seed);
    this.#births = {
      adult: births('adult'),
      former: births('former'),
      child: births('child'),
      newcomer: births('newcomer'),
    };
    this.#reserves = {
      stockholm: new StockholmReserveNumbers(seed),
      unstated: new DatedReserveNumbers(seed),
      national: new NationalReserveNumbers(seed),
      west: new WestReserveNumbers(seed),
    };
  }

  birthNumber(place: HouseholdPlace, kind: 'PNR' | 'SNR'): BirthNumber {
    return this.#births[place.isChild ? 'child' : 'adult'].at(place.ordinal, kind);
  }

  newcomer(index: number): BirthNumber {
    return this.#births.newcomer.at(index - this.#newcomersFrom, 'PNR');
  }

  /** The personnummer that somebody had before: one of a block at most. */
  formerNumber(index: number): BirthNumber {
    return this.#births.former.at(Math.floor(index / BLOCK), 'PNR');
  }

  reserveNumber(index: number, kind: ReserveKind): ReserveNumber {
    if (kind === 'west') return this.#reserves.west.at(Math.floor(index / BLOCK));
    const published = kind === 'national' && PUBLISHED_UNKNOWN_BIRTH_NRIDS[index - PUBLISHED_FROM];
    return published
      ? { number: published, birthDate: null, sex: null }
      : this.#reserves[kind].at(index);
  }

  /** Who has this identity if anybody has it. The caller looks whether that is so. */
  indexOf({ root, extension }: PuIdentity): number | undefined {
    switch (root) {
      case OID_PNR:
        return this.#indexOfBirthNumber(extension, 'PNR');
      case OID_SNR:
        return this.#indexOfBirthNumber(extension, 'SNR');
      case RESERVE_KINDS.stockholm.root:
        return this.#reserves.stockholm.indexOf(extension);
      case RESERVE_KINDS.unstated.root:
        return this.#reserves.unstated.indexOf(extension);
      case RESERVE_KINDS.national.root: {
        const published = PUBLISHED_UNKNOWN_BIRTH_NRIDS.indexOf(extension);
        return published < 0
          ? this.#reserves.national.indexOf(extension)
          : PUBLISHED_FROM + published;
      }
      case RESERVE_KINDS.west.root: {
        const block = this.#reserves.west.indexOf(extension);
        return block === undefined
          ? undefined
          : block * BLOCK + blockTraits(this.#seed, block).otherRegionAt;
      }
      default:
        return undefined;
    }
  }

  #indexOfBirthNumber(number: string, kind: 'PNR' | 'SNR'): number | undefined {
    const generation = generationOf(Number(number.slice(0, 4)));
    if (generation === undefined) return undefined;
    const place = this.#births[generation].indexOf(number, kind);
    if (place === undefined) return undefined;
    switch (generation) {
      case 'adult':
      case 'child':
        return indexOfOrdinal(this.#seed, place, generation);
      case 'former':
        return place * BLOCK + blockTraits(this.#seed, place).changedNumberAt;
      case 'newcomer':
        return this.#newcomersFrom + place;
    }
  }
}

function generationOf(year: number): Generation | undefined {
  if (year < BIRTH_YEARS.adult.first || year > BIRTH_YEARS.newcomer.last) return undefined;
  if (year <= BIRTH_YEARS.adult.last) return 'adult';
  if (year <= BIRTH_YEARS.former.last) return 'former';
  return year <= BIRTH_YEARS.child.last ? 'child' : 'newcomer';
}
