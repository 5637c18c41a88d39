import type { GoldenPerson, GoldenProtectedPerson } from '../golden-record/golden-record.ts';
import { classifyRoot } from '../person/identity-type.ts';
import type { Identity, Oid } from '../person/person-identifier.ts';
import type { ConsumerProfile } from './consumer-profile.ts';

const PNR = '1.2.752.129.2.1.3.1' as Oid;
const NRID = '1.2.752.74.9.1' as Oid;

/** Skatteverket's published test numbers, of people who are not there. */
const FIRST: Identity = { root: PNR, extension: '189001019802' };
const SECOND: Identity = { root: PNR, extension: '189001029819' };
/** The example of a national reserve number in the specification of PU. */
const RESERVE: Identity = { root: NRID, extension: '22790814AA01' };

/** Where the profile takes persons from, so that the persons of a certification are among them. */
export function countyOf({ persons }: ConsumerProfile): string {
  const [county] = persons.kind === 'membership' ? persons.counties : [];
  return county ?? '03';
}

/** Somebody of whom every group says something. */
export function somebody(countyCode: string, change: Partial<GoldenPerson> = {}): GoldenPerson {
  return {
    kind: 'person',
    identities: [identity(FIRST, true)],
    name: {
      givenName: 'Prov',
      givenNameIndicator: 10,
      middleName: null,
      surname: 'Kanariefågel',
      notificationName: null,
    },
    sex: 'female',
    birthDate: { precision: 'day', value: '1890-01-01' },
    deregistration: null,
    testPerson: true,
    maritalStatus: 'OG',
    membership: {
      level: 'county',
      countyCode,
      municipalityCode: null,
      reason: 'registered',
      from: null,
    },
    parishCode: null,
    propertyDesignation: null,
    addresses: [
      {
        kind: 'residential',
        careOf: null,
        lines: ['Provgatan 1'],
        postalCode: '75310',
        city: 'PROVSTAD',
        country: null,
      },
    ],
    contacts: [],
    relations: [],
    contactPersons: [],
    paperOptOut: null,
    ...change,
  };
}

/** The same person, protected. */
export function somebodyProtected(countyCode: string): GoldenProtectedPerson {
  const { identities, name, sex, birthDate, deregistration, testPerson } = somebody(countyCode);
  return {
    kind: 'protected-person',
    identities,
    name,
    sex,
    birthDate,
    deregistration,
    testPerson,
    protectedPerson: true,
    protectedPopulationRecord: false,
    membership: { level: 'county', countyCode, reason: 'protected-county-only', from: null },
  };
}

/** Changes of a person, one for each case that has its own. */
export const CHANGES = {
  dead: {
    deregistration: {
      reason: 'AV',
      date: { precision: 'day', value: '1990-05-17' },
      foundDeadAt: null,
    },
  },
  newNumber: { identities: [identity(SECOND, true), identity(FIRST, false)] },
  reserveNumber: { identities: [identity(RESERVE, true)] },
  noAddress: { addresses: [] },
  yearOfBirth: { birthDate: { precision: 'year', value: '1890' } },
} as const satisfies Record<string, Partial<GoldenPerson>>;

function identity(of: Identity, main: boolean) {
  return { ...of, type: classifyRoot(of.root), main };
}
