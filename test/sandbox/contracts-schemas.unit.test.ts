/** What goes over the wire, against the official schemas. Every other test of the contracts checks its own messages as well. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import type { PuRecord } from '../../scripts/population/pu-record.ts';
import { puRecordsOf } from '../../scripts/population/pu-view.ts';
import { responderNamespace } from '../../scripts/sandbox/contracts/contract-namespaces.ts';
import { sandboxPopulation } from '../../scripts/sandbox/sandbox-population.ts';
import {
  CONTRACTS,
  type ContractName,
  type OrderedQuestion,
  PROFILES,
} from '../../scripts/sandbox/sandbox-types.ts';
import { describeWithSchemas, validateSoap } from '../support/xsd-validator.ts';
import { ACTOR_XML, createTestContracts, id, request } from './contracts-harness.ts';
import { CALLER, fullRecord, lrid, nrid, pnr, record, snr } from './contracts-records.ts';

const KNOWN = pnr('185001012389');
const SEARCH =
  '<query>FROM PersonRecord WHERE personalIdentity.root != ""</query><queryLanguage>SimpleQL</queryLanguage>';
const CONTACT =
  '<contactInformation><p:contactType>sms</p:contactType><p:value>+46700000000</p:value><p:digitalNotification>true</p:digitalNotification></contactInformation>';

/** An ordinary request of each contract. */
const ASKED: Readonly<Record<ContractName, string>> = {
  ...(Object.fromEntries(
    CONTRACTS.map((contract) => {
      if (contract.startsWith('GetPersonsForProfile')) {
        return [
          contract,
          `${id('personId', KNOWN)}${id('personId', lrid('x'))}<profile>P5</profile><ignoreReferredIdentity>1</ignoreReferredIdentity>`,
        ];
      }
      return contract.startsWith('SearchPersons')
        ? [contract, `${SEARCH}<profile>P5</profile>`]
        : [contract, id('personId', KNOWN)];
    }),
  ) as Record<ContractName, string>),
  GetFilesForOrderId: '<orderId>order-1</orderId>',
  UpdatePersonContactInformation: `${ACTOR_XML}${id('personId', KNOWN)}<versionToUpdate>20261101120000</versionToUpdate>${CONTACT}<optoutPaperNotification>true</optoutPaperNotification>`,
  UpdatePerson: `${ACTOR_XML}<gender>1</gender><name><p:givenName>Nils</p:givenName></name><birth><p:dateOfBirth><p:format>YYYY-MM-DD</p:format><p:value>1851-02-28</p:value></p:dateOfBirth></birth>`,
  LinkPersonIdentity: `${ACTOR_XML}${id('fromIdentity', lrid('18500101001R'))}${id('toIdentity', KNOWN)}`,
  UnlinkPersonIdentity: `${ACTOR_XML}${id('unlinkFromIdentity', KNOWN)}${id('unlinkIdentity', lrid('18500101001R'))}`,
};

/** Records of every shape: with everything, with nothing, and each kind that there is. */
const SHAPES: readonly PuRecord[] = [
  fullRecord(),
  record(lrid('18500101001R')),
  record(nrid('24500101ZZ91'), { name: {}, birth: {}, addressInformation: {} }),
  fullRecord({ personalIdentity: snr('185001612384'), protectedPersonIndicator: true }),
  fullRecord({ personalIdentity: pnr('185001012397'), protectedPopulationRecord: true }),
  record(pnr('185001022396'), {
    protectedPersonIndicator: true,
    populationRegistrationLocality: { municipalityCode: '80' },
  }),
  fullRecord({
    personalIdentity: pnr('185001032395'),
    name: { surname: '\u0000<&>\ud800' },
    contactInformation: [],
    relationship: [{ relationshipId: {}, relationshipType: 'VF' }],
  }),
];

const envelope = (body: string): string =>
  `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header><LogicalAddress xmlns="urn:riv:itintegration:registry:1">SE165565594230-1000</LogicalAddress></s:Header><s:Body>${body}</s:Body></s:Envelope>`;

