import { dispositionOf } from '../../core/errors/hub-error.ts';
import type { SafeText } from '../../core/errors/log-safe.ts';
import type { Lease } from '../../core/sync/ports.ts';
import type { StoredCommand } from '../hub-store/command-store.ts';
import type { HubStore } from '../hub-store/hub-store.ts';
import type { Logger } from '../observability/logger.ts';
import { waitMs } from './cancellable-wait.ts';
import { type CommandResult, carryOutCommands } from './command-loop.ts';
import { keepLease } from './keep-lease.ts';
import { LEASE_TTL_MS, RENEW_MS } from './partition-leases.ts';

export interface CommandsRoleOptions {
  /** Also the name of the lease. */
  readonly name: SafeText;
  /** What the commands are about; every command with this target is answered here. */
  readonly target: string;
  readonly store: Pick<HubStore, 'commands' | 'leases' | 'notices'>;
  readonly instance: string;
  readonly carryOut: (command: StoredCommand) => Promise<CommandResult>;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/**
 * Carries out the commands about one target when this instance holds the lease on them, and stands by when another does, until the signal. One
 * instance at a time, so that they are carried out in their order.
 */
export async function runCommandsRole(options: CommandsRoleOptions): Promise<void> {
  const { name, store, instance, log, signal } = options;
  while (!signal.aborted) {
    try {
      const lease = await store.leases.acquire(name, instance, LEASE_TTL_MS);
      if (lease !== undefined) await answerUnderLease(lease, options);
    } catch (error) {
      if (dispositionOf(error) !== 'retriable') throw error;
      log.error('commands wait', error, { lease: name });
    }
    await waitMs(RENEW_MS, signal);
  }
}

/** Until the signal, or until the lease is lost. */
async function answerUnderLease(
  lease: Lease,
  { name, target, store, instance, carryOut, log, signal }: CommandsRoleOptions,
): Promise<void> {
  const end = new AbortController();
  const inner = AbortSignal.any([signal, end.signal]);
  const renewing = keepLease({
    leases: store.leases,
    lease,
    onLost: () => {
      log.warn('another instance carries out the commands now', { lease: name });
      end.abort();
    },
    // What is carried out twice changes nothing the second time.
    onFailure: (error) =>
      log.error('the lease on commands could not be renewed', error, { lease: name }),
    signal: inner,
  });
  try {
    const isMine = (command: StoredCommand): boolean => command.target === target;
    await carryOutCommands({ store, isMine, carryOut, instance, log, signal: inner });
  } finally {
    end.abort();
    await renewing;
    await store.leases.release(lease).catch((error: unknown) => {
      log.error('the lease on commands is left to run out', error, { lease: name });
    });
  }
}
