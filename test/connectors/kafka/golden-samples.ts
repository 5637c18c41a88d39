/** Golden records with a value in every field, as they stand in the store. */
import type {
  GoldenPerson,
  GoldenProtectedPerson,
  GoldenRecord,
} from '../../../core/golden-record/golden-record.ts';
import {
  type ContentHash,
  OID_PNR,
  type PersonKey,
  parsePersonKey,
} from '../../../core/person/person-identifier.ts';
import type { StoredPerson } from '../../../core/sync/stored-group.ts';

export const personKey = parsePersonKey('00000000-0000-4000-8000-000000000001') as PersonKey;
export const day = { precision: 'day', value: '1890-01-01' } as const;

/** What a person and a protected person have in common. */
export const everybody = {
  identities: [{ root: OID_PNR, extension: '189001019802', type: 'PNR', main: true }],
  name: {
    givenName: 'Eva Mia',
    givenNameIndicator: 20,
    middleName: null,
    surname: 'Öst',
    notificationName: null,
  },
  sex: 'female',
  birthDate: { precision: 'month', value: '1890-01' },
  deregistration: null,
  testPerson: true,
} as const;

export const person: GoldenPerson = {
  ...everybody,
  kind: 'person',
  maritalStatus: 'Ä',
  membership: {
    level: 'municipality',
    countyCode: '03',
    municipalityCode: '0380',
    reason: 'registered',
    from: day,
  },
  parishCode: null,
  propertyDesignation: 'KVARNEN 1:1',
  addresses: [
    {
      kind: 'special-postal',
      careOf: null,
      lines: ['Storgatan 1', 'lgh 1101'],
      postalCode: '75310',
      city: 'Uppsala',
      country: null,
    },
  ],
  contacts: [{ channel: 'email', value: 'test@example.org', consent: 'this-care-giver' }],
  relations: [
    {
      kind: 'custody-of',
      identity: { root: OID_PNR, extension: '189001029819' },
      birthDate: null,
      name: null,
      from: null,
      to: day,
    },
    {
      kind: 'spouse',
      identity: null,
      birthDate: { precision: 'year', value: '1890' },
      name: { givenName: 'Testa', middleName: null, surname: 'Prov' },
      from: day,
      to: null,
    },
  ],
  contactPersons: [
    {
      relationship: 'god-man',
      priority: 1,
      name: { givenName: 'Prova', middleName: null, surname: null },
      contacts: [{ channel: 'mobile', value: '+46700000000' }],
    },
  ],
  paperOptOut: true,
};

export const protectedPerson: GoldenProtectedPerson = {
  ...everybody,
  kind: 'protected-person',
  protectedPerson: true,
  protectedPopulationRecord: false,
  membership: { level: 'county', countyCode: '03', reason: 'protected-county-only', from: null },
};

export const stored = (
  golden: GoldenRecord | null,
  redirectTo: PersonKey | null = null,
): StoredPerson => ({
  personKey,
  version: 7,
  golden,
  redirectTo,
  contentHash: 'hash' as ContentHash,
});
