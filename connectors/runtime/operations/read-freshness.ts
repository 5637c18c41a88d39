/** `hub freshness`: how old is what the hub knows, for each register and each part of it that is read by itself. */
import type { SourceCheckpointStore } from '../../../core/sync/ports.ts';
import type { InstanceStore } from '../../hub-store/instance-store.ts';
import type { PuSourceConfig } from '../../sources/pu/pu-source-config.ts';
import { readFreshness, type ShardFreshness } from '../../sources/pu/pu-source-status.ts';
import { readInstanceStatus, type SourceStatus } from './instance-status.ts';
import { SILENT_SECONDS } from './read-status.ts';

/** One part of PU that has a watermark of its own. Moments in milliseconds since 1970. */
export interface ShardReport extends ShardFreshness {
  readonly ageSeconds: number | null;
  /** Of the run that goes on. */
  readonly perSecond: number | null;
  /** Only of a first load, and only while an instance reads PU. */
  readonly secondsLeft: number | null;
  readonly nextDueAt: number | null;
  /** Why an operator should look; null: nothing is wrong. */
  readonly code: string | null;
}

export interface FreshnessReport {
  readonly at: number;
  /** Null: no instance reads Master now. */
  readonly master: {
    readonly state: string;
    readonly asOf: number | null;
    readonly ageSeconds: number | null;
  } | null;
  /** Null: PU is not configured. */
  readonly pu: {
    /** Null: no instance reads PU now. */
    readonly state: string | null;
    readonly shards: readonly ShardReport[];
  } | null;
}

export interface FreshnessPorts {
  readonly checkpoints: Pick<SourceCheckpointStore, 'load'>;
  readonly instances: Pick<InstanceStore, 'list'>;
}

/**
 * Reads the freshness out of the store: it works when no instance runs.
 * @param pu how PU is read; null: not at all.
 * @param now milliseconds since 1970.
 */
export async function readFreshnessReport(
  { checkpoints, instances }: FreshnessPorts,
  pu: PuSourceConfig | null,
  now: number,
): Promise<FreshnessReport> {
  const [seen, stored] = await Promise.all([instances.list(), checkpoints.load('pu')]);
  const sources = seen
    .filter(({ secondsSinceSeen }) => secondsSinceSeen <= SILENT_SECONDS)
    .flatMap(({ status }) => readInstanceStatus(status).sources);
  const master = sources.find(({ name }) => name === 'master');
  const reading = sources.find(({ name }) => name === 'pu');
  return {
    at: now,
    master: master === undefined ? null : masterReport(master, now),
    pu: pu && {
      state: reading?.state ?? null,
      shards: readFreshness(stored, pu, now).map((shard) => shardReport(shard, reading, now)),
    },
  };
}

function masterReport({ state, currentAsOf }: SourceStatus, now: number) {
  return { state, asOf: currentAsOf, ageSeconds: secondsBetween(currentAsOf, now) };
}

function shardReport(
  shard: ShardFreshness,
  reading: SourceStatus | undefined,
  now: number,
): ShardReport {
  const live = reading?.pulls?.shards.find(
    (one) => one.pull === shard.pull && one.shard === shard.shard,
  );
  const ranFor = shard.running && secondsBetween(shard.running.startedAt, now);
  return {
    ...shard,
    ageSeconds: secondsBetween(shard.watermark, now),
    perSecond: shard.running && ranFor ? Math.round(shard.running.records / ranFor) : null,
    secondsLeft: shard.pull === 'first-load' ? (reading?.pulls?.secondsLeft ?? null) : null,
    nextDueAt: live?.nextDueAt ?? null,
    code: shard.isLate ? 'HUB_PU_PULL_LATE' : (live?.lastError ?? null),
  };
}

function secondsBetween(moment: number | null, now: number): number | null {
  return moment === null ? null : Math.max(0, Math.round((now - moment) / 1_000));
}
