import { setTimeout as sleep } from 'node:timers/promises';
import { dispositionOf, HubError } from '../../core/errors/hub-error.ts';
import { safeWord } from '../../core/errors/log-safe.ts';
import type {
  ConsumerConnection,
  ConsumerEvents,
  FetchedBatch,
  FetchLimits,
} from './consumer-connection.ts';
import type { KafkaAdmin } from './kafka-admin.ts';
import { wrapKafkaError } from './kafka-errors.ts';
import type { KafkaRecord, TopicPartition, TopicPartitions } from './kafka-message.ts';
import {
  type PartitionProgress,
  partitionName,
  refuseIfGone,
  startProgress,
} from './partition-progress.ts';
import { ProgressWatchdog } from './progress-watchdog.ts';

/** A run of consecutive records of one partition. */
export interface ConsumerBatch extends TopicPartition {
  /** At least one, by rising offset. Offsets may have gaps: control records and what compaction removed. */
  readonly records: readonly KafkaRecord[];
  /**
   * The offset after the last batch that was done, or that the run began at: between it and the first record stands nothing to read.
   * The run proves that, since it drops what was not fetched from where the last fetch ended.
   */
  readonly firstOffset: number;
  /** The offset to go on from when all records are done. It counts control records after the last one. */
  readonly nextOffset: number;
  /** The end of the partition when the batch was fetched. */
  readonly highWatermark: number;
  /**
   * True when the partition may belong to somebody else by now or the consumer is to stop. The batch may then be left undone, in
   * part or whole: return, and it comes again, here or elsewhere. Going on is no fault either, since the store holds the offset.
   */
  isStale(): boolean;
}

export interface ConsumerOptions {
  readonly groupId: string;
  readonly topics: readonly string[];
  /** Where to begin when {@link startOffset} knows nothing: at the first record (default), or after the last. */
  readonly fromBeginning?: boolean;
  /**
   * The offset to go on from, out of the store that holds it. Asked for every partition at each assignment, and it alone
   * decides: what the group committed to Kafka is only there to make the lag visible to Kafka's tools.
   */
  startOffset(topic: string, partition: number): Promise<number | undefined>;
  /**
   * Does one batch, and stores the next offset with what it did. Batches of one partition come one after the other without a
   * gap. When it throws something retriable, the same batch comes again after a back-off, for as long as it takes; when it
   * throws anything else, the run rejects with it. Heartbeats are sent meanwhile.
   */
  onBatch(batch: ConsumerBatch): Promise<void>;
  /** Called when partitions were assigned and their offsets are set. */
  onAssigned?(assignment: readonly TopicPartitions[]): void;
  /** Called when a batch failed and will be tried again. */
  onRetry?(batch: ConsumerBatch, error: unknown, attempt: number): void;
  /** Ends the run: batches that are being done are waited for, then the promise resolves. */
  readonly signal: AbortSignal;
  /** How many partitions are worked on at the same time. Default 1. */
  readonly partitionsConsumedConcurrently?: number;
  /** How long there may be something to read without progress. Longer than any one batch takes. Default one minute. */
  readonly stallAfterMs?: number;
  readonly fetch?: Partial<FetchLimits>;
}

const HEARTBEAT_MS = 1_000;
const COMMIT_MS = 1_000;
const MAX_BACK_OFF_MS = 5_000;
/** How often a fetch from a wrong offset is put right before the run gives up. */
const MAX_WRONG_FETCHES = 3;
const LAST_HANDLERS_MS = 5_000;
const LAST_COMMIT_MS = 2_000;

/**
 * Consumes until the signal ends it (resolves) or it cannot go on (rejects with a HubError: `HUB_KAFKA_UNAVAILABLE`,
 * `HUB_KAFKA_CONSUMER_STALLED` and the like are retriable: call it again; what `onBatch` threw and is not retriable comes as it
 * is).
 */
