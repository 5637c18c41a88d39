import { describe, expect, it } from 'vitest';
import { checkNationalReserveIdentity } from '../../core/person/national-reserve-identity.ts';
import { OID_NRID } from '../../core/person/person-identifier.ts';
import type { PuIdentity, PuRecord } from '../../scripts/population/pu-record.ts';
import { ACTOR_XML, all, createTestContracts, id, texts } from './contracts-harness.ts';
import { fullRecord, lrid, nrid, pnr, record, snr } from './contracts-records.ts';

const VERSION = '20261101120000';
const GENDER = (code: string): string => `<gender>${code}</gender>`;
const BIRTH = (value: string, format = 'YYYY-MM-DD'): string =>
  `<birth><p:dateOfBirth><p:format>${format}</p:format><p:value>${value}</p:value></p:dateOfBirth></birth>`;
const NAME = '<name><p:givenName>Nils</p:givenName></name>';
const LOCK = `<versionToUpdate>${VERSION}</versionToUpdate>`;

function update(
  contracts: ReturnType<typeof createTestContracts>,
  content: string,
  personId?: PuIdentity,
) {
  const answer = contracts.ask(
    'UpdatePerson',
    ACTOR_XML + (personId === undefined ? '' : id('personId', personId)) + content,
  );
  const [given] = all(answer, 'updatePersonResult', 'personRecord');
  return {
    code: texts(answer, 'updatePersonResult', 'result', 'resultCode').join(),
    text: texts(answer, 'updatePersonResult', 'result', 'resultText').join(),
    identity: given && {
      root: texts(given, 'personalIdentity', 'root').join(),
      extension: texts(given, 'personalIdentity', 'extension').join(),
    },
  };
}

describe('UpdatePerson without an identity', () => {
  it.each([
    ['1', /^96510228[A-HJ-NPR-UX-Z]{2}[13579]\d$/],
    ['2', /^96510228[A-HJ-NPR-UX-Z]{2}[02468]\d$/],
    ['0', /^96510228[A-HJ-NPR-UX-Z]{3}\d$/],
    ['9', /^96510228[A-HJ-NPR-UX-Z]{3}\d$/],
  ])(
    'takes out a number of the birth date and of sex %s, with its check digit',
    (gender, shape) => {
      const contracts = createTestContracts([]);
      const { code, identity } = update(contracts, GENDER(gender) + NAME + BIRTH('1851-02-28'));
      expect(code).toBe('OK');
      expect(identity?.root).toBe(OID_NRID);
      expect(identity?.extension).toMatch(shape);
      expect(checkNationalReserveIdentity(identity?.extension ?? '')).toBe('NRID');
      expect(contracts.register.find(identity ?? nrid(''))).toMatchObject({
        gender,
        name: { givenName: 'Nils' },
        birth: { dateOfBirth: '1851-02-28' },
        primaryIdentity: true,
        protectedPersonIndicator: false,
        updatePersonActor: { updateTime: '20261125120000' },
      });
    },
  );

  it('never takes out a number twice', () => {
    const contracts = createTestContracts([]);
    const numbers = Array.from(
      { length: 40 },
      () => update(contracts, GENDER('1') + BIRTH('1900-02-28')).identity?.extension ?? '',
    );
    expect(new Set(numbers).size).toBe(40);
    for (const number of numbers) expect(checkNationalReserveIdentity(number)).toBe('NRID');
    expect(numbers[0]?.startsWith('97000228')).toBe(true);
  });

  it('takes out a number without a date when the birth date is not known, as long as there are any', () => {
    const contracts = createTestContracts([]);
    const [first, second, third] = [1, 2, 3].map(() => update(contracts, NAME));
    expect(first?.identity?.extension).toMatch(/^00/);
    expect(second?.identity?.extension).toMatch(/^00/);
    expect(third).toMatchObject({ code: 'ERROR', identity: undefined });
  });

  it.each([
    ['a year alone', BIRTH('1851', 'YYYY')],
    ['a year and month', BIRTH('1851-02', 'YYYY-MM')],
    ['a year whose numbers may belong to somebody', BIRTH('1905-01-01')],
    ['a year before the range', BIRTH('1849-12-31')],
    ['a sex that is no code', GENDER('3') + BIRTH('1851-02-28')],
  ])('refuses %s', (_, content) => {
    const contracts = createTestContracts([]);
    expect(update(contracts, content)).toMatchObject({ code: 'ERROR', identity: undefined });
    expect([...contracts.register.all()]).toEqual([]);
  });

  it.each([
    ['a date that does not exist', BIRTH('1851-02-29')],
    ['a date of another precision than its format', BIRTH('1851-02-28', 'YYYY')],
    ['a name of 81 characters', `<name><p:givenName>${'å'.repeat(81)}</p:givenName></name>`],
    ['a called name beyond 99', '<name><p:givenNameIndicator>100</p:givenNameIndicator></name>'],
    ['a called name below 10', '<name><p:givenNameIndicator>9</p:givenNameIndicator></name>'],
    ['a version that is no time', '<versionToUpdate>2026112512000</versionToUpdate>'],
  ])('cannot be sent %s', (_, content) => {
    expect(createTestContracts([]).call('UpdatePerson', ACTOR_XML + content)).toMatchObject({
      kind: 'fault',
      side: 'client',
    });
  });

  it('can be sent values of the full length', () => {
    const name = `<name><p:givenNameIndicator>99</p:givenNameIndicator><p:givenName>${'😀'.repeat(80)}</p:givenName></name>`;
    expect(update(createTestContracts([]), name + BIRTH('1851-02-28')).code).toBe('OK');
  });
});

