import { HubError } from '../../../core/errors/hub-error.ts';
import { safeText, safeWord } from '../../../core/errors/log-safe.ts';
import type { MasterCheckpoint, TableState } from './master-checkpoint.ts';
import type {
  MasterDialect,
  MasterMode,
  MasterSession,
  ReadTable,
  ReadTables,
  SqlRow,
} from './master-dialect.ts';

/** A table as the server shows it now. */
export interface TableView extends TableState {
  /** Changes after this version are all there; null: not tracked, or not to be seen by this login. */
  readonly minValidVersion: bigint | null;
}

/** What stands at the server at one version. */
export interface ServerView {
  readonly fingerprint: string | null;
  /** Everything up to it is committed and visible. */
  readonly version: bigint;
  /** The last version given out. */
  readonly newest: bigint;
  readonly tables: readonly TableView[];
}

/** Why changes were lost. */
export type GapReason = 'expired' | 'tracking-restarted' | 'table-recreated';

export interface Gap {
  readonly kind: 'gap';
  readonly reason: GapReason;
  readonly table: string;
}

/**
 * Looks at the server. The version comes first: where there is no snapshot, rows read later may only be newer than it, never older.
 * @throws HubError `HUB_MASTER_TABLE_MISSING`, `HUB_MASTER_NOT_TRACKED`
 */
export async function viewServer(
  session: MasterSession,
  dialect: MasterDialect,
  mode: MasterMode,
  tables: ReadTables,
): Promise<ServerView> {
  const [[version, newest] = []] = await session.query(dialect.version(mode));
  const [[fingerprint] = []] = await session.query(dialect.server());
  const states = await session.query(dialect.tableStates(mode, tables));
  return {
    fingerprint: textOrNull(fingerprint),
    version: versionOf(dialect, version),
    newest: versionOf(dialect, newest),
    tables: [tables.person, ...tables.children].map((t, i) => readTable(dialect, t, states[i])),
  };
}

/** @throws HubError `HUB_MASTER_NOT_TRACKED` when the server has no version to give. */
export function versionOf(dialect: MasterDialect, raw: unknown): bigint {
  if (raw === null || raw === undefined) {
    throw new HubError('HUB_MASTER_NOT_TRACKED', { name: safeText('database') });
  }
  return dialect.toVersion(raw);
}

function readTable(dialect: MasterDialect, table: ReadTable, row: SqlRow | undefined): TableView {
  const name = `${table.schema}.${table.table}`;
  const [, objectId, schemaStamp, trackingId, minValid] = row ?? [];
  if (objectId === null || objectId === undefined) {
    throw new HubError('HUB_MASTER_TABLE_MISSING', { name: safeWord(name) });
  }
  return {
    name,
    objectId: String(objectId),
    schemaStamp: String(schemaStamp),
    trackingId: textOrNull(trackingId),
    minValidVersion:
      minValid === null || minValid === undefined ? null : dialect.toVersion(minValid),
  };
}

function textOrNull(raw: unknown): string | null {
  return raw === null || raw === undefined ? null : String(raw);
}

/**
 * A restored or failed-over server can look valid by its versions alone, so its fingerprint is compared too, at each read.
 * @throws HubError `HUB_MASTER_RESTORED`
 */
export function checkSameServer(
  mode: MasterMode,
  checkpoint: MasterCheckpoint,
  view: ServerView,
): void {
  const { fingerprint, version } = checkpoint;
  if (fingerprint !== null && view.fingerprint !== null && fingerprint !== view.fingerprint) {
    throw new HubError('HUB_MASTER_RESTORED', { sign: safeText('another recovery fork') });
  }
  // A run number is ours, not the server's.
  if (mode !== 'snapshot-diff' && view.newest < version) {
    throw new HubError('HUB_MASTER_RESTORED', {
      sign: safeText('version went back'),
      from: version,
      to: view.newest,
    });
  }
}

/**
 * Are the changes after `from` complete?
 * @throws HubError `HUB_MASTER_NOT_TRACKED`: a missing answer is never "no changes".
 */
export function findGap(
  mode: MasterMode,
  checkpoint: MasterCheckpoint,
  view: ServerView,
  from: bigint,
): Gap | undefined {
  for (const [i, table] of view.tables.entries()) {
    const before = checkpoint.tables[i];
    if (before && before.objectId !== table.objectId) {
      return { kind: 'gap', reason: 'table-recreated', table: table.name };
    }
  }
  if (mode !== 'change-tracking') return undefined;
  checkTracked(view);
  for (const [i, table] of view.tables.entries()) {
    const before = checkpoint.tables[i];
    if (before && before.trackingId !== table.trackingId) {
      return { kind: 'gap', reason: 'tracking-restarted', table: table.name };
    }
    if (table.minValidVersion !== null && from < table.minValidVersion) {
      return { kind: 'gap', reason: 'expired', table: table.name };
    }
  }
  return undefined;
}

/** @throws HubError `HUB_MASTER_NOT_TRACKED` */
export function checkTracked(view: ServerView): void {
  const untracked = view.tables.find((t) => t.trackingId === null || t.minValidVersion === null);
  if (untracked) throw new HubError('HUB_MASTER_NOT_TRACKED', { name: safeWord(untracked.name) });
}

/** True when a column of a mapped table may have changed since the checkpoint. */
export function hasSchemaChanged(checkpoint: MasterCheckpoint, view: ServerView): boolean {
  return view.tables.some((table, i) => {
    const before = checkpoint.tables[i];
    return before !== undefined && before.schemaStamp !== table.schemaStamp;
  });
}
