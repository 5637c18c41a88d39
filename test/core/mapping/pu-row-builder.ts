import type { PuRows } from '../../../core/mapping/map-pu-children.ts';
import type { PuPersonField } from '../../../core/mapping/pu-record.ts';
import { OID_PNR } from '../../../core/person/person-identifier.ts';
import type { SourceRecord, SourceRow } from '../../../core/sync/source-record.ts';
import { TEST_PNR } from '../../support/person-builder.ts';

/** The row of the ordinary resident of `master-row-builder.ts`, as an adapter of PU reads it. */
export const PU_PERSON_ROW = {
  identityRoot: OID_PNR,
  identity: TEST_PNR[0],
  version: '20260105120000',
  profile: 'P4',
  gender: '2',
  protectedPerson: '0',
  protectedPopulationRecord: '0',
  testPerson: '0',
  primaryIdentity: '1',
  givenNameIndicator: '20',
  givenName: 'Eva Mia',
  surname: 'Testberg',
  birthDate: '1890-01-01',
  registrationDate: '1950-05-01',
  countyCode: '03',
  municipalityCode: '80',
  parishCode: '01',
  propertyDesignation: 'Kvarnen 1:1',
  registrationType: 'FB',
  maritalStatus: 'OG',
} satisfies Partial<Record<PuPersonField, string>>;

export const PU_ADDRESS_ROW: SourceRow = {
  kind: 'residential',
  line2: 'Provgatan 1',
  postalCode: '75310',
  city: 'UPPSALA',
};

export const PU_CONTACT_ROW: SourceRow = {
  contactType: 'phone',
  use: 'mobile',
  value: '0701740605',
  digitalNotification: '1',
};

/** A child of the person, with a number and nothing else, as relatives normally are (IS Relation). */
export const PU_RELATION_ROW: SourceRow = {
  identityRoot: OID_PNR,
  identity: TEST_PNR[1],
  type: 'B',
};

/** A sibling, whom the person wants to be called first. */
export const PU_CONTACT_PERSON_ROW: SourceRow = {
  relationshipType: '375005',
  priorityOrder: '1',
  givenName: 'Nils',
  surname: 'Testberg',
};

/** How to call the first of the contact persons. */
export const PU_CONTACT_PERSON_CONTACT_ROW: SourceRow = {
  contactPerson: '0',
  contactType: 'phone',
  use: 'mobile',
  value: '0701740605',
};

/** What PU's restricted contracts leave out of the row of a protected person (profile 1), so that a test only adds the flag. */
export const PU_PROTECTED: SourceRow = {
  registrationDate: null,
  municipalityCode: null,
  parishCode: null,
  propertyDesignation: null,
  registrationType: null,
  maritalStatus: null,
};

/** A source record of PU with some of the person's fields changed and with these rows beside it. */
export function puRecord(
  person: SourceRow = {},
  children: PuRows = { addresses: [PU_ADDRESS_ROW], contacts: [PU_CONTACT_ROW] },
): SourceRecord {
  return {
    source: 'pu',
    operation: 'upsert',
    position: { epoch: 1, version: 1_767_610_800n },
    snapshot: false,
    readAt: '2026-01-05T12:00:00.000Z',
    person: { ...PU_PERSON_ROW, ...person },
    children: children as SourceRecord['children'],
  };
}
