import type { InstanceStore } from '../hub-store/instance-store.ts';
import type { Health } from '../observability/health.ts';
import type { Logger } from '../observability/logger.ts';
import { waitMs } from './cancellable-wait.ts';
import type { InstanceStatus, SourceStatus } from './operations/instance-status.ts';

const HEARTBEAT_MS = 2_000;
/** Rows of instances that were killed are taken away after a day. */
const FORGET_SECONDS = 86_400;

/** What the roles count for the status line. Written by the roles, read at each heartbeat. */
export interface InstanceCounters {
  read: number;
  committed: number;
  published: number;
  /** By topic and partition, `topic/3`; only those that this instance processes. */
  readonly lag: Map<string, number>;
  /** Of the sources that this instance reads now, by name. */
  readonly sources: Map<string, SourceStatus>;
  httpPort: number | null;
  /** Roles that wait for a service. They do not count when the work is shared out: others must not leave them a part. */
  readonly waiting: Set<string>;
}

export function newCounters(): InstanceCounters {
  return {
    read: 0,
    committed: 0,
    published: 0,
    lag: new Map(),
    sources: new Map(),
    httpPort: null,
    waiting: new Set(),
  };
}

export interface HeartbeatOptions {
  readonly instance: string;
  readonly roles: readonly string[];
  readonly programVersion: string;
  readonly instances: InstanceStore;
  readonly counters: InstanceCounters;
  readonly health: Health;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** Tells the others every two seconds that this instance lives and how it is; takes its row away at the end. */
export async function runHeartbeat(options: HeartbeatOptions): Promise<void> {
  const { instance, programVersion, instances, counters, log, signal } = options;
  let before = { ...counters };
  let beforeAt = performance.now();
  while (!signal.aborted) {
    const now = { ...counters };
    const at = performance.now();
    const seconds = Math.max(0.001, (at - beforeAt) / 1_000);
    const status = statusOf(options, {
      read: perSecond(now.read - before.read, seconds),
      committed: perSecond(now.committed - before.committed, seconds),
      published: perSecond(now.published - before.published, seconds),
    });
    before = now;
    beforeAt = at;
    const roles = options.roles.filter((role) => !counters.waiting.has(role));
    try {
      await instances.heartbeat({ instance, roles, programVersion, status: { ...status } });
    } catch (error) {
      log.error('the heartbeat failed', error);
    }
    await waitMs(HEARTBEAT_MS, signal);
  }
  try {
    await instances.leave(instance);
    await instances.forgetSilent(FORGET_SECONDS);
  } catch (error) {
    log.error('the instance could not sign off; its row is forgotten after a day', error);
  }
}

function statusOf(
  { counters, roles, health }: HeartbeatOptions,
  rates: InstanceStatus['perSecond'],
): InstanceStatus {
  const report = health.read();
  return {
    healthy: report.healthy,
    reasons: report.roles
      .filter((role) => !role.healthy)
      .map((role) => `${role.role}: ${role.reason ?? role.state}`),
    httpPort: counters.httpPort,
    sources: [...counters.sources.values()],
    lagRecords: roles.includes('core')
      ? [...counters.lag.values()].reduce((sum, lag) => sum + lag, 0)
      : null,
    perSecond: rates,
  };
}

function perSecond(count: number, seconds: number): number {
  return Math.round((count / seconds) * 10) / 10;
}
