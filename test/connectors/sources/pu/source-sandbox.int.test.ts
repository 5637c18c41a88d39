import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { statement } from '../../../../connectors/hub-store/database.ts';
import { openHubStore } from '../../../../connectors/hub-store/hub-store.ts';
import { openPuClient } from '../../../../connectors/sources/pu/pu-client.ts';
import { createPuSource } from '../../../../connectors/sources/pu/pu-source.ts';
import {
  PU_SOURCE_DEFAULTS,
  type PuSourceConfig,
} from '../../../../connectors/sources/pu/pu-source-config.ts';
import type { PuSourceEvent } from '../../../../connectors/sources/pu/pu-source-events.ts';
import { coveredPlaces } from '../../../../connectors/sources/pu/pulls/pull-shards.ts';
import type { Identity, Oid } from '../../../../core/person/person-identifier.ts';
import { identityText } from '../../../../core/person/person-identifier.ts';
import type { PuRecord } from '../../../../scripts/population/pu-record.ts';
import {
  createHubDatabase,
  type TestDatabase,
  testStoreConfig,
} from '../../../support/hub-database.ts';
import { MemoryRawSink } from '../../../support/memory-master-stores.ts';
import { readCertificateFiles } from '../../../support/pu-certificate-files.ts';
import { createTestSandbox, type TestSandbox } from '../../../support/sandbox.ts';
import { ManualSchedule, type RunningSource, until, untilIdle } from './source-world.ts';

const CONFIG: PuSourceConfig = {
  ...PU_SOURCE_DEFAULTS,
  homeCounties: [{ code: '03', municipalities: null }],
  sweepMs: 0,
  pollMs: 50,
  lookMs: 20,
  lotIdentities: 200,
  pageIdentities: 100,
  retryMs: 50,
  longestRetryMs: 500,
};

const ADD = statement(
  'add-identities',
  `WITH i AS (INSERT INTO identities (root, extension, identity_key, person_key)
     SELECT n.root, n.extension, n.key::uuid, n.key::uuid FROM unnest($1::text[], $2::text[], $3::text[]) AS n (root, extension, key)
     RETURNING identity_key)
   INSERT INTO evidence (identity_key, source, epoch, version, content, content_hash)
   SELECT identity_key, 'master', 1, 1, '{}', 'h' FROM i`,
);

/** Real PU, real client, real stores; only the topic is in memory. */
interface Reading {
  readonly sandbox: TestSandbox;
  readonly database: TestDatabase;
  readonly sink: MemoryRawSink;
  readonly events: PuSourceEvent[];
  readonly folder: string;
}

async function startReading(reading: Reading, owner: string): Promise<RunningSource> {
  const { sandbox, database, sink, events } = reading;
  const { endpoints } = sandbox;
  const end = new AbortController();
  const store = openHubStore(testStoreConfig(database.url));
  const client = openPuClient({
    contractVersion: '5',
    soapUrl: endpoints.soap,
    restUrl: endpoints.rest,
    logicalAddress: endpoints.logicalAddress,
    certificate: await readCertificateFiles({
      cert: endpoints.certificate,
      key: endpoints.key,
      ca: endpoints.authority,
    }),
    originalConsumer: undefined,
    downloadFolder: reading.folder,
    budget: store.callBudget({ name: 'pu', callsPerSecond: 1000 }),
    signal: end.signal,
    now: () => Date.now(),
    random: Math.random,
    settings: { retries: 1, retryMs: 10, circuitOpenMs: 200 },
    observe: {
      onRetry: () => undefined,
      onClockSkew: () => undefined,
      onCircuit: () => undefined,
    },
  });
  const lease = await store.leases.acquire('source-pu', owner, 600_000);
  if (!lease) throw new Error('the lease is held');
  const { homeCounties, askableRoots, reserveRoots, pageIdentities } = CONFIG;
  const scope = { askableRoots, reserveRoots, ...coveredPlaces(homeCounties) };
  const schedule = new ManualSchedule();
  const source = createPuSource({
    config: CONFIG,
    client,
    sink,
    checkpoints: store.checkpoints,
    lease,
    known: store.puKnown,
    identities: store.askableIdentities(scope, pageIdentities),
    isMasterLoaded: () => Promise.resolve(true),
    schedule,
    signal: end.signal,
    clock: Date,
    random: Math.random,
    observe: (event) => events.push(event),
  });
  const ended = source.run();
  ended.catch(() => undefined);
  return {
    source,
    schedule,
    ended,
    stop: () => end.abort(),
    [Symbol.asyncDispose]: async () => {
      end.abort();
      await ended.catch(() => undefined);
      await client[Symbol.asyncDispose]();
      await store.leases.release(lease);
      await store[Symbol.asyncDispose]();
    },
  };
}

