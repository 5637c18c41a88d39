import type { SourceMessage } from '../../../core/sync/source-record.ts';
import type { KnownRowStore } from './known-row-store.ts';
import type { MasterCheckpoint } from './master-checkpoint.ts';
import type { RowKey } from './master-dialect.ts';
import type { MasterReader } from './master-reader.ts';
import type { RemovalGuard } from './removal-guard.ts';

/** What a step of the pass came to. */
export type PassStep =
  | { readonly kind: 'more' | 'done'; readonly messages: readonly SourceMessage[] }
  | { readonly kind: 'burst'; readonly found: number };

/**
 * Looks for persons that were sent and that Master does not have any more, for modes in which Master does not say so. First it
 * counts, so that a burst is seen before the first removal is sent; then it asks again, key by key, and sends. On the way it can compare
 * contents: a removed address leaves no trace in a row version either.
 */
export interface RemovalPass {
  /** One bounded piece of work. */
  step(checkpoint: MasterCheckpoint, stampVersion: bigint | undefined): Promise<PassStep>;
}

export interface RemovalPassOptions {
  readonly reader: MasterReader;
  readonly knownRows: KnownRowStore;
  readonly guard: RemovalGuard;
  /** Keys in one step. */
  readonly pageRows: number;
  /** True: persons that are there are given too, for the caller to send those that look different. */
  readonly withRows: boolean;
  /** Persons in Master, for the guard. */
  readonly total: number;
  readonly now: () => number;
}

/** Begins a pass. One that is given up can be begun again from the start at any time. */
export function createRemovalPass(options: RemovalPassOptions): RemovalPass {
  const { reader, knownRows, guard, pageRows, withRows, total, now } = options;
  /** Bounded by the guard's limit: above it the pass stops. */
  const missing: RowKey[] = [];
  let cursor: string | undefined;
  let isCounted = false;

  const removalsOf = async (
    checkpoint: MasterCheckpoint,
    keys: readonly RowKey[],
    stampVersion: bigint | undefined,
  ): Promise<readonly SourceMessage[]> => {
    if (keys.length === 0) return [];
    // Asked again: a person that came back meanwhile is not removed.
    const found = await reader.lookUp(checkpoint, keys, false);
    const stamp = {
      position: { epoch: checkpoint.epoch, version: stampVersion ?? found.version },
      snapshot: false,
      readAt: new Date(now()).toISOString(),
    };
    return found.missing.map((key) => reader.assembler.removal(key, stamp));
  };

  const count = async (checkpoint: MasterCheckpoint): Promise<PassStep> => {
    const page = await knownRows.page(cursor, pageRows);
    const keys = page.rows.map((row) => row.key);
    const found = keys.length > 0 ? await reader.lookUp(checkpoint, keys, withRows) : undefined;
    missing.push(...(found?.missing ?? []));
    if (!guard.isAccepted && missing.length > guard.limit(total)) {
      return { kind: 'burst', found: missing.length };
    }
    cursor = page.next;
    isCounted = page.next === undefined;
    return {
      kind: isCounted && missing.length === 0 ? 'done' : 'more',
      messages: found?.messages ?? [],
    };
  };

  return {
    step: async (checkpoint, stampVersion) => {
      const counted = isCounted ? NOTHING_NEW : await count(checkpoint);
      // Before all are counted nothing is removed; an accepted burst goes page by page, since it may be larger than memory.
      if (counted.kind === 'burst' || (!isCounted && !guard.isAccepted)) return counted;
      const keys = missing.slice(0, pageRows);
      const removals = await removalsOf(checkpoint, keys, stampVersion);
      missing.splice(0, keys.length);
      const isDone = isCounted && missing.length === 0;
      return { kind: isDone ? 'done' : 'more', messages: [...counted.messages, ...removals] };
    },
  };
}

const NOTHING_NEW: PassStep = { kind: 'more', messages: [] };
