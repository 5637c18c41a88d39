import type { ErrorCode } from '../../../core/errors/error-codes.ts';
import type { LogSafeFields } from '../../../core/errors/log-safe.ts';
import type { SourcePosition } from '../../../core/sync/source-record.ts';
import type { LoadRate } from '../../waiting/load-meter.ts';
import type { MasterCheckpoint, ResnapshotFilter } from './master-checkpoint.ts';
import type { MasterState } from './master-source-state.ts';

/** What the source tells whoever watches: logs, metrics, the status line. Nothing in it is personal data. */
export type MasterSourceEvent =
  | { readonly kind: 'state'; readonly state: MasterState }
  | ({ readonly kind: 'progress' } & LoadRate)
  | {
      readonly kind: 'page';
      readonly messages: number;
      readonly removed: number;
      readonly refused: number;
      readonly position: SourcePosition;
    }
  | { readonly kind: 'retry'; readonly error: unknown; readonly attempt: number }
  /** An operator should look. `isOver` tells that an alarm of this code ended by itself. */
  | {
      readonly kind: 'alarm';
      readonly code: ErrorCode;
      readonly context: LogSafeFields;
      readonly isOver: boolean;
    };

/** What a person can ask of a source. */
export type MasterCommand =
  | { readonly kind: 'pause' }
  | { readonly kind: 'resume' }
  | { readonly kind: 'resnapshot'; readonly filter: ResnapshotFilter }
  /** The restored or failed-over Master is the right one: a new epoch begins, and everything is read again. */
  | { readonly kind: 'accept-restore' }
  /** The burst of removals is right. */
  | { readonly kind: 'accept-removals' }
  /** Persons that were removed during a gap have been looked after. */
  | { readonly kind: 'accept-gap' };

/** `done`: it is stored and holds after a restart. Otherwise nothing changed. */
export type CommandOutcome = 'done' | 'not-applicable' | 'unknown-field' | 'not-running';

/** One look at the source. */
export interface MasterSourceStatus {
  readonly state: MasterState;
  /** Why it is frozen. */
  readonly frozenBy: ErrorCode | undefined;
  /** Everything up to here is in Kafka; undefined before the first look at the server. */
  readonly position: SourcePosition | undefined;
  /** Of the rows; the total is the server's rough figure. */
  readonly load: LoadRate | undefined;
  /** When the source last saw that it had everything up to Master's present version, in milliseconds since 1970. */
  readonly caughtUpAt: number | undefined;
  /** Since when a transaction in Master holds back what is committed after it. */
  readonly ceilingStalledSince: number | undefined;
  readonly removalsUnknownSince: bigint | undefined;
  readonly resnapshotsWaiting: number;
}

/** The status of what is stored. */
export function positionOf(checkpoint: MasterCheckpoint): SourcePosition {
  return { epoch: checkpoint.epoch, version: checkpoint.version };
}
