import type { ErrorCode } from '../../../core/errors/error-codes.ts';
import { HubError } from '../../../core/errors/hub-error.ts';
import { type LogSafeFields, safeText, safeWord } from '../../../core/errors/log-safe.ts';
import type { Lease, RawRecordSink, SourceCheckpointStore } from '../../../core/sync/ports.ts';
import { pause } from '../../waiting/with-retry.ts';
import {
  NEW_CHECKPOINT,
  type PuCheckpoint,
  parsePuCheckpoint,
  printPuCheckpoint,
  type ShardRun,
  type ShardState,
  shardState,
  withShard,
} from './pu-checkpoint.ts';
import type { PuAnswer, PuClient } from './pu-client-port.ts';
import type { AskableIdentities, PuKnownStore } from './pu-known-store.ts';
import type { PuSourceConfig } from './pu-source-config.ts';
import type { PuSourceEvent, ShardName } from './pu-source-events.ts';
import type { PullSchedule } from './pull-schedule.ts';
import type { Shard } from './pulls/pull-shards.ts';
import { sendAnswers, type TakenLot } from './pulls/send-answers.ts';
import { createSlots, type Slots } from './pulls/slots.ts';

/** Everything that a PU source works with. */
export interface PuSourceOptions {
  readonly config: PuSourceConfig;
  readonly client: PuClient;
  readonly sink: RawRecordSink;
  readonly checkpoints: SourceCheckpointStore;
  /** `source-pu`, held by the caller, who renews it. The source writes nothing without it, and no other instance reads PU meanwhile. */
  readonly lease: Lease;
  readonly known: PuKnownStore;
  readonly identities: AskableIdentities;
  /** Whether Master's first load is done; undefined where no Master is configured. */
  readonly isMasterLoaded: (() => Promise<boolean>) | undefined;
  /** Says when the pulls are due; see `openPullSchedule`. The source starts and stops it. */
  readonly schedule: PullSchedule;
  /** Ends the source between two lots of answers. */
  readonly signal: AbortSignal;
  readonly clock: { now(): number };
  readonly random: () => number;
  readonly observe: (event: PuSourceEvent) => void;
}

/**
 * One run of the source: what is stored, and the few verbs that the shards are made of. The order in `send` and `update` is the guarantee:
 * Kafka first, then what is known to be sent, then the checkpoint, so that a crash anywhere repeats and never skips.
 */
export class PuRun {
  readonly options: PuSourceOptions;
  /** Orders are placed and read in turn, so that a few are in memory whatever the number of shards. Waiting needs no turn. */
  readonly inTurn: Slots;
  readonly #saving = createSlots(1);
  /** Several shards are read at once, but the topic is written by one: what was compared with the known answers stays true until it is sent. */
  readonly #sending = createSlots(1);
  #checkpoint: PuCheckpoint = NEW_CHECKPOINT;
  /** Answers that were sent since the run of a shard was last stored. */
  readonly #answers = new Map<string, number>();
  /** Per shard: what an operator should look at. */
  readonly #notes = new Map<string, Map<ErrorCode, Note>>();
  /** Shards that wait for their order. */
  #waiting = 0;
  /** How far PU's clock was behind ours at the last question; undefined before the first. */
  #clockLag: number | undefined;

  constructor(options: PuSourceOptions) {
    this.options = options;
    this.inTurn = createSlots(options.config.openOrders);
  }

  get checkpoint(): PuCheckpoint {
    return this.#checkpoint;
  }

  get config(): PuSourceConfig {
    return this.options.config;
  }

  now(): number {
    return this.options.clock.now();
  }

  /** Takes over what is stored, at the start. @throws HubError `HUB_PU_CHECKPOINT_UNREADABLE` */
  async load(): Promise<void> {
    const stored = await this.options.checkpoints.load('pu');
    this.#checkpoint =
      stored === undefined
        ? { ...NEW_CHECKPOINT, epoch: await this.options.known.latestEpoch() }
        : parsePuCheckpoint(stored);
  }

