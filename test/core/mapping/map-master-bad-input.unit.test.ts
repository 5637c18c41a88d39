import { describe, expect, it } from 'vitest';
import { loadMappingFiles } from '../../../connectors/mapping-files/load-mapping-files.ts';
import { ERROR_CODES, type ErrorCode } from '../../../core/errors/error-codes.ts';
import { createMasterMapper } from '../../../core/mapping/map-master-record.ts';
import type { Oid } from '../../../core/person/person-identifier.ts';
import type { SourceRow } from '../../../core/sync/source-record.ts';
import { ADDRESS_ROW, CONTACT_ROW, masterRecord } from './master-row-builder.ts';

const { masterMapping, classifier, areas } = await loadMappingFiles(
  new URL('../../../mappings', import.meta.url).pathname,
);
const rules = { classifier, areas };
const mapper = createMasterMapper({ ...rules, mapping: masterMapping });

type BadInput = readonly [what: string, row: SourceRow, code: ErrorCode, field: string];

const BAD_PERSONS: readonly BadInput[] = [
  ['no identity', { identity: null }, 'HUB_PERSON_REQUIRED_MISSING', 'identity'],
  ['an identity of blanks', { identity: '   ' }, 'HUB_PERSON_REQUIRED_MISSING', 'identity'],
  ['no identity type', { identityType: '' }, 'HUB_PERSON_REQUIRED_MISSING', 'identityType'],
  ['an unknown identity type', { identityType: 'XYZ' }, 'HUB_PERSON_UNKNOWN_CODE', 'identityType'],
  [
    'a code that is a property of every object',
    { identityType: 'constructor' },
    'HUB_PERSON_UNKNOWN_CODE',
    'identityType',
  ],
  [
    'a wrong check digit',
    { identity: '189001019803' },
    'HUB_PERSON_IDENTITY_MALFORMED',
    'identity',
  ],
  ['ten digits', { identity: '9001019802' }, 'HUB_PERSON_IDENTITY_MALFORMED', 'identity'],
  ['an interim number', { identity: '20000101T220' }, 'HUB_PERSON_IDENTITY_MALFORMED', 'identity'],
  [
    'an identity of another type',
    { identityType: 'SNR' },
    'HUB_PERSON_IDENTITY_MALFORMED',
    'identity',
  ],
  [
    'a damaged identity',
    { identity: '18900101\ufffd802' },
    'HUB_PERSON_IDENTITY_MALFORMED',
    'identity',
  ],
  [
    'an ambiguous identity',
    { identityType: 'RES', identity: '20200501AA8A' },
    'HUB_PERSON_IDENTITY_AMBIGUOUS',
    'identity',
  ],
  [
    'an identity of no format',
    { identityType: 'RES', identity: 'UNKNOWN' },
    'HUB_PERSON_IDENTITY_UNCLASSIFIED',
    'identity',
  ],
  [
    'an identity of an issuer without OID',
    { identityType: 'RES', identity: '1850010112M3' },
    'HUB_PERSON_IDENTITY_ROOT_NOT_CONFIGURED',
    'identity',
  ],
  ['no sex', { sex: null }, 'HUB_PERSON_REQUIRED_MISSING', 'sex'],
  ['an unknown sex code', { sex: 'X' }, 'HUB_PERSON_UNKNOWN_CODE', 'sex'],
  [
    'no protection flag',
    { protectedPerson: null },
    'HUB_PERSON_REQUIRED_MISSING',
    'protectedPerson',
  ],
  [
    'a protection flag that is none',
    { protectedPerson: 'J' },
    'HUB_PERSON_UNKNOWN_CODE',
    'protectedPerson',
  ],
  [
    'no flag of protected registration',
    { protectedPopulationRecord: '' },
    'HUB_PERSON_REQUIRED_MISSING',
    'protectedPopulationRecord',
  ],
  [
    'an unknown deregistration reason',
    { deregistrationReason: 'ZZ' },
    'HUB_PERSON_UNKNOWN_CODE',
    'deregistrationReason',
  ],
  [
    'a deregistration date without a reason',
    { deregistrationDate: '19700101' },
    'HUB_PERSON_REQUIRED_MISSING',
    'deregistrationReason',
  ],
  [
    'a deregistration date that does not exist',
    { deregistrationReason: 'AV', deregistrationDate: '19700230' },
    'HUB_PERSON_DATE_INVALID',
    'deregistrationDate',
  ],
  ['an unknown marital status', { maritalStatus: 'Q' }, 'HUB_PERSON_UNKNOWN_CODE', 'maritalStatus'],
  [
    'a birth date that does not exist',
    { birthDate: '19000229' },
    'HUB_PERSON_DATE_INVALID',
    'birthDate',
  ],
  ['a birth date of words', { birthDate: 'okänt' }, 'HUB_PERSON_DATE_INVALID', 'birthDate'],
  [
    'a registration date that does not exist',
    { registrationDate: '19501301' },
    'HUB_PERSON_DATE_INVALID',
    'registrationDate',
  ],
  ['a county that does not exist', { countyCode: '99' }, 'HUB_PERSON_UNKNOWN_CODE', 'countyCode'],
  [
    'a municipality that does not exist',
    { municipalityCode: '99' },
    'HUB_PERSON_UNKNOWN_CODE',
    'municipalityCode',
  ],
  [
    'a municipality of another county',
    { municipalityCode: '0180' },
    'HUB_PERSON_UNKNOWN_CODE',
    'municipalityCode',
  ],
  [
    'a called-name mark below 10',
    { givenNameIndicator: '5' },
    'HUB_PERSON_UNKNOWN_CODE',
    'givenNameIndicator',
  ],
  [
    'a called-name mark above 99',
    { givenNameIndicator: '100' },
    'HUB_PERSON_UNKNOWN_CODE',
    'givenNameIndicator',
  ],
  ['a name in the wrong code page', { surname: 'BjÃ¶rn' }, 'HUB_PERSON_TEXT_DAMAGED', 'surname'],
  ['a name with lost letters', { givenName: 'Bj\ufffdrn' }, 'HUB_PERSON_TEXT_DAMAGED', 'givenName'],
  [
    'a name with a control character',
    { middleName: 'Eva\u0007Mia' },
    'HUB_PERSON_TEXT_DAMAGED',
    'middleName',
  ],
  [
    'a property in the wrong code page',
    { propertyDesignation: 'KvarngÃ¤rdet 1' },
    'HUB_PERSON_TEXT_DAMAGED',
    'propertyDesignation',
  ],
  [
    'a reference that is malformed',
    { linkedIdentityType: 'PNR', linkedIdentity: '1' },
    'HUB_PERSON_IDENTITY_MALFORMED',
    'linkedIdentity',
  ],
  [
    'a reference that is ambiguous',
    { linkedIdentityType: 'RES', linkedIdentity: '20200501AA8A' },
    'HUB_PERSON_IDENTITY_AMBIGUOUS',
    'linkedIdentity',
  ],
  [
    'a reference without a type',
    { linkedIdentity: '189001019802' },
    'HUB_PERSON_REQUIRED_MISSING',
    'linkedIdentityType',
  ],
];

