import type { PersonEvidence, Relation, StatedLink } from '../../core/mapping/person-evidence.ts';
import { type Identity, identityText } from '../../core/person/person-identifier.ts';
import type { SourceName } from '../../core/sync/source-record.ts';
import { modelIdentity } from './model-identities.ts';

/** What can change in a record; every part is small, so that two records often say the same. */
export interface RecordChange {
  readonly name?: number;
  readonly birth?: number;
  readonly place?: number;
  readonly flags?: number;
  readonly deregistration?: number;
  readonly contact?: number;
  readonly paper?: number;
  readonly relative?: { readonly who: number; readonly kind: number } | null;
  readonly testPerson?: boolean;
}

/** Every value that a protected person must not have in public carries this mark, so that a leak is found in any text. */
export const HIDDEN_MARK = 'Gömd';

const BIRTHS = ['1890-01-01', '1890-01-02', '1890-01', null];
const PLACES = [
  { countyCode: '03', municipalityCode: '0380' },
  { countyCode: '03', municipalityCode: null },
  { countyCode: '01', municipalityCode: '0180' },
  null,
] as const;
const REASONS = [null, null, 'GN', 'GN', 'AV', 'UV', 'AN'] as const;
const CONSENTS = ['shared', 'this-care-giver', 'no'] as const;
const RELATIONS = ['custodian', 'spouse', 'child'] as const;

/** The record of somebody of whom a register says the least. */
export function firstRecord(identity: Identity): PersonEvidence {
  return {
    identity,
    name: nameOf(0),
    sex: 'unknown',
    birthDate: birthOf(0),
    protectedPerson: false,
    protectedPopulationRecord: false,
    deregistration: null,
    maritalStatus: 'OG',
    locality: null,
    addresses: [],
    contacts: [],
    links: [],
    testPerson: false,
    relations: [],
    contactPersons: [],
    paperOptOut: null,
    protectedSince: null,
  };
}

/** A record after a change. */
export function changed(
  before: PersonEvidence,
  change: RecordChange,
  source: SourceName,
): PersonEvidence {
  const { name, birth, place, flags, deregistration, contact, paper, relative } = change;
  return {
    ...before,
    ...(name === undefined ? {} : { name: nameOf(name) }),
    ...(birth === undefined ? {} : { birthDate: birthOf(birth) }),
    ...(place === undefined ? {} : livesAt(place)),
    ...(flags === undefined
      ? {}
      : { protectedPerson: flags % 2 === 1, protectedPopulationRecord: flags >= 2 }),
    ...(deregistration === undefined ? {} : { deregistration: goneBy(deregistration) }),
    ...(contact === undefined ? {} : contactsOf(contact, source)),
    ...(paper === undefined || source === 'master' ? {} : { paperOptOut: paper === 1 }),
    ...(relative === undefined || source === 'master' ? {} : { relations: relatedTo(relative) }),
    ...(change.testPerson === undefined ? {} : { testPerson: change.testPerson }),
  };
}

/** What PU sends of somebody whom it protects: profile 1, whatever was asked (TKB 5.1 ch. 6.3 and 8). */
export function asPuTells(record: PersonEvidence): PersonEvidence {
  if (!record.protectedPerson && !record.protectedPopulationRecord) return record;
  const { locality } = record;
  return {
    ...record,
    maritalStatus: null,
    locality: locality && {
      countyCode: locality.countyCode,
      municipalityCode: null,
      parishCode: null,
      propertyDesignation: null,
      registrationDate: null,
    },
    addresses: [],
    contacts: [],
    relations: [],
    contactPersons: [],
    paperOptOut: null,
  };
}

/** The links of a record, with one more or one less; in one order, as a mapper gives them. */
export function withLink(record: PersonEvidence, link: StatedLink): PersonEvidence {
  const links = [...withoutLinks(record, link.identity).links, link];
  return { ...record, links: links.sort((a, b) => (textOf(a) < textOf(b) ? -1 : 1)) };
}

export function withoutLinks(record: PersonEvidence, identity: Identity): PersonEvidence {
  const text = identityText(identity);
  return { ...record, links: record.links.filter((link) => identityText(link.identity) !== text) };
}

function textOf({ kind, identity }: StatedLink): string {
  return `${identityText(identity)} ${kind}`;
}

function nameOf(number: number): PersonEvidence['name'] {
  return {
    givenName: 'Eva Mia',
    givenNameIndicator: null,
    middleName: null,
    surname: `Testberg ${number}`,
    notificationName: null,
  };
}

function birthOf(number: number): PersonEvidence['birthDate'] {
  const value = BIRTHS[number % BIRTHS.length] ?? null;
  return value === null ? null : { precision: value.length === 7 ? 'month' : 'day', value };
}

function livesAt(number: number): Pick<PersonEvidence, 'locality' | 'addresses'> {
  const place = PLACES[number % PLACES.length] ?? null;
  const property = `${HIDDEN_MARK} 1:${number}`;
  return {
    locality: place && {
      ...place,
      parishCode: null,
      propertyDesignation: property,
      registrationDate: { precision: 'day', value: '1950-05-01' },
    },
    addresses: [
      {
        kind: 'residential',
        careOf: null,
        lines: [`${HIDDEN_MARK}gatan ${number}`],
        postalCode: '75310',
        city: 'Uppsala',
        country: null,
      },
    ],
  };
}

function goneBy(number: number): PersonEvidence['deregistration'] {
  const reason = REASONS[number % REASONS.length] ?? null;
  return reason && { reason, date: null, foundDeadAt: null };
}

function contactsOf(
  number: number,
  source: SourceName,
): Pick<PersonEvidence, 'contacts' | 'contactPersons'> {
  const value = `${HIDDEN_MARK}${number}@example.se`;
  const consent = CONSENTS[number % CONSENTS.length] ?? 'shared';
  const name = { givenName: `${HIDDEN_MARK}a`, middleName: null, surname: null };
  return {
    contacts: [{ channel: 'email', value, consent }],
    contactPersons:
      source === 'pu' && number % 2 === 1
        ? [{ relationship: 'friend', priority: 1, name, contacts: [] }]
        : [],
  };
}

function relatedTo(relative: NonNullable<RecordChange['relative']> | null): readonly Relation[] {
  if (relative === null) return [];
  const kind = RELATIONS[relative.kind % RELATIONS.length] ?? 'spouse';
  const identity = modelIdentity(relative.who);
  return [{ kind, identity, birthDate: null, name: null, from: null, to: null }];
}
