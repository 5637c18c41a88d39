import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PuRecord } from '../../scripts/population/pu-record.ts';
import { createTestSandbox, type TestSandbox } from '../support/sandbox.ts';
import {
  callContract,
  contractUrl,
  download,
  envelopeOf,
  getPersons,
  orderByFile,
  send,
} from '../support/sandbox-client.ts';

let sandbox: TestSandbox;
let someone: PuRecord;

beforeAll(async () => {
  sandbox = await createTestSandbox();
  for await (const record of sandbox.control.records()) {
    someone = record;
    break;
  }
});
afterAll(async () => await sandbox[Symbol.asyncDispose]());

const askForSomeone = async (as: Parameters<typeof getPersons>[2] = {}) =>
  await getPersons(sandbox, [someone.personalIdentity], as);

describe('the client certificate', () => {
  it('lets the connected HSA-id in', async () => {
    const { status, text } = await askForSomeone();
    expect(status).toBe(200);
    expect(text).toContain('GetPersonsForProfileResponse');
  });

  it.each([
    ['that has expired', 'expired', 'CERT_HAS_EXPIRED'],
    ['of another authority', 'foreign', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  ] as const)('is refused when it is one %s', async (_, name, reason) => {
    const { status, text } = await askForSomeone({ as: sandbox.certificates[name] });
    expect(status).toBe(403);
    expect(text).toContain(reason);
    expect(text).toContain('soap:Client');
  });

  it('is demanded', async () => {
    const { status, text } = await askForSomeone({ as: null });
    expect(status).toBe(403);
    expect(text).toContain('Klientcertifikatet godtas inte: NO_CERTIFICATE');
  });

  it('is refused for an HSA-id that is not connected, with the code of the platform', async () => {
    const { status, text } = await askForSomeone({ as: sandbox.certificates.stranger });
    expect(status).toBe(500);
    expect(text).toMatch(/soap:Client.*VP007/s);
  });

  it('is checked for uploads and downloads as well', async () => {
    const as = sandbox.certificates.stranger;
    const upload = await orderByFile(sandbox, [someone.personalIdentity], 'Profile=P4', { as });
    const order = '00000000-0000-0000-0000-000000000000';
    const url = `${sandbox.endpoints.rest}/order/files/${order}/1.zip`;
    expect(upload.status).toBe(403);
    expect((await download(sandbox, url, { as: null })).status).toBe(403);
  });

  it('is asked for in TLS 1.2 or later only', async () => {
    const { client, authority } = sandbox.certificates;
    const socket = connect({
      port: sandbox.settings.port,
      host: '127.0.0.1',
      ca: readFileSync(authority),
      cert: readFileSync(client.certificate),
      key: readFileSync(client.key),
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toMatch(/^(ECONNRESET|EPROTO|ERR_SSL_)/);
  });

  it('has a key that only its owner can read', () => {
    expect(statSync(sandbox.endpoints.key).mode & 0o777).toBe(0o600);
  });
});

describe('a call', () => {
  it('is refused at another logical address', async () => {
    const { status, text } = await callContract(sandbox, 'GetFilesForOrderId', '', {
      logicalAddress: 'SE2321000016-1000',
    });
    expect(status).toBe(500);
    expect(text).toMatch(/soap:Client.*VP004/s);
  });

  const contract = 'GetFilesForOrderId';
  const order = '<r:orderId>x</r:orderId>';
  it.each([
    ['with a DTD', `<!DOCTYPE x [<!ENTITY a "b">]>${envelopeOf(contract, order)}`, /DTD/],
    [
      'with two elements',
      envelopeOf(contract, order).replace('<s:Body>', '<s:Body><x/>'),
      /ett element/,
    ],
    ['that is no XML', 'who are you', /välformat/],
    ['that is no envelope', '<hello/>', /kuvert/],
    ['that is very large', `<s>${' '.repeat(1_100_000)}</s>`, /för stort/],
  ])('is refused when it is one %s', async (_, body, reason) => {
    const { status, text } = await send(sandbox, contractUrl(sandbox, contract), { body });
    expect(status).toBe(500);
    expect(text).toMatch(/soap:Client/);
    expect(text).toMatch(reason);
    expect(text).toMatch(/log-id [0-9a-f-]{36}/);
  });

  it('is refused when its SOAPAction is of another contract', async () => {
    const { text } = await callContract(sandbox, contract, order, {
      headers: { SOAPAction: '"urn:riv:strategicresourcemanagement:something"' },
    });
    expect(text).toMatch(/soap:Client.*SOAPAction/s);
  });

  it('is not found at another version of the contract', async () => {
    const url = contractUrl(sandbox, contract).replace('/4/', '/3/');
    expect((await send(sandbox, url, { body: envelopeOf(contract, order) })).status).toBe(404);
  });

  it.each([
    ['', 'Profile'],
    ['Profile=P9', 'Profile'],
    ['Profile=P4&fromDate=yesterday', 'fromDate'],
    ['Profile=P4&maxResultsPerFile=499', 'maxResultsPerFile'],
    ['Profile=P4&primaryidentity=maybe', 'primaryidentity'],
  ])('by file is refused with the parameters "%s"', async (parameters, named) => {
    const { status, text } = await orderByFile(sandbox, [someone.personalIdentity], parameters);
    expect(status).toBe(400);
    expect(text).toContain(named);
  });

  it('is answered with the Date of the sandbox, whatever its clock says', async () => {
    await sandbox.control.setClock({ iso: '2027-10-31T00:30:00Z' });
    const { headers } = await askForSomeone();
    await sandbox.control.setClock({ offsetSeconds: 0 });
    expect(headers.date).toMatch(/^Sun, 31 Oct 2027 00:30:/);
  });
});

describe('more calls than PU takes', () => {
  it('are answered with 503, a server fault and when to come again, and others are not in their way', async () => {
    await using slow = await createTestSandbox({ callsPerSecond: 2, persons: 50 });
    const ask = async () =>
      await callContract(slow, 'GetFilesForOrderId', '<r:orderId>x</r:orderId>');
    const answers = await Promise.all(Array.from({ length: 12 }, ask));
    const refused = answers.filter(({ status }) => status === 503);
    expect(refused.length).toBeGreaterThan(0);
    expect(answers.length - refused.length).toBeGreaterThanOrEqual(2);
    expect(refused[0]?.headers['retry-after']).toBe('1');
    expect(refused[0]?.text).toContain('soap:Server');
    const other = await callContract(slow, 'GetFilesForOrderId', '<r:orderId>x</r:orderId>', {
      as: slow.certificates.neighbour,
    });
    expect(other.status).not.toBe(503);
  });
});
