import { dispositionOf } from '../../core/errors/hub-error.ts';
import { type SafeText, safeText } from '../../core/errors/log-safe.ts';
import type { Lease } from '../../core/sync/ports.ts';
import type { StoredCommand } from '../hub-store/command-store.ts';
import type { HubStore } from '../hub-store/hub-store.ts';
import type { Logger } from '../observability/logger.ts';
import { waitMs } from './cancellable-wait.ts';
import { type CommandResult, carryOutCommands } from './command-loop.ts';
import { keepLease } from './keep-lease.ts';
import { CORE_TARGET } from './operations/core-commands.ts';
import { LEASE_TTL_MS, RENEW_MS } from './partition-leases.ts';

/** Also the name of the lease. */
export const CORE_COMMANDS: SafeText = safeText('core-commands');

export interface CoreCommandsRoleOptions {
  readonly store: Pick<HubStore, 'commands' | 'leases' | 'notices'>;
  readonly instance: string;
  readonly carryOut: (command: StoredCommand) => Promise<CommandResult>;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/**
 * Carries out the commands about the core when this instance holds the lease on them, and stands by when another does, until the signal. One
 * instance at a time, so that they are carried out in their order.
 */
export async function runCoreCommandsRole(options: CoreCommandsRoleOptions): Promise<void> {
  const { store, instance, log, signal } = options;
  while (!signal.aborted) {
    try {
      const lease = await store.leases.acquire(CORE_COMMANDS, instance, LEASE_TTL_MS);
      if (lease !== undefined) await answerUnderLease(lease, options);
    } catch (error) {
      if (dispositionOf(error) !== 'retriable') throw error;
      log.error('commands about the core wait', error);
    }
    await waitMs(RENEW_MS, signal);
  }
}

/** Until the signal, or until the lease is lost. */
async function answerUnderLease(
  lease: Lease,
  { store, instance, carryOut, log, signal }: CoreCommandsRoleOptions,
): Promise<void> {
  const end = new AbortController();
  const inner = AbortSignal.any([signal, end.signal]);
  const renewing = keepLease({
    leases: store.leases,
    lease,
    onLost: () => {
      log.warn('another instance carries out the commands about the core now');
      end.abort();
    },
    // What is carried out twice changes nothing the second time.
    onFailure: (error) =>
      log.error('the lease on commands about the core could not be renewed', error),
    signal: inner,
  });
  try {
    const isMine = ({ target }: StoredCommand): boolean => target === CORE_TARGET;
    await carryOutCommands({ store, isMine, carryOut, instance, log, signal: inner });
  } finally {
    end.abort();
    await renewing;
    await store.leases.release(lease).catch((error: unknown) => {
      log.error('the lease on commands about the core is left to run out', error);
    });
  }
}
