import { describe, expect, it } from 'vitest';
import { loadMappingFiles } from '../../../connectors/mapping-files/load-mapping-files.ts';
import { createMasterMapper } from '../../../core/mapping/map-master-record.ts';
import type { PuRows } from '../../../core/mapping/map-pu-children.ts';
import { createPuMapper } from '../../../core/mapping/map-pu-record.ts';
import type { PersonEvidence } from '../../../core/mapping/person-evidence.ts';
import { OID_NRID, OID_PNR, OID_SNR } from '../../../core/person/person-identifier.ts';
import type { SourceRow } from '../../../core/sync/source-record.ts';
import { masterRecord } from './master-row-builder.ts';
import { PU_ADDRESS_ROW, PU_CONTACT_ROW, puRecord } from './pu-row-builder.ts';

const {
  masterMapping,
  puMapping: mapping,
  classifier,
  areas,
} = await loadMappingFiles(new URL('../../../mappings', import.meta.url).pathname);
const mapper = createPuMapper({ mapping, classifier, areas });

const NRID = { identityRoot: OID_NRID, identity: '00342145BZ31' };
const SNR = { identityRoot: OID_SNR, identity: '189001610014' };

function evidenceOf(person: SourceRow = {}, children?: PuRows, by = mapper): PersonEvidence {
  const result = by.map(puRecord(person, children));
  if (result.kind !== 'mapped') throw new Error(`Not mapped: ${JSON.stringify(result)}`);
  return result.evidence;
}

describe('a record of PU', () => {
  it('about an ordinary resident says the same as the row of Master about the same person', () => {
    const master = createMasterMapper({ mapping: masterMapping, classifier, areas });
    const { contacts: _, ...expected } = (
      master.map(masterRecord()) as { evidence: PersonEvidence }
    ).evidence;
    const { contacts, ...evidence } = evidenceOf();
    expect(evidence).toEqual(expected);
    expect(contacts).toEqual([
      { channel: 'mobile', value: '0701740605', consent: 'shared', digitalNotification: true },
    ]);
  });

  it.each([
    ['0', 'unknown'],
    ['1', 'male'],
    ['2', 'female'],
    ['9', 'not-applicable'],
    [null, 'unknown'],
  ])('of gender %s is %s', (gender, sex) => {
    expect(evidenceOf({ gender }).sex).toBe(sex);
  });

  it.each([
    ['1890', 'year'],
    ['1890-05', 'month'],
    ['1890-05-17', 'day'],
  ])('keeps how much of a date is known: %s', (birthDate, precision) => {
    expect(evidenceOf({ birthDate }).birthDate).toEqual({ precision, value: birthDate });
  });

  it('has four digits of a municipality, whether PU states two or four', () => {
    for (const municipalityCode of ['80', '0380']) {
      expect(evidenceOf({ municipalityCode }).locality).toMatchObject({
        countyCode: '03',
        municipalityCode: '0380',
      });
    }
  });

  it('may lack the later flag of protection, and whether it is about a test person', () => {
    const evidence = evidenceOf({ protectedPopulationRecord: null, testPerson: null });
    expect(evidence).toMatchObject({ protectedPopulationRecord: false, testPerson: false });
    expect(evidenceOf({ testPerson: '1' }).testPerson).toBe(true);
  });

  it.each(['0', '00000', null])('with postal code %s has none', (postalCode) => {
    const { addresses } = evidenceOf({}, { addresses: [{ ...PU_ADDRESS_ROW, postalCode }] });
    expect(addresses[0]).toMatchObject({ postalCode: null, city: 'UPPSALA' });
  });

  it('keeps a country in full text for an address abroad', () => {
    const row = { kind: 'abroad', line1: 'Provveien 1', line2: '0150 OSLO', country: 'NORGE' };
    expect(evidenceOf({}, { addresses: [row] }).addresses).toEqual([
      {
        kind: 'abroad',
        careOf: null,
        lines: ['Provveien 1', '0150 OSLO'],
        postalCode: null,
        city: null,
        country: 'NORGE',
      },
    ]);
  });

  it('takes for a place what stands on a reserve identity only when the mapping says so', () => {
    const row = { ...NRID, propertyDesignation: null, registrationDate: null };
    expect(evidenceOf(row).locality).toBeNull();
    expect(evidenceOf({ ...row, countyCode: '99', municipalityCode: '01' }).locality).toBeNull();
    const places = createPuMapper({
      mapping: { ...mapping, reserveNumberAreaIsPlace: true },
      classifier,
      areas,
    });
    expect(evidenceOf(row, {}, places).locality?.municipalityCode).toBe('0380');
  });

  it('that says that PU has the person no more is none that PU can send', () => {
    const { children: _, ...record } = puRecord();
    expect(mapper.map({ ...record, operation: 'removed' })).toMatchObject({
      code: 'HUB_SYNC_RAW_UNREADABLE',
    });
  });

  it('may say that PU was asked about an identity and does not know it', () => {
    const { children: _, ...record } = puRecord();
    const asked = (person: SourceRow) => mapper.map({ ...record, operation: 'unknown', person });
    expect(asked({ identityRoot: OID_NRID, identity: '00342145-bz31' })).toEqual({
      kind: 'unknown',
      identity: { root: OID_NRID, extension: '00342145BZ31' },
    });
    expect(asked({ identityRoot: OID_PNR })).toMatchObject({
      code: 'HUB_PERSON_REQUIRED_MISSING',
      field: 'identity',
    });
    const wrong = { identityRoot: OID_PNR, identity: '189001019803' };
    expect(asked(wrong)).toMatchObject({ code: 'HUB_PERSON_IDENTITY_MALFORMED' });
  });

  it('that the connector refused is parked under its code', () => {
    const { children: _, ...record } = puRecord();
    const code = 'HUB_PU_RECORD_TOO_LARGE';
    expect(mapper.map({ ...record, operation: 'refused', code })).toMatchObject({ code });
  });
});

