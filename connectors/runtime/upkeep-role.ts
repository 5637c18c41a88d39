import { type SafeText, safeText, safeWord } from '../../core/errors/log-safe.ts';
import { PHASES } from '../../core/golden-record/authority.ts';
import { WORK_ITEM_KINDS } from '../../core/identity/work-item.ts';
import type { HubStore } from '../hub-store/hub-store.ts';
import type { Health } from '../observability/health.ts';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import { idleFor, keepLooking, type Look } from './keep-looking.ts';

export const UPKEEP: SafeText = safeText('upkeep');

const LOOK_MS = 15_000;
const DAY_MS = 86_400_000;

export interface UpkeepRoleOptions {
  readonly store: Pick<
    HubStore,
    | 'phases'
    | 'derivations'
    | 'workItems'
    | 'purgeOrders'
    | 'consumerPurges'
    | 'erasures'
    | 'followUps'
    | 'ensureJournalPartitions'
  >;
  readonly metrics: Metrics;
  readonly health: Health;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/**
 * Looks now and then at what waits for somebody, for the metrics, ends the erasures of which everybody was told, and makes the journal's partitions of the months to
 * come.
 */
export async function runUpkeepRole(options: UpkeepRoleOptions): Promise<void> {
  const { store, metrics, health, log, signal } = options;
  let partitionsAt = Number.NEGATIVE_INFINITY;
  const look = async (): Promise<Look> => {
    if (performance.now() - partitionsAt >= DAY_MS) {
      await store.ensureJournalPartitions();
      partitionsAt = performance.now();
    }
    const told = await store.erasures.finishTold();
    if (told > 0) log.info('everybody was told of erased persons', { persons: told });
    await measure(store, metrics);
    return idleFor(LOOK_MS);
  };
  await keepLooking({ name: UPKEEP, look, health, log, signal });
}

async function measure(store: UpkeepRoleOptions['store'], metrics: Metrics): Promise<void> {
  const { phases, derivations, workItems, purgeOrders, consumerPurges, erasures, followUps } =
    store;
  const [now, walk, items, orders, open, telling, waiting] = await Promise.all([
    phases.read(),
    derivations.show(),
    workItems.countOpen(),
    purgeOrders.countOpen(),
    consumerPurges.countOpen(),
    erasures.countTelling(),
    followUps.countWaiting(),
  ]);
  for (const phase of PHASES)
    metrics.set('hub_phase_active', { phase }, phase === now.phase ? 1 : 0);
  for (const kind of ['phase', 'rebuild'] as const) {
    const isUnderWay = walk?.kind === kind && walk.state !== 'done';
    metrics.set('hub_derivation_active', { kind }, isUnderWay ? 1 : 0);
  }
  for (const kind of WORK_ITEM_KINDS) metrics.set('hub_work_items_open', { kind }, items[kind]);
  metrics.set('hub_purge_orders_open', {}, orders.open);
  metrics.set('hub_purge_order_oldest_seconds', {}, orders.oldestSeconds);
  for (const { consumer, open: count, oldestSeconds } of open) {
    const label = { consumer: safeWord(consumer) };
    metrics.set('hub_consumer_purges_open', label, count);
    metrics.set('hub_consumer_purge_oldest_seconds', label, oldestSeconds);
  }
  metrics.set('hub_erasures_open', {}, telling.open);
  metrics.set('hub_erasure_oldest_seconds', {}, telling.oldestSeconds);
  metrics.set('hub_follow_ups_open', {}, waiting);
}