const BAD_ADDRESSES: readonly BadInput[] = [
  ['no kind', { addressKind: null }, 'HUB_PERSON_REQUIRED_MISSING', 'addresses.addressKind'],
  ['an unknown kind', { addressKind: 'ZZ' }, 'HUB_PERSON_UNKNOWN_CODE', 'addresses.addressKind'],
  [
    'a city in the wrong code page',
    { city: 'Ã–REBRO' },
    'HUB_PERSON_TEXT_DAMAGED',
    'addresses.city',
  ],
  [
    'a line in the wrong code page',
    { line2: 'StorgÃ¥rdsgatan' },
    'HUB_PERSON_TEXT_DAMAGED',
    'addresses.line2',
  ],
  [
    'four digits of a postal code',
    { postalCode: '7531' },
    'HUB_PERSON_POSTAL_CODE_INVALID',
    'addresses.postalCode',
  ],
  [
    'letters in a postal code',
    { postalCode: '753 1O' },
    'HUB_PERSON_POSTAL_CODE_INVALID',
    'addresses.postalCode',
  ],
];

const BAD_CONTACTS: readonly BadInput[] = [
  ['no channel', { channel: '' }, 'HUB_PERSON_REQUIRED_MISSING', 'contacts.channel'],
  ['an unknown channel', { channel: 'ZZ' }, 'HUB_PERSON_UNKNOWN_CODE', 'contacts.channel'],
  ['no value', { value: null }, 'HUB_PERSON_REQUIRED_MISSING', 'contacts.value'],
  [
    'a damaged value',
    { value: 'eva\u0000@example.se' },
    'HUB_PERSON_TEXT_DAMAGED',
    'contacts.value',
  ],
  ['an unknown consent', { consent: '?' }, 'HUB_PERSON_UNKNOWN_CODE', 'contacts.consent'],
];

