/** One hub's reading of one PU that can be made to fail: real PU, real client, real stores; only the topic is in memory, and the clock is a test's. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { statement } from '../../connectors/hub-store/database.ts';
import { type HubStore, openHubStore } from '../../connectors/hub-store/hub-store.ts';
import { parsePuCheckpoint } from '../../connectors/sources/pu/pu-checkpoint.ts';
import { openPuClient } from '../../connectors/sources/pu/pu-client.ts';
import { createPuSource, type PuSource } from '../../connectors/sources/pu/pu-source.ts';
import {
  PU_SOURCE_DEFAULTS,
  type PullName,
  type PuSourceConfig,
} from '../../connectors/sources/pu/pu-source-config.ts';
import type { PuSourceEvent } from '../../connectors/sources/pu/pu-source-events.ts';
import type { PullSchedule } from '../../connectors/sources/pu/pull-schedule.ts';
import { coveredPlaces } from '../../connectors/sources/pu/pulls/pull-shards.ts';
import { OID_PNR, type Oid } from '../../core/person/person-identifier.ts';
import type { SourceRecord } from '../../core/sync/source-record.ts';
import type { PuRecord } from '../../scripts/population/pu-record.ts';
import type { CertificatePair } from '../../scripts/sandbox/certificates.ts';
import { createHubDatabase, type TestDatabase, testStoreConfig } from './hub-database.ts';
import { MemoryRawSink } from './memory-master-stores.ts';
import { readCertificateFiles } from './pu-certificate-files.ts';
import { comparePuRecords, type PuComparison } from './pu-raw-comparison.ts';
import { createTestSandbox, type TestSandbox } from './sandbox.ts';

const HOME_COUNTY = '03';
const LOOK_MS = 10;

/** Two counties and no overlap, so that nothing is read a second time by chance: what a wrong watermark skips stays away. */
const CONFIG: PuSourceConfig = {
  ...PU_SOURCE_DEFAULTS,
  homeCounties: [{ code: HOME_COUNTY, municipalities: null }],
  pulls: {
    'own-region': { ...PU_SOURCE_DEFAULTS.pulls['own-region'], overlapMs: 0 },
    'known-elsewhere': { ...PU_SOURCE_DEFAULTS.pulls['known-elsewhere'], overlapMs: 0 },
    'reserve-identities': { ...PU_SOURCE_DEFAULTS.pulls['reserve-identities'], overlapMs: 0 },
    'moved-out': { ...PU_SOURCE_DEFAULTS.pulls['moved-out'], overlapMs: 0 },
  },
  sweepMs: 0,
  pollMs: 20,
  lookMs: 10,
  // A shard that failed waits until it is told to go on.
  retryMs: 3_600_000,
  longestRetryMs: 3_600_000,
  keepsTestPersons: false,
};

const ADD = statement(
  'add-identities',
  `WITH i AS (INSERT INTO identities (root, extension, identity_key, person_key)
     SELECT n.root, n.extension, n.key::uuid, n.key::uuid FROM unnest($1::text[], $2::text[], $3::text[]) AS n (root, extension, key)
     RETURNING identity_key)
   INSERT INTO evidence (identity_key, source, epoch, version, content, content_hash)
   SELECT identity_key, 'master', 1, 1, '{}', 'h' FROM i`,
);

/** One process of the hub that reads PU. */
export interface FaultyReading extends AsyncDisposable {
  readonly source: PuSource;
  /** Settles when the source has ended. */
  readonly ended: Promise<void>;
  pullNow(pull: PullName | null): Promise<void>;
  /** What the schedule does when its time has come. */
  tick(pull: PullName): void;
  /** Until it holds. Bounded by the time limit of the test. @throws what ended the source. */
  until(holds: () => boolean): Promise<void>;
  /** Until everything that was due is done. */
  untilIdle(): Promise<void>;
}

