/** Names, protection and contact data. */
import { makeBox } from '../household-traits.ts';
import type { PuContactInformation } from '../pu-record.ts';
import { asInternational, makeMobile } from '../synthetic-contacts.ts';
import { makeSurname } from '../synthetic-names.ts';
import type { SyntheticPerson } from '../synthetic-person.ts';
import {
  isAlive,
  isProtected,
  type LifeEvent,
  type LifeScene,
  livesAtAddress,
  mainOf,
} from './life-event.ts';
import type { LifeKind } from './life-kinds.ts';

const nameChanged: LifeEvent = {
  canHappenTo: (person, scene) => livesAtAddress(person) && !scene.isChild(person),
  happen: (person, _, { random, population }) => {
    const { notificationName: __, ...name } = person.name;
    let surname = makeSurname(random, population.shares.names);
    while (surname === name.surname) surname = makeSurname(random, population.shares.names);
    return [{ ...person, name: { ...name, surname } }];
  },
};

/** One letter less in a given name: it had been typed twice, or the other way round. */
const typoCorrected: LifeEvent = {
  canHappenTo: (person) => isAlive(person) && (person.name.givenName?.length ?? 0) > 3,
  happen: (person) => {
    const { notificationName: _, givenName = '', ...name } = person.name;
    const isDoubled = givenName[1] === givenName[2];
    const corrected = isDoubled
      ? givenName.slice(0, 2) + givenName.slice(3)
      : givenName.slice(0, 2) + givenName.slice(1);
    return [{ ...person, name: { ...name, givenName: corrected } }];
  },
};

/** Sekretessmarkering. Now and then PU does not even say the county any more. */
const protectionRaised: LifeEvent = {
  canHappenTo: (person) =>
    isAlive(person) && !isProtected(person) && RANKED_IN_SWEDEN.includes(mainOf(person).kind),
  happen: (person, _, scene) => {
    const hasCounty = !scene.random.chance(scene.population.shares.protectedWithoutCounty);
    const placed = hasCounty ? person : scene.settle(person, null);
    return [{ ...placed, protectedPerson: true }];
  },
};

/** Only Skatteverket's numbers can be protected. */
const RANKED_IN_SWEDEN: readonly string[] = ['PNR', 'SNR'];

/** Skyddad folkbokföring: registered in the municipality, at no address, with letters to a box. */
const populationRecordHidden: LifeEvent = {
  canHappenTo: (person) => livesAtAddress(person) && !isProtected(person),
  happen: (person, _, scene) => {
    if (!livesAtAddress(person)) return [];
    const municipality = scene.municipality(person.residence.municipality);
    const residence = {
      ...person.residence,
      since: scene.today,
      parish: null,
      property: '',
      careOf: null,
      street: '',
      postalCode: null,
      city: '',
      special: makeBox(scene.random, municipality),
    };
    return [{ ...scene.settle(person, residence), protectedPopulationRecord: true }];
  },
};

/** Who had no address that the registers knew gets a new one. */
const protectionLifted: LifeEvent = {
  canHappenTo: (person) => isAlive(person) && isProtected(person),
  happen: (person, _, scene) => {
    const open = { protectedPerson: false, protectedPopulationRecord: false };
    const known = person.residence ?? person.former[0]?.residence;
    if (livesAtAddress(person) || known === undefined) return [{ ...person, ...open }];
    const municipality = scene.municipality(known.municipality);
    return [{ ...scene.settle(person, scene.newResidence(municipality, known)), ...open }];
  },
};

/** Who has nothing to share yet, or had said no. */
const contactAdded: LifeEvent = {
  canHappenTo: (person) =>
    isAlive(person) &&
    !isProtected(person) &&
    (person.masterConsent === 'no' || !person.contacts.some(isMobile)),
  happen: (person, _, scene) => [withMobile(person, scene)],
};

const contactChanged: LifeEvent = {
  canHappenTo: (person) =>
    isAlive(person) && sharesContacts(person) && person.contacts.some(isMobile),
  happen: (person, _, scene) => [withMobile(person, scene)],
};

/** Consent is taken back: PU has none of it any more, Master has it with a no. */
const contactWithdrawn: LifeEvent = {
  canHappenTo: (person) =>
    isAlive(person) && person.contacts.length > 0 && person.masterConsent !== 'no',
  happen: (person) => [{ ...person, masterConsent: 'no', optoutPaper: false }],
};

/** Who gets no digital notices cannot do without those on paper (TKB 5.1 ch. 6.9, rule 3). */
const paperOptedOut: LifeEvent = {
  canHappenTo: (person) =>
    isAlive(person) &&
    !isProtected(person) &&
    !person.optoutPaper &&
    sharesContacts(person) &&
    person.contacts.some(({ digitalNotification }) => digitalNotification === true),
  happen: (person) => [{ ...person, optoutPaper: true }],
};

const paperOptedIn: LifeEvent = {
  canHappenTo: (person) => isAlive(person) && person.optoutPaper,
  happen: (person) => [{ ...person, optoutPaper: false }],
};

/** Never having been asked is no refusal. */
function sharesContacts({ masterConsent }: SyntheticPerson): boolean {
  return masterConsent === 'shared' || masterConsent === null;
}

function isMobile({ use }: PuContactInformation): boolean {
  return use === 'mobile';
}

/** The same person with another mobile number, shared. */
function withMobile(person: SyntheticPerson, { random, population }: LifeScene): SyntheticPerson {
  const before = person.contacts.find(isMobile)?.value;
  let value = asInternational(makeMobile(random));
  while (value === before) value = asInternational(makeMobile(random));
  const digitalNotification =
    person.optoutPaper || random.chance(population.shares.digitalNotification);
  const mobile = { contactType: 'phone', use: 'mobile', value, digitalNotification };
  const others = person.contacts.filter((contact) => !isMobile(contact));
  return { ...person, contacts: [...others, mobile], masterConsent: 'shared' };
}

export const PERSONAL_EVENTS = {
  'name-changed': nameChanged,
  'typo-corrected': typoCorrected,
  'protection-raised': protectionRaised,
  'population-record-hidden': populationRecordHidden,
  'protection-lifted': protectionLifted,
  'contact-added': contactAdded,
  'contact-changed': contactChanged,
  'contact-withdrawn': contactWithdrawn,
  'paper-opted-out': paperOptedOut,
  'paper-opted-in': paperOptedIn,
} as const satisfies Partial<Record<LifeKind, LifeEvent>>;