  state(shard: Shard): ShardState {
    return shardState(this.#checkpoint, shard.key);
  }

  /** Stores a changed checkpoint. Legal only when everything that it covers was sent. @throws HubError `HUB_PU_LEASE_LOST` */
  async update(change: (checkpoint: PuCheckpoint) => PuCheckpoint): Promise<void> {
    await this.#saving(async () => {
      const { checkpoints, lease } = this.options;
      const next = change(this.#checkpoint);
      if (next === this.#checkpoint) return;
      if (!(await checkpoints.save(lease, 'pu', printPuCheckpoint(next)))) {
        throw new HubError('HUB_PU_LEASE_LOST', { lease: safeText('source pu') });
      }
      this.#checkpoint = next;
    });
  }

  async updateRun(shard: Shard, change: Partial<ShardRun>): Promise<void> {
    await this.update((checkpoint) => {
      const { run } = shardState(checkpoint, shard.key);
      if (run === null) throw new TypeError('the shard has no run');
      return withShard(checkpoint, shard.key, { run: { ...run, ...change } });
    });
    this.#answers.delete(shard.key);
  }

  /** Sends what is new among the answers to one question. Resolves when it is acknowledged and remembered. */
  async send(shard: Shard, answers: readonly PuAnswer[], askedAt: number): Promise<TakenLot> {
    const { run } = this.state(shard);
    const { sink, known, config, observe } = this.options;
    const taken = await this.#sending(() =>
      sendAnswers(answers, {
        sink,
        known,
        askedAt,
        readAt: new Date(this.now()).toISOString(),
        isSnapshot: isSnapshot(shard, run),
        isForced: run?.isForced ?? false,
        epoch: this.#checkpoint.epoch,
        keepsTestPersons: config.keepsTestPersons,
      }),
    );
    this.#answers.set(shard.key, (this.#answers.get(shard.key) ?? 0) + answers.length);
    observe({ kind: 'lot', ...nameOf(shard), ...taken.counts });
    this.note(shard, 'HUB_PU_VERSION_IMPLAUSIBLE', taken.misdated);
    return taken;
  }

  /** A file is read again from its beginning: what was counted of it counts no more. */
  countAnew(shard: Shard): void {
    this.#answers.delete(shard.key);
  }

  /** Answers that the run of the shard has read so far. */
  answersOf(shard: Shard): number {
    return (this.state(shard).run?.records ?? 0) + (this.#answers.get(shard.key) ?? 0);
  }

  /** Notes when PU took a question, for {@link earliest}. */
  asked(askedAt: number): void {
    this.#clockLag = Math.max(0, this.now() - askedAt);
  }

  /**
   * A moment that neither our clock nor PU's has passed yet by much: the watermark of a run that found nobody to ask about, and so never
   * heard PU's clock. With no question asked so far, a day is taken off.
   */
  earliest(moment: number): number {
    return moment - (this.#clockLag ?? DAY);
  }

  /** Waits until the order may be asked about again. Many waiting shards ask no more often altogether than those that may be read at one time. */
  async untilNextLook(signal: AbortSignal): Promise<void> {
    const { pollMs, openOrders } = this.config;
    this.#waiting += 1;
    await pause(pollMs * Math.max(1, this.#waiting / openOrders), signal);
    this.#waiting -= 1;
  }

  /** Counts what does not stop the run, but an operator should look at. It is told at the first time in a run. */
  note(shard: Shard, code: ErrorCode, count: number): void {
    if (count === 0) return;
    const notes = this.#notes.get(shard.key) ?? new Map<ErrorCode, Note>();
    this.#notes.set(shard.key, notes);
    const note = notes.get(code) ?? { count: 0, told: 0 };
    notes.set(code, note);
    note.count += count;
    if (note.count === count) this.#tell(shard, code, note);
  }

  /** At the end of a run: tells the counts that have grown, and that those are over which did not come again. */
  settleNotes(shard: Shard): void {
    const notes = this.#notes.get(shard.key) ?? [];
    for (const [code, note] of [...notes]) {
      if (note.count > note.told) this.#tell(shard, code, note);
      if (note.count === 0) {
        this.alarm(shard, code, {}, true);
        this.#notes.get(shard.key)?.delete(code);
      }
      note.count = 0;
      note.told = 0;
    }
  }

  #tell(shard: Shard, code: ErrorCode, note: Note): void {
    note.told = note.count;
    this.alarm(shard, code, { count: note.count });
  }

  alarm(shard: Shard, code: ErrorCode, context: LogSafeFields = {}, isOver = false): void {
    this.options.observe({ kind: 'alarm', ...nameOf(shard), code, context, isOver });
  }
}

/** How often something came in this run, and what an operator was told. */
interface Note {
  count: number;
  told: number;
}

const DAY = 86_400_000;

/** First loads: of whom Master knows, and of everybody in a county; and reloads. Whoever is new to an identity shard is news like any other. */
function isSnapshot(shard: Shard, run: ShardRun | null): boolean {
  const isFirst = shard.asks.kind === 'search' && run?.since === null;
  return shard.pull === 'first-load' || isFirst || run?.isForced === true;
}

/** The shard's name as it may be logged. */
export function nameOf(shard: Shard): ShardName {
  return { pull: shard.pull, shard: safeWord(shard.name) };
}
