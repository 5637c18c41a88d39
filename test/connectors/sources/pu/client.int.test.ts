import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PuAnswer, PuQuery } from '../../../../connectors/sources/pu/pu-client-port.ts';
import { HubError } from '../../../../core/errors/hub-error.ts';
import { type Identity, OID_PNR } from '../../../../core/person/person-identifier.ts';
import {
  answersDocument,
  type ClientWorld,
  createClientWorld,
  requestedRecord,
  soapAnswer,
  soapFault,
} from './client-server.ts';
import { zipOf } from './zip-files.ts';

const LOG_ID = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';
const QUERY: PuQuery = { kind: 'moved-out', counties: ['03'], since: 0 };
const ORDERED = soapAnswer('SearchPersonsForProfileByOrder', 5, '<r:orderId>order</r:orderId>');
const idOf = (extension: string): Identity => ({ root: OID_PNR, extension });
const [ANNA, BO] = ['185002029999', '185003039999'];
const BOTH = [idOf(ANNA), idOf(BO)];
const persons = (...records: readonly string[]) =>
  soapAnswer('GetPersonsForProfile', 5, records.join(''));

let world: ClientWorld;
beforeAll(async () => {
  world = await createClientWorld();
});
afterAll(async () => await world[Symbol.asyncDispose]());

