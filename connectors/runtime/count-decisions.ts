import type { Withheld } from '../../core/golden-record/golden-input.ts';
import type { DecideCounts } from '../../core/sync/decide-batch.ts';
import type { Metrics } from '../observability/metrics.ts';

const REASONS = ['not-leading', 'test-person'] as const satisfies readonly Withheld[];

/** Adds what a committed transaction decided to the metrics: of a batch as of a page of a walk. */
export function countDecisions(metrics: Metrics, counts: DecideCounts): void {
  metrics.add('hub_core_persons_written_total', {}, counts.persons);
  for (const reason of REASONS) {
    metrics.add('hub_core_persons_withheld_total', { reason }, counts.withheld[reason]);
  }
  metrics.add('hub_core_persons_falling_back_total', {}, counts.fallsBack);
  metrics.add('hub_core_persons_merged_total', {}, counts.merged);
  metrics.add('hub_core_persons_split_total', {}, counts.split);
  metrics.add('hub_core_protection_raised_total', {}, counts.raised);
  metrics.add('hub_core_persons_vanished_total', {}, counts.vanished);
}
