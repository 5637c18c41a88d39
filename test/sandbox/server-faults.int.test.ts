import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { fromBufferPromise } from 'yauzl';
import type { PuRecord } from '../../scripts/population/pu-record.ts';
import { createTestSandbox, type TestSandbox } from '../support/sandbox.ts';
import {
  type Answer,
  askForFiles,
  type CallOptions,
  callContract,
  download,
  getPersons,
  orderByFile,
  orderByQuery,
  readZip,
  waitForFiles,
} from '../support/sandbox-client.ts';

const EVERYBODY = 'FROM PersonRecord WHERE version >= "19000101000000"';
let sandbox: TestSandbox;
let records: PuRecord[];
const answers: Answer[] = [];

beforeAll(async () => {
  sandbox = await createTestSandbox({ persons: 100 });
  records = [];
  for await (const record of sandbox.control.records()) records.push(record);
});
afterEach(async () => await sandbox.control.clearFaults());
afterAll(async () => await sandbox[Symbol.asyncDispose]());

const identities = (count: number) =>
  records.slice(0, count).map(({ personalIdentity }) => personalIdentity);

/** What is kept is looked through for personal data at the end. */
async function ask(count = 3, options: CallOptions = {}): Promise<Answer> {
  const answer = await getPersons(sandbox, identities(count), options);
  if (answer.status !== 200) answers.push(answer);
  return answer;
}

async function orderedDocuments(orderId: string): Promise<readonly string[]> {
  const documents: string[] = [];
  for (const file of await waitForFiles(sandbox, orderId)) {
    const entries = await readZip((await download(sandbox, file)).bytes);
    documents.push(...entries.map(({ text }) => text));
  }
  return documents;
}

