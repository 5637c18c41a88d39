/** The profiles that the project ships, played over every person of every scenario. */
import { describe, expect, it } from 'vitest';
import { disclose } from '../../../core/disclosure/disclose.ts';
import type { Disclosure } from '../../../core/disclosure/disclosed-person.ts';
import type { GoldenRecord } from '../../../core/golden-record/golden-record.ts';
import { mappingFiles } from '../../support/test-rules.ts';
import { givesAway, readScenarioVersions, textsIn } from './scenario-goldens.ts';

const versions = readScenarioVersions();
const consumers = [...mappingFiles.consumers.keys()];

interface Told {
  readonly golden: GoldenRecord | null;
  readonly disclosure: Disclosure;
  /** What of the person was ever published in the scenario and is hidden when they are protected. */
  readonly secrets: ReadonlySet<string>;
}

/** What a consumer gets that keeps what it is sent and, where it has a list, has everybody on it. */
function play(consumer: string, isListed = true): readonly Told[] {
  const profile = mappingFiles.consumers.get(consumer);
  if (profile === undefined) return expect.fail(`There is no profile ${consumer}.`);
  const has = new Set<string>();
  return versions.map(({ key, golden }) => {
    const disclosure = disclose(golden, profile, { isListed, wasSent: has.has(key) });
    if (disclosure.kind === 'left-out') has.delete(key);
    else has.add(key);
    return { golden, disclosure, secrets: secretsOf.get(key) ?? new Set() };
  });
}

const secretsOf = new Map<string, ReadonlySet<string>>();
for (const { key, golden } of versions) {
  secretsOf.set(key, new Set([...(secretsOf.get(key) ?? []), ...givesAway(golden)]));
}

const outcomesOf = (told: readonly Told[]): readonly string[] => [
  ...new Set(
    told.map(({ disclosure }) =>
      disclosure.kind === 'left-out' ? disclosure.reason : disclosure.kind,
    ),
  ),
];
const personsIn = (told: readonly Told[]) =>
  told.flatMap(({ disclosure }) => (disclosure.kind === 'person' ? disclosure.person : []));
const contactsIn = (told: readonly Told[]) =>
  personsIn(told).flatMap(({ contacts }) => contacts ?? []);
const keysIn = (told: readonly Told[], kind: 'person' | 'protected-person') => [
  ...new Set(
    told.flatMap(({ disclosure }) =>
      disclosure.kind === kind ? [Object.keys(disclosure.person).toSorted().join(' ')] : [],
    ),
  ),
];

const CHECKED: Readonly<
  Record<string, { readonly person: string; readonly masked: string; readonly outcomes: string }>
> = {
  cosmic: {
    person:
      'addresses birthDate contactPersons contacts deregistration identities membership name relations sex testPerson',
    masked:
      'birthDate deregistration identities membership name protectedPerson protectedPopulationRecord sex testPerson',
    outcomes: 'not-published person protected-person',
  },
  laboratory: {
    person: 'birthDate deregistration identities name sex testPerson',
    masked:
      'birthDate deregistration identities name protectedPerson protectedPopulationRecord sex testPerson',
    outcomes: 'not-published person protected-person',
  },
  pasis: {
    person: 'addresses deregistration identities name testPerson',
    masked: 'deregistration identities name protectedPerson protectedPopulationRecord testPerson',
    outcomes: 'not-in-the-area not-published person protected-person',
  },
  reminders: {
    person: 'contacts deregistration identities testPerson',
    masked: '',
    outcomes: 'not-published person protected',
  },
  warehouse: {
    person: 'birthDate deregistration identities maritalStatus membership sex testPerson',
    masked: '',
    outcomes: 'not-published person protected',
  },
};

it('every shipped profile is checked, over persons of every kind', () => {
  expect(consumers.toSorted()).toEqual(Object.keys(CHECKED));
  const kinds = new Set(versions.map(({ golden }) => golden?.kind));
  expect(kinds).toEqual(new Set(['person', 'protected-person', undefined]));
});

describe.each(Object.entries(CHECKED))('%s', (consumer, { person, masked, outcomes }) => {
  const told = play(consumer);

  it('gets these fields and no others', () => {
    expect(keysIn(told, 'person')).toEqual([person]);
    expect(keysIn(told, 'protected-person')).toEqual(masked === '' ? [] : [masked]);
  });

  it('gets or does not get persons for all these reasons', () => {
    expect(outcomesOf(told).toSorted().join(' ')).toBe(outcomes);
  });

  it('gets nothing of a protected person that was published of them before or after', () => {
    const protectedOnes = told.filter(({ golden }) => golden?.kind === 'protected-person');
    expect(protectedOnes.some(({ secrets }) => secrets.size > 0)).toBe(true);
    for (const { disclosure, secrets } of protectedOnes) {
      expect(textsIn(disclosure).filter((text) => secrets.has(text))).toEqual([]);
    }
  });

  it('gets no contact value that is for one care giver alone', () => {
    for (const { golden, disclosure } of told) {
      if (golden?.kind !== 'person') continue;
      const kept = golden.contacts.filter(({ consent }) => consent === 'this-care-giver');
      const texts = textsIn(disclosure);
      expect(kept.filter(({ value }) => texts.includes(value))).toEqual([]);
    }
  });
});

it('somebody has contact data for one care giver alone', () => {
  const contacts = versions.flatMap(({ golden }) =>
    golden?.kind === 'person' ? golden.contacts : [],
  );
  expect(contacts.map(({ consent }) => consent)).toContain('this-care-giver');
});

describe('cosmic', () => {
  const persons = personsIn(play('cosmic'));

  it('gets custodians and next of kin, and not whom the person has custody of', () => {
    const kinds = new Set(
      persons.flatMap(({ relations = [] }) => relations.map(({ kind }) => kind)),
    );
    expect(kinds).toContain('custodian');
    expect(kinds).not.toContain('custody-of');
  });

  it('gets contact data and contact persons apart from each other', () => {
    expect(persons.some(({ contacts = [] }) => contacts.length > 0)).toBe(true);
    expect(persons.some(({ contactPersons = [] }) => contactPersons.length > 0)).toBe(true);
  });
});

describe('reminders', () => {
  it('gets mobile numbers alone, and those alone that may be used for notices', () => {
    const contacts = contactsIn(play('reminders'));
    expect(contacts.length).toBeGreaterThan(0);
    expect(new Set(contacts.map(({ channel }) => channel))).toEqual(new Set(['mobile']));
    expect(contacts.every(({ digitalNotification }) => digitalNotification === true)).toBe(true);
    expect(contacts.length).toBeLessThan(contactsIn(play('cosmic')).length);
  });

  it('gets nobody whom it has not named', () => {
    expect(outcomesOf(play('reminders', false))).not.toContain('person');
    expect(outcomesOf(play('reminders', false))).toContain('not-listed');
  });
});

describe('pasis', () => {
  it('learns that a resident has died, and is told of nobody who lives elsewhere', () => {
    const told = play('pasis');
    const left = personsIn(told).filter(({ deregistration }) => deregistration?.reason === 'AV');
    expect(left.length).toBeGreaterThan(0);
    for (const { golden, disclosure } of told) {
      const county = golden?.membership?.countyCode ?? '03';
      if (county !== '03') expect(disclosure.kind).toBe('left-out');
    }
  });
});
