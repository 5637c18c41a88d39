import { HubError } from '../../../core/errors/hub-error.ts';
import { safeText } from '../../../core/errors/log-safe.ts';
import { MASTER_MODES, type MasterMode, type RowKey } from './master-dialect.ts';

/** A table as it was when its changes were last complete; see `tableStates` in the dialect. */
export interface TableState {
  readonly name: string;
  readonly objectId: string;
  readonly schemaStamp: string;
  readonly trackingId: string | null;
}

/** A load that is under way: the first one, the one after a gap, or one run of mode `snapshot-diff`. */
export interface LoadProgress {
  readonly reason: 'first-load' | 'gap' | 'new-epoch' | 'diff-run';
  /** The last key of the last chunk that was acknowledged; null before the first. Personal data. */
  readonly after: RowKey | null;
  readonly done: number;
}

/** Which persons to send again. All given parts must hold; none given: everyone. */
export interface ResnapshotFilter {
  readonly after?: RowKey;
  readonly through?: RowKey;
  /** A mapped field of the person and the value that it must have, as the source row shows it. */
  readonly equals?: { readonly field: string; readonly value: string };
}

export interface ResnapshotProgress {
  readonly filter: ResnapshotFilter;
  readonly after: RowKey | null;
  readonly done: number;
}

/**
 * How far Master is read. Immutable; a new one is stored after Kafka acknowledged what it covers. Holds a key of a person, so it
 * is personal data and is never logged.
 */
export interface MasterCheckpoint {
  readonly mode: MasterMode;
  readonly epoch: number;
  readonly fingerprint: string | null;
  readonly tables: readonly TableState[];
  /** Null when the load is done and the changes are streamed. */
  readonly load: LoadProgress | null;
  /** Every change up to this version is sent. During a load: the version from before its first row. */
  readonly version: bigint;
  /** The highest version that a sent message carries. No later message of this epoch carries a lower one. */
  readonly highest: bigint;
  /** The last change that is sent of those after `version`, in the middle of many. Personal data. */
  readonly cursor: { readonly version: bigint; readonly key: RowKey } | null;
  readonly resnapshots: readonly ResnapshotProgress[];
  readonly isPaused: boolean;
  /** Persons removed between this version and the load after a gap are not known to be gone: a person looks after them. */
  readonly removalsUnknownSince: bigint | null;
}

/** The later of two versions of one epoch. */
export function higherVersion(a: bigint, b: bigint): bigint {
  return a < b ? b : a;
}

const FORMAT = 1;

/** The text for the checkpoint store. */
export function printCheckpoint(checkpoint: MasterCheckpoint): string {
  return JSON.stringify({ format: FORMAT, ...checkpoint }, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
}

/** @throws HubError `HUB_MASTER_CHECKPOINT_UNREADABLE` when another format or something else is stored. */
export function parseCheckpoint(text: string): MasterCheckpoint {
  const stored = parseJson(text);
  const mode = MASTER_MODES.find((m) => m === stored['mode']);
  const isOurs = stored['format'] === FORMAT && typeof stored['highest'] === 'string';
  if (!isOurs || mode === undefined) throw unreadable();
  // The format number vouches for the rest: only printCheckpoint writes it.
  const rest = stored as unknown as MasterCheckpoint;
  return {
    mode,
    epoch: rest.epoch,
    fingerprint: rest.fingerprint,
    tables: rest.tables,
    load: rest.load,
    version: BigInt(rest.version),
    highest: BigInt(rest.highest),
    cursor: rest.cursor && { version: BigInt(rest.cursor.version), key: rest.cursor.key },
    resnapshots: rest.resnapshots,
    isPaused: rest.isPaused,
    removalsUnknownSince:
      rest.removalsUnknownSince === null ? null : BigInt(rest.removalsUnknownSince),
  };
}

function parseJson(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw unreadable();
  }
  if (typeof value !== 'object' || value === null) throw unreadable();
  return value as Readonly<Record<string, unknown>>;
}

function unreadable(): HubError {
  return new HubError('HUB_MASTER_CHECKPOINT_UNREADABLE', { expected: safeText('format 1') });
}
