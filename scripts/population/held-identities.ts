import { OID_PNR, OID_SNR } from '../../core/person/person-identifier.ts';
import type { BirthNumber } from './birth-numbers.ts';
import { BLOCK, type BlockTraits, type HouseholdPlace } from './household.ts';
import { makeDay } from './household-traits.ts';
import { type IdentityGiver, RESERVE_KINDS, type ReserveKind } from './identity-giver.ts';
import type { PersonState } from './person-state.ts';
import type { PopulationShares } from './population-shares.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { HeldIdentity } from './synthetic-person.ts';

/** A personnummer or samordningsnummer that somebody has now, in both registers. */
export function currentNumber(kind: 'PNR' | 'SNR', { number }: BirthNumber): HeldIdentity {
  return {
    kind,
    root: kind === 'PNR' ? OID_PNR : OID_SNR,
    extension: number,
    masterType: kind,
    replacedBy: null,
    isLinked: false,
    inMaster: true,
    inPu: true,
  };
}

/** Which identities of a basis that is no personnummer come first, and which one is the last. */
export function reserveIdentities(
  giver: IdentityGiver,
  index: number,
  { basis, nationalAfterLocal }: PersonState,
  random: SeededRandom,
  shares: PopulationShares,
): readonly HeldIdentity[] {
  const last = reserveKindOf(basis);
  const isLinked = nationalAfterLocal;
  const first = reserveIdentity(giver, index, last, {
    isLinked,
    inMaster: true,
    inPu: last === 'national' || isLinked || random.chance(shares.localReserveInPu),
  });
  if (!isLinked) return [first];
  const registers = { isLinked: false, inMaster: random.chance(0.5), inPu: true };
  return [first, reserveIdentity(giver, index, 'national', registers)];
}

/** The main identity of such a person. */
export function lastReserveKind({ basis, nationalAfterLocal }: PersonState): ReserveKind {
  return nationalAfterLocal ? 'national' : reserveKindOf(basis);
}

/** All identities of somebody with a personnummer, the oldest first. `isPlain`: that one alone, known to both registers. */
export function personalIdentities(
  giver: IdentityGiver,
  place: HouseholdPlace,
  block: BlockTraits,
  random: SeededRandom,
  shares: PopulationShares,
  isPlain: boolean,
): readonly HeldIdentity[] {
  const { index } = place;
  const main = currentNumber('PNR', giver.birthNumber(place, 'PNR'));
  const register = random.pickByShare([
    ['only-pu', shares.onlyInPu],
    ['only-master', shares.onlyInMaster],
    ['both', 1],
  ]);
  const hasCoordination = random.chance(shares.formerCoordinationNumber);
  const hasFormer =
    block.changedNumberAt === index % BLOCK && random.chance(shares.changedNumber * BLOCK);
  const hasOtherRegion =
    block.otherRegionAt === index % BLOCK && random.chance(shares.otherRegionReserve * BLOCK);
  const beside = random.chance(shares.reserveBeside)
    ? random.pickEarly<ReserveKind>(['stockholm', 'unstated', 'national'])
    : null;
  if (isPlain) return [main];

  const inPu = register !== 'only-master';
  const inMaster = register !== 'only-pu';
  const identities: HeldIdentity[] = [];
  if (beside !== null) {
    const isLinked = inPu && random.chance(shares.linkedReserve);
    identities.push(
      reserveIdentity(giver, index, beside, {
        isLinked,
        inMaster: beside !== 'national' || random.chance(0.5),
        inPu: isLinked || beside === 'national',
      }),
    );
  }
  if (hasOtherRegion && inPu) {
    const registers = { isLinked: true, inMaster: false, inPu };
    identities.push(reserveIdentity(giver, index, 'west', registers));
  }
  const replaced = {
    replacedBy: main.extension,
    isLinked: inPu,
    inPu,
    inMaster: inMaster && random.chance(0.9),
  };
  if (hasCoordination) {
    const number = currentNumber('SNR', giver.birthNumber(place, 'SNR'));
    identities.push({ ...number, ...replaced, replacedOn: makeDay(random, 2005, 2024) });
  } else if (hasFormer) {
    const number = currentNumber('PNR', giver.formerNumber(index));
    identities.push({ ...number, ...replaced, replacedOn: makeDay(random, 2005, 2024) });
  }
  return [...identities, { ...main, inPu, inMaster }];
}

function reserveKindOf(basis: PersonState['basis']): ReserveKind {
  if (basis === 'stockholm-reserve') return 'stockholm';
  return basis === 'unstated-reserve' ? 'unstated' : 'national';
}

function reserveIdentity(
  giver: IdentityGiver,
  index: number,
  kind: ReserveKind,
  registers: Pick<HeldIdentity, 'isLinked' | 'inMaster' | 'inPu'>,
): HeldIdentity {
  const { number } = giver.reserveNumber(index, kind);
  return { ...RESERVE_KINDS[kind], extension: number, replacedBy: null, ...registers };
}