describe('a protected record of PU', () => {
  const rows: PuRows = {
    addresses: [{ ...PU_ADDRESS_ROW, postalCode: 'damaged\u0000' }],
    contacts: [PU_CONTACT_ROW],
    linkedIdentities: [NRID],
  };

  it.each([
    { protectedPerson: '1' },
    { protectedPopulationRecord: '1' },
    { protectedPerson: '1', protectedPopulationRecord: '1' },
  ])('holds no more than profile 1, even when more was sent: %o', (flags) => {
    const evidence = evidenceOf({ ...flags, maritalStatus: '?' }, rows);
    const only = { municipalityCode: null, parishCode: null, propertyDesignation: null };
    expect(evidence).toMatchObject({
      name: { surname: 'Testberg' },
      birthDate: { value: '1890-01-01' },
      locality: { countyCode: '03', ...only, registrationDate: null },
      maritalStatus: null,
      addresses: [],
      contacts: [],
      links: [{ kind: 'linked' }],
    });
    const text = JSON.stringify(evidence);
    for (const hidden of ['Provgatan', '0380', 'Kvarnen', '0701740605', '1950-05-01']) {
      expect(text).not.toContain(hidden);
    }
  });

  it('may have no county', () => {
    expect(evidenceOf({ ...SNR, protectedPerson: '1', countyCode: null }).locality).toBeNull();
  });

  it('keeps the deregistration and the status of the number', () => {
    const status = { identityStatus: 'AVREGISTRERAT', identityStatusCause: 'AVLIDEN' };
    const dead = evidenceOf({ ...SNR, protectedPerson: '1', ...status, deceasedDate: '1960-05' });
    expect(dead.deregistration).toMatchObject({ reason: 'AV', date: { value: '1960-05' } });
  });
});