export class PuFaultyWorld implements AsyncDisposable {
  readonly sandbox: TestSandbox;
  readonly sink = new MemoryRawSink();
  readonly events: PuSourceEvent[] = [];
  /** How far PU's clock was ahead of ours, in seconds, each time it was too far. */
  readonly skews: number[] = [];
  readonly #database: TestDatabase;
  readonly #store: HubStore;
  readonly #folder = mkdtempSync(join(tmpdir(), 'pu-faulty-'));
  readonly #inMaster = new Set<string>();
  #passedMs = 0;
  #clockErrorMs = 0;

  private constructor(database: TestDatabase, sandbox: TestSandbox) {
    this.#database = database;
    this.sandbox = sandbox;
    this.#store = openHubStore(testStoreConfig(database.url));
  }

  /** Master knows everybody with a proper number but every tenth. */
  static async open(persons: number): Promise<PuFaultyWorld> {
    await using opened = new AsyncDisposableStack();
    const database = opened.use(await createHubDatabase());
    const sandbox = opened.use(await createTestSandbox({ persons }));
    const world = new PuFaultyWorld(database, sandbox);
    await world.#fillMaster();
    opened.move();
    return world;
  }

  /** The hub's own clock, in milliseconds since 1970. */
  now(): number {
    return Date.now() + this.#passedMs + this.#clockErrorMs;
  }

  /** Puts the hub's clock so far from the right time; PU's is put wrong by the control of the sandbox. */
  setClockError(milliseconds: number): void {
    this.#clockErrorMs = milliseconds;
  }

  /** Time goes on for both, at once. It never comes back: what was asked in this world was asked before. */
  async passTime(milliseconds: number): Promise<void> {
    this.#passedMs += milliseconds;
    await this.setPuClockError(0);
  }

  async setPuClockError(milliseconds: number): Promise<void> {
    const offsetSeconds = (this.#passedMs + milliseconds) / 1_000;
    await this.sandbox.control.setClock({ offsetSeconds });
  }

  async start(certificate: CertificatePair | null = null): Promise<FaultyReading> {
    const { endpoints } = this.sandbox;
    const end = new AbortController();
    const now = (): number => this.now();
    const client = openPuClient({
      contractVersion: '5',
      soapUrl: endpoints.soap,
      restUrl: endpoints.rest,
      logicalAddress: endpoints.logicalAddress,
      certificate: await readCertificateFiles({
        cert: certificate?.certificate ?? endpoints.certificate,
        key: certificate?.key ?? endpoints.key,
        ca: endpoints.authority,
      }),
      originalConsumer: undefined,
      downloadFolder: this.#folder,
      budget: { takeTurn: () => Promise.resolve() },
      signal: end.signal,
      now,
      random: Math.random,
      // So that those who come while one call finds out whether PU is back need not wait for an hour.
      settings: { retries: 2, retryMs: 40, circuitOpenMs: 20 },
      observe: {
        onRetry: () => undefined,
        onClockSkew: (seconds, isTooLarge) => {
          if (isTooLarge) this.skews.push(seconds);
        },
        onCircuit: () => undefined,
      },
    });
    const lease = await this.#store.leases.acquire('source-pu', 'reader', 600_000);
    if (lease === undefined) throw new Error('The lease is held.');
    const schedule = new HandSchedule();
    const { homeCounties, askableRoots, reserveRoots, pageIdentities } = CONFIG;
    const source = createPuSource({
      config: CONFIG,
      client,
      sink: this.sink,
      checkpoints: this.#store.checkpoints,
      lease,
      known: this.#store.puKnown,
      identities: this.#store.askableIdentities(
        { askableRoots, reserveRoots, ...coveredPlaces(homeCounties) },
        pageIdentities,
      ),
      isMasterLoaded: undefined,
      schedule,
      signal: end.signal,
      clock: { now },
      random: Math.random,
      observe: (event) => this.events.push(event),
    });
    let isEnded = false;
    const ended = source.run().finally(() => {
      isEnded = true;
    });
    ended.catch(() => undefined);
    const until = async (holds: () => boolean): Promise<void> => {
      while (!holds()) {
        if (isEnded) {
          await ended;
          throw new Error('The source has ended.');
        }
        await sleep(LOOK_MS);
      }
    };
    return {
      source,
      ended,
      until,
      untilIdle: async () =>
        await until(() => {
          const { state, shards } = source.status();
          return state === 'idle' && shards.every(({ dueAt }) => dueAt === null);
        }),
      pullNow: async (pull) => {
        const outcome = await source.send({ kind: 'pull-now', pull });
        if (outcome !== 'done') throw new Error(`pull-now: ${outcome}`);
      },
      tick: (pull) => schedule.tick(pull),
      [Symbol.asyncDispose]: async () => {
        end.abort();
        await ended.catch(() => undefined);
        await client[Symbol.asyncDispose]();
        await this.#store.leases.release(lease);
      },
    };
  }

