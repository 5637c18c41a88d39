import type { ConsumerProfile, DisclosedGroup } from '../../../core/disclosure/consumer-profile.ts';
import type { DisclosedPerson } from '../../../core/disclosure/disclosed-person.ts';
import type { Standing } from '../../../core/disclosure/left-out.ts';
import type {
  GoldenIdentity,
  GoldenPerson,
  GoldenProtectedPerson,
} from '../../../core/golden-record/golden-record.ts';
import { RELATION_KINDS, type Relation } from '../../../core/mapping/person-evidence.ts';
import { classifyRoot } from '../../../core/person/identity-type.ts';
import type { Identity } from '../../../core/person/person-identifier.ts';
import { pnr } from '../../support/person-builder.ts';

/** The fields of a disclosed person that each group stands for, told here once more. */
export const FIELDS_OF: Readonly<Record<DisclosedGroup, readonly (keyof DisclosedPerson)[]>> = {
  name: ['name'],
  sex: ['sex'],
  birth: ['birthDate'],
  deregistration: ['deregistration'],
  'marital-status': ['maritalStatus'],
  membership: ['membership'],
  locality: ['parishCode', 'propertyDesignation'],
  addresses: ['addresses'],
  contacts: ['contacts'],
  relations: ['relations'],
  'contact-persons': ['contactPersons'],
};
export const ALL_GROUPS = Object.keys(FIELDS_OF) as readonly DisclosedGroup[];

/** What is told of a protected person, and nothing else (TKB 5.1 ch. 8, profile 1). */
export const MASKED_GROUPS: readonly DisclosedGroup[] = [
  'name',
  'sex',
  'birth',
  'deregistration',
  'membership',
];
export const HIDDEN_FIELDS = ALL_GROUPS.filter((group) => !MASKED_GROUPS.includes(group)).flatMap(
  (group) => FIELDS_OF[group],
);

/** A profile that gets everything there is, with what a test cares about on top. */
export function profileOf(change: Partial<ConsumerProfile> = {}): ConsumerProfile {
  return {
    name: 'everything',
    version: 1,
    title: 'A system that may see everything',
    owner: 'Provregionen',
    legalGround: 'none: it is made up',
    careGiver: 'SE0000000000-TEST1',
    persons: { kind: 'all' },
    groups: new Set(ALL_GROUPS),
    mainIdentity: [],
    protectedPersons: 'masked',
    contacts: { channels: new Set(['phone', 'mobile', 'email']), needsNotification: false },
    relations: new Set(RELATION_KINDS),
    delivery: { kind: 'topic', format: 'avro', content: 'full-state' },
    lookUp: null,
    retentionDays: 30,
    ...change,
  };
}

export const NEW: Standing = { isListed: false, wasSent: false };
export const SENT: Standing = { isListed: false, wasSent: true };
export const LISTED: Standing = { isListed: true, wasSent: false };

export function goldenIdentity(identity: Identity, main = false): GoldenIdentity {
  return { ...identity, type: classifyRoot(identity.root), main };
}

export function relationOf(kind: Relation['kind'], identity: Identity | null = pnr(1)): Relation {
  return { kind, identity, birthDate: null, name: null, from: null, to: null };
}

/** A resident of Uppsala of whom every group says something. */
export function personOf(change: Partial<GoldenPerson> = {}): GoldenPerson {
  return {
    kind: 'person',
    identities: [goldenIdentity(pnr(), true)],
    name: {
      givenName: 'Eva Mia',
      givenNameIndicator: 20,
      middleName: null,
      surname: 'Testberg',
      notificationName: null,
    },
    sex: 'female',
    birthDate: { precision: 'day', value: '1890-01-01' },
    deregistration: null,
    testPerson: false,
    maritalStatus: 'OG',
    membership: {
      level: 'municipality',
      countyCode: '03',
      municipalityCode: '0380',
      reason: 'registered',
      from: { precision: 'day', value: '1950-05-01' },
    },
    parishCode: '01',
    propertyDesignation: 'Kvarnen 1:1',
    addresses: [
      {
        kind: 'residential',
        careOf: null,
        lines: ['Provgatan 1'],
        postalCode: '75310',
        city: 'UPPSALA',
        country: null,
      },
    ],
    contacts: [{ channel: 'mobile', value: '+46701740605', consent: 'shared' }],
    relations: [relationOf('mother')],
    contactPersons: [
      {
        relationship: 'friend',
        priority: 1,
        name: { givenName: 'Ada', middleName: null, surname: 'Provlund' },
        contacts: [{ channel: 'phone', value: '+46846500400' }],
      },
    ],
    paperOptOut: true,
    ...change,
  };
}

/** A protected resident of the county of Uppsala. */
export function protectedOf(change: Partial<GoldenProtectedPerson> = {}): GoldenProtectedPerson {
  const { identities, name, sex, birthDate, deregistration, testPerson } = personOf();
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
    membership: { level: 'county', countyCode: '03', reason: 'protected-county-only', from: null },
    ...change,
  };
}
