import type { HouseholdPlace } from './household.ts';
import type { PopulationShares } from './population-shares.ts';
import { STREAM } from './random-streams.ts';
import { SeededRandom } from './seeded-random.ts';
import { localDate, localDateTime } from './swedish-time.ts';
import { makeSurname } from './synthetic-names.ts';
import type { FormerResidence, PostalAddress, Residence } from './synthetic-person.ts';
import {
  type Municipality,
  makeHomeAddress,
  makePostalAddress,
  makeProperty,
  type Region,
} from './synthetic-places.ts';

export const DAY = 86_400_000;
/** PU's history reaches back over the current and the two preceding years (IS 5.1, Historik). */
const HISTORY_DAYS = 3 * 365;
const STALE_DAYS = 7;

/** What the people of a household have in common. */
export interface HouseholdTraits {
  readonly surname: string;
  /** The second adult's own. */
  readonly otherSurname: string;
  readonly union: 'married' | 'registered-partners' | null;
  readonly residence: Residence;
  readonly former: readonly FormerResidence[];
  /** When PU got to know of the move, in milliseconds; null: they did not move. */
  readonly movedAt: number | null;
  /** They moved so recently that Master does not know it. */
  readonly isMoveStale: boolean;
  /** Came back from abroad: the former residence is the one before they left. */
  readonly immigratedOn: string | null;
  readonly isProtected: boolean;
  readonly isHidden: boolean;
}

/** What the household of this place is like. The same for each of its members. */
export function householdTraits(
  seed: number,
  { head, adults }: HouseholdPlace,
  shares: PopulationShares,
  region: Region,
  baseMoment: number,
): HouseholdTraits {
  const random = new SeededRandom(seed, STREAM.household + head);
  const surname = makeSurname(random, shares.names);
  const otherSurname = random.chance(0.7) ? surname : makeSurname(random, shares.names);
  const union =
    adults < 2 || !random.chance(shares.married)
      ? null
      : random.chance(shares.registeredPartner)
        ? 'registered-partners'
        : 'married';
  const isHidden = random.chance(shares.protectedPopulationRecord);
  const isProtected = !isHidden && random.chance(shares.protectedPerson / 2);
  const { home, elsewhere } = region.municipalities;
  const isElsewhere = random.chance(shares.outOfCounty);
  const municipality = random.pickEarly(isElsewhere ? elsewhere : home);
  const move = random.pickByShare([
    ['within-municipality', shares.moved.withinMunicipality],
    ['within-county', shares.moved.withinCounty],
    ['between-counties', shares.moved.betweenCounties],
    ['returned', shares.returned],
    ['none', 1],
  ]);
  const settled = {
    surname,
    otherSurname,
    union,
    isProtected,
    isHidden,
    immigratedOn: null,
  } as const;
  if (move === 'none') {
    const residence = makeResidence(random, municipality, makeDay(random, 1990, 2021), shares);
    return {
      ...settled,
      residence: isHidden ? asHidden(random, residence, municipality) : residence,
      former: [],
      movedAt: null,
      isMoveStale: false,
    };
  }
  const isMoveStale = random.chance(staleMoveShare(shares));
  const days = isMoveStale ? STALE_DAYS : HISTORY_DAYS;
  const movedAt = baseMoment - 1000 * random.between(1, (days * DAY) / 1000);
  // The register hears of it some days later.
  const since = localDate(movedAt - random.below(isMoveStale ? 2 : 21) * DAY);
  const residence = makeResidence(random, municipality, since, shares);
  const from = formerMunicipality(random, move, municipality, isElsewhere, region);
  const leftAt = move === 'returned' ? movedAt - random.between(200, 600) * DAY : movedAt;
  const formerSince = makeDay(random, 1990, 2019);
  return {
    ...settled,
    residence: isHidden ? asHidden(random, residence, municipality) : residence,
    former: [
      {
        residence: makeResidence(random, from, formerSince, shares),
        endedAt: localDateTime(leftAt),
      },
    ],
    movedAt,
    isMoveStale,
    immigratedOn: move === 'returned' ? since : null,
  };
}

/** Every second change that Master has not got yet is a move. */
function staleMoveShare({ stale, moved, returned }: PopulationShares): number {
  const movers = moved.withinMunicipality + moved.withinCounty + moved.betweenCounties + returned;
  return movers === 0 ? 0 : Math.min(1, stale / 2 / movers);
}

function formerMunicipality(
  random: SeededRandom,
  move: 'within-municipality' | 'within-county' | 'between-counties' | 'returned',
  now: Municipality,
  isElsewhere: boolean,
  { municipalities: { home, elsewhere } }: Region,
): Municipality {
  if (move === 'within-municipality' || move === 'returned') return now;
  if (move === 'between-counties') return random.pick(isElsewhere ? home : elsewhere);
  const county = now.code.slice(0, 2);
  const others = (isElsewhere ? elsewhere : home).filter(
    ({ code }) => code.startsWith(county) && code !== now.code,
  );
  // Gotland has one municipality only.
  return others.length === 0 ? now : random.pick(others);
}

function makeResidence(
  random: SeededRandom,
  municipality: Municipality,
  since: string,
  shares: PopulationShares,
): Residence {
  const { careOf, line2, postalCode, city } = makeHomeAddress(random, municipality);
  return {
    municipality: municipality.code,
    parish: random.chance(0.8) ? `0${random.between(1, 9)}` : null,
    property: makeProperty(random, municipality),
    since,
    careOf,
    street: line2 ?? '',
    postalCode: random.chance(shares.missingPostalCode) ? null : postalCode,
    city: city ?? '',
    special: random.chance(shares.specialPostalAddress) ? makeBox(random, municipality) : null,
  };
}

/** With skyddad folkbokföring somebody is registered in a municipality, at no address, and gets letters elsewhere. */
function asHidden(
  random: SeededRandom,
  residence: Residence,
  municipality: Municipality,
): Residence {
  const special = makeBox(random, municipality);
  const hidden = { property: '', careOf: null, street: '', postalCode: null, city: '' };
  return { ...residence, parish: null, ...hidden, special };
}

/** A box in a municipality. */
export function makeBox(random: SeededRandom, municipality: Municipality): PostalAddress {
  const { line2, postalCode, city } = makePostalAddress(random, municipality);
  return { street: line2 ?? '', postalCode, city: city ?? '' };
}

/** A day of the years, `YYYY-MM-DD`. */
export function makeDay(random: SeededRandom, firstYear: number, lastYear: number): string {
  const year = random.between(firstYear, lastYear);
  const month = random.between(1, 12);
  const day = random.between(1, 28);
  return `${year}-${month < 10 ? '0' : ''}${month}-${day < 10 ? '0' : ''}${day}`;
}
