import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PuIdentity, PuRecord } from '../../scripts/population/pu-record.ts';
import type { Sandbox } from '../../scripts/sandbox/start-sandbox.ts';
import { createTestSandbox, type TestSandbox } from '../support/sandbox.ts';
import {
  askForFiles,
  callContract,
  download,
  orderByFile,
  orderByQuery,
  readZip,
  waitForFiles,
} from '../support/sandbox-client.ts';

const EVERYBODY = 'FROM PersonRecord WHERE version >= "19000101000000"';
let sandbox: TestSandbox;
let records: readonly PuRecord[];

beforeAll(async () => {
  sandbox = await createTestSandbox({ persons: 1300, personsPerDocument: 300, documentsPerZip: 2 });
  records = await allRecords(sandbox);
});
afterAll(async () => await sandbox[Symbol.asyncDispose]());

async function allRecords(of: Sandbox): Promise<readonly PuRecord[]> {
  const all: PuRecord[] = [];
  for await (const record of of.control.records()) all.push(record);
  return all;
}

const RECORD = 'personRecord><personalIdentity';
const REQUESTED = 'requestedPersonRecord><requestedPersonalIdentity';

/** The identities that stand in the files, of the records or of what was asked for. */
async function identitiesIn(
  of: Sandbox,
  files: readonly string[],
  start: typeof RECORD | typeof REQUESTED,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const file of files) {
    for (const { text } of await readZip((await download(of, file)).bytes)) {
      const pattern = new RegExp(
        `${start}><root>([^<]*)</root><extension>([^<]*)</extension>`,
        'g',
      );
      for (const [, root, extension] of text.matchAll(pattern)) found.push(`${root} ${extension}`);
    }
  }
  return found;
}

const keyOf = ({ root, extension }: PuIdentity): string => `${root} ${extension}`;

describe('an order by query', () => {
  it('gives everybody once, in zips of so many documents of so many persons', async () => {
    const files = await waitForFiles(sandbox, await orderByQuery(sandbox, EVERYBODY));
    const found = await identitiesIn(sandbox, files, RECORD);
    expect(found.toSorted()).toEqual(
      records.map(({ personalIdentity }) => keyOf(personalIdentity)).toSorted(),
    );
    expect(files.length).toBe(Math.ceil(Math.ceil(records.length / 300) / 2));
    const [first] = files;
    const documents = await readZip((await download(sandbox, first ?? '')).bytes);
    expect(documents.map(({ name }) => name)).toEqual(['persons-1.xml', 'persons-2.xml']);
    expect(documents[0]?.text.match(/<\/r:personRecord>/g)?.length).toBe(300);
    expect(documents[0]?.text).toMatch(/^<\?xml .*<r:SearchPersonsForProfileResponse /s);
  });

  it('that finds nobody has one file all the same, so that it does not look as if in work', async () => {
    const query = 'FROM PersonRecord WHERE version >= "29990101000000"';
    const files = await waitForFiles(sandbox, await orderByQuery(sandbox, query));
    expect(files.length).toBe(1);
    expect(await identitiesIn(sandbox, files, RECORD)).toEqual([]);
  });
});

describe('an order by file', () => {
  it('answers about each identity that was asked for, also those that PU does not know', async () => {
    const asked = records.slice(0, 700).map(({ personalIdentity }) => personalIdentity);
    const unknown = { root: '1.2.752.129.2.1.3.1', extension: '185001010000' };
    const { status, text: orderId } = await orderByFile(sandbox, [...asked, unknown]);
    expect(status).toBe(200);
    const files = await waitForFiles(sandbox, orderId);
    expect(await identitiesIn(sandbox, files, REQUESTED)).toEqual([...asked, unknown].map(keyOf));
    expect((await identitiesIn(sandbox, files, RECORD)).length).toBe(asked.length);
  });

  it('with fromDate leaves out who has not changed since', async () => {
    const asked = records.slice(0, 50).map(({ personalIdentity }) => personalIdentity);
    const { text: orderId } = await orderByFile(
      sandbox,
      asked,
      'Profile=P4&fromDate=2999-01-01T00:00:00&maxResultsPerFile=500',
    );
    const files = await waitForFiles(sandbox, orderId);
    expect(await identitiesIn(sandbox, files, REQUESTED)).toEqual([]);
  });
});

describe('an order that cannot be worked on', () => {
  it('is not known any more, and the log names the kind of error and nothing of the file', async () => {
    const secret = { root: 'no root', extension: 'Provsson;1' };
    const { text: orderId } = await orderByFile(sandbox, [secret]);
    await expect
      .poll(async () => (await askForFiles(sandbox, orderId)).status, { timeout: 10_000 })
      .toBe(500);
    const log = readFileSync(sandbox.log, 'utf8');
    expect(log).toContain('"state":"failed","files":0,"persons":0,"error":"ClientFault"');
    expect(log).not.toContain('Provsson');
  });
});

describe('the files of an order', () => {
  it('are for nobody but the HSA-id that ordered them', async () => {
    const orderId = await orderByQuery(sandbox, EVERYBODY);
    const [file = ''] = await waitForFiles(sandbox, orderId);
    const as = sandbox.certificates.neighbour;
    expect((await download(sandbox, file, { as })).status).toBe(404);
    expect((await askForFiles(sandbox, orderId, { as })).files).toEqual([]);
    expect((await download(sandbox, file)).status).toBe(200);
  });

  it('are not there under other names', async () => {
    const [file = ''] = await waitForFiles(sandbox, await orderByQuery(sandbox, EVERYBODY));
    for (const name of ['order.json', '99.zip', '..%2F..%2Fsandbox.json']) {
      expect((await download(sandbox, file.replace('1.zip', name))).status).toBe(404);
    }
  });
});

describe('a killed sandbox', () => {
  it('comes back with its certificates, its changes, and the order that it worked on', async () => {
    await using own = await createTestSandbox({ persons: 8_000, personsPerDocument: 2_000 });
    const content =
      '<r:actor><p:id><p:root>1.2.752.29.6.2.1</p:root><p:extension>SE165565594230-A1</p:extension></p:id></r:actor>' +
      '<r:gender>1</r:gender><r:name><p:givenName>Prov</p:givenName></r:name>' +
      '<r:birth><p:dateOfBirth><p:format>YYYY-MM-DD</p:format><p:value>1870-05-17</p:value></p:dateOfBirth></r:birth>';
    const made = await callContract(own, 'UpdatePerson', content);
    const [, extension = ''] = /<extension>(\w{12})<\/extension>/.exec(made.text) ?? [];
    expect(extension).not.toBe('');
    const ready = await orderByQuery(own, 'FROM PersonRecord WHERE version >= "29990101000000"');
    await waitForFiles(own, ready);
    const inWork = await orderByQuery(own, EVERYBODY);
    expect((await askForFiles(own, inWork)).files).toEqual([]);

    await own.kill();
    await expect(askForFiles(own, inWork)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await own.restart();

    expect((await own.control.status()).changedRecords).toBe(1);
    expect((await askForFiles(own, ready)).files.length).toBe(1);
    const found = await identitiesIn(own, await waitForFiles(own, inWork), RECORD);
    expect(new Set(found).size).toBe(found.length);
    expect(found.length).toBeGreaterThan(7_000);
    expect(found).toContain(`1.2.752.74.9.1 ${extension}`);
  });
});