describeWithSchemas('the official schemas', () => {
  it.each(CONTRACTS)('accept what %s is asked and what it answers', (contract) => {
    const contracts = createTestContracts(SHAPES, () => ['https://localhost/1?a=1&b=2']);
    const asked = request(contract, ASKED[contract]);
    const answer = contracts.answer({ contract, request: asked, caller: CALLER });
    expect(validateSoap(contract, 'request', asked)).toEqual([]);
    expect(validateSoap(contract, 'request', envelope(asked))).toEqual([]);
    expect(answer.kind).toBe('answer');
    const body = answer.kind === 'answer' ? answer.body : '';
    expect(validateSoap(contract, 'response', body)).toEqual([]);
    expect(validateSoap(contract, 'response', envelope(body))).toEqual([]);
  });

  it.each(
    PROFILES.flatMap((profile) => [
      [profile, 'SearchPersonsForProfile'] as const,
      [profile, 'SearchPersonsForProfileUnrestricted'] as const,
    ]),
  )('accept records of every shape in %s of %s', (profile, contract) => {
    const contracts = createTestContracts(SHAPES);
    const answer = contracts.call(contract, `${SEARCH}<profile>${profile}</profile>`);
    const body = answer.kind === 'answer' ? answer.body : '';
    expect(validateSoap(contract, 'response', body)).toEqual([]);
    expect(body.match(/<r:personRecord>/g)).toHaveLength(SHAPES.length);
  });

  it.each([
    ['the request of another contract', request('UpdatePerson', ''), 'not one'],
    [
      'another version',
      request('GetPersonsForProfile', ASKED.GetPersonsForProfile).replace(
        'Responder:5',
        'Responder:4',
      ),
      'No matching',
    ],
    ['a missing element', request('GetPersonsForProfile', id('personId', KNOWN)), 'Missing child'],
    [
      'a wrong value',
      request('GetPersonsForProfile', ASKED.GetPersonsForProfile.replace('P5', 'P11')),
      'enumeration',
    ],
    [
      'an envelope without logical address',
      envelope(request('GetPersonsForProfile', ASKED.GetPersonsForProfile)).replace(
        /<s:Header>.*<\/s:Header>/,
        '',
      ),
      'LogicalAddress',
    ],
    [
      'an envelope with two requests',
      envelope(request('GetPersonsForProfile', ASKED.GetPersonsForProfile).repeat(2)),
      'not one',
    ],
  ])('refuse %s', (_, xml, words) => {
    expect(validateSoap('GetPersonsForProfile', 'request', xml).join('; ')).toContain(words);
  });

  it('refuse an answer whose elements are in another order', () => {
    const contract = 'SearchPersonsForProfile';
    const answer = (content: string): string =>
      `<SearchPersonsForProfileResponse xmlns="${responderNamespace(contract)}"><personRecord xmlns:p="urn:riv:strategicresourcemanagement:persons:person:5">${content}</personRecord></SearchPersonsForProfileResponse>`;
    const identity = '<p:personalIdentity><p:root>1</p:root></p:personalIdentity>';
    const flags =
      '<p:protectedPersonIndicator>false</p:protectedPersonIndicator><p:testIndicator>false</p:testIndicator><p:primaryIdentity>true</p:primaryIdentity>';
    expect(validateSoap(contract, 'response', answer(identity + flags))).toEqual([]);
    expect(validateSoap(contract, 'response', answer(flags + identity))).not.toEqual([]);
  });
});

describeWithSchemas(
  'the official schemas accept the documents of an order over a population',
  () => {
    let records: readonly PuRecord[];
    let contracts: ReturnType<typeof createTestContracts>;
    beforeAll(() => {
      const population = sandboxPopulation({ seed: 5, persons: 3_000 });
      records = [...population.persons()].flatMap((person) => puRecordsOf(person, population));
      contracts = createTestContracts(records);
    });
    const read = (question: OrderedQuestion, contract: ContractName): number => {
      let persons = 0;
      for (const document of contracts.documents(question, 1_000)) {
        expect(validateSoap(contract, 'response', [...document.pieces].join(''))).toEqual([]);
        persons += document.persons;
      }
      return persons;
    };

    it.each([
      ['P1', false],
      ['P4', false],
      ['P5', false],
      ['P5', true],
    ] as const)('that a query finds: %s, unrestricted %s', (profile, unrestricted) => {
      const query = 'FROM PersonRecord WHERE personalIdentity.root LIKE "%"';
      const persons = read(
        { kind: 'query', query, profile, unrestricted },
        unrestricted ? 'SearchPersonsForProfileUnrestricted' : 'SearchPersonsForProfile',
      );
      expect(persons).toBe(records.length);
      expect(persons).toBeGreaterThan(2_000);
    });

    it('that a list names', () => {
      const folder = mkdtempSync(join(tmpdir(), 'contracts-schemas-'));
      try {
        const file = join(folder, 'identities.txt');
        const lines = records.map(
          ({ personalIdentity: { root, extension } }) => `${root};${extension}`,
        );
        writeFileSync(file, [...lines, '1.2.3;unknown'].join('\n'));
        const question: OrderedQuestion = {
          kind: 'identities',
          file,
          profile: 'P4',
          fromDate: null,
          onlyPrimary: false,
          unrestricted: false,
        };
        expect(read(question, 'GetPersonsForProfile')).toBe(records.length + 1);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  },
);
