import { HubError } from '../../../core/errors/hub-error.ts';
import { safeText } from '../../../core/errors/log-safe.ts';
import type { Identity } from '../../../core/person/person-identifier.ts';

/** An order that PU has taken and whose answer is not all sent yet. */
export interface OpenOrder {
  readonly orderId: string;
  /** See `PlacedOrder`. */
  readonly askedAt: number;
  /** When it was placed, by our own clock: how long it is waited for. */
  readonly placedAt: number;
  /** Files of which everything was acknowledged. */
  readonly filesDone: readonly string[];
  /** The run's answers when it was placed: what counts again if the order is let go. */
  readonly recordsBefore: number;
  /** Identities in the order; 0 for a search. */
  readonly asked: number;
  /** The last identity of the lot; null for a search. Personal data. */
  readonly through: Identity | null;
  /** Where the search for the next lot goes on; null: this is the last one of its phase. Personal data. */
  readonly next: Identity | null;
}

/** A run of a shard that is under way. */
export interface ShardRun {
  readonly startedAt: number;
  /** What it asks since; null: everybody. */
  readonly since: number | null;
  /** True: records go on the topic also when they were sent before (a reload). */
  readonly isForced: boolean;
  /** When its first question was asked; null before. It becomes the watermark. */
  readonly firstAskedAt: number | null;
  /** Orders that are wholly done. */
  readonly ordersDone: number;
  /** Where an identity shard stands: in which phase, after whom (null: at its beginning). Personal data. */
  readonly phase: number;
  readonly after: Identity | null;
  readonly order: OpenOrder | null;
  /** True: of somebody who changed PU gave no proper answer, so the next run asks since the same moment. */
  readonly hasUnanswered: boolean;
  /** Answers read so far. */
  readonly records: number;
  /** Identities in the orders that are done, and roughly how many there are; for the progress of a first load. */
  readonly asked: number;
  readonly expected: number;
}

/** How far a shard is read. */
export interface ShardState {
  /** Every change before this moment is sent, in milliseconds since 1970; null: never read. */
  readonly watermark: number | null;
  readonly finishedAt: number | null;
  /** Since when it waits for a run to finish; null when nothing is due. */
  readonly dueAt: number | null;
  /** True: the next run asks for everybody, and sends them also when they were sent before. */
  readonly isReloadDue: boolean;
  /**
   * Another run finished after this shard was last asked, and had itself been asked before that. Whom it found may be missing in this
   * shard's list of identities, so the next run asks since that earlier moment; null: the watermark will do.
   */
  readonly askFrom: number | null;
  readonly run: ShardRun | null;
}

export const NEW_SHARD: ShardState = {
  watermark: null,
  finishedAt: null,
  dueAt: null,
  isReloadDue: false,
  askFrom: null,
  run: null,
};

/**
 * How far PU is read. Immutable; a new one is stored after Kafka acknowledged what it covers. Holds identities, so it is personal
 * data and is never logged.
 */
export interface PuCheckpoint {
  readonly isPaused: boolean;
  /** Of the positions. A reload begins a new one: PU may have been restored, and then says older things that are true now. */
  readonly epoch: number;
  readonly shards: Readonly<Record<string, ShardState>>;
}

export const NEW_CHECKPOINT: PuCheckpoint = { isPaused: false, epoch: 1, shards: {} };

/** The state of a shard, also of one that was never read. */
export function shardState(checkpoint: PuCheckpoint, key: string): ShardState {
  return checkpoint.shards[key] ?? NEW_SHARD;
}

/** The same with one shard changed. */
export function withShard(
  checkpoint: PuCheckpoint,
  key: string,
  change: Partial<ShardState>,
): PuCheckpoint {
  const state = { ...shardState(checkpoint, key), ...change };
  return { ...checkpoint, shards: { ...checkpoint.shards, [key]: state } };
}

const FORMAT = 1;

/** The text for the checkpoint store. */
export function printPuCheckpoint(checkpoint: PuCheckpoint): string {
  return JSON.stringify({ format: FORMAT, ...checkpoint });
}

/** @throws HubError `HUB_PU_CHECKPOINT_UNREADABLE` when another format or something else is stored. */
export function parsePuCheckpoint(text: string): PuCheckpoint {
  const stored = parseJson(text);
  const { shards, isPaused, epoch, format } = stored as Partial<PuCheckpoint> & {
    format?: unknown;
  };
  if (
    format !== FORMAT ||
    typeof shards !== 'object' ||
    typeof isPaused !== 'boolean' ||
    typeof epoch !== 'number'
  ) {
    throw unreadable();
  }
  // The format number vouches for the rest: only printPuCheckpoint writes it.
  return { isPaused, epoch, shards };
}

function parseJson(text: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw unreadable();
  }
  if (typeof value !== 'object' || value === null) throw unreadable();
  return value;
}

function unreadable(): HubError {
  return new HubError('HUB_PU_CHECKPOINT_UNREADABLE', { expected: safeText('format 1') });
}
