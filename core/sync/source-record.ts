import type { SafeText } from '../errors/log-safe.ts';

/** The registers that the hub reads. */
export type SourceName = 'master' | 'pu';

/** What made a change: a record of a register, or the hub itself (a switch of the phase, a decision, a rebuild, a relative's protection). */
export type CauseSource = SourceName | 'hub';

/**
 * Where a source stood. `epoch` rises when a source was restored or failed over, by a person's decision, so that
 * older-looking versions are not refused for ever. `version` is the source's own: a change tracking version, a row version, the
 * number of a diff run, or the second (UTC, since 1970) of a record's version in PU.
 */
export interface SourcePosition {
  readonly epoch: number;
  readonly version: bigint;
}

/** Negative when `a` is before `b`, zero when they are the same position, positive when `a` is after. */
export function comparePositions(a: SourcePosition, b: SourcePosition): number {
  if (a.epoch !== b.epoch) return a.epoch - b.epoch;
  return a.version < b.version ? -1 : a.version > b.version ? 1 : 0;
}

/** `epoch:version`, both in decimal. */
export function formatPosition(position: SourcePosition): SafeText {
  return `${position.epoch}:${position.version}` as SafeText;
}

/** @returns undefined when the text is not `epoch:version`. */
export function parsePosition(text: string): SourcePosition | undefined {
  const match = /^(\d{1,9}):(\d{1,20})$/.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  return { epoch: Number(match[1]), version: BigInt(match[2]) };
}

/** One row as text: hub field name (from `mappings/master.json`, or `core/mapping/pu-record.ts` for PU) to value. Dates are ISO text, flags are `1` and `0`. */
export type SourceRow = Readonly<Record<string, string | null>>;

/**
 * What one source says about one identity at one position, before mapping. It is the value on `source.<name>.person.v1`, as JSON
 * (the position as text): its columns differ from region to region, so it has no fixed Avro schema.
 */
export interface SourceRecord {
  readonly source: SourceName;
  readonly operation: 'upsert';
  readonly position: SourcePosition;
  /** True when it comes from a first load or a re-snapshot, false when it comes from the stream of changes. */
  readonly snapshot: boolean;
  /** When the source connector read it, ISO 8601 in UTC. Only for latency figures, never for a decision. */
  readonly readAt: string;
  /** The columns of the person's own row. */
  readonly person: SourceRow;
  /** The rows of the tables beside it, by the child's name in the mapping: addresses, contacts. */
  readonly children: Readonly<Record<string, readonly SourceRow[]>>;
}

/** Positive evidence that the source does not have the identity any more: never made from a missing answer. */
export interface SourceRemoval {
  readonly source: SourceName;
  readonly operation: 'removed';
  readonly position: SourcePosition;
  readonly snapshot: boolean;
  readonly readAt: string;
  /** The columns of the key only. */
  readonly person: SourceRow;
}

/** Before every record that a register can send: whatever it says of the identity is newer. */
export const BEFORE_EVERYTHING: SourcePosition = { epoch: 0, version: 0n };

/**
 * PU was asked about an identity and does not know it. Evidence that it was asked, of nothing else: it ends nothing and lifts nothing, so it
 * stands at {@link BEFORE_EVERYTHING}, where any record that PU ever sent of the identity is newer.
 */
export interface SourceUnknown {
  readonly source: SourceName;
  readonly operation: 'unknown';
  readonly position: SourcePosition;
  readonly snapshot: boolean;
  readonly readAt: string;
  /** The columns of the key only. */
  readonly person: SourceRow;
}

/** Why a connector passes a row on as refused. */
export const REFUSAL_CODES = [
  'HUB_MASTER_ROW_TOO_LARGE',
  'HUB_MASTER_DUPLICATE_KEY',
  'HUB_PU_RECORD_TOO_LARGE',
] as const;

/** A row that the connector could read but must not pass on, for example over the size limit or with a doubled key. */
export interface SourceRefusal {
  readonly source: SourceName;
  readonly operation: 'refused';
  readonly position: SourcePosition;
  readonly snapshot: boolean;
  readonly readAt: string;
  /** The error code, for the parked record. */
  readonly code: (typeof REFUSAL_CODES)[number];
  /** The columns of the key, and flags of protection that are set where the connector has read them. */
  readonly person: SourceRow;
}

/** Everything that can stand on a raw topic. */
export type SourceMessage = SourceRecord | SourceRemoval | SourceUnknown | SourceRefusal;
