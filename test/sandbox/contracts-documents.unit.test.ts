import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readXml } from '../../scripts/sandbox/contracts/read-xml.ts';
import type { ContractName, OrderedQuestion } from '../../scripts/sandbox/sandbox-types.ts';
import { hasSchemas, validateSoap } from '../support/xsd-validator.ts';
import { all, createTestContracts, type TestContracts, texts } from './contracts-harness.ts';
import { fullRecord, lrid, nrid, pnr, record } from './contracts-records.ts';

const QUERY: OrderedQuestion = {
  kind: 'query',
  query: 'FROM PersonRecord WHERE gender = "2"',
  profile: 'P4',
  unrestricted: false,
};
const PERSONS = Array.from({ length: 5 }, (_, number) =>
  record(lrid(`1850010100${number}R`), { gender: number === 4 ? '1' : '2' }),
);

/** Reads all documents, each before the next is asked for, and checks it where the official schemas are there. */
function readDocuments(
  contracts: TestContracts,
  question: OrderedQuestion,
  maxPerDocument: number,
  contract: ContractName,
): readonly { readonly xml: string; readonly persons: number }[] {
  const read: { xml: string; persons: number }[] = [];
  for (const document of contracts.documents(question, maxPerDocument)) {
    const xml = [...document.pieces].join('');
    if (hasSchemas()) expect(validateSoap(contract, 'response', xml)).toEqual([]);
    read.push({ xml, persons: document.persons });
  }
  return read;
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'contracts-documents-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('the documents of a query', () => {
  it('have as many persons as they may, the last one the rest', () => {
    const contracts = createTestContracts(PERSONS);
    const documents = readDocuments(contracts, QUERY, 3, 'SearchPersonsForProfile');
    expect(documents.map(({ persons }) => persons)).toEqual([3, 1]);
    const roots = documents.map(({ xml }) => readXml(xml));
    expect(
      roots.map((root) => texts(root, 'personRecord', 'personalIdentity', 'extension')),
    ).toEqual([['18500101000R', '18500101001R', '18500101002R'], ['18500101003R']]);
    expect(documents[0]?.xml.startsWith('<?xml version="1.0" encoding="UTF-8"?>')).toBe(true);
  });

  it('are full when the persons fill them exactly', () => {
    const documents = readDocuments(
      createTestContracts(PERSONS),
      QUERY,
      2,
      'SearchPersonsForProfile',
    );
    expect(documents.map(({ persons }) => persons)).toEqual([2, 2]);
  });

  it('are one without persons when nothing is found', () => {
    const documents = readDocuments(createTestContracts([]), QUERY, 2, 'SearchPersonsForProfile');
    expect(documents.map(({ persons }) => persons)).toEqual([0]);
  });

  it('mask a protected person, and not when they are unrestricted', () => {
    const contracts = createTestContracts([fullRecord({ protectedPersonIndicator: true })]);
    const [masked] = readDocuments(contracts, QUERY, 2, 'SearchPersonsForProfile');
    expect(masked?.xml).toContain('countyCode');
    expect(masked?.xml).not.toContain('municipalityCode');
    const [open] = readDocuments(
      contracts,
      { ...QUERY, unrestricted: true },
      2,
      'SearchPersonsForProfileUnrestricted',
    );
    expect(open?.xml).toContain('municipalityCode');
  });

  it('are made while they are read', () => {
    let read = 0;
    const contracts = createTestContracts([]);
    const endless = {
      ...contracts.register,
      *all() {
        for (;;) {
          read++;
          yield fullRecord();
        }
      },
    };
    contracts.register.all = endless.all;
    const [document] = contracts.documents(QUERY, 1_000_000);
    for (const piece of document?.pieces ?? []) {
      expect(piece.length).toBeLessThan(100_000);
      break;
    }
    expect(read).toBeLessThan(100);
  });

  it('are refused at once when the query cannot be read, and have to be read one by one', () => {
    const contracts = createTestContracts(PERSONS);
    expect(() => contracts.documents({ ...QUERY, query: 'FROM x' }, 3)).toThrow('okänd rotnod');
    expect(() => [...contracts.documents(QUERY, 3)]).toThrow('before the next');
  });
});