async function openReading(): Promise<Reading & AsyncDisposable> {
  const database = await createHubDatabase();
  const sandbox = await createTestSandbox({ persons: 400 }).catch(async (error: unknown) => {
    await database[Symbol.asyncDispose]();
    throw error;
  });
  const folder = mkdtempSync(join(tmpdir(), 'pu-source-'));
  return {
    sandbox,
    database,
    folder,
    sink: new MemoryRawSink(),
    events: [],
    [Symbol.asyncDispose]: async () => {
      await sandbox[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function recordsOf({ sandbox }: Reading): Promise<readonly PuRecord[]> {
  const records: PuRecord[] = [];
  for await (const record of sandbox.control.records()) records.push(record);
  return records;
}

const identityOf = ({ personalIdentity: { root, extension } }: PuRecord): Identity => ({
  root: root as Oid,
  extension,
});

/** Master knows everybody by an askable identity but every tenth. */
async function fillMaster({ database }: Reading, records: readonly PuRecord[]): Promise<void> {
  const known = records
    .map(identityOf)
    .filter(({ root }, i) => i % 10 !== 0 && CONFIG.askableRoots.includes(root));
  await database.database.execute(ADD, [
    known.map(({ root }) => root),
    known.map(({ extension }) => extension),
    known.map(() => randomUUID()),
  ]);
}

/** The version and surname of each identity as the topic has it last. */
function sentLast({ sink }: Reading): ReadonlyMap<string, string> {
  const records = sink.messages.filter(({ operation }) => operation !== 'unknown');
  return new Map(
    records.map(({ person }) => [
      `${person['identityRoot']}|${person['identity']}`,
      `${person['version']} ${person['surname'] ?? ''}`,
    ]),
  );
}

/** The same as PU has it, of everybody whom a pull finds. */
async function heldByPu(
  reading: Reading,
  inMaster: ReadonlySet<string>,
): Promise<ReadonlyMap<string, string>> {
  const held = (await recordsOf(reading)).filter((record) => {
    if (record.testIndicator) return false;
    const isHome = record.populationRegistrationLocality?.countyCode === '03';
    const { root } = record.personalIdentity;
    return (
      isHome ||
      CONFIG.reserveRoots.includes(root as Oid) ||
      inMaster.has(identityText(identityOf(record)))
    );
  });
  return new Map(
    held.map((record) => [
      identityText(identityOf(record)),
      `${record.version} ${record.name?.surname ?? ''}`,
    ]),
  );
}

async function change(reading: Reading, surname: string, every: number): Promise<void> {
  const records = (await recordsOf(reading)).filter((_, i) => i % every === 0);
  await reading.sandbox.control.live({
    persons: [],
    records: records.map((record) => ({ ...record, name: { ...record.name, surname } })),
  });
}

describe('the PU source against the sandbox', () => {
  it('reads everybody once, then what changed, and ends with what PU has, record by record', async () => {
    await using reading = await openReading();
    const records = await recordsOf(reading);
    await fillMaster(reading, records);
    const inMaster = new Set(
      records
        .map(identityOf)
        .filter((_, i) => i % 10 !== 0)
        .filter(({ root }) => CONFIG.askableRoots.includes(root))
        .map(identityText),
    );
    await using running = await startReading(reading, 'one');
    await untilIdle(running);
    const held = await heldByPu(reading, inMaster);
    expect(held.size).toBeGreaterThan(300);
    expect(new Map([...sentLast(reading)].toSorted())).toEqual(new Map([...held].toSorted()));
    reading.sink.clear();
    await change(reading, 'Ändrad', 7);
    expect(await running.source.send({ kind: 'pull-now', pull: null })).toBe('done');
    await untilIdle(running);
    const changed = [...(await heldByPu(reading, inMaster))].filter(([, text]) =>
      text.endsWith('Ändrad'),
    );
    expect(new Map([...sentLast(reading)].toSorted())).toEqual(new Map(changed.toSorted()));
    expect(reading.events.filter((event) => event.kind === 'alarm')).toEqual([]);
  });

  it('ends there also when calls and files fail, PU is killed and the hub is started again twice', async () => {
    await using reading = await openReading();
    const records = await recordsOf(reading);
    await fillMaster(reading, records);
    const inMaster = new Set(
      records
        .map(identityOf)
        .filter((_, i) => i % 10 !== 0)
        .filter(({ root }) => CONFIG.askableRoots.includes(root))
        .map(identityText),
    );
    const { control } = reading.sandbox;
    await control.setFault('call-fails', { share: 0.1 });
    await control.setFault('zip-cut', { count: 2 });
    await control.setFault('fewer-records', { share: 0.2 });
    await control.setFault('other-identity', { count: 2, target: 'files' });
    await control.setFault('order-gone', { count: 1 });
    for (const [owner, sent] of [
      ['one', 50],
      ['two', 250],
    ] as const) {
      await using first = await startReading(reading, owner);
      await until(() => reading.sink.messages.length > sent);
      if (owner === 'two') await reading.sandbox.kill();
      first.stop();
    }
    await reading.sandbox.restart();
    await using last = await startReading(reading, 'three');
    await change(reading, 'Ändrad', 5);
    await untilIdle(last);
    await change(reading, 'Ändrad igen', 9);
    await control.clearFaults();
    await last.source.send({ kind: 'pull-now', pull: null });
    await untilIdle(last);
    expect(new Map([...sentLast(reading)].toSorted())).toEqual(
      new Map([...(await heldByPu(reading, inMaster))].toSorted()),
    );
  });
});
