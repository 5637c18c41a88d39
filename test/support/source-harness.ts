import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MasterDatabase, MasterMode } from '../../connectors/sources/master/master-dialect.ts';
import {
  createMasterSource,
  type MasterSource,
} from '../../connectors/sources/master/master-source.ts';
import {
  MASTER_SOURCE_DEFAULTS,
  type MasterSourceConfig,
} from '../../connectors/sources/master/master-source-config.ts';
import type { MasterSourceEvent } from '../../connectors/sources/master/master-source-events.ts';
import type { MasterMapping } from '../../core/mapping/master-mapping.ts';
import type { Lease } from '../../core/sync/ports.ts';
import { comparePositions, type SourceMessage } from '../../core/sync/source-record.ts';
import type { MasterFixture } from './master-fixture.ts';
import { MemoryCheckpoints, MemoryKnownRows, MemoryRawSink } from './memory-master-stores.ts';

/** The project's own mapping of the demo Master. */
export const DEMO_MAPPING = JSON.parse(
  readFileSync(new URL('../../mappings/master.json', import.meta.url), 'utf8'),
) as MasterMapping;

/** Short waits, small pages: what is asked for in the tests is behaviour, not speed. */
const TEST_CONFIG: Partial<MasterSourceConfig> = {
  pollMs: 5,
  idlePollMs: 10,
  heartbeatMs: 50,
  retryMs: 5,
  diffRunMs: 20,
  removalPassMs: 20,
  chunkRows: 10,
  pageRows: 10,
};

export interface HarnessOptions {
  readonly mode: MasterMode;
  readonly config?: Partial<MasterSourceConfig>;
  readonly mapping?: MasterMapping;
  readonly login?: string;
  readonly queryTimeoutMs?: number;
  /** Gives known rows to mode `change-tracking` too; the others always have them. */
  readonly keepsKnownRows?: boolean;
  /** How long to wait for what should happen; absent: 20 s. */
  readonly patienceMs?: number;
  /** Wraps the database, to watch or disturb what goes to it. */
  readonly wrap?: (database: MasterDatabase) => MasterDatabase;
}

/** A Master source with its stores, that can be stopped and started again as another process would. */
export class SourceHarness implements AsyncDisposable {
  readonly sink = new MemoryRawSink();
  readonly checkpoints = new MemoryCheckpoints();
  readonly knownRows = new MemoryKnownRows();
  readonly events: MasterSourceEvent[] = [];
  master: MasterFixture;
  readonly #options: HarnessOptions;
  #running:
    | {
        readonly source: MasterSource;
        readonly stop: AbortController;
        readonly ended: Promise<unknown>;
        readonly database: MasterDatabase;
      }
    | undefined;

  constructor(master: MasterFixture, options: HarnessOptions) {
    this.master = master;
    this.#options = options;
  }

