import { describe, expect, it } from 'vitest';
import { createHealth, type RoleHealth } from '../../../connectors/observability/health.ts';
import { createLogger } from '../../../connectors/observability/logger.ts';
import { createMetrics, type Metrics } from '../../../connectors/observability/metrics.ts';
import { oldestWatermark, PuView } from '../../../connectors/runtime/pu-view.ts';
import { SOURCE_ROLE } from '../../../connectors/runtime/source-role.ts';
import type { PuSourceStatus } from '../../../connectors/sources/pu/pu-source-events.ts';
import type { ShardStatus } from '../../../connectors/sources/pu/pu-source-status.ts';
import { safeText } from '../../../core/errors/log-safe.ts';

const NOW = 1_800_000_000_000;
const PATIENCE_MS = 60_000;
const SHARD: ShardStatus = {
  pull: 'own-region',
  shard: '0380',
  watermark: NOW - 5_000,
  finishedAt: NOW - 4_000,
  dueAt: null,
  isLate: false,
  isSweep: false,
  running: null,
  lastError: null,
  retryAt: null,
  nextDueAt: null,
};
const IDLE: PuSourceStatus = {
  state: 'idle',
  isPaused: false,
  isLoaded: true,
  load: undefined,
  shards: [SHARD],
};
const FAILING: PuSourceStatus = {
  ...IDLE,
  state: 'failing',
  shards: [SHARD, { ...SHARD, shard: '0381', lastError: 'HUB_PU_UNAVAILABLE' }],
};
const PLACED = {
  kind: 'order-placed',
  pull: 'own-region',
  shard: safeText('0380'),
  identities: 0,
} as const;

interface Seen {
  readonly view: PuView;
  readonly metrics: Metrics;
  health(): Pick<RoleHealth, 'healthy' | 'state' | 'reason'>;
  alarm(): void;
}

function open(): Seen {
  const role = SOURCE_ROLE.pu;
  const health = createHealth({ stallMs: PATIENCE_MS, roles: [role] });
  const metrics = createMetrics();
  const log = createLogger({ level: 'error', destination: { write: () => undefined } });
  return {
    view: new PuView({ log, metrics, health }, PATIENCE_MS),
    metrics,
    health: () => health.read().roles[0] ?? expect.fail(),
    alarm: () => health.report(role, { kind: 'alarm', reason: safeText('HUB_PU_CALLER_REFUSED') }),
  };
}

describe('the health of PU', () => {
  it('is good while it waits for the clock, for an order or for Master', () => {
    const { view, health } = open();
    for (const state of ['idle', 'pulling', 'loading', 'waiting-for-master'] as const) {
      view.look({ ...IDLE, state }, NOW);
      expect(health(), state).toMatchObject({ healthy: true, state: 'idle' });
    }
  });

  it('is bad while a pull is late, also when others go on', () => {
    const { view, health } = open();
    view.look({ ...IDLE, state: 'pulling', shards: [SHARD, { ...SHARD, isLate: true }] }, NOW);
    expect(health()).toMatchObject({ healthy: false, reason: 'HUB_PU_PULL_LATE' });
    view.look(IDLE, NOW);
    expect(health()).toMatchObject({ healthy: true });
  });

  it('bears a failure for a while, then names its code', () => {
    const { view, health } = open();
    view.look(FAILING, NOW);
    expect(health().healthy).toBe(true);
    view.look(FAILING, NOW + PATIENCE_MS + 1);
    expect(health()).toMatchObject({ healthy: false, reason: 'HUB_PU_UNAVAILABLE' });
    view.look(IDLE, NOW + PATIENCE_MS + 2);
    view.look(FAILING, NOW + PATIENCE_MS + 3);
    expect(health().healthy).toBe(true);
  });

  it('stays bad after a stand-down until PU has answered', () => {
    const { view, health, alarm } = open();
    view.standDown();
    alarm();
    view.look({ ...IDLE, state: 'pulling' }, NOW);
    expect(health()).toMatchObject({ healthy: false, reason: 'HUB_PU_CALLER_REFUSED' });
    view.observe(PLACED);
    view.look(IDLE, NOW);
    expect(health()).toMatchObject({ healthy: true });
  });

  it('is none of a source that a person paused', () => {
    const { view, health } = open();
    view.look({ ...IDLE, state: 'paused', shards: [{ ...SHARD, isLate: true }] }, NOW);
    expect(health()).toMatchObject({ healthy: true, state: 'paused' });
  });
});

describe('the age of what is known from PU', () => {
  it('is that of the oldest shard, the daily sweep left out', () => {
    const older = { ...SHARD, shard: '0381', watermark: NOW - 60_000 };
    const sweep = { ...SHARD, shard: 'everyone', watermark: NOW - 80_000_000, isSweep: true };
    expect(oldestWatermark({ shards: [SHARD, older, sweep] })).toBe(NOW - 60_000);
    expect(oldestWatermark({ shards: [SHARD, { ...older, watermark: null }] })).toBeNull();
  });
});

describe('the metrics of PU', () => {
  it('tell the age of each shard that was read, and which is late', async () => {
    const { view, metrics } = open();
    const never = { ...SHARD, shard: '0381', watermark: null, isLate: true };
    view.look({ ...IDLE, shards: [SHARD, never] }, NOW);
    const text = await metrics.text();
    expect(text).toContain('hub_pu_shard_age_seconds{pull="own-region",shard="0380"} 5');
    expect(text).not.toContain('hub_pu_shard_age_seconds{pull="own-region",shard="0381"}');
    expect(text).toContain('hub_pu_pull_late{pull="own-region",shard="0380"} 0');
    expect(text).toContain('hub_pu_pull_late{pull="own-region",shard="0381"} 1');
  });

  it('count every answer once, by what became of it', async () => {
    const { view, metrics } = open();
    const counts = { answers: 10, sent: 4, unchanged: 3, unknown: 2, testPersons: 1 };
    view.observe({ ...PLACED, kind: 'lot', ...counts });
    const text = await metrics.text();
    for (const [result, count] of [
      ['sent', 4],
      ['unchanged', 3],
      ['unknown', 2],
      ['test-person', 1],
    ]) {
      expect(text).toContain(`{pull="own-region",result="${result}"} ${count}`);
    }
    expect(text).toContain('hub_source_records_read_total{source="pu",operation="upsert"} 8');
  });
});

describe('as of when all of PU is known', () => {
  it.each([
    [[{ watermark: 3 }, { watermark: 2 }], 2],
    [[{ watermark: 3 }, { watermark: null }], null],
    [[], null],
    [[{ watermark: 1, pull: 'first-load' as const }, { watermark: 9 }], 9],
  ])('%j is %j', (parts, expected) => {
    const shards = parts.map((part) => ({ ...SHARD, ...part }));
    expect(oldestWatermark({ shards })).toBe(expected);
  });
});
