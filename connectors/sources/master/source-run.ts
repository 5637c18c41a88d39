import { createHash } from 'node:crypto';
import type { ErrorCode } from '../../../core/errors/error-codes.ts';
import { findHubError, HubError } from '../../../core/errors/hub-error.ts';
import { type LogSafeFields, safeText } from '../../../core/errors/log-safe.ts';
import type { MasterMapping } from '../../../core/mapping/master-mapping.ts';
import type { Lease, RawRecordSink, SourceCheckpointStore } from '../../../core/sync/ports.ts';
import type { SourceMessage } from '../../../core/sync/source-record.ts';
import type { LoadRate } from '../../waiting/load-meter.ts';
import { withRetry } from '../../waiting/with-retry.ts';
import type { KnownRow, KnownRowStore } from './known-row-store.ts';
import { higherVersion, type MasterCheckpoint, printCheckpoint } from './master-checkpoint.ts';
import type { MasterDatabase } from './master-dialect.ts';
import { createMasterReader, type MasterReader } from './master-reader.ts';
import type { MasterSourceConfig } from './master-source-config.ts';
import { type MasterSourceEvent, positionOf } from './master-source-events.ts';
import { type MasterState, type MasterStateEvent, nextState } from './master-source-state.ts';
import { verifyMaster } from './master-startup.ts';
import { createRemovalGuard, type RemovalGuard } from './removal-guard.ts';

/** Everything that a Master source works with. */
export interface MasterSourceOptions {
  readonly config: MasterSourceConfig;
  readonly mapping: MasterMapping;
  readonly database: MasterDatabase;
  readonly sink: RawRecordSink;
  readonly checkpoints: SourceCheckpointStore;
  /** Held by the caller, who renews it. The source writes nothing without it. */
  readonly lease: Lease;
  /** Needed in modes `rowversion` and `snapshot-diff`. With it, persons removed during a gap are found in mode `change-tracking` too. */
  readonly knownRows: KnownRowStore | undefined;
  /** Ends the source between two pages. */
  readonly signal: AbortSignal;
  readonly clock: { now(): number };
  readonly random: () => number;
  readonly observe: (event: MasterSourceEvent) => void;
}

/**
 * One run of the source: what is stored, what is going on, and the few verbs that all steps are made of. The order in `send` and
 * `save` is the guarantee: Kafka first, then the known rows, then the checkpoint, so that a crash anywhere repeats and never skips.
 */
export class SourceRun {
  readonly options: MasterSourceOptions;
  /** For removals that Master tells of, and for those that a pass finds. */
  readonly guards: { readonly stream: RemovalGuard; readonly pass: RemovalGuard };
  state: MasterState = 'starting';
  frozenBy: ErrorCode | undefined;
  /** The guard that froze it. */
  burst: RemovalGuard | undefined;
  caughtUpAt: number | undefined;
  ceilingStalledSince: number | undefined;
  /** The version up to which all is committed, and since when it stands there. */
  ceiling: { readonly version: bigint; readonly since: number } | undefined;
  loadRate: LoadRate | undefined;
  /** Persons in Master, roughly; for progress and for the removal guard. */
  total = 0;
  #checkpoint: MasterCheckpoint | undefined;
  /** The highest version sent in this epoch by this run. */
  #highest = 0n;
  #reader: MasterReader | undefined;

  constructor(options: MasterSourceOptions) {
    this.options = options;
    const { removalGuard } = options.config;
    this.guards = {
      stream: createRemovalGuard(removalGuard),
      pass: createRemovalGuard(removalGuard),
    };
  }

  get checkpoint(): MasterCheckpoint {
    if (!this.#checkpoint) throw new TypeError('the source has not been started');
    return this.#checkpoint;
  }

  get reader(): MasterReader {
    if (!this.#reader) throw new TypeError('the source has not been started');
    return this.#reader;
  }

  get hasStarted(): boolean {
    return this.#checkpoint !== undefined;
  }

  now(): number {
    return this.options.clock.now();
  }

  get isAborted(): boolean {
    return this.options.signal.aborted;
  }

  move(event: MasterStateEvent): void {
    const state = nextState(this.state, event);
    if (state === this.state) return;
    this.state = state;
    this.options.observe({ kind: 'state', state });
  }

  alarm(code: ErrorCode, context: LogSafeFields, isOver = false): void {
    this.options.observe({ kind: 'alarm', code, context, isOver });
  }

  /** Stops until a person decides. The stored position stays where it is. */
  freeze(code: ErrorCode, context: LogSafeFields): void {
    this.frozenBy = code;
    this.move('froze');
    this.alarm(code, context);
  }

  freezeByBurst(guard: RemovalGuard, found: number): void {
    this.burst = guard;
    this.freeze('HUB_MASTER_REMOVAL_BURST', { found, limit: guard.limit(this.total) });
  }

  /** Looks at the server anew and makes a reader for what it has. @throws HubError that names what does not fit. */
  async verify(): Promise<void> {
    const { database, mapping, config } = this.options;
    const verified = await this.#retry(() => verifyMaster(database, mapping, config.mode));
    this.#reader = createMasterReader({
      database,
      tables: verified.tables,
      config,
      hasSnapshots: verified.hasSnapshots && config.snapshotIsolation === 'auto',
      now: () => this.now(),
    });
    this.total = await this.#retry(() => this.reader.estimate());
  }

