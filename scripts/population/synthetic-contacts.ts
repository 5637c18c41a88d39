import type { PopulationShares } from './population-shares.ts';
import type { PuContactInformation, PuContactPerson } from './pu-record.ts';
import type { SeededRandom } from './seeded-random.ts';
import { makeName, makeSurname } from './synthetic-names.ts';
import type { SyntheticPerson } from './synthetic-person.ts';

/**
 * Makes up to three contacts, in the ranges that the post and telecom authority keeps free for fiction. Numbers are written as PU wants
 * them (E.164; TKB 5.1 ch. 7).
 */
export function makeContacts(
  random: SeededRandom,
  shares: PopulationShares,
): readonly PuContactInformation[] {
  const contacts: PuContactInformation[] = [];
  if (random.chance(shares.phone)) {
    contacts.push({ contactType: 'phone', use: 'home', value: asInternational(makePhone(random)) });
  }
  if (random.chance(shares.mobile)) {
    const value = asInternational(makeMobile(random));
    const digitalNotification = random.chance(shares.digitalNotification);
    contacts.push({ contactType: 'phone', use: 'mobile', value, digitalNotification });
  }
  if (random.chance(shares.email)) {
    const value = makeEmail(random);
    const digitalNotification = random.chance(shares.digitalNotification);
    contacts.push({ contactType: 'email', use: 'home', value, digitalNotification });
  }
  return contacts;
}

/** The person's answer in Master, on all contacts alike; null: there are none, or nobody asked. */
export function makeConsent(
  random: SeededRandom,
  contacts: readonly PuContactInformation[],
  { consent }: PopulationShares,
): SyntheticPerson['masterConsent'] {
  if (contacts.length === 0) return null;
  const answer = random.pickByShare<'shared' | 'this-care-giver' | 'no' | 'unasked'>([
    ['shared', consent.shared],
    ['this-care-giver', consent.thisCareGiver],
    ['no', consent.no],
    ['unasked', 1],
  ]);
  return answer === 'unasked' ? null : answer;
}

/** 08-465 004 00 to 99. */
function makePhone(random: SeededRandom): string {
  return `08-465004${String(random.below(100)).padStart(2, '0')}`;
}

/** 070-174 06 05 to 99. */
export function makeMobile(random: SeededRandom): string {
  return `070-17406${String(random.between(5, 99)).padStart(2, '0')}`;
}

/** `070-1740605` as `+46701740605`. */
export function asInternational(number: string): string {
  return number.startsWith('0') ? `+46${number.slice(1).replace('-', '')}` : number;
}

/** `+46701740605` as `070-1740605`, as the clerks of a legacy register write it. */
export function asNational(number: string): string {
  return number.replace(/^\+46(8|\d\d)(\d+)$/, '0$1-$2');
}

/** An address in a domain that is kept free for examples. */
function makeEmail(random: SeededRandom): string {
  return `p${random.below(1_000_000)}@${random.pick(['example.se', 'example.com'])}`;
}

/** Relations of contact persons that do not follow from the register (SNOMED CT, IS 5.1): sambo, sibling, friend, god man, other. */
const RELATIONSHIPS = ['394921008', '375005', '113163005', '54056000', '74964007'] as const;

/** Makes one contact person, or two. */
export function makeContactPersons(
  random: SeededRandom,
  shares: PopulationShares,
): readonly PuContactPerson[] {
  return Array.from({ length: random.chance(0.2) ? 2 : 1 }, (_, i) => {
    const sex = random.pick(['male', 'female'] as const);
    const { givenName, surname } = makeName(
      random,
      sex,
      makeSurname(random, shares.names),
      shares.names,
    );
    const value = asInternational(makeMobile(random));
    return {
      contactRelationshipType: random.pick(RELATIONSHIPS),
      priorityOrder: i + 1,
      ...(givenName === undefined ? {} : { givenName }),
      ...(surname === undefined ? {} : { surName: surname }),
      contactPersonContactInformation: [{ contactType: 'phone', use: 'mobile', value }],
    };
  });
}
