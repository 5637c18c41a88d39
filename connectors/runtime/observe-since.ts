import type { Metrics } from '../observability/metrics.ts';

/** One observation for a batch, of its oldest record: cheap, and the worst is what matters. @param readAt ISO 8601 in UTC. */
export function observeSince(
  metrics: Metrics,
  name: 'hub_read_to_committed_seconds' | 'hub_read_to_published_seconds',
  readAt: readonly string[],
): void {
  let oldest: string | undefined;
  for (const time of readAt) if (oldest === undefined || time < oldest) oldest = time;
  if (oldest !== undefined) metrics.observe(name, {}, (Date.now() - Date.parse(oldest)) / 1_000);
}