describe('a record of Master is parked', () => {
  it.each(BAD_PERSONS)('with %s', (_, row, code, field) => {
    expect(mapper.map(masterRecord(row))).toEqual({ kind: 'rejected', code, field });
  });

  it.each(BAD_ADDRESSES)('with %s in an address', (_, row, code, field) => {
    const rows = [ADDRESS_ROW, { ...ADDRESS_ROW, ...row }];
    const result = mapper.map(masterRecord({}, { addresses: rows }));
    expect(result).toEqual({ kind: 'rejected', code, field });
  });

  it.each(BAD_CONTACTS)('with %s in a contact', (_, row, code, field) => {
    const rows = [CONTACT_ROW, { ...CONTACT_ROW, ...row }];
    const result = mapper.map(masterRecord({}, { contacts: rows }));
    expect(result).toEqual({ kind: 'rejected', code, field });
  });

  it('when a column that the mapping requires was not read', () => {
    const { sex: _, ...row } = masterRecord().person;
    expect(mapper.map({ ...masterRecord(), person: row })).toEqual({
      kind: 'rejected',
      code: 'HUB_PERSON_REQUIRED_MISSING',
      field: 'sex',
    });
  });

  it('under a root that no format has', () => {
    const identityTypes = { PNR: '1.2.752.999' as Oid };
    const stray = createMasterMapper({ ...rules, mapping: { ...masterMapping, identityTypes } });
    expect(stray.map(masterRecord())).toMatchObject({ code: 'HUB_PERSON_IDENTITY_MALFORMED' });
  });

  it('for the first thing that is wrong when there are several', () => {
    const row = { sex: 'X', surname: 'BjÃ¶rn', birthDate: '1' };
    expect(mapper.map(masterRecord(row))).toMatchObject({ field: 'surname' });
  });

  it('but its flags of protection count at once, also when the connector refused the rest', () => {
    const flags = { protectedPerson: true, protectedPopulationRecord: false };
    const faulty = masterRecord({ protectedPerson: '1', maritalStatus: 'ZZ' });
    expect(mapper.map(faulty)).toMatchObject({ kind: 'rejected', raises: flags });
    expect(mapper.map(masterRecord({ maritalStatus: 'ZZ' }))).not.toHaveProperty('raises');
    const { children: _, ...rest } = faulty;
    const code = 'HUB_MASTER_ROW_TOO_LARGE';
    expect(mapper.map({ ...rest, operation: 'refused', code })).toMatchObject({
      code,
      raises: flags,
    });
  });

  it('and never stops the hub: every code that the mapper gives is for parking', () => {
    const codes = new Set(
      [...BAD_PERSONS, ...BAD_ADDRESSES, ...BAD_CONTACTS].map(([, , code]) => code),
    );
    expect(codes.size).toBe(9);
    for (const code of codes) expect(ERROR_CODES[code].disposition).toBe('rejected');
  });
});