describe('the documents of a list of identities', () => {
  const listed = (
    lines: string,
    options: Partial<Extract<OrderedQuestion, { kind: 'identities' }>> = {},
  ): OrderedQuestion => {
    const file = join(folder, 'identities.txt');
    writeFileSync(file, lines);
    return {
      kind: 'identities',
      file,
      profile: 'P4',
      fromDate: null,
      onlyPrimary: false,
      unrestricted: false,
      ...options,
    };
  };
  const line = ({ root, extension }: ReturnType<typeof pnr>): string => `${root};${extension}\n`;
  const main = record(pnr('185001012389'), { version: '20261101120000' });
  const other = record(nrid('24500101ZZ91'), {
    primaryIdentity: false,
    version: '20261001120000',
  });
  const unknown = pnr('185001012397');
  const lines = line(other.personalIdentity) + line(unknown) + line(main.personalIdentity);
  const answers = (question: OrderedQuestion, max = 10) =>
    readDocuments(createTestContracts([main, other]), question, max, 'GetPersonsForProfile').map(
      ({ xml }) =>
        all(readXml(xml), 'requestedPersonRecord').map((each) => [
          ...texts(each, 'requestedPersonalIdentity', 'extension'),
          ...texts(each, 'personRecord', 'personalIdentity', 'extension'),
        ]),
    );

  it('name every identity, an unknown one without a record, and follow no reference', () => {
    expect(answers(listed(lines))).toEqual([
      [['24500101ZZ91', '24500101ZZ91'], ['185001012397'], ['185001012389', '185001012389']],
    ]);
    expect(answers(listed(lines), 2).map(({ length }) => length)).toEqual([2, 1]);
  });

  it('leave out records that are older than the date, and none of exactly that time', () => {
    expect(answers(listed(lines, { fromDate: '20261101120000' }))).toEqual([
      [['185001012397'], ['185001012389', '185001012389']],
    ]);
    expect(answers(listed(line(main.personalIdentity), { fromDate: '20261101120001' }))).toEqual(
      [],
    );
  });

  it('leave out identities that are not the main one when only those are asked for', () => {
    expect(answers(listed(lines, { onlyPrimary: true }))).toEqual([
      [['185001012397'], ['185001012389', '185001012389']],
    ]);
  });

  it('are unmasked only in the unrestricted contract', () => {
    const hidden = createTestContracts([fullRecord({ protectedPersonIndicator: true })]);
    const question = listed(line(main.personalIdentity));
    const [masked] = readDocuments(hidden, question, 5, 'GetPersonsForProfile');
    const [open] = readDocuments(
      hidden,
      { ...question, unrestricted: true },
      5,
      'GetPersonsForProfileUnrestricted',
    );
    expect(masked?.xml).not.toContain('addressInformation');
    expect(open?.xml).toContain('addressInformation');
  });

  it('take a file of any length, with any line ends, a mark at its beginning and empty lines', () => {
    const many = Array.from({ length: 20_000 }, (_, number) => `1.2;${number}`);
    const documents = answers(listed(many.join('\n')), 1_000);
    expect(documents).toHaveLength(20);
    expect(documents.flat().map(([extension]) => extension)).toEqual(
      many.map((each) => each.slice('1.2;'.length)),
    );
    expect(answers(listed('\ufeff1.2;a\r\n\r\n1.2;b\r\n'))).toEqual([[['a'], ['b']]]);
  });

  it.each([
    ['no root', '1.2;a\n;b\n', 'rad 2'],
    ['no extension', '1.2\n', 'rad 1'],
    ['more than an identity', '1.2;a;b\n', 'rad 1'],
    ['a line without end', '1'.repeat(70_000), 'för lång rad'],
  ])('are not made of a file with %s', (_, text, words) => {
    expect(() => answers(listed(text))).toThrow(words);
  });
});
