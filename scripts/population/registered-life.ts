import type { BirthNumber } from './birth-numbers.ts';
import type { HouseholdPlace } from './household.ts';
import { DAY, type HouseholdTraits, makeDay } from './household-traits.ts';
import type { PersonState } from './person-state.ts';
import type { PopulationShares } from './population-shares.ts';
import type { PuContactInformation } from './pu-record.ts';
import type { SeededRandom } from './seeded-random.ts';
import { localDate, localDateTime, localTimestamp, noonOf } from './swedish-time.ts';
import { makeConsent, makeContactPersons, makeContacts } from './synthetic-contacts.ts';
import { makeName, makeSurname } from './synthetic-names.ts';
import type {
  Deregistration,
  HeldIdentity,
  ReplacedParts,
  SyntheticPerson,
} from './synthetic-person.ts';
import { makeAddressAbroad } from './synthetic-places.ts';

/** What is known of somebody with a personnummer before the rest is made up. */
export interface Registered {
  readonly index: number;
  readonly identities: readonly HeldIdentity[];
  readonly household: HouseholdTraits;
  readonly state: PersonState;
  readonly place: HouseholdPlace;
  /** Nothing special about the person: something is made wrong with the row, or it is a newcomer's. */
  readonly isPlain: boolean;
  readonly birth: BirthNumber;
  readonly relations: SyntheticPerson['relations'];
  readonly spouseIsDead: boolean;
  readonly shares: PopulationShares;
  readonly baseMoment: number;
}

const YEAR = 365 * DAY;
const WEEK = 7 * DAY;
/** Of the changes that Master has not got yet: the ones that matter most. */
const NEWLY_PROTECTED = 0.15;

/** Makes up the rest of somebody with a personnummer. */
export function makeRegisteredLife(random: SeededRandom, made: Registered): SyntheticPerson {
  const { state, place, birth, shares, isPlain, baseMoment } = made;
  const household = state.life === 'living' ? made.household : beforeMove(made.household);
  const { sex } = birth;
  const hasOtherName = !place.isChild && made.index !== place.head;
  const name = makeName(
    random,
    sex,
    hasOtherName ? household.otherSurname : household.surname,
    shares.names,
  );
  const isStale = !isPlain && random.chance(shares.stale / 2);
  const isRecent = isStale || household.isMoveStale;
  const changedAt = baseMoment - 1000 * random.between(1, (isRecent ? WEEK : YEAR) / 1000);
  const changed = Math.max(changedAt, household.movedAt ?? 0);
  const life = makeLife(random, made, isStale ? changed : null);
  const isNewlyProtected = isStale && life === null && random.chance(NEWLY_PROTECTED);
  const isProtected =
    household.isProtected || random.chance(shares.protectedPerson / 2) || isNewlyProtected;
  const hasCounty = !isProtected || !random.chance(shares.protectedWithoutCounty);
  const isRegistered = state.life === 'living' || state.life === 'dead';
  const residence = isRegistered && hasCounty ? household.residence : null;
  const contacts = state.life === 'living' ? makeContacts(random, shares) : [];
  const masterConsent = makeConsent(random, contacts, shares);
  const contactPersons =
    state.life === 'living' && random.chance(shares.contactPerson)
      ? makeContactPersons(random, shares)
      : [];
  const isOpen = masterConsent === 'shared' || masterConsent === null;
  const addressAbroad =
    state.life === 'abroad' && random.chance(shares.addressAbroad) ? makeAbroad(random) : null;
  const person: SyntheticPerson = {
    index: made.index,
    identities: made.identities,
    name,
    sex,
    birthDate: birth.birthDate,
    protectedPerson: isProtected,
    protectedPopulationRecord: household.isHidden,
    deregistration: life,
    maritalStatus: makeMaritalStatus(random, made),
    residence,
    former: [
      ...(residence === null
        ? [{ residence: household.residence, endedAt: endOf(life, changed) }]
        : []),
      ...household.former,
    ],
    ...(household.immigratedOn === null || residence === null
      ? {}
      : { immigratedOn: household.immigratedOn }),
    addressAbroad,
    contacts,
    masterConsent,
    contactPersons,
    optoutPaper: isOpen && getsDigitalNotices(contacts) && random.chance(shares.optoutPaper),
    relations: made.relations,
    isTestPerson: random.chance(shares.testPerson),
    payerCode: null,
    isStaleInMaster: false,
    version: localTimestamp(changed),
  };
  if (isPlain || !isRecent) return person;
  const replaced = household.isMoveStale
    ? replacedByMove(person, household)
    : replacedByLastChange(random, person, household, shares);
  if (Object.keys(replaced).length === 0) return person;
  return { ...person, isStaleInMaster: true, replaced };
}

