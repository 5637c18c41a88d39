import { describe, expect, it } from 'vitest';
import { all, createTestContracts, MADE_AT, texts } from './contracts-harness.ts';
import { CALLER, fullRecord, lrid, pnr, record } from './contracts-records.ts';

const search = (condition: string, profile = 'P2', language = 'SimpleQL'): string =>
  `<query>FROM PersonRecord WHERE ${condition.replaceAll('"', '&quot;').replaceAll('<', '&lt;')}</query><queryLanguage>${language}</queryLanguage><profile>${profile}</profile>`;
const women = (count: number) =>
  Array.from({ length: count }, (_, number) =>
    record(lrid(`18500101${String(number).padStart(3, '0')}R`), { gender: '2' }),
  );

describe('SearchPersonsForProfile', () => {
  it('gives the records that the query finds, in the profile, and none when there are none', () => {
    const contracts = createTestContracts([fullRecord(), record(pnr('185001012397'))]);
    const found = contracts.ask('SearchPersonsForProfile', search('gender = "2"', 'P1'));
    expect(texts(found, 'personRecord', 'personalIdentity', 'extension')).toEqual(['185001012389']);
    expect(all(found, 'personRecord', 'addressInformation')).toEqual([]);
    expect(contracts.ask('SearchPersonsForProfile', search('gender = "9"')).children).toEqual([]);
  });

  it('gives the record that was found and not that of the main identity', () => {
    const contracts = createTestContracts([
      record(pnr('185001012389')),
      record(lrid('18500101001R'), {
        primaryIdentity: false,
        linkedIdentity: [
          {
            referredPersonalIdentity: pnr('185001012389'),
            assuranceLevel: 'level3',
            primaryIdentity: true,
          },
        ],
      }),
    ]);
    const found = contracts.ask('SearchPersonsForProfile', search('primaryIdentity = "false"'));
    expect(texts(found, 'personRecord', 'personalIdentity', 'extension')).toEqual(['18500101001R']);
    expect(texts(found, 'personRecord', 'linkedIdentity', 'primaryIdentity')).toEqual(['true']);
  });

  it('gives 500 hits, and for 501 the fault that PU gives', () => {
    const at = (count: number) =>
      createTestContracts(women(count)).call('SearchPersonsForProfile', search('gender = "2"'));
    expect(at(500).kind).toBe('answer');
    expect(at(501)).toEqual({
      kind: 'fault',
      side: 'client',
      text: 'Förfrågans maxgräns överskriden: fler än 500 träffar.',
    });
  });

  it('hides of a protected person what it also does not search by, unless it is unrestricted', () => {
    const contracts = createTestContracts([fullRecord({ protectedPopulationRecord: true })]);
    const condition = 'populationRegistrationLocality.municipalityCode = "80"';
    const restricted = contracts.ask('SearchPersonsForProfile', search(condition, 'P5'));
    expect(restricted.children).toEqual([]);
    const byCounty = contracts.ask(
      'SearchPersonsForProfile',
      search('populationRegistrationLocality.countyCode = "03"', 'P5'),
    );
    expect(all(byCounty, 'personRecord', 'populationRegistrationLocality')[0]?.children).toEqual([
      expect.objectContaining({ name: 'countyCode' }),
    ]);
    const open = contracts.ask('SearchPersonsForProfileUnrestricted', search(condition, 'P5'));
    expect(
      texts(open, 'personRecord', 'populationRegistrationLocality', 'municipalityCode'),
    ).toEqual(['80']);
  });

  it('looks only at what changed when only that is asked for', () => {
    const contracts = createTestContracts([...women(3)]);
    contracts.register.put([record(lrid('18500101001R'), { gender: '1' })]);
    const found = contracts.ask('SearchPersonsForProfile', search(`version >= "${MADE_AT}"`));
    expect(texts(found, 'personRecord', 'gender')).toEqual(['1']);
    expect(contracts.fullReads()).toBe(0);
    contracts.ask('SearchPersonsForProfile', search('gender = "1"'));
    expect(contracts.fullReads()).toBe(1);
  });

  it.each([
    ['another language', search('gender = "2"', 'P2', 'SQL')],
    ['a profile that is in reserve', search('gender = "2"', 'P7')],
    ['a query that cannot be read', search('gender < 2')],
  ])('refuses %s', (_, content) => {
    for (const contract of ['SearchPersonsForProfile', 'SearchPersonsForProfileByOrder'] as const) {
      const contracts = createTestContracts(women(1));
      expect(contracts.call(contract, content)).toMatchObject({ kind: 'fault', side: 'client' });
      expect(contracts.ordered).toEqual([]);
    }
  });
});

describe('SearchPersonsForProfileByOrder', () => {
  it.each([
    ['SearchPersonsForProfileByOrder', false],
    ['SearchPersonsForProfileByOrderUnrestricted', true],
  ] as const)('places an order of the caller and gives its id: %s', (contract, unrestricted) => {
    const contracts = createTestContracts([]);
    const answer = contracts.ask(contract, search('gender = "2"', 'P4'));
    expect(texts(answer, 'orderId')).toEqual(['order-1']);
    expect(contracts.ordered).toEqual([
      {
        caller: CALLER,
        question: {
          kind: 'query',
          query: 'FROM PersonRecord WHERE gender = "2"',
          profile: 'P4',
          unrestricted,
        },
      },
    ]);
  });
});

describe('GetFilesForOrderId', () => {
  const files = (orderId: string, caller: string): readonly string[] | undefined =>
    caller !== CALLER
      ? undefined
      : { done: ['https://localhost/1?a=1&b=2', 'https://localhost/2'], working: [] }[orderId];
  const contracts = createTestContracts([], files);

  it('lists the files of an order that is done, and none while it is worked on', () => {
    const done = contracts.ask('GetFilesForOrderId', '<orderId>done</orderId>');
    expect(texts(done, 'multimedia', 'reference')).toEqual([
      'https://localhost/1?a=1&b=2',
      'https://localhost/2',
    ]);
    expect(texts(done, 'multimedia', 'mediaType')).toEqual(['application/zip', 'application/zip']);
    const working = contracts.ask('GetFilesForOrderId', '<orderId>working</orderId>');
    expect(working.children).toEqual([]);
  });

  it('refuses an order that is not there, or is another caller’s', () => {
    const refused = { kind: 'fault', side: 'client', text: 'Beställningen finns inte.' };
    expect(contracts.call('GetFilesForOrderId', '<orderId>gone</orderId>')).toEqual(refused);
    expect(contracts.call('GetFilesForOrderId', '<orderId>done</orderId>', 'SE1')).toEqual(refused);
  });
});
