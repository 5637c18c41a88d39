import { ALONE_SHARE, type HouseholdPlace } from './household.ts';
import { hasPublishedNumber } from './identity-giver.ts';
import type { PopulationShares } from './population-shares.ts';
import { STREAM } from './random-streams.ts';
import { SeededRandom } from './seeded-random.ts';
import { isMalformed } from './synthetic-faults.ts';

/** By what somebody is known best. */
export type PersonBasis =
  | 'personal-number'
  | 'coordination-number'
  | 'stockholm-reserve'
  | 'unstated-reserve'
  | 'national-reserve';

/** What the others of the household have to know of a person. */
export interface PersonState {
  readonly basis: PersonBasis;
  /** A local reserve number was replaced by a national one. */
  readonly nationalAfterLocal: boolean;
  readonly life: 'living' | 'dead' | 'abroad' | 'otherwise-gone';
}

export function stateOf(
  seed: number,
  { index, adults, children, isChild }: HouseholdPlace,
  shares: PopulationShares,
): PersonState {
  const random = new SeededRandom(seed, STREAM.state + index);
  const lives = random.pickByShare<PersonState['life']>([
    ['dead', shares.deceased],
    ['abroad', shares.emigrated],
    ['otherwise-gone', shares.otherwiseDeregistered],
    ['living', 1],
  ]);
  const registered = {
    basis: 'personal-number',
    nationalAfterLocal: false,
    life: isChild ? 'living' : lives,
  } as const;
  // Only who lives alone can be known by something less than a personnummer, and a row that is made malformed is that of a personnummer.
  if (adults + children > 1 || isMalformed(index, shares.malformed)) return registered;
  const among = (share: number): number => share / ALONE_SHARE;
  const basis = hasPublishedNumber(index)
    ? 'national-reserve'
    : random.pickByShare<PersonBasis>([
        ['coordination-number', among(shares.coordinationNumber)],
        ['stockholm-reserve', among(shares.stockholmReserve)],
        ['unstated-reserve', among(shares.unstatedReserve)],
        ['national-reserve', among(shares.nationalReserve)],
        ['personal-number', 1],
      ]);
  if (basis === 'personal-number') return registered;
  const isLocal = basis === 'stockholm-reserve' || basis === 'unstated-reserve';
  const nationalAfterLocal = isLocal && random.chance(shares.nationalAfterLocal);
  return { basis, nationalAfterLocal, life: 'living' };
}
