import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openPuClient } from '../../../../connectors/sources/pu/pu-client.ts';
import type { PuClientOptions } from '../../../../connectors/sources/pu/pu-client-options.ts';
import type {
  PuAnswer,
  PuClient,
  PuQuery,
} from '../../../../connectors/sources/pu/pu-client-port.ts';
import {
  type Identity,
  identityText,
  OID_NRID,
} from '../../../../core/person/person-identifier.ts';
import type { CertificatePair } from '../../../../scripts/sandbox/certificates.ts';
import type { FaultKind } from '../../../../scripts/sandbox/fault-kinds.ts';
import { readCertificateFiles } from '../../../support/pu-certificate-files.ts';
import { createTestSandbox, type TestSandbox } from '../../../support/sandbox.ts';

const EVERYBODY_OF_UPPSALA: PuQuery = {
  kind: 'residents',
  counties: ['03'],
  municipality: null,
  onlyProtected: false,
  since: null,
};

let sandbox: TestSandbox;
let folder: string;
let client: PuClient & AsyncDisposable;

async function clientOf(
  pair: CertificatePair,
  changes: Partial<PuClientOptions> = {},
): Promise<PuClient & AsyncDisposable> {
  const { endpoints } = sandbox;
  return openPuClient({
    contractVersion: '5',
    soapUrl: endpoints.soap,
    restUrl: endpoints.rest,
    logicalAddress: endpoints.logicalAddress,
    certificate: await readCertificateFiles({
      cert: pair.certificate,
      key: pair.key,
      ca: endpoints.authority,
    }),
    originalConsumer: undefined,
    downloadFolder: folder,
    budget: { takeTurn: async () => undefined },
    signal: new AbortController().signal,
    now: () => Date.now(),
    random: () => 0,
    observe: { onRetry: () => undefined, onClockSkew: () => undefined, onCircuit: () => undefined },
    ...changes,
    settings: { retries: 1, retryMs: 1, longestThrottleMs: 1, ...changes.settings },
  });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pu-client-'));
  sandbox = await createTestSandbox();
  client = await clientOf(sandbox.certificates.client);
});
afterAll(async () => {
  await client[Symbol.asyncDispose]();
  await sandbox[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});
beforeEach(async () => await sandbox.control.clearFaults());

/** The answers to an order, when it is ready. */
async function answersOf(orderId: string): Promise<readonly PuAnswer[]> {
  for (let times = 0; times < 400; times++) {
    const state = await client.orderState(orderId);
    if (state.kind === 'gone') throw new Error('the order is gone');
    if (state.kind === 'ready') {
      const answers: PuAnswer[] = [];
      for (const file of state.files)
        for await (const lot of client.download(file)) answers.push(...lot);
      return answers;
    }
    await sleep(25);
  }
  throw new Error('the order did not get ready');
}

async function ask(query: PuQuery): Promise<readonly PuAnswer[]> {
  const { orderId } = await client.orderByQuery(query, query.kind === 'moved-out' ? 'P5' : 'P4');
  return await answersOf(orderId);
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

describe('PU’s sandbox, asked by the client', () => {
  it('gives the same of everybody by search, by file and by identity', async () => {
    const found = await ask(EVERYBODY_OF_UPPSALA);
    const records = found.flatMap(({ record }) => (record === null ? [] : [record]));
    expect(records.length).toBeGreaterThan(100);
    const identities = records.map(({ identity }) => identity);
    const { orderId } = await client.orderByIdentities(each(identities), 'P4', null);
    const byFile = await answersOf(orderId);
    const plain = (answers: readonly PuAnswer[]) =>
      answers
        .map(({ record }) => record)
        .map((record) => ({ ...record, person: { ...record?.person, profile: null } }))
        .toSorted((a, b) =>
          (a.identity?.extension ?? '').localeCompare(b.identity?.extension ?? ''),
        );
    expect(plain(byFile)).toEqual(plain(found));
    expect(byFile.map(({ requested }) => requested?.extension).toSorted()).toEqual(
      identities.map(({ extension }) => extension).toSorted(),
    );
    const some = identities.slice(0, 500);
    const { answers } = await client.getPersons(some, 'P4');
    const wanted = new Set(some.map(identityText));
    expect(plain(answers)).toEqual(
      plain(found.filter(({ record }) => record && wanted.has(identityText(record.identity)))),
    );
  });

  it('understands each kind of question', async () => {
    const all = await ask(EVERYBODY_OF_UPPSALA);
    const countOf = (answers: readonly PuAnswer[], municipality: string): number =>
      answers.filter(({ record }) => record?.person['municipalityCode'] === municipality).length;
    const uppsala = await ask({ ...EVERYBODY_OF_UPPSALA, municipality: '0380' });
    expect(countOf(uppsala, '80')).toBe(countOf(all, '80'));
    expect(countOf(uppsala, '80')).toBe(uppsala.length);
    const hidden = await ask({ ...EVERYBODY_OF_UPPSALA, onlyProtected: true });
    expect(hidden.length).toBe(
      all.filter(
        ({ record }) =>
          record?.person['protectedPerson'] === '1' ||
          record?.person['protectedPopulationRecord'] === '1',
      ).length,
    );
    expect(hidden.every(({ record }) => record?.person['municipalityCode'] === undefined)).toBe(
      true,
    );
    expect(await ask({ ...EVERYBODY_OF_UPPSALA, since: Date.now() + 86_400_000 })).toEqual([]);
    const reserve = await ask({ kind: 'reserve-identities', roots: [OID_NRID], since: null });
    expect(reserve.every(({ record }) => record?.identity.root === OID_NRID)).toBe(true);
    const movedOut = await ask({ kind: 'moved-out', counties: ['03'], since: 0 });
    expect(
      movedOut.every(({ record }) =>
        record?.children['historicalLocalities']?.some((place) => place['countyCode'] === '03'),
      ),
    ).toBe(true);
  });

  it('tells of identities that nobody has', async () => {
    const nobody = { root: OID_NRID, extension: '221850010199' } as Identity;
    const { answers } = await client.getPersons([nobody], 'P4');
    expect(answers).toEqual([{ requested: nobody, record: null }]);
  });

  it('tells of an order that nobody placed', async () => {
    expect(await client.orderState('3f2504e0-4f89-41d3-9a0c-0305e82c3301')).toEqual({
      kind: 'gone',
    });
  });
});

describe('what can go wrong at PU has its code', () => {
  it.each<[FaultKind, string]>([
    ['call-fails', 'HUB_PU_UNAVAILABLE'],
    ['http-500', 'HUB_PU_UNAVAILABLE'],
    ['connection-reset', 'HUB_PU_UNAVAILABLE'],
    ['throttled', 'HUB_PU_THROTTLED'],
    ['down', 'HUB_PU_UNAVAILABLE'],
    ['certificate-refused', 'HUB_PU_CERTIFICATE_REFUSED'],
    ['xml-cut', 'HUB_PU_ANSWER_UNREADABLE'],
    ['xml-dtd', 'HUB_PU_ANSWER_FORBIDDEN'],
    // Its root is not the contract's, so nobody looks further.
    ['xml-bomb', 'HUB_PU_ANSWER_UNREADABLE'],
    ['wrong-namespace', 'HUB_PU_WRONG_VERSION'],
    ['other-identity', 'HUB_PU_OTHER_IDENTITY'],
    ['fewer-records', 'HUB_PU_ANSWER_INCOMPLETE'],
  ])('%s, when persons are asked for', async (kind, code) => {
    // The first is whom the sandbox answers about instead.
    const { record } = (await ask(EVERYBODY_OF_UPPSALA)).at(-1) ?? {};
    if (!record) throw new Error('nobody');
    // Two, so that one who is left out leaves another one.
    const nobody = { root: OID_NRID, extension: '221850010199' } as Identity;
    await sandbox.control.setFault(kind, { share: 1, count: null, target: null });
    await using own = await clientOf(sandbox.certificates.client);
    await expect(own.getPersons([record.identity, nobody], 'P4')).rejects.toMatchObject({ code });
  });

  it.each<[FaultKind, string]>([
    ['zip-cut', 'HUB_PU_ANSWER_UNREADABLE'],
    ['zip-bomb', 'HUB_PU_ANSWER_FORBIDDEN'],
    ['zip-path', 'HUB_PU_ANSWER_FORBIDDEN'],
    ['xml-cut', 'HUB_PU_ANSWER_UNREADABLE'],
    ['xml-dtd', 'HUB_PU_ANSWER_FORBIDDEN'],
    ['xml-bomb', 'HUB_PU_ANSWER_FORBIDDEN'],
    ['wrong-namespace', 'HUB_PU_WRONG_VERSION'],
  ])('%s, when a file is read', async (kind, code) => {
    const target = kind.startsWith('zip') ? null : 'files';
    await sandbox.control.setFault(kind, { share: 1, count: null, target });
    await expect(ask(EVERYBODY_OF_UPPSALA)).rejects.toMatchObject({
      code,
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('too many hits', async () => {
    await sandbox.control.setFault('too-many-hits', { share: 1, count: null, target: null });
    await expect(ask(EVERYBODY_OF_UPPSALA)).rejects.toMatchObject({ code: 'HUB_PU_TOO_MANY_HITS' });
  });

  it('a caller or an address that is not known', async () => {
    const { stranger, client: pair } = sandbox.certificates;
    await using unknown = await clientOf(stranger);
    await expect(unknown.orderState('x')).rejects.toMatchObject({ code: 'HUB_PU_CALLER_REFUSED' });
    await using astray = await clientOf(pair, { logicalAddress: 'SE165565594230-9999' });
    await expect(astray.orderState('x')).rejects.toMatchObject({ code: 'HUB_PU_CALLER_REFUSED' });
  });

  it('the files of another caller’s order', async () => {
    const { orderId } = await client.orderByQuery(EVERYBODY_OF_UPPSALA, 'P4');
    await using neighbour = await clientOf(sandbox.certificates.neighbour);
    expect(await neighbour.orderState(orderId)).toEqual({ kind: 'gone' });
  });
});