async function* each<T>(...items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

async function collect(lots: AsyncIterable<readonly PuAnswer[]>): Promise<{
  readonly found: readonly (string | undefined)[];
  readonly error: unknown;
}> {
  const found: (string | undefined)[] = [];
  try {
    for await (const lot of lots)
      found.push(...lot.map(({ record }) => record?.identity.extension));
  } catch (error) {
    return { found, error };
  }
  return { found, error: undefined };
}

describe('a search', () => {
  it('is sent in its envelope and gives the order', async () => {
    world.answer(ORDERED);
    await using client = world.client();
    const before = Date.now();
    const { orderId, askedAt } = await client.orderByQuery(QUERY, 'P5');
    expect(orderId).toBe('order');
    expect(askedAt).toBeGreaterThanOrEqual(before - 2_000);
    expect(askedAt).toBeLessThanOrEqual(Date.now());
    expect(world.received).toMatchObject([
      {
        method: 'POST',
        path: '/soap/strategicresourcemanagement/persons/person/SearchPersonsForProfileByOrder/5/rivtabp21',
        headers: {
          soapaction:
            '"urn:riv:strategicresourcemanagement:persons:person:SearchPersonsForProfileByOrderResponder:5:SearchPersonsForProfileByOrder"',
        },
      },
    ]);
  });

  it('names the system behind a local platform', async () => {
    world.answer(ORDERED);
    await using client = world.client({ originalConsumer: 'SE165565594230-1' });
    await client.orderByQuery(QUERY, 'P5');
    expect(world.received[0]?.headers['x-rivta-original-serviceconsumer-hsaid']).toBe(
      'SE165565594230-1',
    );
  });

  it('is made again, each time in its turn, while PU fails', async () => {
    world.answer(soapFault('Server', LOG_ID), { status: 500, body: 'oops' }, ORDERED);
    await using client = world.client();
    const turns = world.turns();
    expect((await client.orderByQuery(QUERY, 'P5')).orderId).toBe('order');
    expect(world.turns() - turns).toBe(3);
  });

  it.each([
    ['a technical fault', soapFault('Server', LOG_ID), 'HUB_PU_UNAVAILABLE', 3],
    [
      'a page',
      { status: 502, headers: { 'content-type': 'text/html' }, body: '<html>' },
      'HUB_PU_UNAVAILABLE',
      3,
    ],
    ['a cut answer', { ...ORDERED, isCut: true }, 'HUB_PU_UNAVAILABLE', 3],
    [
      'half an answer',
      { body: '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">' },
      'HUB_PU_ANSWER_UNREADABLE',
      3,
    ],
    ['a DTD', { body: '<!DOCTYPE x><x/>' }, 'HUB_PU_ANSWER_FORBIDDEN', 3],
    [
      'too many hits',
      soapFault('Client', 'Förfrågans maxgräns överskriden'),
      'HUB_PU_TOO_MANY_HITS',
      3,
    ],
    ['a refusal', soapFault('Client', LOG_ID), 'HUB_PU_REQUEST_REFUSED', 1],
    ['an unknown address', { status: 404 }, 'HUB_PU_REQUEST_REFUSED', 1],
    [
      'another place',
      { status: 302, headers: { location: 'https://elsewhere.test' } },
      'HUB_PU_REQUEST_REFUSED',
      1,
    ],
    ['an unknown caller', { ...soapFault('Client', 'x'), status: 403 }, 'HUB_PU_CALLER_REFUSED', 1],
    [
      'another version',
      { body: ORDERED.body?.toString().replace('Responder:5', 'Responder:6') ?? '' },
      'HUB_PU_WRONG_VERSION',
      1,
    ],
  ])('that is answered with %s fails by its code', async (_, answer, code, calls) => {
    world.answer(answer);
    await using client = world.client();
    await expect(client.orderByQuery(QUERY, 'P5')).rejects.toMatchObject({ code });
    expect(world.received).toHaveLength(calls);
  });

  it('waits as long as PU asks for', async () => {
    const throttled = { status: 503, headers: { 'retry-after': '1' } };
    world.answer(throttled, ORDERED);
    await using client = world.client();
    const before = performance.now();
    await client.orderByQuery(QUERY, 'P5');
    expect(performance.now() - before).toBeGreaterThan(900);
    world.answer(throttled);
    await using hurried = world.client({ settings: { longestThrottleMs: 1 } });
    await expect(hurried.orderByQuery(QUERY, 'P5')).rejects.toMatchObject({
      code: 'HUB_PU_THROTTLED',
    });
  });

  it.each([429, 503])(
    'waits as long as PU asks for also when the body of the %d never comes',
    async (status) => {
      world.answer({ status, headers: { 'retry-after': '7' }, endless: 'silence' });
      await using client = world.client({ settings: { retries: 0, longestThrottleMs: 5 } });
      await expect(client.orderByQuery(QUERY, 'P5')).rejects.toMatchObject({
        code: 'HUB_PU_THROTTLED',
        context: { status, waitMs: 5 },
      });
    },
  );

  it('is given up when the answer trickles without an end', async () => {
    world.answer({ endless: 'trickle' });
    await using client = world.client({ settings: { retries: 0, answerMs: 50 } });
    await expect(client.orderByQuery(QUERY, 'P5')).rejects.toMatchObject({
      code: 'HUB_PU_UNAVAILABLE',
      context: { reason: 'the answer takes too long' },
    });
  });

  it('is given up when PU is silent, and by the signal', async () => {
    world.answer(() => ({ isCut: true, headers: { 'content-length': '10' } }));
    await using client = world.client({ settings: { retries: 0 } });
    await expect(client.orderByQuery(QUERY, 'P5')).rejects.toMatchObject({
      code: 'HUB_PU_UNAVAILABLE',
    });
    const ended = new AbortController();
    await using waiting = world.client({
      signal: ended.signal,
      budget: {
        takeTurn: async () => ended.abort(new Error('the hub stops')),
      },
    });
    await expect(waiting.orderByQuery(QUERY, 'P5')).rejects.toThrow('the hub stops');
  });

  it('is not sent while PU has failed many times in a row', async () => {
    world.answer({ status: 500, body: '' });
    world.states.length = 0;
    await using client = world.client({ settings: { retries: 0, circuitFailures: 2 } });
    for (const code of ['HUB_PU_UNAVAILABLE', 'HUB_PU_UNAVAILABLE', 'HUB_PU_CIRCUIT_OPEN'])
      await expect(client.orderByQuery(QUERY, 'P5')).rejects.toMatchObject({ code });
    expect(world.received).toHaveLength(2);
    expect(world.states).toEqual(['open']);
  });

  it('is dated by PU’s clock where that is behind, and tells of it', async () => {
    world.skews.length = 0;
    world.answer({ ...ORDERED, headers: { date: new Date(Date.now() - 3_600_000).toUTCString() } });
    await using client = world.client();
    const { askedAt } = await client.orderByQuery(QUERY, 'P5');
    expect(Date.now() - askedAt).toBeGreaterThan(3_500_000);
    expect(world.skews[0]).toBeLessThan(-3_500);
  });
});

describe('persons by their identities', () => {
  it('come in the order of asking, also those that PU does not know', async () => {
    world.answer(persons(requestedRecord(BO, null), requestedRecord(ANNA)));
    await using client = world.client();
    const { answers } = await client.getPersons(BOTH, 'P4');
    expect(
      answers.map(({ requested, record }) => [requested?.extension, record?.person['profile']]),
    ).toEqual([
      [ANNA, 'P4'],
      [BO, undefined],
    ]);
  });

  it.each([
    [
      'somebody else was answered about',
      persons(requestedRecord(ANNA), requestedRecord('185004049999')),
      'HUB_PU_OTHER_IDENTITY',
    ],
    [
      'the record is of somebody else',
      persons(requestedRecord(ANNA), requestedRecord(BO, ANNA)),
      'HUB_PU_OTHER_IDENTITY',
    ],
    [
      'one was answered about twice',
      persons(requestedRecord(ANNA), requestedRecord(ANNA)),
      'HUB_PU_OTHER_IDENTITY',
    ],
    ['one is missing', persons(requestedRecord(ANNA)), 'HUB_PU_ANSWER_INCOMPLETE'],
  ])('are asked for again and then refused when %s', async (_, answer, code) => {
    world.answer(answer);
    await using client = world.client();
    await expect(client.getPersons(BOTH, 'P4')).rejects.toMatchObject({ code });
    expect(world.received).toHaveLength(3);
    world.answer(answer, persons(requestedRecord(ANNA), requestedRecord(BO)));
    expect((await client.getPersons(BOTH, 'P4')).answers).toHaveLength(2);
  });

  it('are not asked for when there are none or too many', async () => {
    world.answer({});
    await using client = world.client();
    expect((await client.getPersons([], 'P4')).answers).toEqual([]);
    const many = Array.from({ length: 501 }, (_, i) => idOf(`${i}`));
    await expect(client.getPersons(many, 'P4')).rejects.toThrow(RangeError);
    expect(world.received).toHaveLength(0);
  });
});

describe('an order by a file of identities', () => {
  it('is sent line by line and gives the order', async () => {
    world.answer({ headers: { 'content-type': 'text/plain' }, body: ' order-1\n' });
    await using client = world.client();
    const many = Array.from({ length: 20_000 }, (_, i) => idOf(String(185_000_000_000 + i)));
    const { orderId } = await client.orderByIdentities(each(...many), 'P4', null);
    expect(orderId).toBe('order-1');
    expect(world.received[0]?.body.split('\n')).toHaveLength(20_001);
    expect(world.received[0]?.path).toBe(
      '/rest/getPersonsByFile?Profile=P4&maxResultsPerFile=50000&primaryidentity=false',
    );
  });

  it('is not made again when the identities have been read, and never with fewer', async () => {
    world.answer({ status: 500, body: '' }, { body: 'order-1' });
    await using client = world.client();
    await expect(client.orderByIdentities(each(...BOTH), 'P4', null)).rejects.toMatchObject({
      code: 'HUB_PU_UNAVAILABLE',
    });
    expect(world.received).toHaveLength(1);
  });

  it('is made again with all of them when no connection was made', async () => {
    let attempts = 0;
    world.answer({ body: 'order-1' });
    await using client = world.client({
      budget: {
        takeTurn: async () => {
          attempts += 1;
          if (attempts === 1) throw new HubError('HUB_PU_UNAVAILABLE');
        },
      },
    });
    await client.orderByIdentities(each(...BOTH), 'P4', null);
    expect(world.received.map(({ body }) => body.split('\n').length)).toEqual([3]);
  });

  it.each(['', 'x'.repeat(37), '<html>no</html> page', 'x'.repeat(5_000)])(
    'refuses "%s" as an order',
    async (body) => {
      world.answer({ body });
      await using client = world.client();
      await expect(client.orderByIdentities(each(...BOTH), 'P4', null)).rejects.toMatchObject({
        code: 'HUB_PU_ANSWER_UNREADABLE',
      });
    },
  );

  it('fails with whatever the identities fail with', async () => {
    world.answer({ body: 'order-1' });
    await using client = world.client();
    const broken = async function* (): AsyncGenerator<Identity> {
      yield idOf(ANNA);
      throw new HubError('HUB_STORE_UNAVAILABLE');
    };
    await expect(client.orderByIdentities(broken(), 'P4', null)).rejects.toMatchObject({
      code: 'HUB_STORE_UNAVAILABLE',
    });
  });
});

describe('the files of an order', () => {
  const multimedia = (reference: string): string =>
    `<r:multimedia><r:mediaType>application/zip</r:mediaType><r:reference>${reference}</r:reference></r:multimedia>`;
  const files = (content: string) => soapAnswer('GetFilesForOrderId', 4, content);

  it.each([
    ['not ready', files(''), { kind: 'processing' }],
    [
      'ready',
      files(multimedia('https://pu.test/1')),
      { kind: 'ready', files: ['https://pu.test/1'] },
    ],
    ['gone', soapFault('Client', 'Ordern finns inte'), { kind: 'gone' }],
  ])('are %s', async (_, answer, state) => {
    world.answer(answer);
    await using client = world.client();
    expect(await client.orderState('order')).toEqual(state);
  });

  it('are not gone when PU only fails', async () => {
    world.answer(soapFault('Server', 'x'));
    await using client = world.client();
    await expect(client.orderState('order')).rejects.toMatchObject({ code: 'HUB_PU_UNAVAILABLE' });
  });

  it('are read document by document, and nothing of them stays on the disk', async () => {
    const zip = await zipOf(
      { name: '1.xml', content: answersDocument(requestedRecord(ANNA)) },
      {
        name: '2.xml',
        content: answersDocument(requestedRecord(BO), requestedRecord('185004049999', null)),
      },
    );
    let seen: readonly string[] = ['not looked at'];
    world.answer({ body: zip });
    await using client = world.client({ settings: { lotAnswers: 1 } });
    const found: unknown[] = [];
    for await (const lot of client.download('files/1')) {
      seen = world.leftovers();
      found.push(lot.length);
    }
    expect(found).toEqual([1, 2]);
    expect(seen).toEqual([]);
    expect(world.received[0]?.path).toBe('/rest/files/1');
  });

  it('hand over what was read before a fault', async () => {
    const cut = answersDocument(requestedRecord(ANNA), requestedRecord(BO)).slice(0, -200);
    world.answer({ body: await zipOf({ name: '1.xml', content: cut }) });
    await using client = world.client();
    const { found, error } = await collect(client.download('/rest/1'));
    expect(found).toEqual([ANNA]);
    expect(error).toMatchObject({ code: 'HUB_PU_ANSWER_UNREADABLE' });
    expect(world.leftovers()).toEqual([]);
  });

  it('pass on an answer about another identity, for whoever compares them', async () => {
    const content = answersDocument(requestedRecord(ANNA, BO));
    world.answer({ body: await zipOf({ name: '1.xml', content }) });
    await using client = world.client();
    expect(await collect(client.download('1'))).toEqual({ found: [BO], error: undefined });
  });

  it('are fetched again when the connection is cut', async () => {
    const body = await zipOf({ name: '1.xml', content: answersDocument(requestedRecord(ANNA)) });
    world.answer({ body: body.subarray(0, 50), isCut: true }, { body });
    await using client = world.client();
    expect(await collect(client.download('1'))).toEqual({ found: [ANNA], error: undefined });
  });

  it.each([
    ['gone', { status: 404, body: '' }, {}, 'HUB_PU_ORDER_GONE'],
    ['of another caller', { status: 403, body: '' }, {}, 'HUB_PU_CALLER_REFUSED'],
    ['no zip', { body: 'page' }, {}, 'HUB_PU_ANSWER_UNREADABLE'],
    ['too large', { body: 'x'.repeat(2_000) }, { downloadBytes: 1_000 }, 'HUB_PU_ANSWER_FORBIDDEN'],
  ])('that are %s fail by their code', async (_, answer, settings, code) => {
    world.answer(answer);
    await using client = world.client({ settings: { retries: 0, ...settings } });
    expect((await collect(client.download('1'))).error).toMatchObject({ code });
    expect(world.leftovers()).toEqual([]);
  });

  it.each([
    ['https://elsewhere.test/1'],
    ['https://localhost/1'],
    ['http://localhost:1/1'],
    ['//elsewhere.test/1'],
    ['file:///etc/hosts'],
    ['data:,x'],
  ])('are never fetched from %s', async (address) => {
    world.answer({ body: '' });
    await using client = world.client();
    expect((await collect(client.download(address))).error).toMatchObject({
      code: 'HUB_PU_ANSWER_FORBIDDEN',
    });
    expect(world.received).toHaveLength(0);
  });

  it('are not fetched with a name and a password that an answer gives', async () => {
    await using client = world.client();
    const address = `https://name:word@localhost:${world.port}/1`;
    expect((await collect(client.download(address))).error).toMatchObject({
      code: 'HUB_PU_ANSWER_FORBIDDEN',
    });
  });

  it('are given up when they trickle without an end', async () => {
    world.answer({ endless: 'trickle' });
    await using client = world.client({ settings: { retries: 0, downloadMs: 50 } });
    const { error } = await collect(client.download('file'));
    expect(error).toMatchObject({ code: 'HUB_PU_UNAVAILABLE' });
    expect(world.leftovers()).toEqual([]);
  });

  it('need a folder to be kept in', async () => {
    world.answer({ body: 'x' });
    await using client = world.client({
      downloadFolder: '/nowhere/at/all',
      settings: { retries: 0 },
    });
    expect((await collect(client.download('1'))).error).toMatchObject({
      code: 'HUB_PU_DOWNLOAD_FAILED',
    });
  });
});
