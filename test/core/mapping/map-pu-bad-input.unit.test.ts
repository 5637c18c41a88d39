import { describe, expect, it } from 'vitest';
import { loadMappingFiles } from '../../../connectors/mapping-files/load-mapping-files.ts';
import { ERROR_CODES, type ErrorCode } from '../../../core/errors/error-codes.ts';
import { createPuMapper } from '../../../core/mapping/map-pu-record.ts';
import type { PuChild } from '../../../core/mapping/pu-record.ts';
import { OID_PNR, OID_SNR } from '../../../core/person/person-identifier.ts';
import type { SourceRow } from '../../../core/sync/source-record.ts';
import { TEST_PNR } from '../../support/person-builder.ts';
import {
  PU_ADDRESS_ROW,
  PU_CONTACT_PERSON_CONTACT_ROW,
  PU_CONTACT_PERSON_ROW,
  PU_CONTACT_ROW,
  PU_RELATION_ROW,
  puRecord,
} from './pu-row-builder.ts';

const {
  puMapping: mapping,
  classifier,
  areas,
} = await loadMappingFiles(new URL('../../../mappings', import.meta.url).pathname);
const mapper = createPuMapper({ mapping, classifier, areas });

type BadInput = readonly [what: string, row: SourceRow, code: ErrorCode, field: string];
type BadChild = readonly [
  what: string,
  child: PuChild,
  row: SourceRow,
  code: ErrorCode,
  field: string,
];

const BAD_PERSONS: readonly BadInput[] = [
  ['no identity', { identity: ' ' }, 'HUB_PERSON_REQUIRED_MISSING', 'identity'],
  ['no root', { identityRoot: null }, 'HUB_PERSON_REQUIRED_MISSING', 'identityRoot'],
  [
    'a root that is not configured',
    { identityRoot: '1.2.752.999.1' },
    'HUB_PERSON_IDENTITY_ROOT_NOT_CONFIGURED',
    'identityRoot',
  ],
  [
    'a root that is no OID',
    { identityRoot: 'personnummer' },
    'HUB_PERSON_IDENTITY_ROOT_NOT_CONFIGURED',
    'identityRoot',
  ],
  [
    'a wrong check digit',
    { identity: '189001019803' },
    'HUB_PERSON_IDENTITY_MALFORMED',
    'identity',
  ],
  [
    'an identity of another root',
    { identityRoot: OID_SNR },
    'HUB_PERSON_IDENTITY_MALFORMED',
    'identity',
  ],
  [
    'no flag of protection',
    { protectedPerson: null },
    'HUB_PERSON_REQUIRED_MISSING',
    'protectedPerson',
  ],
  [
    'a flag of protection that is none',
    { protectedPerson: 'true' },
    'HUB_PERSON_UNKNOWN_CODE',
    'protectedPerson',
  ],
  [
    'a flag of protected registration that is none',
    { protectedPopulationRecord: 'J' },
    'HUB_PERSON_UNKNOWN_CODE',
    'protectedPopulationRecord',
  ],
  ['an unknown gender', { gender: '3' }, 'HUB_PERSON_UNKNOWN_CODE', 'gender'],
  [
    'a code that is a property of every object',
    { gender: 'constructor' },
    'HUB_PERSON_UNKNOWN_CODE',
    'gender',
  ],
  [
    'an unknown deregistration reason',
    { deregistrationReason: 'ZZ' },
    'HUB_PERSON_UNKNOWN_CODE',
    'deregistrationReason',
  ],
  [
    'a deregistration date without a reason',
    { deregistrationDate: '1970-01-01' },
    'HUB_PERSON_REQUIRED_MISSING',
    'deregistrationReason',
  ],
  ['an unknown marital status', { maritalStatus: 'Q' }, 'HUB_PERSON_UNKNOWN_CODE', 'maritalStatus'],
  [
    'an unknown identity status',
    { identityStatus: 'AKTIV' },
    'HUB_PERSON_UNKNOWN_CODE',
    'identityStatus',
  ],
  [
    'an unknown cause of a status',
    { identityStatusCause: '?' },
    'HUB_PERSON_UNKNOWN_CODE',
    'identityStatusCause',
  ],
  [
    'a day that does not exist',
    { birthDate: '1900-02-29' },
    'HUB_PERSON_DATE_INVALID',
    'birthDate',
  ],
  ['a county that does not exist', { countyCode: '02' }, 'HUB_PERSON_UNKNOWN_CODE', 'countyCode'],
  [
    'a municipality of another county',
    { municipalityCode: '0180' },
    'HUB_PERSON_UNKNOWN_CODE',
    'municipalityCode',
  ],
  [
    'a called-name mark of three digits',
    { givenNameIndicator: '100' },
    'HUB_PERSON_UNKNOWN_CODE',
    'givenNameIndicator',
  ],
  [
    'a wish for no paper that is none',
    { optoutPaperNotification: 'ja' },
    'HUB_PERSON_UNKNOWN_CODE',
    'optoutPaperNotification',
  ],
  ['a name in the wrong code page', { surname: 'BjÃ¶rn' }, 'HUB_PERSON_TEXT_DAMAGED', 'surname'],
];