  get source(): MasterSource {
    if (!this.#running) throw new TypeError('start it first');
    return this.#running.source;
  }

  /** Starts the source. A test that expects it to fail reads `failure`. */
  start(overrides: Partial<MasterSourceConfig> = {}): Lease {
    const { mode, config, mapping, wrap, login, queryTimeoutMs, keepsKnownRows } = this.#options;
    const opened = this.master.open({
      ...(login === undefined ? {} : { login }),
      ...(queryTimeoutMs === undefined ? {} : { queryTimeoutMs }),
    });
    const database = wrap ? wrap(opened) : opened;
    const stop = new AbortController();
    const lease = this.checkpoints.takeOver();
    const source = createMasterSource({
      config: { ...MASTER_SOURCE_DEFAULTS, ...TEST_CONFIG, ...config, ...overrides, mode },
      mapping: mapping ?? DEMO_MAPPING,
      database,
      sink: this.sink,
      checkpoints: this.checkpoints,
      lease,
      knownRows: mode === 'change-tracking' && !keepsKnownRows ? undefined : this.knownRows,
      signal: stop.signal,
      clock: { now: () => Date.now() },
      random: () => 0,
      observe: (event) => this.events.push(event),
    });
    const ended = source.run().then(
      () => undefined,
      (error: unknown) => error,
    );
    this.#running = { source, stop, ended, database };
    return lease;
  }

  /** Starts it and waits until everything is loaded. */
  async startAndLoad(overrides: Partial<MasterSourceConfig> = {}): Promise<void> {
    this.start(overrides);
    await this.untilStreaming();
  }

  untilStreaming(): Promise<void> {
    return this.until(() => this.source.status().state === 'streaming', 'streaming');
  }

  /** Waits until a gap was found and everyone was read again. */
  untilGapIsClosed(): Promise<void> {
    return this.until(() => {
      const states = this.events.flatMap((event) => (event.kind === 'state' ? [event.state] : []));
      return states.at(-2) === 'gap' && states.at(-1) === 'streaming';
    }, 'a gap, and its end');
  }

  /** What `run` threw; undefined when it ended well. */
  async failure(): Promise<unknown> {
    if (!this.#running) throw new TypeError('start it first');
    const within = sleep(20_000, 'still running' as const, { ref: false });
    const outcome = await Promise.race([this.#running.ended, within]);
    if (outcome === 'still running') throw new Error('the source is still running');
    return outcome;
  }

  /** Polls with a bound. A source that died ends the wait. */
  async until(isSo: () => boolean | Promise<boolean>, what: string): Promise<void> {
    const patienceMs = this.#options.patienceMs ?? 20_000;
    const giveUpAt = Date.now() + patienceMs;
    let hasEnded = false;
    let failure: unknown;
    void this.#running?.ended.then((error) => {
      hasEnded = true;
      failure = error;
    });
    while (!(await isSo())) {
      if (hasEnded) throw new Error(`the source ended before: ${what}`, { cause: failure });
      if (Date.now() > giveUpAt) throw new Error(`not within ${patienceMs} ms: ${what}`);
      await sleep(5);
    }
  }

  /** Waits for so many more batches, or until the source has ended or has nothing to send: a moment to cut it off at. */
  async untilMoreOrIdle(batches: number): Promise<void> {
    const wanted = this.sink.batches.length + batches;
    let hasEnded = false;
    void this.#running?.ended.then(() => {
      hasEnded = true;
    });
    for (let polls = 0; polls < 20 && !hasEnded && this.sink.batches.length < wanted; polls += 1) {
      await sleep(5);
    }
  }

  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    running?.stop.abort();
    await running?.ended;
    await running?.database[Symbol.asyncDispose]();
  }

  /** What a reader of the raw topic knows in the end: of each person the newest message, later ones of equal position win. */
  view(): ReadonlyMap<string, SourceMessage> {
    const newest = new Map<string, SourceMessage>();
    for (const message of this.sink.messages) {
      const key = message.person['identity'] ?? '';
      const before = newest.get(key);
      if (!before || comparePositions(message.position, before.position) >= 0) {
        newest.set(key, message);
      }
    }
    return newest;
  }

  /** The persons of the view that are there, with surname and street: to be compared with {@link masterPersons}. */
  persons(): readonly string[] {
    return [...this.view().values()]
      .flatMap((m) =>
        m.operation === 'upsert'
          ? [
              `${m.person['identity']}|${m.person['surname']}|${m.children['addresses']?.[0]?.['line1'] ?? '-'}`,
            ]
          : [],
      )
      .sort();
  }

  /** The same from Master itself. */
  async masterPersons(): Promise<readonly string[]> {
    const rows = await this.master.rows(
      `SELECT p."PersonId", p."Efternamn", (SELECT a."Rad1" FROM dbo."Adress" a WHERE a."IdTyp" = p."IdTyp" AND a."PersonId" = p."PersonId" AND a."AdressTyp" = 'FB') FROM dbo."Befolkning" p`,
    );
    return rows
      .map(
        ([id, surname, street]) =>
          `${String(id)}|${String(surname)}|${street === null ? '-' : String(street)}`,
      )
      .sort();
  }

  /** Waits until the raw topic says what Master says. */
  async untilSame(): Promise<void> {
    await this.until(async () => {
      const [ours, theirs] = [this.persons(), await this.masterPersons()];
      return ours.length === theirs.length && ours.every((line, i) => line === theirs[i]);
    }, 'the raw topic says what Master says');
  }

  alarms(): readonly string[] {
    return this.events.flatMap((event) =>
      event.kind === 'alarm' && !event.isOver ? [event.code] : [],
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