describe('the deregistration', () => {
  it.each([
    ['AV', 'AV'],
    ['AS', 'TA'],
    ['GS', 'GN'],
    ['OO', 'AN'],
  ])('%s is %s, with its dates', (deregistrationReason, reason) => {
    const evidence = evidenceOf({ deregistrationReason, foundDeadDate: '1960-05' });
    expect(evidence.deregistration).toMatchObject({
      reason,
      date: null,
      foundDeadAt: { value: '1960-05' },
    });
  });

  const since = { identityStatusDate: '2024-03-01' };
  it.each([
    ['an active number', { identityStatus: 'AKTIVT' }, null],
    ['a number that is dormant', { identityStatus: 'VILANDEFORKLARAT', ...since }, null],
    [
      'a number that was not renewed',
      { identityStatus: 'VILANDEFORKLARAT_STANGT', identityStatusCause: 'TIDSFRIST', ...since },
      null,
    ],
    [
      'a dormant number of somebody dead',
      { identityStatus: 'VILANDEFORKLARAT', identityStatusCause: 'AVLIDEN', ...since },
      { reason: 'AV', date: null, foundDeadAt: null },
    ],
    [
      'a number of somebody dead, with the day',
      { identityStatus: 'AVREGISTRERAT', identityStatusCause: 'AVLIDEN', deceasedDate: '1960-05' },
      { reason: 'AV', date: { precision: 'month', value: '1960-05' }, foundDeadAt: null },
    ],
    [
      'a number with only the day of death',
      { deceasedDate: '1960' },
      { reason: 'AV', date: { precision: 'year', value: '1960' }, foundDeadAt: null },
    ],
    [
      'a number that was replaced',
      { identityStatus: 'AVREGISTRERAT', identityStatusCause: 'ERSATT', ...since },
      { reason: 'GN', date: { precision: 'day', value: '2024-03-01' }, foundDeadAt: null },
    ],
    [
      'a number registered by mistake, in the spelling of the contract',
      { identityStatus: 'AVREGISTRERAT', identityStatusCause: 'FELAKTIGT_REGISTERAT' },
      { reason: 'AN', date: null, foundDeadAt: null },
    ],
    [
      'a number registered by mistake, in the spelling of the specification',
      { identityStatus: 'AVREGISTRERAT', identityStatusCause: 'FELAKTIGT_REGISTRERAT' },
      { reason: 'AN', date: null, foundDeadAt: null },
    ],
    [
      'a number deregistered without a cause',
      { identityStatus: 'AVREGISTRERAT', ...since },
      { reason: 'AN', date: { precision: 'day', value: '2024-03-01' }, foundDeadAt: null },
    ],
  ])('follows from the status where none is stated: %s', (_, status, expected) => {
    expect(evidenceOf({ ...SNR, ...status }).deregistration).toEqual(expected);
  });

  it('that is stated counts more than the status', () => {
    const status = { identityStatus: 'AVREGISTRERAT', identityStatusCause: 'ERSATT' };
    const evidence = evidenceOf({ ...SNR, ...status, deregistrationReason: 'AV' });
    expect(evidence.deregistration?.reason).toBe('AV');
  });
});

describe('the contacts', () => {
  it.each([
    ['phone', 'home', 'phone'],
    ['phone', 'mobile', 'mobile'],
    ['phone', null, 'phone'],
    ['sms', null, 'mobile'],
    ['email', 'work', 'email'],
  ])('of type %s for use %s are %s, shared', (contactType, use, channel) => {
    const contacts = [{ contactType, use, value: 'x' }];
    expect(evidenceOf({}, { contacts }).contacts).toEqual([
      { channel, value: 'x', consent: 'shared' },
    ]);
  });

  it.each([
    ['of a type that the hub does not keep', { contactType: 'fax', value: '018123456' }],
    ['that are out of use', { contactType: 'phone', use: 'old', value: '018123456' }],
    ['without a value', { contactType: 'phone' }],
  ])('%s are left out', (_, row) => {
    expect(evidenceOf({}, { contacts: [row] }).contacts).toEqual([]);
  });

  it('stand in the order of preference, whatever is not ranked last', () => {
    const phone = (value: string, rank?: string): SourceRow => ({
      contactType: 'phone',
      value,
      ...(rank !== undefined && { rank }),
    });
    const contacts = [phone('a'), phone('c', '2'), phone('b', '10'), phone('d', '1')];
    expect(evidenceOf({}, { contacts }).contacts.map(({ value }) => value)).toEqual([
      'd',
      'c',
      'b',
      'a',
    ]);
  });
});