/** Who died or left did so before the others of the household moved. */
function beforeMove(household: HouseholdTraits): HouseholdTraits {
  const [last] = household.former;
  if (last === undefined || household.isHidden) return household;
  const { residence } = last;
  return {
    ...household,
    residence,
    former: [],
    movedAt: null,
    isMoveStale: false,
    immigratedOn: null,
  };
}

function makeLife(
  random: SeededRandom,
  { state, birth, shares }: Registered,
  recentAt: number | null,
): Deregistration | null {
  const reason = reasonOf(random, state);
  if (reason === null) return null;
  const born = Number(birth.birthDate.slice(0, 4));
  const day =
    reason === 'AV'
      ? makeDay(random, Math.max(1950, born + 50), Math.max(1960, born + 105))
      : makeDay(random, 2005, 2024);
  const date = recentAt === null ? day : localDate(recentAt - random.below(3) * DAY);
  if (reason !== 'AV') return { reason, date, foundDeadAt: null };
  if (random.chance(shares.foundDead)) return { reason, date: null, foundDeadAt: date };
  // Of some deaths only the month is known.
  const isMonthOnly = recentAt === null && random.chance(0.02);
  return { reason, date: isMonthOnly ? date.slice(0, 7) : date, foundDeadAt: null };
}

/** When PU got to know that somebody is registered nowhere any more. */
function endOf(life: Deregistration | null, changed: number): string {
  return life?.date ? noonOf(life.date) : localDateTime(changed);
}

function reasonOf(random: SeededRandom, { life }: PersonState): string | null {
  switch (life) {
    case 'living':
      return null;
    case 'dead':
      return 'AV';
    case 'abroad':
      return 'UV';
    case 'otherwise-gone':
      return random.pick(['OB', 'TA', 'AN']);
  }
}

function makeMaritalStatus(
  random: SeededRandom,
  { household: { union }, place, spouseIsDead, state }: Registered,
): string {
  if (place.isChild) return 'OG';
  if (union !== null) {
    const isWidowed = spouseIsDead && state.life !== 'dead';
    if (union === 'married') return isWidowed ? 'Ä' : 'G';
    return isWidowed ? 'EP' : 'RP';
  }
  if (place.adults > 1) return random.chance(0.8) ? 'OG' : 'S';
  return random.pickByShare([
    ['OG', 0.5],
    ['S', 0.25],
    ['Ä', 0.2],
    ['SP', 0.02],
    ['EP', 1],
  ]);
}

/** Who gets no digital notices cannot do without those on paper (TKB 5.1 ch. 6.9, rule 3). */
function getsDigitalNotices(contacts: readonly PuContactInformation[]): boolean {
  return contacts.some(({ digitalNotification }) => digitalNotification === true);
}

function makeAbroad(random: SeededRandom): SyntheticPerson['addressAbroad'] {
  const { line1, line2, country } = makeAddressAbroad(random);
  const lines = [line1, line2].filter((line) => line !== null);
  return { lines, country: country ?? '' };
}

/** Master still has the household where it was, or abroad. */
function replacedByMove(
  person: SyntheticPerson,
  { former, immigratedOn }: HouseholdTraits,
): ReplacedParts {
  const [last] = former;
  if (immigratedOn !== null && person.deregistration === null && last !== undefined) {
    const date = last.endedAt.slice(0, 10);
    return { residence: null, deregistration: { reason: 'UV', date, foundDeadAt: null } };
  }
  return person.residence === null ? {} : { residence: last?.residence ?? null };
}

/** Master has not heard that the person died, left, is protected, has another name, or was wrongly taken for dead. */
function replacedByLastChange(
  random: SeededRandom,
  person: SyntheticPerson,
  household: HouseholdTraits,
  shares: PopulationShares,
): ReplacedParts {
  if (person.deregistration !== null) {
    return { deregistration: null, residence: household.residence, addressAbroad: null };
  }
  if (person.protectedPerson) {
    return { protectedPerson: false, residence: household.residence };
  }
  if (random.chance(0.3)) {
    const date = `${person.version.slice(0, 4)}-${person.version.slice(4, 6)}-01`;
    return { deregistration: { reason: 'AV', date, foundDeadAt: null } };
  }
  const surname = makeSurname(random, shares.names);
  const { notificationName: _, ...name } = person.name;
  return { name: { ...name, surname } };
}
