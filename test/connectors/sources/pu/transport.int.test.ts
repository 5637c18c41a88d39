import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PuQuery } from '../../../../connectors/sources/pu/pu-client-port.ts';
import {
  CERTIFICATE_ALERTS,
  TRANSPORT_CODES,
  transportError,
} from '../../../../connectors/sources/pu/pu-errors.ts';
import { type ClientWorld, createClientWorld, soapAnswer } from './client-server.ts';

const QUERY: PuQuery = { kind: 'moved-out', counties: ['03'], since: 0 };
const ORDERED = soapAnswer('SearchPersonsForProfileByOrder', 5, '<r:orderId>order</r:orderId>');
const ONCE = { retries: 0 };

let world: ClientWorld;
beforeAll(async () => {
  world = await createClientWorld();
  world.answer(ORDERED);
});
afterAll(async () => await world[Symbol.asyncDispose]());

describe('the certificates', () => {
  it('of both sides are looked at, and a good pair gets an answer', async () => {
    await using client = world.client();
    expect((await client.orderByQuery(QUERY, 'P5')).orderId).toBe('order');
  });

  it('of the hub that has expired is not shown to anybody, and the error names it', async () => {
    world.answer(ORDERED);
    const certificate = world.certificateOf(world.certificates.expired);
    await using client = world.client({ certificate });
    await expect(client.orderByQuery(QUERY, 'P5')).rejects.toMatchObject({
      code: 'HUB_PU_CERTIFICATE_EXPIRED',
      disposition: 'fatal',
      context: {
        serial: expect.stringMatching(/^[0-9A-F]+$/) as string,
        lastDay: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) as string,
      },
    });
    expect(world.received).toHaveLength(0);
  });

  it('of the hub is looked at before each call: it can expire while the hub runs, and be too new', async () => {
    let now = Date.now();
    await using client = world.client({ now: () => now });
    await client.orderByQuery(QUERY, 'P5');
    for (const moment of [Date.now() + 400 * 86_400_000, Date.now() - 10 * 86_400_000]) {
      now = moment;
      await expect(client.orderByQuery(QUERY, 'P5')).rejects.toMatchObject({
        code: 'HUB_PU_CERTIFICATE_EXPIRED',
      });
    }
  });

  it('of a server that nobody here trusts is the end of it, before anything is sent', async () => {
    world.answer(ORDERED);
    const { client: pair, foreign } = world.certificates;
    const certificate = world.certificateOf(pair, foreign.certificate);
    await using client = world.client({ certificate });
    await expect(client.orderByQuery(QUERY, 'P5')).rejects.toMatchObject({
      code: 'HUB_PU_SERVER_UNTRUSTED',
      disposition: 'fatal',
    });
    expect(world.received).toHaveLength(0);
  });

  it('of the hub that PU refuses by a TLS alert is fatal, and the error names it', async () => {
    // certificate_unknown, as a record of TLS (RFC 8446 ch. 6.2).
    const alert = Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x2e]);
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(alert));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('The server is closed.');
    try {
      await using client = world.client({ soapUrl: `https://localhost:${address.port}/` });
      await expect(client.orderByQuery(QUERY, 'P5')).rejects.toMatchObject({
        code: 'HUB_PU_CERTIFICATE_REFUSED',
        disposition: 'fatal',
        context: { serial: expect.any(String) as string, lastDay: expect.any(String) as string },
      });
    } finally {
      server.close();
    }
  });

  it.each([
    ['no certificate', 'PU_CERT', { cert: 'x' }],
    ['no key', 'PU_KEY', { key: 'x' }],
    ['no authority', 'PU_CA', { ca: 'x' }],
  ])('that are %s are a fault of %s, told before any call', (_, setting, changes) => {
    const certificate = { ...world.certificateOf(world.certificates.client), ...changes };
    expect(() => world.client({ certificate })).toThrow(
      expect.objectContaining({ code: 'HUB_CONFIG_INVALID', context: { setting } }),
    );
  });

  it('that do not belong together are a fault of PU_KEY', () => {
    const { client, neighbour } = world.certificates;
    const { key } = world.certificateOf(neighbour);
    const certificate = { ...world.certificateOf(client), key };
    expect(() => world.client({ certificate })).toThrow(
      expect.objectContaining({ code: 'HUB_CONFIG_INVALID', context: { setting: 'PU_KEY' } }),
    );
  });
});

