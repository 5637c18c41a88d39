import type { RemovalGuardConfig } from './master-source-config.ts';

/** Stops a burst of removals: a missing answer, an emptied table or a wrong filter must not remove a region's persons. */
export interface RemovalGuard {
  /** How many removals at once are no burst, for so many persons in Master. */
  limit(total: number): number;
  /** True when so many more within the window are no burst. Counts nothing. */
  allows(count: number, total: number, now: number): boolean;
  /** Counts removals that were sent. */
  record(count: number, now: number): void;
  /** A person said that the present burst is right: everything is allowed until {@link endBurst}. */
  accept(): void;
  /** The accepted burst is over. */
  endBurst(): void;
  readonly isAccepted: boolean;
}

export function createRemovalGuard(config: RemovalGuardConfig): RemovalGuard {
  let sent: { at: number; count: number }[] = [];
  let isAccepted = false;
  const limit = (total: number): number =>
    Math.max(config.minCount, Math.floor(total * config.maxShare));
  return {
    limit,
    allows: (count, total, now) => {
      if (isAccepted || count === 0) return true;
      sent = sent.filter((entry) => entry.at > now - config.windowMs);
      const before = sent.reduce((sum, entry) => sum + entry.count, 0);
      return before + count <= limit(total);
    },
    record: (count, now) => {
      if (count > 0 && !isAccepted) sent.push({ at: now, count });
    },
    accept: () => {
      isAccepted = true;
    },
    endBurst: () => {
      if (isAccepted) sent = [];
      isAccepted = false;
    },
    get isAccepted() {
      return isAccepted;
    },
  };
}
