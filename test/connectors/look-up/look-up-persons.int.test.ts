/** What a caller is told of persons whom the hub has. On a real store, over HTTP. Issue 8, point 6. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ANSWERS } from '../../../connectors/look-up/look-up-schemas.ts';
import { identityHashKey } from '../../../connectors/runtime/open-parts.ts';
import { createIdentityHasher } from '../../../connectors/runtime/raw-message.ts';
import { HubError } from '../../../core/errors/hub-error.ts';
import { OID_PNR, type Oid } from '../../../core/person/person-identifier.ts';
import { evidence, pnr } from '../../support/person-builder.ts';
import {
  createLookUpWorld,
  LOOKS_UP,
  type LookUpClient,
  type LookUpWorld,
  type ServedLookUp,
  USER,
} from './look-up-world.ts';

let world: LookUpWorld;
let served: ServedLookUp;
let all: LookUpClient;
const RESERVE = { root: '1.2.752.74.9.9.9999' as Oid, extension: 'TEST000001' };

beforeAll(async () => {
  world = await createLookUpWorld();
  served = await world.serve();
  await world.addConsumer({ name: 'all' });
  await world.addConsumer({
    name: 'laboratory',
    groups: new Set(['name', 'birth']),
    contacts: null,
    relations: new Set(),
  });
  await world.addConsumer({ name: 'open-only', protectedPersons: 'left-out' });
  await world.addConsumer({
    name: 'elsewhere',
    persons: { kind: 'membership', counties: new Set(['12']) },
  });
  await world.feed([
    evidence({ identity: pnr(0) }),
    evidence({ identity: pnr(1), protectedPerson: true }),
    evidence({ identity: pnr(2), links: [{ kind: 'referred', identity: pnr(3) }] }),
    evidence({ identity: pnr(3) }),
  ]);
  all = await served.as('all');
});

afterAll(async () => {
  await served[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

const lookUp = async (client: LookUpClient, identities: readonly object[], query = '') =>
  await client.call('POST', `/v1/persons/lookup${query}`, { identities });

describe('the look-up by identity', () => {
  it('tells what the profile has, by the contract, and nothing else', async () => {
    const whole = await lookUp(all, [pnr(0)]);
    expect(whole.status).toBe(200);
    expect(ANSWERS.lookUp.parse(whole.body).results[0]).toMatchObject({
      status: 'found',
      source: 'hub',
      kind: 'person',
      version: 1,
      person: { addresses: [{ city: 'Uppsala' }], contacts: [{ value: '+46701740605' }] },
    });
    const few = await lookUp(await served.as('laboratory'), [pnr(0)]);
    const { person } = ANSWERS.lookUp.parse(few.body).results[0] ?? {};
    expect(Object.keys(person ?? {}).toSorted()).toEqual([
      'birthDate',
      'identities',
      'name',
      'testPerson',
    ]);
    expect(few.text).not.toContain('Provgatan');
  });

  it('reads numbers as people write them, and names them as they were asked for', async () => {
    const { extension } = pnr(0);
    const written = { root: OID_PNR, extension: `${extension.slice(0, 8)}-${extension.slice(8)}` };
    const { body } = await lookUp(all, [written, { root: OID_PNR, extension: '189001019803' }]);
    expect(body.results).toMatchObject([
      { identity: written, status: 'found' },
      { status: 'invalid', personKey: null },
    ]);
  });

  it('masks a protected person, and tells a profile that leaves them out no reason', async () => {
    const masked = await lookUp(all, [pnr(1)]);
    expect(masked.body.results[0]).toMatchObject({
      kind: 'protected-person',
      person: { protectedPerson: true },
    });
    expect(masked.text).not.toMatch(/Provgatan|46701740605|0380/);
    const left = await lookUp(await served.as('open-only'), [pnr(1)]);
    expect(left.body.results[0]).toEqual({
      identity: pnr(1),
      status: 'not-disclosed',
      source: null,
      personKey: null,
      version: null,
    });
    const away = await lookUp(await served.as('elsewhere'), [pnr(0)]);
    // The same words, so that nobody learns who is protected.
    expect({ ...away.body.results[0], identity: null }).toEqual({
      ...left.body.results[0],
      identity: null,
    });
  });

  it('says of a reserve number that it is unknown, and of a national one that nobody checked', async () => {
    const { body } = await lookUp(all, [
      RESERVE,
      { root: '1.2.752.129.2.1.3.1', extension: '189001059808' },
    ]);
    expect(body.results.map(({ status }) => status)).toEqual([
      'unknown',
      expect.stringMatching(/unknown-not-checked|invalid/),
    ]);
  });

  it('takes 500 at once and not 501', async () => {
    const many = Array.from({ length: 500 }, (_, n) => (n === 499 ? pnr(0) : RESERVE));
    const { status, body } = await lookUp(all, many);
    expect(status).toBe(200);
    expect(body.results).toHaveLength(500);
    expect(body.results[499]).toMatchObject({ status: 'found' });
    const more = await lookUp(all, [...many, pnr(0)]);
    expect(more.status).toBe(400);
    expect(ANSWERS.error.parse(more.body)).toMatchObject({
      code: 'HUB_LOOKUP_REQUEST_INVALID',
      details: [{ path: 'identities', problem: 'has more than 500' }],
    });
  });

  it('never repeats what was wrong in a request', async () => {
    const { extension } = pnr(0);
    const bodies = [
      { identities: [{ root: extension, extension: 'x' }] },
      { identities: [{ root: OID_PNR, extension, [extension]: 1 }] },
      { [extension]: [] },
      { identities: extension },
    ];
    for (const wrong of bodies) {
      const { status, text } = await all.call('POST', '/v1/persons/lookup', wrong);
      expect(status).toBe(400);
      expect(text).not.toContain(extension);
    }
  });

  it('tells how old the sources are', async () => {
    await world.store.instances.heartbeat({
      instance: 'reader',
      roles: ['source'],
      programVersion: '1',
      status: {
        sources: [
          {
            name: 'master',
            state: 'streaming',
            position: '1:4711',
            currentAsOf: Date.UTC(2026, 0, 2),
          },
        ],
      },
    });
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    const { body } = await lookUp(all, [pnr(0)]);
    expect(body.freshness.sources).toEqual([
      {
        name: 'master',
        state: 'streaming',
        position: '1:4711',
        currentAsOf: '2026-01-02T00:00:00.000Z',
      },
      { name: 'pu', state: null, position: null, currentAsOf: null },
    ]);
  });
});

describe('a person by key', () => {
  it('is found by any key of theirs, and named by the present one', async () => {
    const present = await world.keyOf(pnr(3));
    const [row] = await world.database.database.query<{ key: string }>({
      name: 'former-key',
      text: `SELECT identity_key AS key FROM identities WHERE person_key = '${present}' AND identity_key <> person_key`,
    });
    expect(row).toBeDefined();
    const { status, body } = await all.call('GET', `/v1/persons/${row?.key}`);
    expect(status).toBe(200);
    expect(ANSWERS.person.parse(body)).toMatchObject({ personKey: present, source: 'hub' });
    expect(body.person.identities).toHaveLength(2);
  });

  it('is a Patient of FHIR when that is asked for', async () => {
    const key = await world.keyOf(pnr(0));
    const byQuery = await all.call('GET', `/v1/persons/${key}?format=fhir-patient`);
    const byHeader = await all.call('GET', `/v1/persons/${key}`, undefined, {
      accept: 'application/fhir+json',
    });
    expect(byQuery.headers.get('content-type')).toMatch(/^application\/fhir\+json/);
    expect(byQuery.body).toMatchObject({ resourceType: 'Patient', id: key });
    expect(byHeader.body).toEqual(byQuery.body);
    expect(JSON.parse(byQuery.headers.get('x-freshness') ?? '')).toHaveProperty('sources');
    const batch = await lookUp(all, [pnr(0)], '?format=fhir-patient');
    expect(batch.body.results[0]?.patient).toEqual(byQuery.body);
    expect(batch.body.results[0]).not.toHaveProperty('person');
  });

  it('is refused by code: nobody has the key, or the profile leaves the person out', async () => {
    const nobody = await all.call('GET', '/v1/persons/11111111-1111-4111-8111-111111111111');
    expect(nobody).toMatchObject({ status: 404, body: { code: 'HUB_LOOKUP_KEY_UNKNOWN' } });
    const client = await served.as('open-only');
    const left = await client.call('GET', `/v1/persons/${await world.keyOf(pnr(1))}`);
    expect(left).toMatchObject({ status: 404, body: { code: 'HUB_LOOKUP_NOT_DISCLOSED' } });
    expect(left.text).not.toMatch(/protect/i);
  });

  it('is never asked for by identity in a URL', async () => {
    const { status, body, text } = await all.call('GET', `/v1/persons/${pnr(0).extension}`);
    expect({ status, code: body.code }).toEqual({ status: 404, code: 'HUB_LOOKUP_NO_SUCH_PATH' });
    expect(text).not.toContain(pnr(0).extension);
    expect(world.lines.join('\n')).not.toContain(pnr(0).extension);
  });
});

describe('the list of a consumer', () => {
  it('says of each whether it is added, already there, unknown or no number', async () => {
    await world.addConsumer({ name: 'reminders', persons: { kind: 'list' } });
    const reminders = await served.as('reminders');
    const before = await lookUp(reminders, [pnr(0)]);
    expect(before.body.results[0]?.status).toBe('not-disclosed');
    const identities = [pnr(0), pnr(1), RESERVE, { root: OID_PNR, extension: '1' }];
    const first = await reminders.call('PUT', '/v1/list', { identities });
    expect(ANSWERS.list.parse(first.body).results).toEqual([
      { identity: pnr(0), outcome: 'added' },
      { identity: pnr(1), outcome: 'added' },
      { identity: RESERVE, outcome: 'unknown', why: 'unknown' },
      { identity: { root: OID_PNR, extension: '1' }, outcome: 'invalid', why: 'invalid' },
    ]);
    const again = await reminders.call('PUT', '/v1/list', { identities: [pnr(0)] });
    expect(again.body.results).toEqual([{ identity: pnr(0), outcome: 'already' }]);
    expect((await lookUp(reminders, [pnr(0)])).body.results[0]?.status).toBe('found');
    const removed = await reminders.call('DELETE', '/v1/list', { identities: [pnr(0)] });
    expect(removed.body.results).toEqual([{ identity: pnr(0), outcome: 'removed' }]);
    expect((await lookUp(reminders, [pnr(0)])).body.results[0]?.status).toBe('not-disclosed');
  });

  it('is changed only after the log has a line with whom, and the line after it says what became of each', async () => {
    await world.addConsumer({ name: 'careful', persons: { kind: 'list' } });
    let writes = 0;
    let failing = 1;
    await using broken = await world.serve({
      ports: (own) => ({
        writeLog: async (call, persons) => {
          writes += 1;
          if (writes >= failing) throw new HubError('HUB_STORE_UNAVAILABLE');
          await own.writeLog(call, persons);
        },
      }),
    });
    const client = await broken.as('careful');
    const outcomeOf = async (identity: object) =>
      (await (await served.as('careful')).call('PUT', '/v1/list', { identities: [identity] })).body
        .results[0];
    const name = async (method: string, identity: object, first: number) => {
      writes = 0;
      failing = first;
      const { status, body } = await client.call(method, '/v1/list', { identities: [identity] });
      expect({ status, code: body.code }).toEqual({ status: 503, code: 'HUB_LOOKUP_LOG_FAILED' });
      return body.logId;
    };
    await name('PUT', pnr(0), 1);
    expect(await outcomeOf(pnr(0))).toMatchObject({ outcome: 'added' });
    await name('DELETE', pnr(0), 1);
    expect(await outcomeOf(pnr(0))).toMatchObject({ outcome: 'already' });
    // Done, and not answered: the line before it says what was done.
    const logId = await name('PUT', pnr(2), 2);
    expect(await outcomeOf(pnr(2))).toMatchObject({ outcome: 'already' });
    expect((await world.logRows()).filter((row) => row['log_id'] === logId)).toMatchObject([
      { activity_type: 'Skriva', outcome: 'begun', person_outcome: 'to-be-listed' },
    ]);
  });

  it('stands in the log with what became of each', async () => {
    const careful = await served.as('careful');
    const rowsOf = async (method: string, identities: readonly object[]) => {
      const { body } = await careful.call(method, '/v1/list', { identities });
      const rows = (await world.logRows()).filter((row) => row['log_id'] === body.logId);
      return rows.map((row) => [row['outcome'], row['person_outcome']]);
    };
    expect(await rowsOf('PUT', [pnr(0), RESERVE, { root: OID_PNR, extension: '1' }])).toEqual([
      ['begun', 'to-be-listed'],
      ['begun', 'to-be-listed'],
      ['answered', 'already'],
      ['answered', 'unknown'],
    ]);
    expect(await rowsOf('DELETE', [pnr(0)])).toEqual([
      ['begun', 'to-be-unlisted'],
      ['answered', 'removed'],
    ]);
  });

  it('belongs to consumers whose profile has one', async () => {
    const { status, body } = await all.call('PUT', '/v1/list', { identities: [pnr(0)] });
    expect({ status, code: body.code }).toEqual({ status: 409, code: 'HUB_LOOKUP_NO_LIST' });
  });

  it('says why somebody who was added is not delivered', async () => {
    await world.addConsumer({
      name: 'open-list',
      persons: { kind: 'list' },
      protectedPersons: 'left-out',
    });
    const client = await served.as('open-list');
    const { body } = await client.call('PUT', '/v1/list', { identities: [pnr(1)] });
    expect(body.results).toEqual([{ identity: pnr(1), outcome: 'added', why: 'not-disclosed' }]);
  });
});

describe('an acknowledgement', () => {
  it('is taken of the consumer that the order was given to, once', async () => {
    const id = '22222222-2222-4222-8222-222222222222';
    await world.database.database.script(
      `INSERT INTO consumer_purges (id, consumer, consumer_id, person_key, reason, fields, up_to_generation, up_to_version)
       VALUES ('${id}', 'all', 1, '${id}', 'erased', '{name}', 1, 1)`,
    );
    const ack = async (client: LookUpClient) =>
      await client.call('POST', `/v1/purges/${id}/ack`, { by: 'nightly-purge' });
    expect((await ack(await served.as('laboratory'))).body.code).toBe('HUB_LOOKUP_PURGE_UNKNOWN');
    await using broken = await world.serve({
      ports: () => ({ writeLog: () => Promise.reject(new HubError('HUB_STORE_UNAVAILABLE')) }),
    });
    expect((await ack(await broken.as('all'))).body.code).toBe('HUB_LOOKUP_LOG_FAILED');
    const { body } = await ack(all);
    expect(body).toMatchObject({ outcome: 'acknowledged' });
    const rows = (await world.logRows()).filter((row) => row['log_id'] === body.logId);
    expect(rows).toMatchObject([
      { outcome: 'begun', person_key: id, person_outcome: `to-be-acknowledged ${id}` },
      { outcome: 'answered', person_key: id, person_outcome: `acknowledged ${id}` },
    ]);
    expect((await ack(all)).body).toMatchObject({ outcome: 'already' });
  });

  it('is taken of a consumer that is being dropped, which may do nothing else', async () => {
    const id = '44444444-4444-4444-8444-444444444444';
    await world.addConsumer({ name: 'leaving' });
    await world.database.database.script(
      `INSERT INTO consumer_purges (id, consumer, consumer_id, person_key, reason, fields, up_to_generation, up_to_version)
       VALUES ('${id}', 'leaving', 1, '${id}', 'dropped', '{name}', 1, 1);
       UPDATE consumers SET state = 'dropping' WHERE name = 'leaving'`,
    );
    const client = await served.as('leaving');
    expect((await lookUp(client, [pnr(0)])).body.code).toBe('HUB_LOOKUP_CALLER_UNKNOWN');
    const { body } = await client.call('POST', `/v1/purges/${id}/ack`, { by: 'nightly-purge' });
    expect(body).toMatchObject({ outcome: 'acknowledged' });
  });
});

describe('what a call leaves behind', () => {
  it('is a row for each person with who, whom, what, why and how, and the number encrypted', async () => {
    await world.addConsumer({
      name: 'logged',
      lookUp: LOOKS_UP,
      groups: new Set(['name']),
      contacts: null,
      relations: new Set(),
    });
    const client = await served.as('logged', { ...USER, 'x-assignment': 'assignment 1' });
    const before = Date.now();
    const { body } = await lookUp(client, [pnr(0), RESERVE]);
    const rows = (await world.logRows()).filter((row) => row['log_id'] === body.logId);
    const [first, second] = rows;
    expect(rows).toHaveLength(2);
    expect(first).toMatchObject({
      system_id: 'logged',
      activity_type: 'Läsa',
      activity_args: 'persons-lookup',
      purpose: 'Vård och behandling',
      user_id: USER['x-user-hsa-id'],
      care_unit: USER['x-care-unit-hsa-id'],
      assignment: 'assignment 1',
      care_provider: 'SE0000000000-TEST1',
      resource_type: 'Personuppgifter',
      person_key: await world.keyOf(pnr(0)),
      fields: 'identities,protection,name',
      person_outcome: 'found',
      origin: 'hub',
      outcome: 'answered',
      credential_id: client.token.slice(0, 36),
      tls_version: null,
    });
    expect(Number(first?.['start_date'])).toBeGreaterThanOrEqual(before - 1);
    expect(second).toMatchObject({ person_outcome: 'unknown', fields: '', person_key: null });
    expect(JSON.stringify(rows)).not.toContain(pnr(0).extension);
    const hash = createIdentityHasher(identityHashKey(world.config), ['root', 'extension']);
    const { root, extension } = pnr(0);
    const own = await world.store.accessLog.ofPatient(
      hash({ source: 'pu', person: { root, extension } }),
    );
    expect(own.filter(({ logId }) => logId === body.logId)).toEqual([
      { logId: body.logId, patient: pnr(0) },
    ]);
  });
});
