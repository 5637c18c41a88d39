import type { SourceRecord, SourceRow } from '../../../core/sync/source-record.ts';
import { TEST_PNR } from '../../support/person-builder.ts';

/** The row of an ordinary resident, by the hub's field names, as a Master source connector reads it. */
export const PERSON_ROW: SourceRow = {
  identityType: 'PNR',
  identity: TEST_PNR[0],
  givenName: 'Eva Mia',
  givenNameIndicator: '20',
  middleName: null,
  surname: 'Testberg',
  notificationName: null,
  sex: 'K',
  birthDate: '18900101',
  protectedPerson: '0',
  protectedPopulationRecord: '0',
  deregistrationReason: null,
  deregistrationDate: null,
  maritalStatus: 'OG',
  countyCode: '03',
  municipalityCode: '80',
  parishCode: '01',
  propertyDesignation: 'Kvarnen 1:1',
  registrationDate: '19500501',
  linkedIdentityType: null,
  linkedIdentity: null,
  testPerson: '0',
};

const KEY = { identityType: 'PNR', identity: TEST_PNR[0] };

export const ADDRESS_ROW: SourceRow = {
  ...KEY,
  addressKind: 'FB',
  careOf: null,
  line1: null,
  line2: 'Provgatan 1',
  line3: null,
  postalCode: '753 10',
  city: 'UPPSALA',
  country: null,
};

export const CONTACT_ROW: SourceRow = {
  ...KEY,
  channel: 'MO',
  sequence: '1',
  value: '0701740605',
  consent: 'J',
};

/** A source record with some of the person's columns changed and with these rows beside it. */
export function masterRecord(
  person: SourceRow = {},
  children: SourceRecord['children'] = { addresses: [ADDRESS_ROW], contacts: [CONTACT_ROW] },
): SourceRecord {
  return {
    source: 'master',
    operation: 'upsert',
    position: { epoch: 1, version: 7n },
    snapshot: false,
    readAt: '2026-01-01T00:00:00Z',
    person: { ...PERSON_ROW, ...person },
    children,
  };
}
