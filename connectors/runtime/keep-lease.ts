import type { Lease, LeaseStore } from '../../core/sync/ports.ts';
import { waitMs } from './cancellable-wait.ts';
import { LEASE_TTL_MS, RENEW_MS } from './partition-leases.ts';

export interface KeepLeaseOptions {
  readonly leases: LeaseStore;
  readonly lease: Lease;
  /** It holds from this moment on, by `performance.now()`: when the question was asked. */
  readonly onRenewed?: (askedAt: number) => void;
  /** Another instance has it now. Called at most once; the renewing is over then. */
  readonly onLost: () => void;
  /** It could not be renewed this time, and may be the next time. */
  readonly onFailure: (error: unknown) => void;
  readonly signal: AbortSignal;
}

/** Renews a lease until the signal, or until it is lost. */
export async function keepLease(options: KeepLeaseOptions): Promise<void> {
  const { leases, lease, onRenewed, onLost, onFailure, signal } = options;
  while (!signal.aborted) {
    await waitMs(RENEW_MS, signal);
    if (signal.aborted) return;
    try {
      const askedAt = performance.now();
      if (!(await leases.renew(lease, LEASE_TTL_MS))) return onLost();
      onRenewed?.(askedAt);
    } catch (error) {
      onFailure(error);
    }
  }
}
