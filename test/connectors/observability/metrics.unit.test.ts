import { describe, expect, it } from 'vitest';
import { METRICS, type MetricEntry } from '../../../connectors/observability/metric-table.ts';
import { createMetrics } from '../../../connectors/observability/metrics.ts';

const entries = Object.entries(METRICS) as [string, MetricEntry][];

describe('the table of metrics', () => {
  it.each(entries)('%s tells its unit or what it counts in its name', (name, { kind }) => {
    if (kind === 'counter') expect(name).toMatch(/_total$/);
    else if (kind === 'histogram') expect(name).toMatch(/_seconds$/);
    else
      expect(name).toMatch(
        /_(seconds|days|bytes|records|rows|entries|epoch|version|held|healthy|stalled|late|open|active)$/,
      );
  });

  it.each(entries)('%s has a help text that is a sentence', (_, { help }) => {
    expect(help).toMatch(/^[A-Z01].*\.$/);
  });

  it.each(entries)('%s has no label that could name a person', (_, { labels }) => {
    for (const label of labels) expect(label).not.toMatch(/person|identity|name|key/);
  });
});

describe('createMetrics', () => {
  it('prints what was counted, set and observed', async () => {
    const metrics = createMetrics();
    metrics.add('hub_source_records_read_total', { source: 'master', operation: 'upsert' }, 5);
    metrics.add('hub_core_parked_total', { code: 'HUB_PERSON_IDENTITY_MALFORMED' });
    metrics.set('hub_outbox_waiting_entries', { partition: 3 }, 7);
    metrics.observe('hub_read_to_committed_seconds', {}, 0.02);
    const text = await metrics.text();
    expect(text).toContain('hub_source_records_read_total{source="master",operation="upsert"} 5');
    expect(text).toContain('hub_core_parked_total{code="HUB_PERSON_IDENTITY_MALFORMED"} 1');
    expect(text).toContain('hub_outbox_waiting_entries{partition="3"} 7');
    expect(text).toContain('hub_read_to_committed_seconds_count 1');
  });

  it('forgets the gauge of a partition that another instance has now', async () => {
    const metrics = createMetrics();
    metrics.set('hub_outbox_oldest_seconds', { partition: 3 }, 7);
    metrics.forget('hub_outbox_oldest_seconds', { partition: 3 });
    expect(await metrics.text()).not.toContain('hub_outbox_oldest_seconds{');
  });

  it('shares nothing with another set', async () => {
    createMetrics().add('hub_core_persons_written_total', {}, 5);
    expect(await createMetrics().text()).toContain('hub_core_persons_written_total 0');
  });

  it('serves the rest when a gauge cannot be asked for', async () => {
    const metrics = createMetrics();
    metrics.beforeCollect(() => Promise.reject(new Error('no answer')));
    metrics.beforeCollect(() => metrics.set('hub_outbox_waiting_entries', { partition: 0 }, 1));
    const text = await metrics.text();
    expect(text).toContain('hub_metrics_collect_failures_total 1');
    expect(text).toContain('hub_outbox_waiting_entries{partition="0"} 1');
  });

  it('measures the process', async () => {
    const text = await createMetrics().text();
    expect(text).toMatch(/hub_process_resident_memory_bytes \d{7,}/);
    expect(text).toMatch(/hub_process_cpu_seconds_total 0?\.?\d+/);
  });
});
