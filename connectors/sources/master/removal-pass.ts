import type { SourceMessage } from '../../../core/sync/source-record.ts';
import type { KnownRowStore } from './known-row-store.ts';
import type { MasterCheckpoint } from './master-checkpoint.ts';
import type { RowKey } from './master-dialect.ts';
import type { MasterReader } from './master-reader.ts';
import type { RemovalGuard } from './removal-guard.ts';

/** What a step of the pass came to. */
export type PassStep =
  | { readonly kind: 'more' | 'done'; readonly messages: readonly SourceMessage[] }
  | { readonly kind: 'burst'; readonly found: number; readonly limit: number };

/**
 * Looks for persons that were sent and that Master does not have any more, for modes in which Master does not say so. First it
 * counts, so that a burst is seen before the first removal is sent; then it asks again, key by key, and sends.
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
  /** Persons in Master, for the guard. */
  readonly total: number;
  readonly now: () => number;
}

/** Begins a pass. One that is given up can be begun again from the start at any time. */
export function createRemovalPass(options: RemovalPassOptions): RemovalPass {
  const { reader, knownRows, guard, pageRows, total, now } = options;
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
    const found = await reader.findMissing(checkpoint, keys);
    return found.missing.map((key) => ({
      source: 'master',
      operation: 'removed',
      position: { epoch: checkpoint.epoch, version: stampVersion ?? found.version },
      snapshot: false,
      readAt: new Date(now()).toISOString(),
      person: reader.assembler.keyRow(key),
    }));
  };

  const count = async (checkpoint: MasterCheckpoint): Promise<PassStep> => {
    const page = await knownRows.page(cursor, pageRows);
    const keys = page.rows.map((row) => row.key);
    if (keys.length > 0) missing.push(...(await reader.findMissing(checkpoint, keys)).missing);
    const limit = guard.limit(total);
    if (!guard.isAccepted && missing.length > limit) {
      return { kind: 'burst', found: missing.length, limit };
    }
    cursor = page.next;
    isCounted = page.next === undefined;
    return { kind: isCounted && missing.length === 0 ? 'done' : 'more', messages: [] };
  };

  return {
    step: async (checkpoint, stampVersion) => {
      if (!isCounted) {
        const counted = await count(checkpoint);
        // An accepted burst is sent page by page: it may be far larger than what is kept in memory.
        if (!guard.isAccepted || counted.kind === 'burst') return counted;
      }
      const keys = missing.splice(0, pageRows);
      const messages = await removalsOf(checkpoint, keys, stampVersion);
      return { kind: isCounted && missing.length === 0 ? 'done' : 'more', messages };
    },
  };
}
