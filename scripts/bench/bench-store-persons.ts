/** The persons with which the store is measured: all alike, of a usual size, and of no format that a real number has. */
import { createHash } from 'node:crypto';
import type { GoldenPerson } from '../../core/golden-record/golden-record.ts';
import type { PersonEvidence } from '../../core/mapping/person-evidence.ts';
import type { ContentHash, Identity, Oid } from '../../core/person/person-identifier.ts';
import type { BatchChanges } from '../../core/sync/batch-changes.ts';
import type { IdentityGroup } from '../../core/sync/stored-group.ts';

const ROOT = '1.2.752.74.9.9.9999' as Oid;

/** The n-th of them. The root belongs to nobody. */
export function identityOf(number: number): Identity {
  return { root: ROOT, extension: `BENCH${String(number).padStart(9, '0')}` };
}

/** All persons of a batch, registered or changed, as the main path would write them. */
export function changesOf(groups: readonly IdentityGroup[], version: number): BatchChanges {
  const cause = {
    source: 'master' as const,
    position: { epoch: 1, version: BigInt(version) },
    readAt: new Date().toISOString(),
  };
  const entries = groups.flatMap(({ identities, persons }) =>
    identities.map(({ identity, identityKey, personKey, evidence }) => {
      const content = evidenceOf(identity, version);
      const golden = goldenOf(content);
      return {
        evidence: {
          identityKey,
          evidence: {
            source: cause.source,
            position: cause.position,
            content,
            contentHash: hashOf(identity.extension, version),
          },
          contentText: JSON.stringify(content),
          isNew: evidence.length === 0,
          changed: version === 1 ? ('all' as const) : (['name'] as const),
        },
        person: {
          person: {
            personKey,
            version,
            golden,
            redirectTo: null,
            contentHash: hashOf(identity.extension, -version),
          },
          goldenText: JSON.stringify(golden),
          isNew: persons.length === 0,
          events: [
            { type: 'registered' as const, effectiveDate: null, changed: ['name' as const] },
          ],
          cause,
          membership:
            version === 1 ? { before: null, after: golden.membership, endsOn: null } : null,
          addressHash: hashOf('address', version),
        },
      };
    }),
  );
  return {
    evidence: entries.map((entry) => entry.evidence),
    identities: [],
    persons: entries.map((entry) => entry.person),
    links: { begun: [], ended: [] },
    items: { opened: [], closed: [] },
    followUps: [],
    purges: [],
    parked: [],
    cleared: [],
    refused: [],
  };
}

function hashOf(text: string, version: number): ContentHash {
  return createHash('sha256').update(`${text}${version}`).digest('base64url') as ContentHash;
}

/** What a register says of somebody. */
export function evidenceOf(identity: Identity, version: number): PersonEvidence {
  return {
    identity,
    name: {
      givenName: 'Testina Prova',
      givenNameIndicator: 10,
      middleName: null,
      surname: `Efternamn${version}`,
      notificationName: null,
    },
    sex: 'female',
    birthDate: { precision: 'day', value: '1954-01-31' },
    protectedPerson: false,
    protectedPopulationRecord: false,
    deregistration: null,
    maritalStatus: 'G',
    locality: {
      countyCode: '14',
      municipalityCode: '1480',
      parishCode: '148012',
      propertyDesignation: null,
      registrationDate: { precision: 'day', value: '1999-09-09' },
    },
    addresses: [
      {
        kind: 'residential',
        careOf: null,
        lines: ['Provgatan 12 lgh 1102'],
        postalCode: '41101',
        city: 'GÖTEBORG',
        country: null,
      },
    ],
    contacts: [],
    links: [],
    testPerson: false,
    relations: [],
    contactPersons: [],
    paperOptOut: null,
    protectedSince: null,
  };
}

function goldenOf(evidence: PersonEvidence): GoldenPerson {
  return {
    kind: 'person',
    identities: [{ ...evidence.identity, type: 'LRID', main: true }],
    name: evidence.name,
    sex: evidence.sex,
    birthDate: evidence.birthDate,
    deregistration: evidence.deregistration,
    testPerson: evidence.testPerson,
    maritalStatus: evidence.maritalStatus,
    membership: {
      level: 'municipality',
      countyCode: '14',
      municipalityCode: '1480',
      reason: 'registered',
      from: { precision: 'day', value: '1999-09-09' },
    },
    parishCode: '148012',
    propertyDesignation: null,
    addresses: evidence.addresses,
    contacts: evidence.contacts,
    relations: evidence.relations,
    contactPersons: evidence.contactPersons,
    paperOptOut: evidence.paperOptOut,
  };
}
