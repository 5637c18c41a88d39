import { describe, expect, it } from 'vitest';
import { loadMappingFiles } from '../../../connectors/mapping-files/load-mapping-files.ts';
import { createMasterMapper } from '../../../core/mapping/map-master-record.ts';
import type { PersonEvidence } from '../../../core/mapping/person-evidence.ts';
import { OID_NRID, OID_PNR } from '../../../core/person/person-identifier.ts';
import type { SourceRecord, SourceRow } from '../../../core/sync/source-record.ts';
import { TEST_PNR } from '../../support/person-builder.ts';
import { ADDRESS_ROW, CONTACT_ROW, masterRecord } from './master-row-builder.ts';

const { masterMapping, classifier, areas } = await loadMappingFiles(
  new URL('../../../mappings', import.meta.url).pathname,
);
const mapper = createMasterMapper({ mapping: masterMapping, classifier, areas });
const placeMapper = createMasterMapper({
  mapping: { ...masterMapping, reserveNumberAreaIsPlace: true },
  classifier,
  areas,
});
const RESERVE_NUMBER = { identityType: 'SLL', identity: '991981000010' };

function evidenceOf(record: SourceRecord, by = mapper): PersonEvidence {
  const result = by.map(record);
  if (result.kind !== 'mapped') throw new Error(`Not mapped: ${JSON.stringify(result)}`);
  return result.evidence;
}

const addresses = (...rows: readonly SourceRow[]) =>
  evidenceOf(masterRecord({}, { addresses: rows.map((row) => ({ ...ADDRESS_ROW, ...row })) }))
    .addresses;
const contacts = (...rows: readonly SourceRow[]) =>
  evidenceOf(masterRecord({}, { contacts: rows.map((row) => ({ ...CONTACT_ROW, ...row })) }))
    .contacts;

describe('a record of Master', () => {
  it('becomes everything that it says of the person', () => {
    expect(evidenceOf(masterRecord())).toEqual({
      identity: { root: OID_PNR, extension: TEST_PNR[0] },
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
        parishCode: '01',
        propertyDesignation: 'Kvarnen 1:1',
        registrationDate: { precision: 'day', value: '1950-05-01' },
      },
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
      contacts: [{ channel: 'mobile', value: '0701740605', consent: 'shared' }],
      links: [],
      testPerson: false,
      relations: [],
      contactPersons: [],
      paperOptOut: null,
      protectedSince: null,
    });
  });

  it.each<[string, SourceRow, Partial<PersonEvidence>]>([
    [
      'blanks, and nothing where blanks were all',
      { surname: 'Testberg        ', middleName: '   ', maritalStatus: 'OG ' },
      {
        name: {
          givenName: 'Eva Mia',
          givenNameIndicator: 20,
          middleName: null,
          surname: 'Testberg',
          notificationName: null,
        },
      },
    ],
    [
      'an identity in its stored form',
      { identity: ` ${TEST_PNR[0].slice(0, 8)}-${TEST_PNR[0].slice(8)} ` },
      { identity: { root: OID_PNR, extension: TEST_PNR[0] } },
    ],
    [
      'a date of which the month is known',
      { birthDate: '18900100' },
      { birthDate: { precision: 'month', value: '1890-01' } },
    ],
    ['a date of which nothing is known', { birthDate: '00000000' }, { birthDate: null }],
    [
      'both protections',
      { protectedPerson: '1', protectedPopulationRecord: '1' },
      { protectedPerson: true, protectedPopulationRecord: true },
    ],
    ['a test person', { testPerson: '1' }, { testPerson: true }],
    ['no sex stated, which is not derived from the number', { sex: 'O' }, { sex: 'unknown' }],
    [
      'no birth date stated, which is not derived from the number',
      { birthDate: null },
      { birthDate: null },
    ],
    ['an older code for widowed', { maritalStatus: 'A' }, { maritalStatus: 'Ä' }],
    [
      'a death',
      { deregistrationReason: 'AV', deregistrationDate: '19700203' },
      {
        deregistration: {
          reason: 'AV',
          date: { precision: 'day', value: '1970-02-03' },
          foundDeadAt: null,
        },
      },
    ],
    [
      'a code that PU no longer has, as the one it was replaced by',
      { deregistrationReason: 'GS' },
      { deregistration: { reason: 'GN', date: null, foundDeadAt: null } },
    ],
    [
      'a reference to another identity',
      { linkedIdentityType: 'NRID', linkedIdentity: '22790814-AA01' },
      { links: [{ kind: 'referred', identity: { root: OID_NRID, extension: '22790814AA01' } }] },
    ],
    [
      'a reference to itself as none',
      { linkedIdentityType: 'PNR', linkedIdentity: TEST_PNR[0] },
      { links: [] },
    ],
    [
      'a type of reference without one as none',
      { linkedIdentityType: 'PNR', linkedIdentity: ' ' },
      { links: [] },
    ],
    [
      'no place at all as no locality',
      {
        countyCode: null,
        municipalityCode: '',
        parishCode: null,
        propertyDesignation: null,
        registrationDate: '00000000',
      },
      { locality: null },
    ],
  ])('is read with %s', (_, row, expected) => {
    expect(evidenceOf(masterRecord(row))).toMatchObject(expected);
  });

  it.each([
    ['0', null],
    ['00', null],
    [null, null],
    ['10', 10],
    ['23', 23],
    ['99', 99],
  ])('marks the called name of %j as %j', (givenNameIndicator, expected) => {
    expect(evidenceOf(masterRecord({ givenNameIndicator })).name.givenNameIndicator).toBe(expected);
  });

  it('without tables beside it has no addresses and contacts', () => {
    expect(evidenceOf(masterRecord({}, {}))).toMatchObject({ addresses: [], contacts: [] });
  });

  it('keeps letters of every language', () => {
    const names = {
      givenName: 'Łukasz Þór',
      middleName: 'Ibáñez-Çelik',
      surname: "O'Søren D’Arcy",
    };
    expect(evidenceOf(masterRecord(names)).name).toMatchObject(names);
  });
});

