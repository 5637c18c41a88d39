/**
 * A made-up population, seen through the eyes of the legacy Master: the rows of its three tables, one identity after the other.
 * The same seed and size give the same rows, and nothing is kept in memory. docs/demo.md says what the population is and is not.
 */
import type { LegacyRows } from './legacy-rows.ts';
import { DEFAULT_SHARES, type PopulationShares } from './population-shares.ts';
import { SeededRandom } from './seeded-random.ts';
import { FAULT_KINDS, type FaultKind, isMalformed, spoil } from './synthetic-faults.ts';
import {
  BirthNumbers,
  DatedReserveNumbers,
  NationalReserveNumbers,
  POPULATION_YEARS,
  PUBLISHED_UNKNOWN_BIRTH_NRIDS,
  StockholmReserveNumbers,
} from './synthetic-identifiers.ts';
import type { Municipalities } from './synthetic-places.ts';
import {
  asOldNumber,
  asReplacement,
  type MadeIdentity,
  makeRegistered,
  makeReserve,
  makeUnregistered,
} from './synthetic-rows.ts';

export type PersonKind =
  | 'resident'
  | 'out-of-county'
  | 'coordination-number'
  | 'stockholm-reserve'
  | 'unstated-reserve'
  | 'national-reserve'
  | 'old-number';

/** One identity with its rows, and what was meant by it. */
export interface SyntheticPerson extends LegacyRows {
  readonly kind: PersonKind;
  /** What was made wrong on purpose; null: a proper record. */
  readonly fault: FaultKind | null;
}

export interface Population {
  readonly seed: number;
  /** How many identities (rows of dbo.Befolkning). */
  readonly count: number;
  readonly municipalities: Municipalities;
  readonly shares?: PopulationShares;
}

/** Makes the population, one identity at a time. */
export function* generatePersons(population: Population): Generator<SyntheticPerson, void, void> {
  const { seed, count, municipalities, shares = DEFAULT_SHARES } = population;
  const identities = new IdentitySource(seed);
  let faults = 0;
  for (let index = 0; index < count; index++) {
    const random = new SeededRandom(seed, index);
    if (isMalformed(index, shares.malformed)) {
      const fault = FAULT_KINDS[faults++ % FAULT_KINDS.length] ?? 'wrong-check-digit';
      const rows = makeRegistered(random, identities.next('PNR'), municipalities.home, shares);
      yield { kind: 'resident', fault, ...spoil(rows, fault) };
      continue;
    }
    const kind = pickKind(random, shares);
    const fits = index + 1 < count && !isMalformed(index + 1, shares.malformed);
    if (kind === 'old-number' && fits) {
      // Two records: the old number, and the number that replaced it.
      const old = identities.next(random.chance(0.5) ? 'SNR' : 'PNR');
      const replacement = identities.next('PNR');
      const rows = makeRegistered(random, old, municipalities.home, shares);
      yield { kind, fault: null, ...asOldNumber(random, rows, replacement) };
      yield { kind: 'resident', fault: null, ...asReplacement(rows, replacement) };
      index += 1;
      continue;
    }
    const kept = kind === 'old-number' ? 'resident' : kind;
    yield { kind: kept, fault: null, ...makeRows(random, kept, identities, population, shares) };
  }
}

function makeRows(
  random: SeededRandom,
  kind: Exclude<PersonKind, 'old-number'>,
  identities: IdentitySource,
  { municipalities }: Population,
  shares: PopulationShares,
): LegacyRows {
  switch (kind) {
    case 'resident':
      return makeRegistered(random, identities.next('PNR'), municipalities.home, shares);
    case 'out-of-county':
      return makeRegistered(random, identities.next('PNR'), municipalities.elsewhere, shares);
    case 'coordination-number':
      return makeUnregistered(random, identities.next('SNR'), municipalities.home, shares);
    case 'stockholm-reserve':
      return makeReserve(random, identities.next('SLL'), municipalities.home, shares);
    case 'unstated-reserve':
      return makeReserve(random, identities.next('RES'), municipalities.home, shares);
    case 'national-reserve':
      return makeReserve(random, identities.next('NRID'), municipalities.home, shares);
  }
}

function pickKind(random: SeededRandom, shares: PopulationShares): PersonKind {
  return random.pickByShare<PersonKind>([
    ['out-of-county', shares.outOfCounty],
    ['coordination-number', shares.coordinationNumber],
    ['stockholm-reserve', shares.stockholmReserve],
    ['unstated-reserve', shares.unstatedReserve],
    ['national-reserve', shares.nationalReserve],
    ['old-number', shares.oldNumber],
    ['resident', 1],
  ]);
}

/** Gives out the next identity of each type. */
class IdentitySource {
  readonly #given = { PNR: 0, SNR: 0, SLL: 0, RES: 0, NRID: 0 };
  readonly #personal: BirthNumbers;
  readonly #coordination: BirthNumbers;
  readonly #stockholm: StockholmReserveNumbers;
  readonly #dated: DatedReserveNumbers;
  readonly #national: NationalReserveNumbers;

  constructor(seed: number) {
    this.#personal = new BirthNumbers(POPULATION_YEARS, seed, 'PNR');
    this.#coordination = new BirthNumbers(POPULATION_YEARS, seed, 'SNR');
    this.#stockholm = new StockholmReserveNumbers(seed);
    this.#dated = new DatedReserveNumbers(seed);
    this.#national = new NationalReserveNumbers(seed);
  }

  next(IdTyp: MadeIdentity['IdTyp']): MadeIdentity {
    const index = this.#given[IdTyp]++;
    switch (IdTyp) {
      case 'PNR':
        return { IdTyp, ...this.#personal.at(index) };
      case 'SNR':
        return { IdTyp, ...this.#coordination.at(index) };
      case 'SLL':
        return { IdTyp, birthDate: null, ...this.#stockholm.at(index) };
      case 'RES':
        return { IdTyp, sex: null, ...this.#dated.at(index) };
      case 'NRID': {
        const published = PUBLISHED_UNKNOWN_BIRTH_NRIDS[index];
        return published === undefined
          ? { IdTyp, ...this.#national.at(index) }
          : { IdTyp, number: published, birthDate: null, sex: null };
      }
    }
  }
}
