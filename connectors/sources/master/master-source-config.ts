import type { MasterMode } from './master-dialect.ts';

/** How Master is read. Resolved: every setting has its value. */
export interface MasterSourceConfig {
  readonly mode: MasterMode;
  /** Persons in one chunk of a load. */
  readonly chunkRows: number;
  /** Changes in one page of the stream. */
  readonly pageRows: number;
  /** The wait between two questions for changes while there are some. */
  readonly pollMs: number;
  /** The longest wait between two questions, reached when nothing has changed for a while. */
  readonly idlePollMs: number;
  /** How often the position is checked and stored although nothing changed, so that a quiet weekend does not expire it. */
  readonly heartbeatMs: number;
  /** A statement that takes longer is given up and tried again. */
  readonly queryTimeoutMs: number;
  /** How often a failed statement is tried again before the source stops. */
  readonly retries: number;
  /** The wait before the first retry; it doubles, with jitter. */
  readonly retryMs: number;
  /** A person whose row and child rows together are larger is refused. */
  readonly maxRowBytes: number;
  /**
   * `auto`: one snapshot for check, changes and rows where the server can do it. `never`: read committed, with the version window checked
   * before and after, for servers where ALLOW_SNAPSHOT_ISOLATION may not be turned on.
   */
  readonly snapshotIsolation: 'auto' | 'never';
  /** An alarm when the version up to which all is committed stands still for so long while newer ones wait behind it. */
  readonly ceilingStallMs: number;
  /** The wait between two passes that look for removed rows, in modes that do not see a removal. */
  readonly removalPassMs: number;
  /** The wait between two runs of mode `snapshot-diff`. */
  readonly diffRunMs: number;
  readonly removalGuard: RemovalGuardConfig;
}

/** Above both limits the removals are held back and a person decides. */
export interface RemovalGuardConfig {
  /** Share of all persons in Master: 0.01 is one in a hundred. */
  readonly maxShare: number;
  /** So many removals are never a burst, whatever the share. */
  readonly minCount: number;
  /** Streamed removals are counted over this time. */
  readonly windowMs: number;
}

/** What holds where the configuration says nothing. */
export const MASTER_SOURCE_DEFAULTS: MasterSourceConfig = {
  mode: 'change-tracking',
  chunkRows: 2_000,
  pageRows: 2_000,
  pollMs: 50,
  idlePollMs: 250,
  heartbeatMs: 10_000,
  queryTimeoutMs: 60_000,
  retries: 8,
  retryMs: 100,
  maxRowBytes: 1_000_000,
  snapshotIsolation: 'auto',
  ceilingStallMs: 60_000,
  removalPassMs: 3_600_000,
  diffRunMs: 900_000,
  removalGuard: { maxShare: 0.01, minCount: 50, windowMs: 3_600_000 },
};