describe('a PU that is away', () => {
  it.each([
    ['refuses the connection', 'https://localhost:1/'],
    ['has no such name', 'https://pu.invalid/'],
  ])('%s', async (_, soapUrl) => {
    await using client = world.client({ soapUrl, settings: ONCE });
    await expect(client.orderByQuery(QUERY, 'P5')).rejects.toMatchObject({
      code: 'HUB_PU_UNAVAILABLE',
    });
  });

  it('hangs up', async () => {
    world.answer({ isCut: true });
    await using client = world.client({ settings: ONCE });
    await expect(client.orderByQuery(QUERY, 'P5')).rejects.toMatchObject({
      code: 'HUB_PU_UNAVAILABLE',
    });
  });

  it('takes the connection and never speaks', async () => {
    const server = createServer((socket) => socket.on('error', () => undefined));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('The server is closed.');
    await using client = world.client({
      soapUrl: `https://localhost:${address.port}/`,
      settings: { ...ONCE, connectTimeoutMs: 100 },
    });
    await expect(client.orderByQuery(QUERY, 'P5')).rejects.toMatchObject({
      code: 'HUB_PU_UNAVAILABLE',
      context: { reason: 'UND_ERR_CONNECT_TIMEOUT' },
    });
    server.close();
  });
});

describe('an error of the connection', () => {
  it.each(Object.entries(TRANSPORT_CODES))('%s means %s', (reason, code) => {
    const inside = Object.assign(new Error('secret'), { code: reason });
    const outside = new Error('outside', { cause: new AggregateError([inside]) });
    expect(transportError(outside, {}, {})).toMatchObject({ code, context: { reason } });
  });

  it.each([...CERTIFICATE_ALERTS])('of the alert %s means a refused certificate', (alert) => {
    for (const start of ['SSLV3', 'TLSV1', 'TLSV13', 'SSL/TLS']) {
      const code = `ERR_SSL_${start}_ALERT_${alert}`;
      expect(transportError(Object.assign(new Error('x'), { code }), {}, {})).toMatchObject({
        code: 'HUB_PU_CERTIFICATE_REFUSED',
      });
    }
  });

  it.each([
    'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR',
    'ERR_SSL_WRONG_VERSION_NUMBER',
    'HPE_INVALID_CONSTANT',
    'EAI_FAIL',
    'EADDRNOTAVAIL',
    'EMFILE',
    'ENETRESET',
    'EACCES',
    'ENOBUFS',
  ])('%s may pass', (code) => {
    expect(transportError(Object.assign(new Error('x'), { code }), {}, {})).toMatchObject({
      code: 'HUB_PU_UNAVAILABLE',
    });
  });

  it.each(['CRL_HAS_EXPIRED', 'UNABLE_TO_GET_CRL', 'CERT_SIGNATURE_SOMETHING'])(
    '%s means that the server is not trusted',
    (code) => {
      expect(transportError(Object.assign(new Error('x'), { code }), {}, {})).toMatchObject({
        code: 'HUB_PU_SERVER_UNTRUSTED',
      });
    },
  );

  it('that is a bug stays what it is', () => {
    const code = 'ERR_INVALID_ARG_TYPE';
    for (const bug of [
      new TypeError('x is undefined'),
      Object.assign(new TypeError('x'), { code }),
    ])
      expect(transportError(bug, {}, {})).toBe(bug);
  });

  it('repeats nothing of what the library said', () => {
    const error = Object.assign(new Error('secret'), { code: 'ECONNRESET' });
    expect(String(transportError(error, {}, {}))).not.toContain('secret');
  });
});
