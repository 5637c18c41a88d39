/** Who may call, and the line in the access log that comes before every answer. On a real store, over HTTP and TLS. Issue 8, point 6. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addCertificate } from '../../../connectors/runtime/look-up-access.ts';
import { HubError } from '../../../core/errors/hub-error.ts';
import {
  ensureCertificates,
  type SandboxCertificates,
} from '../../../scripts/sandbox/certificates.ts';
import { evidence, pnr } from '../../support/person-builder.ts';
import {
  callOverTls,
  createLookUpWorld,
  type LookUpWorld,
  type ServedLookUp,
  USER,
} from './look-up-world.ts';

let world: LookUpWorld;
let served: ServedLookUp;
let personKey: string;

beforeAll(async () => {
  world = await createLookUpWorld();
  served = await world.serve();
  await world.addConsumer({ name: 'card' });
  await world.addConsumer({ name: 'silent', lookUp: null });
  await world.addConsumer({
    name: 'machine',
    lookUp: { isSystemOnly: true, seesProtectedRelations: false },
  });
  personKey = (await world.feed([evidence()]))[0] ?? '';
});

afterAll(async () => {
  await served[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

const path = (): string => `/v1/persons/${personKey}`;
const bearer = (token: string) => ({ authorization: `Bearer ${token}`, ...USER });
const lastRow = async () => (await world.logRows()).at(-1);

describe('a token', () => {
  it('opens the look-up, and what is not exactly it does not, in the same words', async () => {
    const { token } = await served.as('card');
    const other = await served.as('machine');
    expect((await served.call('GET', path(), undefined, bearer(token))).status).toBe(200);
    const wrong = [
      `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`,
      `${token.slice(0, 36)}.${other.token.slice(37)}`,
      `11111111-1111-4111-8111-111111111111.${token.slice(37)}`,
      token.slice(0, 36),
      `${token}A`,
      '',
    ];
    const told = new Set<string>();
    for (const one of wrong) {
      const { status, body, headers } = await served.call('GET', path(), undefined, bearer(one));
      expect(status).toBe(401);
      expect(headers.get('www-authenticate')).toBe('Bearer');
      told.add(JSON.stringify({ ...body, logId: null }));
      expect(await lastRow()).toMatchObject({
        outcome: 'HUB_LOOKUP_CALLER_UNKNOWN',
        system_id: null,
        person_key: personKey,
        fields: '',
      });
    }
    expect(told.size).toBe(1);
    expect((await served.call('GET', path(), undefined, USER)).status).toBe(401);
  });

  it('opens nothing any more when it is revoked, from the next call on', async () => {
    const client = await served.as('card');
    expect((await client.call('GET', path())).status).toBe(200);
    const id = client.token.slice(0, 36);
    expect(await world.store.callers.revoke('machine', id, 'tester')).toBe(false);
    expect(await world.store.callers.revoke('card', id, 'tester')).toBe(true);
    expect(await world.store.callers.revoke('card', id, 'tester')).toBe(false);
    expect((await client.call('GET', path())).status).toBe(401);
    expect(await lastRow()).toMatchObject({ system_id: null, credential_id: id });
  });

  it('opens nothing when its time is over', async () => {
    const client = await served.as('card');
    await world.database.database.script(
      `UPDATE caller_credentials SET valid_to = now() - interval '1 second' WHERE id = '${client.token.slice(0, 36)}'`,
    );
    expect((await client.call('GET', path())).status).toBe(401);
    expect(await lastRow()).toMatchObject({ credential_id: client.token.slice(0, 36) });
    const guessed = `${client.token.slice(0, 36)}.${'A'.repeat(43)}`;
    expect((await served.call('GET', path(), undefined, bearer(guessed))).status).toBe(401);
    expect(await lastRow()).toMatchObject({ credential_id: null });
  });

  it('is kept as a hash alone', async () => {
    const { token } = await served.as('card');
    const rows = await world.database.database.query({
      name: 'look-at-credentials',
      text: "SELECT encode(hash, 'escape') || encode(hash, 'base64') || encode(hash, 'hex') AS hash, consumer FROM caller_credentials",
    });
    expect(JSON.stringify(rows)).not.toContain(token.slice(37));
    expect(world.lines.join('\n')).not.toContain(token.slice(37));
  });
});

describe('a caller', () => {
  it('whose profile has no look-up is refused', async () => {
    const { status, body } = await (await served.as('silent')).call('GET', path());
    expect({ status, code: body.code }).toEqual({ status: 403, code: 'HUB_LOOKUP_NOT_ALLOWED' });
    expect(await lastRow()).toMatchObject({
      system_id: 'silent',
      outcome: 'HUB_LOOKUP_NOT_ALLOWED',
    });
  });

  it.each([
    ['x-user-hsa-id', undefined],
    ['x-user-hsa-id', '189001019802'],
    ['x-care-unit-hsa-id', undefined],
    ['x-purpose', undefined],
    ['x-purpose', 'curiosity'],
  ])('who sends %s as %s is refused, with the name of the header alone', async (name, value) => {
    const headers: Record<string, string> = { ...USER };
    delete headers[name];
    if (value !== undefined) headers[name] = value;
    const client = await served.as('card', headers);
    const { status, body, text } = await client.call('GET', path());
    expect({ status, code: body.code }).toEqual({ status: 403, code: 'HUB_LOOKUP_USER_MISSING' });
    expect(body.details[0]?.path.toLowerCase()).toBe(name);
    if (value !== undefined) expect(text).not.toContain(value);
    expect(await lastRow()).toMatchObject({
      system_id: 'card',
      outcome: 'HUB_LOOKUP_USER_MISSING',
    });
  });

  it.each([
    ['in Latin-1', 'V\u00e5rd och behandling'],
    ['in UTF-8', Buffer.from('Vård och behandling').toString('latin1')],
    ['percent-encoded', encodeURIComponent('Vård och behandling')],
    ['in other letters', 'VÅRD OCH BEHANDLING'],
  ])('may write the purpose %s', async (_, purpose) => {
    const client = await served.as('card', { ...USER, 'x-purpose': purpose });
    expect((await client.call('GET', path())).status).toBe(200);
    expect(await lastRow()).toMatchObject({ purpose: 'Vård och behandling' });
  });

  it.each(['%00', 'a%0Ab', '%C2%85'])(
    'whose assignment hides a control character (%s) is refused',
    async (assignment) => {
      const client = await served.as('card', { ...USER, 'x-assignment': assignment });
      const { status, body } = await client.call('GET', path());
      expect({ status, code: body.code }).toEqual({ status: 403, code: 'HUB_LOOKUP_USER_MISSING' });
      expect(body.details[0]?.path).toBe('X-Assignment');
      expect(await lastRow()).toMatchObject({ outcome: 'HUB_LOOKUP_USER_MISSING' });
    },
  );

  it('that is a system without users needs none, and is logged with the one that it names', async () => {
    const silent = await served.as('machine', {});
    expect((await silent.call('GET', path())).status).toBe(200);
    expect(await lastRow()).toMatchObject({ system_id: 'machine', user_id: null, purpose: null });
    const named = await served.as('machine');
    expect((await named.call('GET', path())).status).toBe(200);
    expect(await lastRow()).toMatchObject({ user_id: USER['x-user-hsa-id'] });
    const half = await served.as('machine', { 'x-user-hsa-id': 'SE0000000000-USER1' });
    expect((await half.call('GET', path())).status).toBe(403);
  });

  it('that calls too often waits, and strangers do not fill the log', async () => {
    // Twice as many may come at once after a rest.
    await using slow = await world.serve({ callsPerSecond: 1, strangersPerSecond: 1 });
    const client = await slow.as('card');
    const statuses: number[] = [];
    for (let n = 0; n < 4; n++) statuses.push((await client.call('GET', path())).status);
    expect(statuses).toEqual([200, 200, 429, 429]);
    const before = (await world.logRows()).length;
    const strangers: number[] = [];
    for (let n = 0; n < 5; n++) strangers.push((await slow.call('GET', path())).status);
    expect(strangers).toEqual([401, 401, 429, 429, 429]);
    expect((await world.logRows()).length).toBe(before + 2);
  });

  it('who sends too much is refused before it is read', async () => {
    const client = await served.as('card');
    const identities = [{ root: '1.2', extension: 'x'.repeat(300_000) }];
    const { status, body } = await client.call('POST', '/v1/persons/lookup', { identities });
    expect({ status, code: body.code }).toEqual({ status: 413, code: 'HUB_LOOKUP_TOO_LARGE' });
    expect(await lastRow()).toMatchObject({ outcome: 'HUB_LOOKUP_TOO_LARGE' });
    expect((await client.call('PUT', '/v1/list', { identities })).status).toBe(413);
    expect(await lastRow()).toMatchObject({ activity_args: 'list-add', activity_type: 'Skriva' });
    await client.call('POST', `${path()}/letter-channel`, { identities });
    expect(await lastRow()).toMatchObject({
      activity_args: 'letter-channel',
      person_key: personKey,
    });
  });

  it.each([
    ['with a length', 'content-length: 300'],
    ['in pieces', 'transfer-encoding: chunked'],
  ])('who goes away in the middle of a body %s did not send too much', async (_, length) => {
    const { token } = await served.as('card');
    const before = (await world.logRows()).length;
    const socket = connect(served.port, '127.0.0.1');
    socket.write(
      [
        'POST /v1/persons/lookup HTTP/1.1',
        'host: localhost',
        `authorization: Bearer ${token}`,
        ...Object.entries(USER).map(([name, value]) => `${name}: ${value}`),
        length,
        '',
        length.startsWith('content') ? '{"identities":' : '2\r\n{"\r\n',
      ].join('\r\n'),
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    socket.destroy();
    await expect.poll(async () => (await world.logRows()).length).toBe(before + 1);
    expect(await lastRow()).toMatchObject({
      activity_args: 'persons-lookup',
      outcome: 'HUB_LOOKUP_REQUEST_INVALID',
    });
    expect(world.lines.join('\n')).not.toContain('failed outside its call');
  });
});

describe('the access log', () => {
  it('has its line committed before the answer leaves', async () => {
    const written = Promise.withResolvers<void>();
    const mayGoOn = Promise.withResolvers<void>();
    await using stopped = await world.serve({
      ports: (own) => ({
        writeLog: async (call, persons) => {
          await own.writeLog(call, persons);
          written.resolve();
          await mayGoOn.promise;
        },
      }),
    });
    const client = await stopped.as('card');
    let isAnswered = false;
    const answer = client.call('GET', path()).then((one) => {
      isAnswered = true;
      return one;
    });
    await written.promise;
    await new Promise((resolve) => setTimeout(resolve, 50));
    // As another connection sees it: an instance that is killed now has logged what it did not tell.
    expect(await lastRow()).toMatchObject({
      credential_id: client.token.slice(0, 36),
      outcome: 'answered',
      person_key: personKey,
    });
    expect(isAnswered).toBe(false);
    mayGoOn.resolve();
    expect((await answer).status).toBe(200);
  });

  it('is a condition: without the line there is no answer, of whatever kind', async () => {
    await using broken = await world.serve({
      ports: () => ({
        writeLog: () => Promise.reject(new HubError('HUB_STORE_UNAVAILABLE')),
      }),
    });
    const client = await broken.as('card');
    for (const method of ['GET', 'POST']) {
      const body = method === 'POST' ? { identities: [pnr()] } : undefined;
      const target = method === 'POST' ? '/v1/persons/lookup' : path();
      const { status, text } = await client.call(method, target, body);
      expect(status).toBe(503);
      expect(JSON.parse(text)).toMatchObject({ code: 'HUB_LOOKUP_LOG_FAILED' });
      expect(text).not.toContain('Testberg');
    }
    expect((await broken.call('GET', path())).body.code).toBe('HUB_LOOKUP_LOG_FAILED');
  });

  it('is a condition in the database too: a table that refuses rows stops every answer', async () => {
    const client = await served.as('card');
    await world.database.database.script(
      'ALTER TABLE access_log ADD CONSTRAINT full_disk CHECK (false) NOT VALID',
    );
    const { status, body } = await client.call('GET', path());
    await world.database.database.script('ALTER TABLE access_log DROP CONSTRAINT full_disk');
    expect({ status, code: body.code }).toEqual({ status: 503, code: 'HUB_LOOKUP_LOG_FAILED' });
    expect((await client.call('GET', path())).status).toBe(200);
  });

  it.each([
    "UPDATE access_log SET user_id = 'somebody else'",
    'DELETE FROM access_log',
    'TRUNCATE access_log',
    'TRUNCATE access_log_default',
  ])('refuses %s', async (text) => {
    const before = (await world.logRows()).length;
    expect(before).toBeGreaterThan(0);
    await expect(world.database.database.script(text)).rejects.toThrow(HubError);
    expect((await world.logRows()).length).toBe(before);
  });

  it('has a table for each month, which refuses the same', async () => {
    const month = new Date().toISOString().slice(0, 7).replace('-', '_');
    const [row] = await world.database.database.query<{ n: string }>({
      name: 'look-at-month',
      text: `SELECT count(*) AS n FROM access_log_${month}`,
    });
    expect(Number(row?.n)).toBeGreaterThan(0);
    for (const change of [
      `TRUNCATE access_log_${month}`,
      `DELETE FROM access_log_${month}`,
      `UPDATE access_log_${month} SET purpose = ''`,
    ]) {
      await expect(world.database.database.script(change)).rejects.toThrow(HubError);
    }
  });

  it('is counted for operators without anything personal', async () => {
    const counts = await world.store.accessLog.counts(Date.now() - 60_000);
    const answered = counts.find(
      ({ systemId, activity, outcome }) =>
        systemId === 'card' && activity === 'person' && outcome === 'answered',
    );
    expect(answered?.calls).toBeGreaterThan(3);
    expect(answered?.users).toBe(1);
    expect(counts.some(({ systemId }) => systemId === null)).toBe(true);
  });
});

describe('over TLS', () => {
  let folder: string;
  let certificates: SandboxCertificates;
  let secured: ServedLookUp;
  const read = (file: string): string => readFileSync(file, 'utf8');

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'look-up-'));
    certificates = await ensureCertificates(folder);
    const { server, authority } = certificates;
    secured = await world.serve({
      tls: { cert: read(server.certificate), key: read(server.key), ca: read(authority) },
    });
    const wanted = { consumer: 'card', days: 1, addedBy: 'tester', now: Date.now() };
    for (const { certificate } of [
      certificates.client,
      certificates.expired,
      certificates.foreign,
    ]) {
      await addCertificate(world.store.callers, certificate, wanted);
    }
  });

  afterAll(async () => {
    await secured[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  const get = async (
    pair: { readonly certificate: string; readonly key: string } | null,
    more = {},
  ) =>
    await callOverTls(secured.port, {
      method: 'GET',
      path: path(),
      headers: USER,
      ca: read(certificates.authority),
      ...(pair !== null && { cert: read(pair.certificate), key: read(pair.key) }),
      ...more,
    });

  it('a registered certificate is enough, and stands in the log with version and cipher', async () => {
    expect((await get(certificates.client)).status).toBe(200);
    const row = await lastRow();
    expect(row).toMatchObject({ system_id: 'card', tls_version: 'TLSv1.3' });
    expect(row?.['tls_cipher']).toMatch(/^TLS_/);
    expect(row?.['certificate_fingerprint']).toMatch(/^[0-9a-f]{64}$/);
  });

  it('one that is not registered, has expired or is of another authority is none', async () => {
    for (const pair of [certificates.stranger, certificates.expired, certificates.foreign, null]) {
      expect((await get(pair)).status).toBe(401);
    }
  });

  it('opens nothing any more when it is revoked, and one is registered once', async () => {
    const [listed] = (await world.store.callers.list('card')).filter(
      ({ kind, isRevoked }) => kind === 'certificate' && !isRevoked,
    );
    const wanted = { consumer: 'machine', days: 1, addedBy: 'tester', now: Date.now() };
    const file = certificates.client.certificate;
    expect(await addCertificate(world.store.callers, file, wanted)).toBeUndefined();
    expect(await world.store.callers.revoke('card', listed?.id ?? '', 'tester')).toBe(true);
    expect((await get(certificates.client)).status).toBe(401);
    expect(await addCertificate(world.store.callers, file, wanted)).toBeDefined();
    expect((await get(certificates.client)).status).toBe(200);
    expect(await lastRow()).toMatchObject({ system_id: 'machine' });
  });

  it('a token does as well, and an old TLS does not', async () => {
    const { token } = await served.as('card');
    expect((await get(null, { headers: bearer(token) })).status).toBe(200);
    await expect(get(certificates.client, { maxVersion: 'TLSv1.1' })).rejects.toThrow();
  });

  it('what is no certificate is refused by code', async () => {
    await expect(
      world.serve({ tls: { cert: 'no certificate', key: 'no key', ca: undefined } }),
    ).rejects.toMatchObject({ code: 'HUB_LOOKUP_CERTIFICATE_UNREADABLE' });
    const wanted = { consumer: 'card', days: 1, addedBy: 'tester', now: Date.now() };
    await expect(
      addCertificate(world.store.callers, certificates.client.key, wanted),
    ).rejects.toMatchObject({ code: 'HUB_LOOKUP_CERTIFICATE_UNREADABLE' });
  });
});
