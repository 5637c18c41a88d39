/** What the events of a life have in common: what they know, and what they ask of a person. */
import { BLOCK, blockTraits, type HouseholdPlace, householdPlace } from '../household.ts';
import type { IdentityGiver } from '../identity-giver.ts';
import { MOST_NEWCOMERS, type Population } from '../population.ts';
import type { SeededRandom } from '../seeded-random.ts';
import { localDate, localDateTime } from '../swedish-time.ts';
import type { HeldIdentity, Residence, SyntheticPerson } from '../synthetic-person.ts';
import { type Municipality, makeHomeAddress, makeProperty } from '../synthetic-places.ts';

/** One kind of event. Pure: all chance comes from the scene. */
export interface LifeEvent {
  /** Whether it can happen to this person, as far as the person alone tells. */
  canHappenTo(person: SyntheticPerson, scene: LifeScene): boolean;
  /** Who else takes part. Absent: nobody. */
  othersOf?(person: SyntheticPerson, scene: LifeScene): readonly number[];
  /**
   * @param others the people of {@link othersOf}, as they are now.
   * @returns everybody whom it changes, the person first; empty when it cannot happen after all.
   */
  happen(
    person: SyntheticPerson,
    others: readonly SyntheticPerson[],
    scene: LifeScene,
  ): readonly SyntheticPerson[];
}

export type LifeSceneOptions = Pick<
  LifeScene,
  'population' | 'random' | 'giver' | 'moment' | 'newIndex'
>;

/** Where and when an event happens. */
export class LifeScene {
  readonly population: Population;
  readonly random: SeededRandom;
  readonly giver: IdentityGiver;
  /** Milliseconds since 1970. */
  readonly moment: number;
  /** `YYYY-MM-DD`, in Sweden. */
  readonly today: string;
  /** The next newcomer's. */
  readonly newIndex: number;

  constructor({ population, random, giver, moment, newIndex }: LifeSceneOptions) {
    this.population = population;
    this.random = random;
    this.giver = giver;
    this.moment = moment;
    this.today = localDate(moment);
    this.newIndex = newIndex;
  }

  /** There are numbers for another newcomer. */
  get hasNewIndex(): boolean {
    return this.newIndex < this.population.size + MOST_NEWCOMERS;
  }

  /** Undefined for newcomers: they were born into a household, and the households are those of the beginning. */
  householdOf(index: number): HouseholdPlace | undefined {
    if (index >= this.population.size) return undefined;
    const block = blockTraits(this.population.options.seed, Math.floor(index / BLOCK));
    return householdPlace(index, block);
  }

  isChild({ index }: SyntheticPerson): boolean {
    return this.householdOf(index)?.isChild ?? true;
  }

  /** The other adult of the household of the beginning, married or not. */
  otherAdultOf({ index }: SyntheticPerson): number | undefined {
    const place = this.householdOf(index);
    if (place === undefined || place.isChild || place.adults < 2) return undefined;
    const other = index === place.head ? place.head + 1 : place.head;
    return other < this.population.size ? other : undefined;
  }

  /** @throws RangeError for a code that the table of municipalities does not have. */
  municipality(code: string): Municipality {
    const { home, elsewhere } = this.population.options.region.municipalities;
    const found = [...home, ...elsewhere].find((one) => one.code === code);
    if (found === undefined) throw new RangeError('No such municipality.');
    return found;
  }

  isInRegion({ municipality }: Residence): boolean {
    return municipality.startsWith(this.population.options.region.homeCounty);
  }

  /** A new place to live, from today on, in another street than before. */
  newResidence(municipality: Municipality, before: Residence | null): Residence {
    const { random } = this;
    let home = makeHomeAddress(random, municipality);
    while (home.line2 === before?.street) home = makeHomeAddress(random, municipality);
    return {
      municipality: municipality.code,
      parish: random.chance(0.8) ? `0${random.between(1, 9)}` : null,
      property: makeProperty(random, municipality),
      since: this.today,
      careOf: home.careOf,
      street: home.line2 ?? '',
      postalCode: home.postalCode,
      city: home.city ?? '',
      special: null,
    };
  }

  /** The person, registered there from now on, or nowhere; the former place becomes history. */
  settle(person: SyntheticPerson, residence: Residence | null): SyntheticPerson {
    const { immigratedOn: _, former, ...rest } = person;
    const left = person.residence;
    if (left === null) return { ...person, residence };
    const ended = { residence: left, endedAt: localDateTime(this.moment) };
    return { ...rest, residence, former: [ended, ...former].slice(0, MOST_FORMER) };
  }
}

/** PU's history reaches back three years (IS 5.1): nobody moves more often in them. */
const MOST_FORMER = 10;

/** Strongest last (TKB 5.1 ch. 6.13): an identity is linked to a stronger one. */
export const RANK = { LRID: 0, NRID: 1, SNR: 2, PNR: 3 } as const satisfies Record<
  HeldIdentity['kind'],
  number
>;

/** The identity by which the person is known best. @throws RangeError when there is none. */
export function mainOf({ identities }: SyntheticPerson): HeldIdentity {
  const main = identities.at(-1);
  if (main === undefined) throw new RangeError('Nobody is without an identity.');
  return main;
}

export function isAlive({ deregistration }: SyntheticPerson): boolean {
  return deregistration === null;
}

export function isProtected(person: SyntheticPerson): boolean {
  return person.protectedPerson || person.protectedPopulationRecord;
}

/** Lives at an address that the registers know. */
export function livesAtAddress(
  person: SyntheticPerson,
): person is SyntheticPerson & { readonly residence: Residence } {
  return isAlive(person) && person.residence !== null && person.residence.street !== '';
}

export function livesTogether(one: SyntheticPerson, other: SyntheticPerson): boolean {
  return (
    livesAtAddress(one) &&
    livesAtAddress(other) &&
    one.residence.street === other.residence.street &&
    one.residence.municipality === other.residence.municipality
  );
}

export function hasRelation(
  { relations }: SyntheticPerson,
  types: readonly string[],
  index?: number,
): boolean {
  return relations.some(
    (one) => types.includes(one.type) && (index === undefined || one.index === index),
  );
}

/** The people to whom somebody is related in one of these ways, each once. */
export function relatives(
  { relations }: SyntheticPerson,
  types: readonly string[],
): readonly number[] {
  return [
    ...new Set(relations.filter(({ type }) => types.includes(type)).map(({ index }) => index)),
  ];
}

export function withRelation(
  person: SyntheticPerson,
  index: number,
  type: string,
): SyntheticPerson {
  return hasRelation(person, [type], index)
    ? person
    : { ...person, relations: [...person.relations, { index, type }] };
}

export function withoutRelation(
  person: SyntheticPerson,
  types: readonly string[],
  index?: number,
): SyntheticPerson {
  const goes = (one: { readonly index: number; readonly type: string }): boolean =>
    types.includes(one.type) && (index === undefined || one.index === index);
  return { ...person, relations: person.relations.filter((one) => !goes(one)) };
}
