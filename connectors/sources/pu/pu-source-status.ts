import type { ErrorCode } from '../../../core/errors/error-codes.ts';
import {
  NEW_CHECKPOINT,
  type PuCheckpoint,
  parsePuCheckpoint,
  shardState,
} from './pu-checkpoint.ts';
import type { PullName, PuSourceConfig } from './pu-source-config.ts';
import { firstLoadShard, pullShards, type Shard } from './pulls/pull-shards.ts';

/**
 * What the source is doing.
 * `starting`: reads what is stored. `waiting-for-master`: the first load begins when Master's is done. `loading`: the first load.
 * `pulling`: at least one shard is read. `idle`: nothing is due. `failing`: nothing is read and at least one shard waits to be tried again.
 * `paused`: a person asked for it. `stopped`: for good.
 */
export type PuState =
  | 'starting'
  | 'waiting-for-master'
  | 'loading'
  | 'pulling'
  | 'idle'
  | 'failing'
  | 'paused'
  | 'stopped';

/** How fresh one shard is, by what is stored. Moments in milliseconds since 1970. */
export interface ShardFreshness {
  readonly pull: PullName | 'first-load';
  readonly shard: string;
  /** Everything that changed before this moment is in Kafka; null: never read. How old our knowledge is counts from here. */
  readonly watermark: number | null;
  readonly finishedAt: number | null;
  /** Since when a run is due that has not finished. */
  readonly dueAt: number | null;
  readonly isLate: boolean;
  /** It looks now and then at what the others have looked at already, so its age says nothing about theirs. */
  readonly isSweep: boolean;
  readonly running: ShardProgress | null;
}

export interface ShardProgress {
  readonly startedAt: number;
  /** When the order that is waited for or read was placed; null between two orders. */
  readonly orderedAt: number | null;
  readonly records: number;
}

/** The same as a running source sees it. */
export interface ShardStatus extends ShardFreshness {
  /** Why it failed last, until it succeeds. */
  readonly lastError: ErrorCode | null;
  readonly retryAt: number | null;
  readonly nextDueAt: number | null;
}

/**
 * How fresh each shard is, from the stored checkpoint alone: no hub need be running.
 * @param checkpointText what the checkpoint store holds for source `pu`; undefined: nothing yet.
 * @throws HubError `HUB_PU_CHECKPOINT_UNREADABLE`
 */
export function readFreshness(
  checkpointText: string | undefined,
  config: PuSourceConfig,
  now: number,
): readonly ShardFreshness[] {
  const checkpoint =
    checkpointText === undefined ? NEW_CHECKPOINT : parsePuCheckpoint(checkpointText);
  return [firstLoadShard(config), ...pullShards(config)].map((shard) =>
    freshnessOf(checkpoint, shard, now),
  );
}

/** How fresh one shard is. */
export function freshnessOf(checkpoint: PuCheckpoint, shard: Shard, now: number): ShardFreshness {
  const { watermark, finishedAt, dueAt, run } = shardState(checkpoint, shard.key);
  return {
    pull: shard.pull,
    shard: shard.name,
    watermark,
    finishedAt,
    dueAt,
    isLate: isLate(dueAt, shard, now),
    isSweep: shard.notWithinMs > 0,
    running: run && {
      startedAt: run.startedAt,
      orderedAt: run.order?.placedAt ?? null,
      records: run.records,
    },
  };
}

/** Measured from the moment at which it was due, so that an order that never begins is late as well. */
export function isLate(dueAt: number | null, shard: Shard, now: number): boolean {
  return dueAt !== null && now - dueAt > shard.lateAfterMs;
}