describe('an identity whose type the source does not state', () => {
  it('is classified when one format fits', () => {
    const row = { identityType: 'RES', identity: '22790814AA01' };
    expect(evidenceOf(masterRecord(row)).identity).toEqual({
      root: OID_NRID,
      extension: '22790814AA01',
    });
  });
});

describe('county and municipality of a reserve number', () => {
  const payer = { ...RESERVE_NUMBER, countyCode: '99', municipalityCode: '01' };
  const real = { ...RESERVE_NUMBER, countyCode: '03', municipalityCode: '80' };
  const halfReal = { ...RESERVE_NUMBER, countyCode: '03', municipalityCode: '99' };

  it.each([
    ['a payer code', payer],
    ['a real code', real],
    ['a payer code in a real county', halfReal],
  ])('are no place, with %s, unless the mapping says that they are', (_, row) => {
    expect(evidenceOf(masterRecord(row)).locality).toEqual({
      countyCode: null,
      municipalityCode: null,
      parishCode: null,
      propertyDesignation: 'Kvarnen 1:1',
      registrationDate: { precision: 'day', value: '1950-05-01' },
    });
  });

  it('are a place when the mapping says so and the codes are real', () => {
    const { locality } = evidenceOf(masterRecord(real), placeMapper);
    expect(locality).toMatchObject({ countyCode: '03', municipalityCode: '0380' });
  });

  it.each([
    ['a payer code', payer],
    ['a payer code in a real county', halfReal],
  ])('are no place, with %s, also when the mapping says that they are', (_, row) => {
    const { locality } = evidenceOf(masterRecord(row), placeMapper);
    expect(locality).toMatchObject({ countyCode: null, municipalityCode: null, parishCode: null });
  });
});

describe('addresses', () => {
  it.each([
    ['753 10', '75310'],
    ['75310', '75310'],
    ['0', null],
    ['00000', null],
    ['', null],
    [null, null],
  ])('have postal code %j as %j', (postalCode, expected) => {
    expect(addresses({ postalCode })).toMatchObject([{ postalCode: expected }]);
  });

  it('keep the postal code of another country as it is', () => {
    const abroad = { addressKind: 'UT', postalCode: 'SW1A 1AA', country: 'Storbritannien' };
    expect(addresses(abroad)).toMatchObject([{ kind: 'abroad', postalCode: 'SW1A 1AA' }]);
  });

  it('leave out empty lines and rows in which nothing stands', () => {
    const nothing = { line2: ' ', postalCode: '0', city: null };
    expect(
      addresses({ line1: 'A', line2: '', line3: 'B' }, { ...nothing, addressKind: 'SP' }),
    ).toEqual([expect.objectContaining({ lines: ['A', 'B'] })]);
  });

  it('stand in order of their kind, and two of one kind in order of what they say', () => {
    const rows = [
      { addressKind: 'UT', line2: 'C' },
      { addressKind: 'FB', line2: 'B' },
      { addressKind: 'SP', line2: 'D' },
      { addressKind: 'FB', line2: 'A' },
    ];
    expect(addresses(...rows).map(({ lines }) => lines.join())).toEqual(['A', 'B', 'D', 'C']);
  });
});

describe('contacts', () => {
  it('stand in order of channel and of the number that the source gives them', () => {
    const rows = [
      { channel: 'EP', sequence: '1', value: 'eva@example.se', consent: 'N' },
      { channel: 'TE', sequence: '10', value: '018100010', consent: 'V' },
      { channel: 'TE', sequence: '9', value: '018100099', consent: null },
    ];
    expect(contacts(...rows)).toEqual([
      { channel: 'phone', value: '018100099', consent: null },
      { channel: 'phone', value: '018100010', consent: 'this-care-giver' },
      { channel: 'email', value: 'eva@example.se', consent: 'no' },
    ]);
  });
});

describe('a removal', () => {
  const removal = (person: SourceRow) =>
    mapper.map({ ...masterRecord(), operation: 'removed', person });

  it('says whose record is gone, from the key alone', () => {
    expect(removal({ identityType: 'SLL', identity: '99198100-0010' })).toEqual({
      kind: 'removed',
      identity: { root: '1.2.752.97.3.1.3', extension: '991981000010' },
    });
  });

  it('of an identity that is none is rejected', () => {
    expect(removal({ identityType: 'SNR', identity: TEST_PNR[0] })).toEqual({
      kind: 'rejected',
      code: 'HUB_PERSON_IDENTITY_MALFORMED',
      field: 'identity',
    });
  });
});

describe('an answer that nobody is known', () => {
  it('is none that Master can give', () => {
    const { children: _, ...rest } = masterRecord();
    expect(mapper.map({ ...rest, operation: 'unknown' })).toEqual({
      kind: 'rejected',
      code: 'HUB_SYNC_RAW_UNREADABLE',
      field: null,
    });
  });
});

describe('a row that the connector refused', () => {
  it('is rejected with its code', () => {
    const { children: _, ...rest } = masterRecord();
    const code = 'HUB_MASTER_ROW_TOO_LARGE';
    expect(mapper.map({ ...rest, operation: 'refused', code })).toEqual({
      kind: 'rejected',
      code,
      field: null,
    });
  });
});
