import { safeWord } from '../../core/errors/log-safe.ts';
import type { Health } from '../observability/health.ts';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import type {
  LotCounts,
  PuSourceEvent,
  PuSourceStatus,
  ShardName,
} from '../sources/pu/pu-source-events.ts';
import type { HubParts } from './hub-parts.ts';
import { SOURCE_ROLE, STATUS_MS } from './source-role.ts';

const ROLE = SOURCE_ROLE.pu;

/** What this instance tells of PU: to the log, to the metrics, and to health. One for as long as the instance runs. */
export class PuView {
  readonly #log: Logger;
  readonly #metrics: Metrics;
  readonly #health: Health;
  readonly #patienceMs: number;
  /** True from a stand-down until PU answers again: an alarm must not end because PU is only about to be asked. */
  #isDown = false;
  /** Since when nothing is read because something failed. */
  #failingSince: number | undefined;

  /** @param patienceMs how long PU may fail before the instance is unhealthy: single calls may fail at any time. */
  constructor(
    { log, metrics, health }: Pick<HubParts, 'log' | 'metrics' | 'health'>,
    patienceMs: number,
  ) {
    this.#log = log;
    this.#metrics = metrics;
    this.#health = health;
    this.#patienceMs = patienceMs;
  }

  /** PU is left alone for a while, and the alarm about it stays. */
  standDown(): void {
    this.#isDown = true;
  }

  /** Takes what the source tells when it happens. */
  observe(event: PuSourceEvent): void {
    const log = this.#log;
    switch (event.kind) {
      case 'state':
        log.info('PU source', { state: safeWord(event.state) });
        return;
      case 'progress':
        this.#metrics.set('hub_source_snapshot_rows', { source: 'pu' }, event.done);
        return;
      case 'order-placed':
        this.#isDown = false;
        this.#metrics.add('hub_pu_orders_total', { pull: safeWord(event.pull) });
        log.info('PU took an order', { ...placeOf(event), identities: event.identities });
        return;
      case 'lot':
        this.#isDown = false;
        this.#count(event);
        return;
      case 'run-finished': {
        const { records, seconds } = event;
        this.#isDown = false;
        log.info('PU source: a run has finished', { ...placeOf(event), records, seconds });
        return;
      }
      case 'retry': {
        const { error, attempt, waitMs } = event;
        const wait = Math.round(waitMs);
        log.error('PU is asked again', error, { ...placeOf(event), attempt, waitMs: wait });
        return;
      }
      case 'alarm': {
        const fields = { ...placeOf(event), code: safeWord(event.code), ...event.context };
        if (event.isOver) log.info('PU source: the alarm is over', fields);
        else log.warn('PU source: an operator should look', fields);
        return;
      }
    }
  }

  #count({ pull, answers, sent, unchanged, unknown, testPersons }: ShardName & LotCounts): void {
    const results = { sent, unchanged, unknown, 'test-person': testPersons };
    for (const [result, count] of Object.entries(results)) {
      const labels = { pull: safeWord(pull), result: safeWord(result) };
      this.#metrics.add('hub_pu_records_total', labels, count);
    }
    const read = { source: 'pu', operation: 'upsert' } as const;
    this.#metrics.add('hub_source_records_read_total', read, answers - unknown);
  }

  /** Looks at the source, every second: the age of each shard, and the first thing that is wrong. */
  look(status: PuSourceStatus, now: number): void {
    for (const { pull, shard, watermark, isLate } of status.shards) {
      const labels = { pull: safeWord(pull), shard: safeWord(shard) };
      this.#metrics.set('hub_pu_pull_late', labels, isLate ? 1 : 0);
      if (watermark !== null) {
        this.#metrics.set('hub_pu_shard_age_seconds', labels, secondsSince(watermark, now));
      }
    }
    const oldest = oldestWatermark(status);
    if (oldest !== null) {
      this.#metrics.set('hub_source_lag_seconds', { source: 'pu' }, secondsSince(oldest, now));
    }
    if (status.state !== 'loading') {
      this.#metrics.set('hub_source_snapshot_rows', { source: 'pu' }, 0);
    }
    this.#reportHealth(status, now);
  }

  #reportHealth({ state, shards }: PuSourceStatus, now: number): void {
    if (state === 'failing') this.#failingSince ??= now;
    else this.#failingSince = undefined;
    const failure = shards.find(({ lastError }) => lastError !== null)?.lastError;
    if (state === 'paused') {
      this.#health.report(ROLE, { kind: 'paused' });
    } else if (shards.some(({ isLate }) => isLate)) {
      this.#health.report(ROLE, { kind: 'alarm', reason: safeWord('HUB_PU_PULL_LATE') });
    } else if (this.#failingSince !== undefined && now - this.#failingSince > this.#patienceMs) {
      this.#health.report(ROLE, { kind: 'alarm', reason: safeWord(failure ?? 'unknown') });
    } else if (!this.#isDown) {
      // To wait for Master's load, for an order or for the clock is no standstill, however long: what takes too long is late.
      this.#health.report(ROLE, { kind: 'idle', forMs: STATUS_MS });
    }
  }
}

/** As of when everything is known that PU is asked for, the daily sweep left out; null while a part was never read to its end. */
export function oldestWatermark({ shards }: Pick<PuSourceStatus, 'shards'>): number | null {
  const pulls = shards.filter(({ pull, isSweep }) => pull !== 'first-load' && !isSweep);
  const read = pulls.flatMap(({ watermark }) => (watermark === null ? [] : [watermark]));
  return read.length === 0 || read.length < pulls.length ? null : Math.min(...read);
}

function secondsSince(moment: number, now: number): number {
  return Math.max(0, now - moment) / 1_000;
}

function placeOf({ pull, shard }: ShardName) {
  return { pull: safeWord(pull), shard };
}
