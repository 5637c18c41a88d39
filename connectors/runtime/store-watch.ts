import { type SafeText, safeText } from '../../core/errors/log-safe.ts';
import type { Outbox } from '../../core/sync/ports.ts';
import { alarmOf, type Health } from '../observability/health.ts';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import { waitMs } from './cancellable-wait.ts';

export const STORE_WATCH: SafeText = safeText('store-watch');
const LOOK_MS = 5_000;

export interface StoreWatchOptions {
  readonly outbox: Outbox;
  readonly partitions: number;
  /** When the oldest entry has waited longer than this, the instance is unhealthy and the log says so. */
  readonly alarmSeconds: number;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** Looks at the outbox every few seconds: gauges by partition, and the alarm when its oldest entry grows old. */
export async function runStoreWatch(options: StoreWatchOptions): Promise<void> {
  const { outbox, partitions, alarmSeconds, health, metrics, log, signal } = options;
  let wasLate = false;
  while (!signal.aborted) {
    try {
      const backlog = await outbox.backlog();
      for (let partition = 0; partition < partitions; partition++) {
        const found = backlog.find((one) => one.partition === partition);
        metrics.set('hub_outbox_waiting_entries', { partition }, found?.waiting ?? 0);
        metrics.set('hub_outbox_oldest_seconds', { partition }, found?.oldestSeconds ?? 0);
      }
      const oldest = Math.max(0, ...backlog.map((one) => one.oldestSeconds));
      const isLate = oldest > alarmSeconds;
      if (isLate && !wasLate) {
        log.warn('changes wait too long to be published', { oldestSeconds: oldest, alarmSeconds });
      }
      wasLate = isLate;
      health.report(
        STORE_WATCH,
        isLate
          ? { kind: 'alarm', reason: safeText('HUB_SYNC_PUBLISH_LAGS') }
          : { kind: 'idle', forMs: LOOK_MS },
      );
    } catch (error) {
      health.report(STORE_WATCH, alarmOf(error));
      log.error('the outbox could not be looked at', error);
    }
    await waitMs(LOOK_MS, signal);
  }
  health.report(STORE_WATCH, { kind: 'stopped' });
}
