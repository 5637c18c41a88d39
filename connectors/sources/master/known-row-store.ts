import type { RowKey } from './master-dialect.ts';

/** A person that Master had when the connector last looked. The key is personal data. */
export interface KnownRow {
  readonly key: RowKey;
  /** What was sent last, as a hash. */
  readonly contentHash: string | null;
}

/**
 * What the connector has sent, for modes in which Master does not say what was removed. Kept in the hub's own database, never in
 * Master.
 *
 * Guarantees: a row is there from the moment `put` or gone from the moment `remove` resolves, and survives a crash. `put` and `remove`
 * may be repeated. `page` walks through all rows that are there during the whole walk exactly once, in an order of the
 * store's own choice; a row that comes or goes meanwhile may or may not be seen.
 */
export interface KnownRowStore {
  /** The content hashes of those keys that are known, by place in `keys`. */
  hashes(keys: readonly RowKey[]): Promise<ReadonlyMap<number, string | null>>;
  /** Adds rows, or replaces the hash of known ones. No key stands twice in one call. */
  put(rows: readonly KnownRow[]): Promise<void>;
  remove(keys: readonly RowKey[]): Promise<void>;
  /** The next rows after a cursor that an earlier page gave; undefined: from the beginning. The last page has no cursor. */
  page(
    after: string | undefined,
    limit: number,
  ): Promise<{ readonly rows: readonly KnownRow[]; readonly next: string | undefined }>;
  count(): Promise<number>;
}