describe('UpdatePerson of an identity', () => {
  const NUMBER = nrid('96510228ZZ91');
  const known = (fields: Partial<PuRecord> = {}): PuRecord =>
    record(NUMBER, {
      gender: '1',
      name: { givenName: 'Nils', surname: 'Ek' },
      birth: { dateOfBirth: '1851-02-28' },
      addressInformation: {
        residentialAddress: { city: 'Uppsala' },
        givenAddress: { city: 'Knivsta' },
        addressAbroad: { countryCode: 'Finland' },
      },
      contactInformation: [{ contactType: 'phone', value: '1' }],
      administrativeInformation: { categoryOfPerson: '01' },
      ...fields,
    });

  it('replaces what the contract sends and keeps the rest', () => {
    const contracts = createTestContracts([known()]);
    const { code } = update(
      contracts,
      `${GENDER('2')}${LOCK}<name><p:givenName>Nils</p:givenName><p:surname></p:surname></name><givenAddress><p:city>Alunda</p:city></givenAddress><confirmedIdentity><p:typeOfIdentification>02</p:typeOfIdentification></confirmedIdentity>`,
      NUMBER,
    );
    const { updatePersonActor, ...stored } = contracts.register.find(NUMBER) ?? known();
    expect(code).toBe('OK');
    expect(updatePersonActor?.updateTime).toBe('20261125120000');
    expect(stored).toEqual({
      personalIdentity: NUMBER,
      protectedPersonIndicator: false,
      testIndicator: false,
      primaryIdentity: true,
      version: '20261125120000',
      gender: '2',
      // Sent empty is deleted, and so is what is not sent: birth and administrative information.
      name: { givenName: 'Nils' },
      addressInformation: {
        residentialAddress: { city: 'Uppsala' },
        givenAddress: { city: 'Alunda' },
      },
      contactInformation: [{ contactType: 'phone', value: '1' }],
      confirmedIdentity: [{ typeOfIdentification: '02' }],
    });
  });

  it.each([
    ['another version', '<versionToUpdate>20261101115959</versionToUpdate>'],
    ['no version', ''],
  ])('refuses %s than that of the record', (_, version) => {
    const contracts = createTestContracts([known()]);
    const { code, text } = update(contracts, version + NAME, NUMBER);
    expect(code).toBe('ERROR');
    expect(text).toContain('versionToUpdate');
    expect(contracts.register.find(NUMBER)).toEqual(known());
  });

  it('registers a region’s own that PU does not know', () => {
    const contracts = createTestContracts([]);
    const { code, identity } = update(contracts, NAME, lrid('18500101001R'));
    expect(code).toBe('OK');
    expect(identity).toEqual(lrid('18500101001R'));
    expect(contracts.register.find(lrid('18500101001R'))?.name).toEqual({ givenName: 'Nils' });
  });

  it.each([
    ['a national reserve identity that PU does not know', nrid('96510228ZZ83')],
    ['a personnummer that PU does not know', pnr('185001012397')],
    ['a samordningsnummer that PU does not know', snr('185001612384')],
    ['an identity whose root is no OID', { root: 'SLL', extension: '992200000001' }],
  ])('refuses %s', (_, identity) => {
    const contracts = createTestContracts([]);
    expect(update(contracts, NAME, identity).code).toBe('ERROR');
    expect([...contracts.register.all()]).toEqual([]);
  });

  it('never updates a number of Skatteverket’s', () => {
    const contracts = createTestContracts([fullRecord(), record(snr('185001612384'))]);
    for (const identity of [fullRecord().personalIdentity, snr('185001612384')]) {
      const before = contracts.register.find(identity);
      expect(update(contracts, LOCK + NAME, identity).code).toBe('ERROR');
      expect(contracts.register.find(identity)).toEqual(before);
    }
  });

  it.each([
    [
      'a deregistration for no known reason',
      '<deregistration><p:deregistrationReasonCode>XX</p:deregistrationReasonCode></deregistration>',
    ],
    [
      'an unknown relation',
      '<relationship><p:relationshipId/><p:relationshipType>XX</p:relationshipType></relationship>',
    ],
  ])('refuses %s', (_, content) => {
    expect(update(createTestContracts([known()]), LOCK + content, NUMBER).code).toBe('ERROR');
  });
});
