import { printCount } from './print-status.ts';
import type { FreshnessReport, ShardReport } from './read-freshness.ts';

/**
 * The freshness as a table, a line for each shard. Times are UTC.
 * @example own-region  0380  as of 2026-11-25 14:00:02Z  3 min  finished 14:00:41Z  next 14:15:00Z
 */
export function printFreshness(report: FreshnessReport): string {
  return [`At ${dayAndTime(report.at)}`, printMaster(report), ...printPu(report)].join('\n');
}

function printMaster({ master }: FreshnessReport): string {
  if (master === null) return 'master  no instance reads it';
  return `master  ${printAge(master.asOf, master.ageSeconds)}  ${master.state}`;
}

function printPu({ pu, at }: FreshnessReport): readonly string[] {
  if (pu === null) return ['pu      not configured: PU_URL is not set'];
  const state = pu.state ?? 'no instance reads it';
  const pullWidth = widest(pu.shards.map(({ pull }) => pull));
  const shardWidth = widest(pu.shards.map(({ shard }) => shard));
  return [
    `pu      ${state}`,
    ...pu.shards.map((shard) =>
      [
        '',
        shard.pull.padEnd(pullWidth),
        shard.shard.padEnd(shardWidth),
        ...printShard(shard, at),
      ].join('  '),
    ),
  ];
}

function printShard(shard: ShardReport, at: number): readonly string[] {
  const { watermark, ageSeconds, finishedAt, nextDueAt, dueAt, code } = shard;
  return [
    printAge(watermark, ageSeconds),
    ...(finishedAt === null ? [] : [`finished ${time(finishedAt)}`]),
    ...printRun(shard),
    ...(dueAt === null || shard.running !== null ? [] : [`due since ${time(dueAt)}`]),
    ...(nextDueAt === null
      ? []
      : [`next ${nextDueAt - at < HALF_A_DAY_MS ? time(nextDueAt) : dayAndTime(nextDueAt)}`]),
    ...(shard.isLate ? [`LATE ${code ?? ''}`.trimEnd()] : code === null ? [] : [code]),
  ];
}

/** A time that is further away needs its day. */
const HALF_A_DAY_MS = 12 * 3_600_000;

function printRun({ running, perSecond, secondsLeft }: ShardReport): readonly string[] {
  if (running === null) return [];
  const rate = perSecond === null ? '' : `, ${printCount(perSecond)}/s`;
  const left = secondsLeft === null ? '' : `, ${printDuration(secondsLeft)} left`;
  return [
    `running since ${time(running.startedAt)}: ${printCount(running.records)} records${rate}${left}`,
  ];
}

function printAge(moment: number | null, ageSeconds: number | null): string {
  if (moment === null || ageSeconds === null) return 'never read to its end';
  return `as of ${dayAndTime(moment)}  ${printDuration(ageSeconds)}`;
}

/** In the largest unit of which there are at least two. */
function printDuration(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 2 * 3_600) return `${Math.round(seconds / 60)} min`;
  if (seconds < 2 * 86_400) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

function dayAndTime(moment: number): string {
  return `${new Date(moment).toISOString().slice(0, 19).replace('T', ' ')}Z`;
}

function time(moment: number): string {
  return `${new Date(moment).toISOString().slice(11, 19)}Z`;
}

function widest(words: readonly string[]): number {
  return Math.max(0, ...words.map((word) => word.length));
}
