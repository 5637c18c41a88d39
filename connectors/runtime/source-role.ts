import { findHubError, type HubError } from '../../core/errors/hub-error.ts';
import { type SafeText, safeText } from '../../core/errors/log-safe.ts';
import type { Lease } from '../../core/sync/ports.ts';
import type { SourceName } from '../../core/sync/source-record.ts';
import type { StoredCommand } from '../hub-store/command-store.ts';
import { alarmOf } from '../observability/health.ts';
import { waitMs } from './cancellable-wait.ts';
import { type CommandResult, carryOutCommands } from './command-loop.ts';
import type { HubParts } from './hub-parts.ts';
import { keepLease } from './keep-lease.ts';
import type { SourceStatus } from './operations/instance-status.ts';
import { ACCEPT_LOSS } from './operations/source-commands.ts';
import { LEASE_TTL_MS, RENEW_MS } from './partition-leases.ts';

/** The registers in the order in which they are opened. */
export const SOURCES = ['master', 'pu'] as const satisfies readonly SourceName[];

/** What each source calls itself in health and log, which is also the name of the lease on reading it. */
export const SOURCE_ROLE: Readonly<Record<SourceName, SafeText>> = {
  master: safeText('source-master'),
  pu: safeText('source-pu'),
};
/** For people. */
const REGISTER = { master: 'Master', pu: 'PU' } as const satisfies Record<SourceName, string>;
const RESTART_MS = 1_000;
/** Long, because somebody has to do something first; short enough to go on soon after it was done elsewhere. */
const STAND_DOWN_MS = 300_000;
export const STATUS_MS = 1_000;

/** One source as this role sees it. */
export interface SourceReader {
  readonly source: SourceName;
  /** True for the error that says that another instance has the lease. */
  readonly isLeaseLost: (error: HubError) => boolean;
  /**
   * True for a fault that no waiting mends and that shall not end the instance all the same: then this source stands down, unhealthy
   * with its code, and is tried again now and then.
   */
  readonly standsDown: (error: HubError) => boolean;
  /** Opens the source under a lease. The signal ends the reading. */
  readonly open: (lease: Lease, signal: AbortSignal) => Promise<OpenSource>;
}

/** A source that this instance holds the lease on. */
export interface OpenSource extends AsyncDisposable {
  /** Reads until the signal, or until it cannot go on. */
  run(): Promise<void>;
  carryOut(command: StoredCommand): Promise<CommandResult>;
  /** Called every second: says where the source is, and tells health and metrics. */
  describe(): SourceStatus;
}

/**
 * Reads a source when this instance holds the lease, and stands by when another does, until the signal. When the source, Kafka or the
 * store is away it waits and goes on; only a fault that no waiting mends ends it.
 */
export async function runSourceRole(
  parts: HubParts,
  reader: SourceReader,
  signal: AbortSignal,
): Promise<void> {
  const { config, store, health, log } = parts;
  const role = SOURCE_ROLE[reader.source];
  const register = REGISTER[reader.source];
  while (!signal.aborted) {
    try {
      const lease = await store.leases.acquire(role, config.instance, LEASE_TTL_MS);
      if (lease === undefined) {
        health.report(role, { kind: 'idle', forMs: RENEW_MS });
        await waitMs(RENEW_MS, signal);
        continue;
      }
      await readUnderLease(parts, reader, lease, signal);
    } catch (error) {
      const found = findHubError(error);
      if (found === undefined) throw error;
      const isLost = reader.isLeaseLost(found);
      if (!isLost) health.report(role, alarmOf(error));
      if (!isLost && found.disposition !== 'retriable') {
        if (!reader.standsDown(found)) throw error;
        log.error(`${register} is not read until somebody acts`, error);
        await waitMs(STAND_DOWN_MS, signal);
      } else {
        log.error(`reading ${register} stops and begins again`, error);
        await waitMs(RESTART_MS, signal);
      }
    }
  }
  health.report(role, { kind: 'stopped' });
}

/** Reads until the signal, or until the lease is lost. */
async function readUnderLease(
  parts: HubParts,
  reader: SourceReader,
  lease: Lease,
  signal: AbortSignal,
): Promise<void> {
  const { config, store, log, counters } = parts;
  const register = REGISTER[reader.source];
  const end = new AbortController();
  const inner = AbortSignal.any([signal, end.signal]);
  try {
    await using source = await reader.open(lease, inner);
    log.info(`this instance reads ${register}`);
    const beside = [
      keepLease({
        leases: store.leases,
        lease,
        onLost: () => {
          log.warn(`another instance reads ${register} now`);
          end.abort();
        },
        // Reading may go on: what it sends is safe to send twice, and the checkpoint is stored only under the lease.
        onFailure: (error) => log.error(`the lease on ${register} could not be renewed`, error),
        signal: inner,
      }),
      reportStatus(parts, reader.source, source, inner),
      carryOutCommands({
        store,
        isMine: ({ target, kind }) => target === reader.source && kind !== ACCEPT_LOSS,
        carryOut: (command) => source.carryOut(command),
        instance: config.instance,
        log,
        signal: inner,
      }),
    ];
    try {
      await source.run();
    } finally {
      end.abort();
      await Promise.all(beside);
    }
  } finally {
    counters.sources.delete(reader.source);
    await store.leases.release(lease).catch((error: unknown) => {
      log.error(`the lease on ${register} is left to run out`, error);
    });
  }
}

/** Puts the source's state where the heartbeat, the metrics and the health find it. */
async function reportStatus(
  { counters }: HubParts,
  name: SourceName,
  source: OpenSource,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    counters.sources.set(name, source.describe());
    await waitMs(STATUS_MS, signal);
  }
}