export async function runConsumer(
  open: () => Promise<ConsumerConnection>,
  admin: KafkaAdmin,
  options: ConsumerOptions,
): Promise<void> {
  const { signal } = options;
  const aborted = Promise.withResolvers<undefined>();
  const onAbort = (): void => aborted.resolve(undefined);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    const opening = open();
    const connection = await Promise.race([opening, aborted.promise]).catch((error: unknown) => {
      throw wrapKafkaError(error);
    });
    if (connection !== undefined) {
      await new ConsumerRun(connection, admin, options).toEnd(aborted.promise);
      return;
    }
    // Not waited for: connecting to brokers that do not answer takes long.
    opening.then(
      (late) => late.close(),
      () => undefined,
    );
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

class ConsumerRun implements ConsumerEvents {
  readonly #connection: ConsumerConnection;
  readonly #admin: KafkaAdmin;
  readonly #options: ConsumerOptions;
  readonly #stallAfterMs: number;
  readonly #watchdog: ProgressWatchdog;
  readonly #failed = Promise.withResolvers<never>();
  readonly #handlers = new Set<Promise<void>>();
  #progress = new Map<string, PartitionProgress>();
  /** Rises with each assignment: what began under an older one must not move offsets any more. */
  #assignment = 0;
  /** False from an assignment until all its offsets are set. */
  #isPositioned = false;
  #isEnding = false;

  constructor(connection: ConsumerConnection, admin: KafkaAdmin, options: ConsumerOptions) {
    this.#connection = connection;
    this.#admin = admin;
    this.#options = options;
    this.#stallAfterMs = options.stallAfterMs ?? 60_000;
    this.#watchdog = new ProgressWatchdog(this.#stallAfterMs, performance.now());
  }

  async toEnd(aborted: Promise<unknown>): Promise<void> {
    const commits = setInterval(() => void this.#commit(), COMMIT_MS);
    const checks = setInterval(() => void this.#check(), Math.min(10_000, this.#stallAfterMs / 4));
    try {
      // Not awaited alone: joining a group can hang, and the watchdog has to see it.
      const started = this.#connection.start(this.#options.topics, this);
      started.catch((error: unknown) => this.onCrashed(error));
      await Promise.race([this.#failed.promise, aborted]);
      await Promise.allSettled(this.#handlers);
      await Promise.race([this.#commit(), sleep(LAST_COMMIT_MS, undefined, { ref: false })]);
    } catch (error) {
      await Promise.race([
        Promise.allSettled(this.#handlers),
        sleep(LAST_HANDLERS_MS, undefined, { ref: false }),
      ]);
      throw error;
    } finally {
      this.#isEnding = true;
      clearInterval(checks);
      clearInterval(commits);
      await this.#connection.close();
    }
  }

  onJoined(assignment: readonly TopicPartitions[]): void {
    this.#assignment += 1;
    this.#isPositioned = false;
    this.#progress = new Map();
    this.#watchdog.progressed(performance.now());
    // Paused before the library can fetch from an offset of its own choice; resumed when ours is set.
    this.#connection.pause(assignment);
    this.#setOffsets(this.#assignment, assignment).catch((error: unknown) => this.#fail(error));
  }

  onFetched(): void {
    this.#watchdog.fetched(performance.now());
  }

  onNothingToHandOver(
    at: TopicPartition,
    firstOffset: number | undefined,
    lastOffset: number,
  ): void {
    const state = this.#progress.get(partitionName(at));
    if (state === undefined || (firstOffset ?? lastOffset) < state.wanted) return;
    state.wanted = lastOffset + 1;
    this.#watchdog.progressed(performance.now());
  }

  onCrashed(error: unknown): void {
    this.#fail(wrapKafkaError(error, { group: safeWord(this.#options.groupId) }));
  }

  onBatch(batch: FetchedBatch): Promise<void> {
    const handler = this.#handle(batch).catch((error: unknown) => this.#fail(error));
    this.#handlers.add(handler);
    return handler.finally(() => this.#handlers.delete(handler));
  }

  async #setOffsets(assignment: number, assigned: readonly TopicPartitions[]): Promise<void> {
    const { startOffset, fromBeginning = true } = this.#options;
    for (const { topic, partitions } of assigned) {
      for (const offsets of await this.#admin.offsets(topic)) {
        if (!partitions.includes(offsets.partition)) continue;
        const stored = await startOffset(topic, offsets.partition);
        if (assignment !== this.#assignment) return;
        const progress = startProgress(offsets, stored, fromBeginning);
        this.#connection.seek(progress, progress.wanted);
        this.#progress.set(partitionName(progress), progress);
      }
    }
    this.#isPositioned = true;
    this.#connection.resume(assigned);
    this.#watchdog.progressed(performance.now());
    this.#options.onAssigned?.(assigned);
  }

  async #handle(fetched: FetchedBatch): Promise<void> {
    const assignment = this.#assignment;
    const state = this.#progress.get(partitionName(fetched));
    if (state === undefined || fetched.records.length === 0 || this.#isOver()) return;
    if (fetched.fetchedOffset !== state.wanted) return await this.#putRight(state);

    let isLost = false;
    const heartbeats = setInterval(() => {
      fetched.heartbeat().catch(() => {
        isLost = true; // The group moves. The library meets the same error after the batch and joins again.
      });
    }, HEARTBEAT_MS);
    try {
      const isStale = (): boolean => isLost || assignment !== this.#assignment || this.#isOver();
      const isDone = await this.#attempt({
        topic: fetched.topic,
        partition: fetched.partition,
        records: fetched.records,
        firstOffset: state.done,
        nextOffset: fetched.lastOffset + 1,
        highWatermark: fetched.highWatermark,
        isStale,
      });
      // A stale batch may have been left undone: then it is not moved past, and comes again or is somebody else's.
      if (!isDone || isStale()) return;
      state.wanted = fetched.lastOffset + 1;
      state.done = state.wanted;
      state.wrongFetches = 0;
      fetched.resolve(fetched.lastOffset);
    } finally {
      clearInterval(heartbeats);
    }
  }

  /** Does the batch until it is done or stale. The first attempt is always made. */
  async #attempt(batch: ConsumerBatch): Promise<boolean> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        this.#watchdog.progressed(performance.now());
        await this.#options.onBatch(batch);
        this.#watchdog.progressed(performance.now());
        return true;
      } catch (error) {
        if (dispositionOf(error) !== 'retriable') throw error;
        this.#watchdog.progressed(performance.now());
        if (batch.isStale()) return false;
        this.#options.onRetry?.(batch, error, attempt);
        await this.#backOff(attempt);
        if (batch.isStale()) return false;
      }
    }
  }

  async #backOff(attempt: number): Promise<void> {
    // Well under the time of the watchdog, which must not take a wait for death.
    const longest = Math.min(MAX_BACK_OFF_MS, this.#stallAfterMs / 4, 50 * 2 ** attempt);
    const ms = longest * (0.5 + Math.random() / 2);
    await sleep(ms, undefined, { signal: this.#options.signal }).catch(() => undefined);
  }

  /**
   * The library fetched from another offset than ours: it reset itself after OFFSET_OUT_OF_RANGE, or lost a seek. Handing the
   * batch over would leave records out or do them again for ever, so it is dropped and the offset is set again.
   */
  async #putRight(state: PartitionProgress): Promise<void> {
    this.#connection.seek(state, state.wanted);
    state.wrongFetches += 1;
    if (state.wrongFetches < MAX_WRONG_FETCHES) return;
    const all = await this.#admin.offsets(state.topic);
    const offsets = all.find(({ partition }) => partition === state.partition);
    if (offsets !== undefined) refuseIfGone(state, offsets);
    throw this.#stalled();
  }

  async #commit(): Promise<void> {
    const moved = [...this.#progress.values()].filter((state) => state.wanted > state.committed);
    if (moved.length === 0) return;
    const offsets = moved.map(({ topic, partition, wanted }) => ({
      topic,
      partition,
      offset: wanted,
    }));
    try {
      await this.#connection.commit(offsets);
      for (const [i, state] of moved.entries()) state.committed = offsets[i]?.offset ?? -1;
    } catch {
      // Only the lag in Kafka's own tools depends on it; the next second tries again.
    }
  }

  async #check(): Promise<void> {
    const isLagging = await this.#isLagging().catch(() => undefined);
    if (this.#isEnding) return;
    if (this.#watchdog.isStalled(performance.now(), isLagging)) this.#fail(this.#stalled());
  }

  /** Undefined when the brokers do not answer in the time of one check: a hanging question is no sign of life. */
  async #isLagging(): Promise<boolean | undefined> {
    if (!this.#isPositioned) return undefined;
    const states = [...this.#progress.values()];
    for (const topic of new Set(states.map((state) => state.topic))) {
      const offsets = await Promise.race([
        this.#admin.offsets(topic),
        sleep(this.#stallAfterMs / 4, undefined, { ref: false }),
      ]);
      if (offsets === undefined) return undefined;
      const highs = new Map(offsets.map((o) => [o.partition, o.high]));
      const isBehind = (state: PartitionProgress): boolean =>
        state.topic === topic && (highs.get(state.partition) ?? 0) > state.wanted;
      if (states.some(isBehind)) return true;
    }
    return false;
  }

  #stalled(): HubError {
    const group = safeWord(this.#options.groupId);
    return new HubError('HUB_KAFKA_CONSUMER_STALLED', { group, partitions: this.#progress.size });
  }

  #isOver(): boolean {
    return this.#isEnding || this.#options.signal.aborted;
  }

  #fail(error: unknown): void {
    this.#isEnding = true;
    this.#failed.reject(error);
  }
}