const BAD_CHILDREN: readonly BadChild[] = [
  [
    'an address of no kind',
    'addresses',
    { ...PU_ADDRESS_ROW, kind: null },
    'HUB_PERSON_REQUIRED_MISSING',
    'addresses.kind',
  ],
  [
    'an address of an unknown kind',
    'addresses',
    { ...PU_ADDRESS_ROW, kind: 'c/o' },
    'HUB_PERSON_UNKNOWN_CODE',
    'addresses.kind',
  ],
  [
    'a postal code of four digits',
    'addresses',
    { ...PU_ADDRESS_ROW, postalCode: '7531' },
    'HUB_PERSON_POSTAL_CODE_INVALID',
    'addresses.postalCode',
  ],
  [
    'a damaged city',
    'addresses',
    { ...PU_ADDRESS_ROW, city: 'Ã–REBRO' },
    'HUB_PERSON_TEXT_DAMAGED',
    'addresses.city',
  ],
  [
    'a contact of no type',
    'contacts',
    { ...PU_CONTACT_ROW, contactType: null },
    'HUB_PERSON_REQUIRED_MISSING',
    'contacts.contactType',
  ],
  [
    'a contact of an unknown type',
    'contacts',
    { ...PU_CONTACT_ROW, contactType: 'telegram' },
    'HUB_PERSON_UNKNOWN_CODE',
    'contacts.contactType',
  ],
  [
    'a contact that may or may not be used for notices',
    'contacts',
    { ...PU_CONTACT_ROW, digitalNotification: '?' },
    'HUB_PERSON_UNKNOWN_CODE',
    'contacts.digitalNotification',
  ],
  [
    'a link to a malformed number',
    'linkedIdentities',
    { identityRoot: OID_PNR, identity: '1' },
    'HUB_PERSON_IDENTITY_MALFORMED',
    'linkedIdentities.identity',
  ],
  [
    'a link to nobody',
    'linkedIdentities',
    { identityRoot: OID_PNR },
    'HUB_PERSON_REQUIRED_MISSING',
    'linkedIdentities.identity',
  ],
  [
    'a link to a root that is no OID',
    'linkedIdentities',
    { identityRoot: 'x', identity: '1' },
    'HUB_PERSON_IDENTITY_ROOT_NOT_CONFIGURED',
    'linkedIdentities.identityRoot',
  ],
  [
    'a reference of an unknown status',
    'referredIdentities',
    { identityRoot: OID_PNR, identity: TEST_PNR[1], status: 'XX' },
    'HUB_PERSON_UNKNOWN_CODE',
    'referredIdentities.status',
  ],
  [
    'a link that may or may not be the main one',
    'linkedIdentities',
    { identityRoot: OID_PNR, identity: TEST_PNR[1], primaryIdentity: '?' },
    'HUB_PERSON_UNKNOWN_CODE',
    'linkedIdentities.primaryIdentity',
  ],
  [
    'a relation of no type',
    'relations',
    { ...PU_RELATION_ROW, type: null },
    'HUB_PERSON_REQUIRED_MISSING',
    'relations.type',
  ],
  [
    'a relation of an unknown type',
    'relations',
    { ...PU_RELATION_ROW, type: 'AF' },
    'HUB_PERSON_UNKNOWN_CODE',
    'relations.type',
  ],
  [
    'a relation of an unknown status',
    'relations',
    { ...PU_RELATION_ROW, status: 'XX' },
    'HUB_PERSON_UNKNOWN_CODE',
    'relations.status',
  ],
  [
    'a relation to a malformed number',
    'relations',
    { ...PU_RELATION_ROW, identity: '189001029810' },
    'HUB_PERSON_IDENTITY_MALFORMED',
    'relations.identity',
  ],
  [
    'a relation to a number of nobody',
    'relations',
    { ...PU_RELATION_ROW, identityRoot: null },
    'HUB_PERSON_REQUIRED_MISSING',
    'relations.identityRoot',
  ],
  [
    'a relation from a day that does not exist',
    'relations',
    { ...PU_RELATION_ROW, from: '1900-02-29' },
    'HUB_PERSON_DATE_INVALID',
    'relations.from',
  ],
  [
    'a relation to a day that does not exist',
    'relations',
    { ...PU_RELATION_ROW, to: '1900-13' },
    'HUB_PERSON_DATE_INVALID',
    'relations.to',
  ],
  [
    'a relative with a damaged name',
    'relations',
    { type: 'B', givenName: 'Ã…sa' },
    'HUB_PERSON_TEXT_DAMAGED',
    'relations.givenName',
  ],
  [
    'a contact person of no relationship',
    'contactPersons',
    { ...PU_CONTACT_PERSON_ROW, relationshipType: null },
    'HUB_PERSON_REQUIRED_MISSING',
    'contactPersons.relationshipType',
  ],
  [
    'a contact person of an unknown relationship',
    'contactPersons',
    { ...PU_CONTACT_PERSON_ROW, relationshipType: '1' },
    'HUB_PERSON_UNKNOWN_CODE',
    'contactPersons.relationshipType',
  ],
  [
    'a contact of no contact person',
    'contactPersonContacts',
    PU_CONTACT_PERSON_CONTACT_ROW,
    'HUB_PERSON_UNKNOWN_CODE',
    'contactPersonContacts.contactPerson',
  ],
  [
    'a contact that does not say of which contact person',
    'contactPersonContacts',
    { ...PU_CONTACT_PERSON_CONTACT_ROW, contactPerson: null },
    'HUB_PERSON_REQUIRED_MISSING',
    'contactPersonContacts.contactPerson',
  ],
];

