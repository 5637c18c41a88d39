/**
 * The synthetic population: people that both registers know, each in its own way. A person is a pure function of the seed, the size and the
 * index, made when it is asked for; nothing is kept, so ten million take no more memory than a thousand. docs/sandbox.md says what the population
 * is and is not.
 */

import { PersonMaker } from './person-maker.ts';
import { DEFAULT_SHARES, type PopulationShares } from './population-shares.ts';
import type { PuIdentity } from './pu-record.ts';
import type { SyntheticPerson } from './synthetic-person.ts';
import type { Region } from './synthetic-places.ts';

export interface PopulationOptions {
  readonly seed: number;
  /** At most {@link MOST_PERSONS}. */
  readonly persons: number;
  readonly shares?: PopulationShares;
  readonly region: Region;
}

/** As many as Sweden has. */
export const MOST_PERSONS = 10_600_000;
/** As many may come during live runs. */
export const MOST_NEWCOMERS = 300_000;

/**
 * All versions and moments of the population as it is made are before this one, 2026-01-01 00:00 in Sweden, and the versions less than a year
 * before it.
 */
export const BASE_MOMENT = Date.UTC(2025, 11, 31, 23);
/** The same as PU writes it. */
export const BASE_VERSION = '20260101000000';

export interface Population {
  readonly options: PopulationOptions;
  readonly shares: PopulationShares;
  /** How many people there are; their indexes are below it. */
  readonly size: number;
  /**
   * The person with this index. From `size` on it is a newcomer of a live run: an ordinary person, of whom nothing is known until the
   * run brings them.
   */
  at(index: number): SyntheticPerson;
  /** The identity by which this person is known best: the last one in the person's list. Much faster than {@link at}. */
  mainIdentity(index: number): PuIdentity;
  /** Who holds this identity, or held it. Newcomers are found, too. */
  find(identity: PuIdentity): { readonly index: number } | undefined;
  /** Everybody, in the order of the index, without newcomers. */
  persons(): Iterable<SyntheticPerson>;
}

/** @throws RangeError when the size is not from 1 to {@link MOST_PERSONS}. */
export function createPopulation(options: PopulationOptions): Population {
  const { persons: size, shares = DEFAULT_SHARES } = options;
  if (!Number.isInteger(size) || size < 1 || size > MOST_PERSONS) {
    throw new RangeError(`A population has from 1 to ${MOST_PERSONS} persons.`);
  }
  const { seed, region } = options;
  const maker = new PersonMaker({
    seed,
    region,
    shares,
    newcomersFrom: size,
    baseMoment: BASE_MOMENT,
  });
  const check = (index: number): number => {
    if (!Number.isInteger(index) || index < 0 || index >= size + MOST_NEWCOMERS) {
      throw new RangeError('Nobody has this index.');
    }
    return index;
  };
  return {
    options,
    shares,
    size,
    at: (index) => maker.make(check(index)),
    mainIdentity: (index) => maker.mainIdentity(check(index)),
    find: (identity) => {
      const index = maker.indexOf(identity);
      if (index === undefined || index >= size + MOST_NEWCOMERS) return undefined;
      const holds = maker
        .make(index)
        .identities.some(
          ({ root, extension }) => root === identity.root && extension === identity.extension,
        );
      return holds ? { index } : undefined;
    },
    *persons() {
      for (let index = 0; index < size; index++) yield maker.make(index);
    },
  };
}
