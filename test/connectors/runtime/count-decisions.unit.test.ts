import { expect, it } from 'vitest';
import { createMetrics } from '../../../connectors/observability/metrics.ts';
import { countDecisions } from '../../../connectors/runtime/count-decisions.ts';

it('adds up what transactions decided, those that are told to nobody by reason', async () => {
  const metrics = createMetrics();
  const counts = {
    clusters: 9,
    persons: 5,
    events: 8,
    merged: 1,
    split: 2,
    raised: 3,
    vanished: 4,
    withheld: { 'not-leading': 6, 'test-person': 0 },
    fallsBack: 7,
  };
  countDecisions(metrics, counts);
  countDecisions(metrics, counts);
  const text = await metrics.text();
  for (const line of [
    'hub_core_persons_written_total 10',
    'hub_core_persons_merged_total 2',
    'hub_core_persons_split_total 4',
    'hub_core_protection_raised_total 6',
    'hub_core_persons_vanished_total 8',
    'hub_core_persons_falling_back_total 14',
    'hub_core_persons_withheld_total{reason="not-leading"} 12',
    'hub_core_persons_withheld_total{reason="test-person"} 0',
  ]) {
    expect(text.split('\n')).toContain(line);
  }
});
