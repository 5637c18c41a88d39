import { describe, expect, it } from 'vitest';
import {
  adapterOfVersion,
  PU_CONTRACT_VERSIONS,
} from '../../../../connectors/sources/pu/adapters/adapter-of-version.ts';
import { simpleQl } from '../../../../connectors/sources/pu/adapters/simple-ql.ts';
import type { PuQuery } from '../../../../connectors/sources/pu/pu-client-port.ts';
import { OID_NRID, OID_PNR, type Oid } from '../../../../core/person/person-identifier.ts';
import type { ContractName } from '../../../../scripts/sandbox/sandbox-types.ts';
import { describeWithSchemas, validateSoap } from '../../../support/xsd-validator.ts';

const SINCE = Date.parse('2026-11-24T23:00:00Z');
const RESIDENTS: PuQuery = {
  kind: 'residents',
  counties: ['03'],
  municipality: null,
  onlyProtected: false,
  since: SINCE,
};
const adapter = adapterOfVersion('5', 'SE165565594230-1000');

describe('the text of a query', () => {
  it.each<[string, PuQuery, string]>([
    [
      'residents of a county since a moment',
      RESIDENTS,
      'FROM PersonRecord WHERE populationRegistrationLocality.countyCode IN ("03") AND version >= "20261125000000"',
    ],
    [
      'all residents of two counties',
      { ...RESIDENTS, counties: ['03', '19'], since: null },
      'FROM PersonRecord WHERE populationRegistrationLocality.countyCode IN ("03","19")',
    ],
    [
      'residents of a municipality',
      { ...RESIDENTS, municipality: '0380' },
      'FROM PersonRecord WHERE populationRegistrationLocality.countyCode IN ("03") AND populationRegistrationLocality.municipalityCode = "80" AND version >= "20261125000000"',
    ],
    [
      'protected residents',
      { ...RESIDENTS, onlyProtected: true },
      'FROM PersonRecord WHERE populationRegistrationLocality.countyCode IN ("03") AND (protectedPersonIndicator = "true" OR protectedPopulationRecord = "true") AND version >= "20261125000000"',
    ],
    [
      'reserve identities',
      { kind: 'reserve-identities', roots: [OID_NRID, '1.2.3' as Oid], since: SINCE },
      `FROM PersonRecord WHERE personalIdentity.root IN ("${OID_NRID}","1.2.3") AND version >= "20261125000000"`,
    ],
    [
      'who has moved out',
      { kind: 'moved-out', counties: ['03'], since: SINCE },
      'FROM PersonRecord WHERE populationRegistrationRecord.historicalRecords.populationRegistrationLocality.countyCode IN ("03") AND populationRegistrationRecord.historicalRecords.populationRegistrationLocality.localRegistrationEndTime >= "2026-11-25T00:00:00"',
    ],
  ])('asks for %s', (_, query, text) => {
    expect(simpleQl(query)).toBe(text);
  });

  it('never holds what is no code', () => {
    expect(() => simpleQl({ ...RESIDENTS, counties: ['03") OR version >= ("1'] })).toThrow(
      TypeError,
    );
    expect(() => simpleQl({ ...RESIDENTS, counties: [] })).toThrow(RangeError);
  });
});

describe('a question', () => {
  it('goes to the contract’s own address with its own action', () => {
    const { path, soapAction } = adapter.askForFiles('order');
    expect(path).toBe('strategicresourcemanagement/persons/person/GetFilesForOrderId/4/rivtabp21');
    expect(soapAction).toBe(
      'urn:riv:strategicresourcemanagement:persons:person:GetFilesForOrderIdResponder:4:GetFilesForOrderId',
    );
    expect(adapter.askByQuery(RESIDENTS, 'P4').path).toContain(
      '/SearchPersonsForProfileByOrder/5/',
    );
  });

  it('for persons never follows to another identity', () => {
    const { envelope } = adapter.askForPersons(
      [{ root: OID_PNR, extension: '185002029999' }],
      'P4',
    );
    expect(envelope).toContain('<ignoreReferredIdentity>true</ignoreReferredIdentity>');
  });

  it('by file has its parameters in the address and one identity on a line', () => {
    expect(adapter.identitiesPath('P4', SINCE, 50_000)).toBe(
      'getPersonsByFile?Profile=P4&fromDate=2026-11-25T00%3A00%3A00&maxResultsPerFile=50000&primaryidentity=false',
    );
    expect(adapter.identitiesPath('P4', null, 500)).not.toContain('fromDate');
    expect(adapter.identityLine({ root: OID_PNR, extension: '185002029999' })).toBe(
      `${OID_PNR};185002029999\n`,
    );
  });

  it.each(['1;2', '1\n2', '1\r2'])(
    'by file leaves out what no identity can be: %j',
    (extension) => {
      expect(adapter.identityLine({ root: OID_PNR, extension })).toBe('');
    },
  );

  it('can be made for every version that is offered', () => {
    for (const version of PU_CONTRACT_VERSIONS)
      expect(adapterOfVersion(version, 'x').askForFiles('order').envelope).toContain('order');
  });
});

describeWithSchemas('questions against the official schemas', () => {
  const odd = '<&>"\'å]]>';
  it.each<[ContractName, string]>([
    [
      'GetPersonsForProfile',
      adapter.askForPersons(
        [
          { root: OID_PNR, extension: '185002029999' },
          { root: OID_NRID, extension: odd },
        ],
        'P4',
      ).envelope,
    ],
    ['SearchPersonsForProfileByOrder', adapter.askByQuery(RESIDENTS, 'P5').envelope],
    ['GetFilesForOrderId', adapter.askForFiles(odd).envelope],
    ['GetFilesForOrderId', adapterOfVersion('5', odd).askForFiles('order').envelope],
  ])('%s is valid', (contract, envelope) => {
    expect(validateSoap(contract, 'request', envelope)).toEqual([]);
  });
});