  /** Reads with bounded retries. An error that a changed table explains is thrown as that. */
  async read<T>(work: (reader: MasterReader) => Promise<T>): Promise<T> {
    try {
      return await this.#retry(() => work(this.reader));
    } catch (error) {
      const code = findHubError(error)?.code;
      if (code !== undefined && SCHEMA_CODES.has(code)) await this.verify();
      throw error;
    }
  }

  /**
   * Appends to the raw topic, and remembers what was sent where the mode needs it.
   * @param which `changed` leaves out whoever looks as when last sent.
   */
  async send(messages: readonly SourceMessage[], which: 'all' | 'changed' = 'all'): Promise<void> {
    const { sink, knownRows, observe } = this.options;
    const hashed = messages.map((message) => ({
      message,
      key: this.reader.assembler.keyOfMessage(message),
      contentHash: knownRows ? contentHash(message) : null,
    }));
    const fresh = knownRows && which === 'changed' ? await onlyChanged(knownRows, hashed) : hashed;
    if (fresh.length === 0) return;
    await sink.append(fresh.map((entry) => entry.message));
    if (knownRows) await remember(knownRows, fresh);
    for (const { message } of fresh) {
      this.#highest = higherVersion(this.#highest, message.position.version);
    }
    observe({
      kind: 'page',
      messages: fresh.length,
      removed: fresh.filter((e) => e.message.operation === 'removed').length,
      refused: fresh.filter((e) => e.message.operation === 'refused').length,
      position: fresh[0]?.message.position ?? positionOf(this.checkpoint),
    });
  }

  /** Takes over what is stored, at the start. */
  adopt(checkpoint: MasterCheckpoint): void {
    this.#checkpoint = checkpoint;
  }

  /** Stores the checkpoint. Legal only when everything that it covers was sent. @throws HubError `HUB_MASTER_LEASE_LOST` */
  async save(next: MasterCheckpoint): Promise<void> {
    const { checkpoints, lease } = this.options;
    const highest = higherVersion(this.#highest, higherVersion(next.highest, next.version));
    const checkpoint = { ...next, highest };
    const isSaved = await checkpoints.save(lease, 'master', printCheckpoint(checkpoint));
    if (!isSaved) throw new HubError('HUB_MASTER_LEASE_LOST', { lease: safeText('source master') });
    this.#checkpoint = checkpoint;
  }

  /** Versions of another epoch say nothing about this one. */
  beginEpoch(): void {
    this.#highest = 0n;
  }

  #retry<T>(work: () => Promise<T>): Promise<T> {
    const { config, signal, random, observe } = this.options;
    return withRetry(work, {
      retries: config.retries,
      retryMs: config.retryMs,
      signal,
      random,
      onRetry: (error, attempt) => observe({ kind: 'retry', error, attempt }),
    });
  }
}

const SCHEMA_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'HUB_MASTER_TABLE_MISSING',
  'HUB_MASTER_COLUMN_MISSING',
  'HUB_MASTER_COLUMN_TYPE',
  'HUB_MASTER_PERMISSION',
]);

interface Hashed extends KnownRow {
  readonly message: SourceMessage;
}

/** Each key once: a server that does not tell `a` from `A` may give a person by both. */
async function remember(knownRows: KnownRowStore, sent: readonly Hashed[]): Promise<void> {
  const byKey = new Map(sent.map((entry) => [JSON.stringify(entry.key), entry]));
  const entries = [...byKey.values()];
  const gone = entries.filter((entry) => entry.message.operation === 'removed');
  const there = entries.filter((entry) => entry.message.operation !== 'removed');
  if (there.length > 0) {
    await knownRows.put(there.map(({ key, contentHash: hash }) => ({ key, contentHash: hash })));
  }
  if (gone.length > 0) await knownRows.remove(gone.map((entry) => entry.key));
}

/** Those who are new or look different. A removal is always news. */
async function onlyChanged(
  knownRows: KnownRowStore,
  entries: readonly Hashed[],
): Promise<readonly Hashed[]> {
  const known = await knownRows.hashes(entries.map((entry) => entry.key));
  return entries.filter(
    (entry, place) =>
      entry.message.operation === 'removed' || known.get(place) !== entry.contentHash,
  );
}

/** Of what the source says, without when and where it was read. A refused person counts by its reason. */
function contentHash(message: SourceMessage): string {
  const content =
    message.operation === 'upsert'
      ? [message.person, message.children]
      : [message.operation === 'refused' ? message.code : message.operation];
  return createHash('sha256').update(JSON.stringify(content)).digest('base64url');
}
