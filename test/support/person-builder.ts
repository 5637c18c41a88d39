import type { PersonEvidence } from '../../core/mapping/person-evidence.ts';
import {
  type ContentHash,
  type Identity,
  type IdentityKey,
  OID_PNR,
  type PersonKey,
} from '../../core/person/person-identifier.ts';
import type { ContentHasher } from '../../core/sync/ports.ts';
import type { SourcePosition } from '../../core/sync/source-record.ts';
import type { IdentityGroup, StoredEvidence, StoredPerson } from '../../core/sync/stored-group.ts';

/** Official test numbers (Skatteverket) of the year 1890: nobody living can have one. */
export const TEST_PNR = ['189001019802', '189001029819', '189001039800', '189001049817'] as const;

export function pnr(index = 0): Identity {
  return { root: OID_PNR, extension: TEST_PNR[index] ?? TEST_PNR[0] };
}

/** Evidence of an ordinary resident of Uppsala, with what a test cares about on top. */
export function evidence(change: Partial<PersonEvidence> = {}): PersonEvidence {
  return {
    identity: pnr(),
    name: {
      givenName: 'Eva Mia',
      givenNameIndicator: 20,
      middleName: null,
      surname: 'Testberg',
      notificationName: null,
    },
    sex: 'female',
    birthDate: { precision: 'day', value: '1890-01-01' },
    protectedPerson: false,
    protectedPopulationRecord: false,
    deregistration: null,
    maritalStatus: 'OG',
    locality: {
      countyCode: '03',
      municipalityCode: '0380',
      parishCode: null,
      propertyDesignation: 'Kvarnen 1:1',
      registrationDate: { precision: 'day', value: '1950-05-01' },
    },
    addresses: [
      {
        kind: 'residential',
        careOf: null,
        lines: ['Provgatan 1'],
        postalCode: '75310',
        city: 'Uppsala',
        country: null,
      },
    ],
    contacts: [{ channel: 'mobile', value: '+46701740605', consent: 'shared' }],
    links: [],
    testPerson: false,
    relations: [],
    contactPersons: [],
    paperOptOut: null,
    protectedSince: null,
    ...change,
  };
}

export function at(version: bigint | number, epoch = 1): SourcePosition {
  return { epoch, version: BigInt(version) };
}

/** Not a digest: tests read better when equal content has equal, readable hashes. */
export const plainHasher: ContentHasher = { hash: (text) => `#${text}` as ContentHash };

const KEY = '018f0000-0000-7000-8000-000000000001' as IdentityKey;

/** A group of one identity. */
export function groupOf(
  stored: readonly StoredEvidence[] = [],
  person?: StoredPerson,
  identity: Identity = pnr(),
): IdentityGroup {
  const personKey = KEY as string as PersonKey;
  const isProtected = person?.golden?.kind === 'protected-person';
  return {
    groupKey: KEY,
    identities: [
      { identity, identityKey: KEY, personKey, firstSeen: 1, isProtected, evidence: stored },
    ],
    persons: person === undefined ? [] : [person],
    decisions: [],
    openItems: [],
    joins: [],
  };
}
