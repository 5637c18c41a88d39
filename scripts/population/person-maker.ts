import { OID_PNR, OID_SNR } from '../../core/person/person-identifier.ts';
import {
  currentNumber,
  lastReserveKind,
  personalIdentities,
  reserveIdentities,
} from './held-identities.ts';
import {
  BLOCK,
  type BlockTraits,
  blockTraits,
  type HouseholdPlace,
  householdPlace,
} from './household.ts';
import { householdTraits } from './household-traits.ts';
import { IdentityGiver, RESERVE_KINDS } from './identity-giver.ts';
import { type Member, relationsOf } from './person-relations.ts';
import { type PersonState, stateOf } from './person-state.ts';
import type { PopulationShares } from './population-shares.ts';
import type { PuIdentity } from './pu-record.ts';
import { STREAM } from './random-streams.ts';
import { makeRegisteredLife, type Registered } from './registered-life.ts';
import { SeededRandom } from './seeded-random.ts';
import { isMalformed } from './synthetic-faults.ts';
import type { SyntheticPerson } from './synthetic-person.ts';
import type { Region } from './synthetic-places.ts';
import { makeUnregistered } from './unregistered-life.ts';

export interface PersonMakerOptions {
  readonly seed: number;
  readonly shares: PopulationShares;
  readonly region: Region;
  /** Indexes from this one on are those of newcomers. */
  readonly newcomersFrom: number;
  /** Everything happened before it. */
  readonly baseMoment: number;
}

/** Makes one person at a time, each by arithmetic on its index. */
export class PersonMaker {
  readonly #options: PersonMakerOptions;
  readonly #giver: IdentityGiver;

  constructor(options: PersonMakerOptions) {
    this.#options = options;
    this.#giver = new IdentityGiver(options.seed, options.newcomersFrom);
  }

  make(index: number): SyntheticPerson {
    const { seed, shares, region, newcomersFrom } = this.#options;
    if (index >= newcomersFrom) return this.#newcomer(index);
    const block = blockTraits(seed, Math.floor(index / BLOCK));
    const place = householdPlace(index, block);
    const state = stateOf(seed, place, shares);
    const random = new SeededRandom(seed, STREAM.person + index);
    if (state.basis !== 'personal-number') {
      const identities =
        state.basis === 'coordination-number'
          ? [currentNumber('SNR', this.#giver.birthNumber(place, 'SNR'))]
          : reserveIdentities(this.#giver, index, state, random, shares);
      return makeUnregistered(random, index, identities, {
        ...this.#numberSays(index, place, state),
        shares,
        municipalities: region.municipalities.home,
        baseMoment: this.#options.baseMoment,
      });
    }
    const household = householdTraits(seed, place, shares, region, this.#options.baseMoment);
    const isPlain = isMalformed(index, shares.malformed);
    const identities = personalIdentities(this.#giver, place, block, random, shares, isPlain);
    const members = this.#members(place, block);
    return makeRegisteredLife(random, {
      index,
      identities,
      household,
      state,
      place,
      isPlain,
      birth: this.#giver.birthNumber(place, 'PNR'),
      relations: relationsOf(place, members, household.union),
      spouseIsDead: members.some(
        (member) => !member.isChild && member.index !== index && member.life === 'dead',
      ),
      shares,
      baseMoment: this.#options.baseMoment,
    });
  }

  mainIdentity(index: number): PuIdentity {
    const { seed, shares, newcomersFrom } = this.#options;
    if (index >= newcomersFrom) {
      return { root: OID_PNR, extension: this.#giver.newcomer(index).number };
    }
    const block = blockTraits(seed, Math.floor(index / BLOCK));
    const place = householdPlace(index, block);
    const state = stateOf(seed, place, shares);
    switch (state.basis) {
      case 'personal-number':
        return { root: OID_PNR, extension: this.#giver.birthNumber(place, 'PNR').number };
      case 'coordination-number':
        return { root: OID_SNR, extension: this.#giver.birthNumber(place, 'SNR').number };
      case 'stockholm-reserve':
      case 'unstated-reserve':
      case 'national-reserve': {
        const kind = lastReserveKind(state);
        const { number } = this.#giver.reserveNumber(index, kind);
        return { root: RESERVE_KINDS[kind].root, extension: number };
      }
    }
  }

  /** Who has this identity, if anybody has it: {@link make} tells. */
  indexOf(identity: PuIdentity): number | undefined {
    return this.#giver.indexOf(identity);
  }

  /** The household's people. The last one of a population may be cut: who is not there is nobody's relative. */
  #members({ head, adults, children }: HouseholdPlace, block: BlockTraits): readonly Member[] {
    const { seed, shares, newcomersFrom } = this.#options;
    const members: Member[] = [];
    if (adults + children === 1) return members;
    for (let index = head; index < head + adults + children && index < newcomersFrom; index++) {
      const place = householdPlace(index, block);
      const { life } = stateOf(seed, place, shares);
      const { sex } = this.#giver.birthNumber(place, 'PNR');
      members.push({ index, isChild: place.isChild, sex, life });
    }
    return members;
  }

  #numberSays(
    index: number,
    place: HouseholdPlace,
    state: PersonState,
  ): { readonly birthDate: string | null; readonly sex: 'male' | 'female' | null } {
    return state.basis === 'coordination-number'
      ? this.#giver.birthNumber(place, 'SNR')
      : this.#giver.reserveNumber(index, lastReserveKind(state));
  }

  /** A newcomer is plain: alive, not protected, alone, and has not moved. */
  #newcomer(index: number): SyntheticPerson {
    const { seed, region, baseMoment } = this.#options;
    const shares = plain(this.#options.shares);
    const place = { index, head: index, adults: 1, children: 0, isChild: false, ordinal: 0 };
    const birth = this.#giver.newcomer(index);
    const made: Registered = {
      index,
      identities: [currentNumber('PNR', birth)],
      household: householdTraits(seed, place, shares, region, baseMoment),
      state: { basis: 'personal-number', nationalAfterLocal: false, life: 'living' },
      place,
      isPlain: true,
      birth,
      relations: [],
      spouseIsDead: false,
      shares,
      baseMoment,
    };
    return makeRegisteredLife(new SeededRandom(seed, STREAM.person + index), made);
  }
}

function plain(shares: PopulationShares): PopulationShares {
  return {
    ...shares,
    outOfCounty: 0,
    protectedPerson: 0,
    protectedPopulationRecord: 0,
    testPerson: 0,
    moved: { withinMunicipality: 0, withinCounty: 0, betweenCounties: 0 },
    returned: 0,
    stale: 0,
  };
}