describe('a record of PU is parked', () => {
  it.each(BAD_PERSONS)('with %s', (_, row, code, field) => {
    expect(mapper.map(puRecord(row))).toEqual({ kind: 'rejected', code, field });
  });

  it.each(BAD_CHILDREN)('with %s', (_, child, row, code, field) => {
    const result = mapper.map(puRecord({}, { [child]: [row] }));
    expect(result).toEqual({ kind: 'rejected', code, field });
  });

  const raises = { identity: { root: OID_PNR, extension: TEST_PNR[0] }, protectedPerson: true };
  it.each<SourceRow>([
    { gender: '7' },
    { countyCode: '99', municipalityCode: null },
    { deregistrationReason: 'ZZ' },
    { birthDate: '1890-05-17 as YYYY' },
    { surname: 'Bj\uFFFDrk' },
    { testPerson: 'ja' },
    { protectedPopulationRecord: 'J' },
  ])('but its flag of protection counts at once: %o', (wrong) => {
    const result = mapper.map(puRecord({ ...wrong, protectedPerson: '1' }));
    expect(result).toMatchObject({ kind: 'rejected', raises });
    expect(mapper.map(puRecord(wrong))).not.toHaveProperty('raises');
  });

  it('and says nothing of whom it protects when its identity is wrong', () => {
    const result = mapper.map(puRecord({ identity: '189001019803', protectedPerson: '1' }));
    expect(result).not.toHaveProperty('raises');
  });

  it('also when the connector refused the rest', () => {
    const { children: _, ...record } = puRecord({ protectedPerson: '1' });
    const code = 'HUB_PU_RECORD_TOO_LARGE';
    expect(mapper.map({ ...record, operation: 'refused', code })).toMatchObject({ code, raises });
  });

  it('and never stops the hub: every code that the mapper gives is for parking', () => {
    const codes = new Set([
      ...BAD_PERSONS.map(([, , code]) => code),
      ...BAD_CHILDREN.map(([, , , code]) => code),
    ]);
    expect(codes.size).toBe(7);
    for (const code of codes) expect(ERROR_CODES[code].disposition).toBe('rejected');
  });
});