  /** The stored watermarks of the shards, or of those of one pull. */
  async watermarks(pull: PullName | null = null): Promise<Readonly<Record<string, number | null>>> {
    const text = await this.#store.checkpoints.load('pu');
    if (text === undefined) return {};
    const shards = Object.entries(parsePuCheckpoint(text).shards);
    return Object.fromEntries(
      shards
        .filter(([name]) => pull === null || name.startsWith(`${pull}/`))
        .map(([name, { watermark }]) => [name, watermark]),
    );
  }

  /** Gives every so many persons this surname in PU. @returns how many records changed. */
  async rename(surname: string, every = 5): Promise<number> {
    const records = (await this.records()).filter((_, place) => place % every === 0);
    const { control } = this.sandbox;
    const changed = records.map((record) => ({ ...record, name: { ...record.name, surname } }));
    return (await control.live({ persons: [], records: changed })).records.length;
  }

  async records(): Promise<readonly PuRecord[]> {
    const records: PuRecord[] = [];
    for await (const record of this.sandbox.control.records()) records.push(record);
    return records;
  }

  /**
   * What was sent last of every identity against PU, record by record. The hub must know residents of the county, reserve numbers and whom
   * Master knows, but no test persons.
   */
  async compare(): Promise<PuComparison> {
    const last = new Map<string, SourceRecord>();
    for (const message of this.sink.messages) {
      if (message.operation === 'unknown') continue;
      if (message.operation !== 'upsert') throw new Error('A raw record of PU that is no record.');
      const { identityRoot, identity } = message.person;
      last.set(`${identityRoot}^${identity}`, message);
    }
    return await comparePuRecords(last, this.sandbox.control.records(), (record) =>
      this.#mustKnow(record),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#store[Symbol.asyncDispose]();
    await this.sandbox[Symbol.asyncDispose]();
    await this.#database[Symbol.asyncDispose]();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #mustKnow({ personalIdentity, testIndicator, populationRegistrationLocality }: PuRecord) {
    const { root, extension } = personalIdentity;
    const isHome = populationRegistrationLocality?.countyCode === HOME_COUNTY;
    const isReserve = CONFIG.reserveRoots.some((one) => one === root);
    const isInMaster = this.#inMaster.has(`${root}^${extension}`);
    return !testIndicator && (isHome || isReserve || isInMaster);
  }

  async #fillMaster(): Promise<void> {
    const known = (await this.records())
      .map(({ personalIdentity }) => personalIdentity)
      .filter(({ root }, place) => place % 10 !== 0 && CONFIG.askableRoots.includes(root as Oid));
    for (const { root, extension } of known) this.#inMaster.add(`${root}^${extension}`);
    // One whom PU has never heard of.
    const all = [...known, { root: OID_PNR, extension: '189001019802' }];
    await this.#database.database.execute(ADD, [
      all.map(({ root }) => root),
      all.map(({ extension }) => extension),
      all.map(() => randomUUID()),
    ]);
  }
}

/** Due when the test says so. */
class HandSchedule implements PullSchedule {
  #onDue: ((pull: PullName) => void) | undefined;

  start(onDue: (pull: PullName) => void): void {
    this.#onDue = onDue;
  }

  stop(): Promise<void> {
    this.#onDue = undefined;
    return Promise.resolve();
  }

  nextDueAt(): number | null {
    return null;
  }

  tick(pull: PullName): void {
    this.#onDue?.(pull);
  }
}
