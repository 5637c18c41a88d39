import { beforeEach, describe, expect, it } from 'vitest';
import { createHealth, type Health } from '../../../connectors/observability/health.ts';
import { safeText } from '../../../core/errors/log-safe.ts';

const ROLE = safeText('core');
let now = 0;
let health: Health;

beforeEach(() => {
  now = 0;
  health = createHealth({ stallMs: 60_000, roles: [], now: () => now });
});

describe('health', () => {
  it('is good where no role is asked for', () => {
    expect(health.read()).toEqual({ healthy: true, roles: [] });
  });

  it('is bad when a role that was asked for has said nothing for the stall time', () => {
    health = createHealth({ stallMs: 60_000, roles: [ROLE], now: () => now });
    now = 60_000;
    expect(health.read()).toMatchObject({ healthy: true, roles: [{ state: 'starting' }] });
    now = 60_001;
    expect(health.read()).toMatchObject({
      healthy: false,
      roles: [{ role: 'core', state: 'stalled', quietSeconds: 60 }],
    });
  });

  it('is bad when a role that moved has not moved for the stall time', () => {
    health.report(ROLE, { kind: 'progress' });
    now = 60_000;
    expect(health.read().healthy).toBe(true);
    now = 60_001;
    expect(health.read()).toMatchObject({
      healthy: false,
      roles: [{ role: 'core', state: 'stalled', quietSeconds: 60 }],
    });
  });

  it('lets an idle role be quiet as long as it said, and the stall time more', () => {
    health.report(ROLE, { kind: 'idle', forMs: 30_000 });
    now = 90_000;
    expect(health.read().healthy).toBe(true);
    now = 90_001;
    expect(health.read().healthy).toBe(false);
  });

  it.each(['paused', 'stopped'] as const)('expects nothing of a %s role', (kind) => {
    health.report(ROLE, { kind });
    now = 1e9;
    expect(health.read().healthy).toBe(true);
  });

  it('is bad while there is an alarm, and good again when the role goes on', () => {
    health.report(ROLE, { kind: 'alarm', reason: safeText('oldest entry waits too long') });
    expect(health.read()).toMatchObject({
      healthy: false,
      roles: [{ state: 'alarm', reason: 'oldest entry waits too long' }],
    });
    health.report(ROLE, { kind: 'progress' });
    expect(health.read().healthy).toBe(true);
  });

  it('is bad when one of several roles is', () => {
    health.report(ROLE, { kind: 'progress' });
    now = 61_000;
    health.report(safeText('publisher'), { kind: 'progress' });
    expect(health.read().roles.map((role) => role.healthy)).toEqual([false, true]);
    expect(health.read().healthy).toBe(false);
  });
});