describe('a fault of calls', () => {
  it.each([
    ['call-fails', 500, /soap:Server.*log-id [0-9a-f-]{36}/s],
    ['http-500', 500, /<html>/],
    ['throttled', 503, /soap:Server/],
  ] as const)('%s is answered with HTTP %i', async (kind, status, text) => {
    await sandbox.control.setFault(kind);
    const answer = await ask(3, { isSpoiled: kind === 'http-500' });
    expect(answer.status).toBe(status);
    expect(answer.text).toMatch(text);
    if (kind === 'throttled') expect(answer.headers['retry-after']).toBe('1');
    await sandbox.control.clearFault(kind);
    expect((await ask()).status).toBe(200);
  });

  it('connection-reset ends the connection without an answer', async () => {
    await sandbox.control.setFault('connection-reset');
    await expect(ask()).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('too-many-hits is a client fault with the words of the contract', async () => {
    await sandbox.control.setFault('too-many-hits');
    const content = `<r:query>${EVERYBODY}</r:query><r:queryLanguage>SimpleQL</r:queryLanguage><r:profile>P1</r:profile>`;
    const { text } = await callContract(
      sandbox,
      'SearchPersonsForProfileByOrder',
      content.replace('>=', '&gt;='),
    );
    expect(text).toMatch(/soap:Client.*Förfrågans maxgräns överskriden/s);
  });

  it('slow answers all the same, later', async () => {
    await sandbox.control.setFault('slow', { delayMs: 400 });
    const answered = ask();
    const first = await Promise.race([answered, sleep(100, 'nothing yet')]);
    expect(first).toBe('nothing yet');
    expect((await answered).status).toBe(200);
  });

  it('slow keeps its delay the last time that it happens', async () => {
    await sandbox.control.setFault('slow', { delayMs: 1, count: 1 });
    // A rule without a delay takes five seconds.
    const answered = await Promise.race([ask(), sleep(4_500, undefined)]);
    expect(answered?.status).toBe(200);
    expect(await sandbox.control.faults()).toEqual({});
  });

  it('happens as often as it was told, and only where it was told', async () => {
    await sandbox.control.setFault('call-fails', { count: 2, target: 'GetPersonsForProfile' });
    const order = async () => (await orderByFile(sandbox, identities(1))).status;
    const statuses = [await ask(), await ask(), await ask()].map(({ status }) => status);
    expect([await order(), ...statuses]).toEqual([200, 500, 500, 200]);
  });

  it('happens in about the share that it was told', async () => {
    await sandbox.control.setFault('call-fails', { share: 0.5 });
    const all = await Promise.all(Array.from({ length: 60 }, async () => await ask(1)));
    const failed = all.filter(({ status }) => status === 500).length;
    expect(failed).toBeGreaterThan(5);
    expect(failed).toBeLessThan(55);
  });

  it('stays on when the sandbox is killed', async () => {
    await sandbox.control.setFault('call-fails');
    await sandbox.kill();
    await sandbox.restart();
    expect((await ask()).status).toBe(500);
  });

  it('that does not exist is refused', async () => {
    const url = `${sandbox.endpoints.control}/faults`;
    const put = async (kind: string, body: string) =>
      (await fetch(`${url}/${kind}`, { method: 'PUT', body })).status;
    expect(await put('no-such', '{}')).toBe(400);
    expect(await put('slow', '{"share":2}')).toBe(400);
    expect(await put('slow', '{"target":"nowhere"}')).toBe(400);
    expect(await put('slow', 'what')).toBe(400);
  });
});

describe('a fault of the connection', () => {
  it('down refuses connections until it is over', async () => {
    await sandbox.control.setFault('down');
    await expect(ask()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await sandbox.control.clearFault('down');
    expect((await ask()).status).toBe(200);
  });

  it('certificate-refused is the TLS alert that tells the certificate is meant', async () => {
    await sandbox.control.setFault('certificate-refused');
    const error: unknown = await ask().catch((thrown: unknown) => thrown);
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    expect(String(code)).toMatch(/^EPROTO$|ALERT_CERTIFICATE_UNKNOWN$/);
    expect(String(error)).toContain('alert certificate unknown');
  });
});

describe('a fault of answers', () => {
  it.each([
    ['xml-cut', /ersonRecord><personalIdentity>$/],
    ['xml-dtd', /^<\?xml[^>]*\?><!DOCTYPE lol/],
    ['xml-bomb', /(<deep>){100000}/],
    ['wrong-namespace', /GetPersonsForProfileResponder:6".*persons:person:6"/s],
    ['test-persons', /<testIndicator>true</],
  ] as const)('%s spoils the answer of a call', async (kind, text) => {
    await sandbox.control.setFault(kind);
    const answer = await ask(3, { isSpoiled: kind !== 'test-persons' });
    expect(text.test(answer.text)).toBe(true);
  });

  it('other-identity answers about somebody who was not asked for', async () => {
    await sandbox.control.setFault('other-identity');
    const [, second] = identities(2);
    const { text } = await getPersons(sandbox, second === undefined ? [] : [second]);
    expect(text).toContain('<r:requestedPersonRecord>');
    expect(text).not.toContain(
      `<requestedPersonalIdentity><root>${second?.root}</root><extension>${second?.extension}<`,
    );
  });

  it('fewer-records leaves the last one out', async () => {
    await sandbox.control.setFault('fewer-records');
    expect((await ask(3)).text.match(/<r:requestedPersonRecord>/g)?.length).toBe(2);
  });
});

describe('a fault of orders', () => {
  it('order-never-ready keeps an order in work, and order-gone makes it unknown', async () => {
    const orderId = await orderByQuery(sandbox, EVERYBODY);
    await waitForFiles(sandbox, orderId);
    await sandbox.control.setFault('order-never-ready');
    expect(await askForFiles(sandbox, orderId)).toMatchObject({ status: 200, files: [] });
    await sandbox.control.clearFault('order-never-ready');
    await sandbox.control.setFault('order-gone');
    expect((await askForFiles(sandbox, orderId)).status).toBe(500);
    await sandbox.control.clearFault('order-gone');
    expect((await waitForFiles(sandbox, orderId)).length).toBe(1);
  });

  it('duplicate-files names each file twice', async () => {
    const orderId = await orderByQuery(sandbox, EVERYBODY);
    const files = await waitForFiles(sandbox, orderId);
    await sandbox.control.setFault('duplicate-files');
    expect((await askForFiles(sandbox, orderId)).files).toEqual([...files, ...files]);
  });

  it('zip-cut and connection-reset end a download in its middle, the one as if it was whole', async () => {
    const [file = ''] = await waitForFiles(sandbox, await orderByQuery(sandbox, EVERYBODY));
    const whole = await download(sandbox, file);
    await sandbox.control.setFault('zip-cut', { count: 1 });
    const cut = await download(sandbox, file);
    expect(cut.bytes.equals(whole.bytes.subarray(0, cut.bytes.length))).toBe(true);
    expect(cut.bytes.length).toBe(Math.floor(whole.bytes.length / 2));
    await expect(readZip(cut.bytes)).rejects.toThrow('End of central directory');
    await sandbox.control.setFault('connection-reset', { target: 'download' });
    await expect(download(sandbox, file)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it.each([
    ['xml-cut', /ersonRecord><personalIdentity>$/],
    ['xml-dtd', /^<\?xml[^>]*\?>\s*<!DOCTYPE lol/],
    ['xml-bomb', /(<deep>){100000}/],
    ['wrong-namespace', /SearchPersonsForProfileResponder:6".*persons:person:6"/s],
    ['test-persons', /<testIndicator>true</],
  ] as const)('%s spoils the documents of an order', async (kind, text) => {
    await sandbox.control.setFault(kind, { target: 'files' });
    const [document = ''] = await orderedDocuments(await orderByQuery(sandbox, EVERYBODY));
    expect(text.test(document)).toBe(true);
    if (kind === 'xml-cut')
      expect(document.match(/<\/r:personRecord>/g)?.length).toBeGreaterThan(90);
  });

  it('zip-path gives the entries names that lead out of their folder', async () => {
    await sandbox.control.setFault('zip-path');
    const [file = ''] = await waitForFiles(sandbox, await orderByQuery(sandbox, EVERYBODY));
    const { bytes } = await download(sandbox, file);
    expect(bytes.includes('../../../out/persons-1.xml')).toBe(true);
    await expect(readZip(bytes)).rejects.toThrow('invalid relative path');
  });

  it('other-identity and fewer-records put somebody else in and leave one out', async () => {
    const asked = identities(5).slice(1);
    const named = (document: string): readonly string[] =>
      [
        ...document.matchAll(
          /Identity><root>[^<]*<\/root><extension>([^<]*)<\/extension><\/requested/g,
        ),
      ].map((match) => match[1] ?? '');
    await sandbox.control.setFault('fewer-records', { target: 'files' });
    const [fewer = ''] = await orderedDocuments((await orderByFile(sandbox, asked)).text);
    expect(named(fewer)).toEqual(asked.slice(0, -1).map(({ extension }) => extension));
    await sandbox.control.clearFaults();
    await sandbox.control.setFault('other-identity', { target: 'files' });
    const [other = ''] = await orderedDocuments((await orderByFile(sandbox, asked)).text);
    expect(named(other).length).toBe(asked.length);
    expect(named(other)[0]).not.toBe(asked[0]?.extension);
    expect(named(other).slice(1)).toEqual(asked.slice(1).map(({ extension }) => extension));
  });

  it('zip-bomb has an entry that unpacks to a thousand times its size', async () => {
    await sandbox.control.setFault('zip-bomb');
    const [file = ''] = await waitForFiles(sandbox, await orderByQuery(sandbox, EVERYBODY));
    const { bytes } = await download(sandbox, file);
    const zip = await fromBufferPromise(bytes, { lazyEntries: true });
    const ratios: number[] = [];
    for await (const { uncompressedSize, compressedSize } of zip.eachEntry()) {
      ratios.push(uncompressedSize / compressedSize);
    }
    expect(Math.max(...ratios)).toBeGreaterThan(900);
  });
});

describe('what the sandbox says of faults', () => {
  it('holds no personal data, neither in an answer nor in its log', async () => {
    const content =
      '<r:personId><p:root>1.2.752.129.2.1.3.1</p:root><p:extension>195</p:extension></r:personId><r:nonsense/>';
    answers.push(await callContract(sandbox, 'GetPersonsForProfile', content));
    const badQuery = `<r:query>FROM PersonRecord WHERE ${identities(1)[0]?.extension}</r:query><r:queryLanguage>SimpleQL</r:queryLanguage><r:profile>P1</r:profile>`;
    answers.push(await callContract(sandbox, 'SearchPersonsForProfileByOrder', badQuery));
    const log = readFileSync(sandbox.log, 'utf8');
    expect(log).toContain('"target":"GetPersonsForProfile"');
    expect(answers.length).toBeGreaterThan(5);
    const said = [log, ...answers.map(({ text }) => text)].join('\n');
    for (const { personalIdentity, name } of records) {
      expect(said.includes(personalIdentity.extension)).toBe(false);
      expect(name?.surname !== undefined && said.includes(name.surname)).toBe(false);
    }
  });
});
