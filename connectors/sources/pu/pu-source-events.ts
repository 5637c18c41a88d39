import type { ErrorCode } from '../../../core/errors/error-codes.ts';
import type { LogSafeFields, SafeText } from '../../../core/errors/log-safe.ts';
import type { LoadRate } from '../../waiting/load-meter.ts';
import type { PullName } from './pu-source-config.ts';
import type { PuState, ShardStatus } from './pu-source-status.ts';

/** Whose event it is. Both are words of ours and codes of places. */
export interface ShardName {
  readonly pull: PullName | 'first-load';
  readonly shard: SafeText;
}

/** What the source tells whoever watches: logs, metrics, the status line. Nothing in it is personal data. */
export type PuSourceEvent =
  | { readonly kind: 'state'; readonly state: PuState }
  /** The first load. */
  | ({ readonly kind: 'progress' } & LoadRate)
  | ({ readonly kind: 'order-placed'; readonly identities: number } & ShardName)
  /** Answers of one lot, after they were acknowledged. */
  | ({ readonly kind: 'lot' } & ShardName & LotCounts)
  | ({
      readonly kind: 'run-finished';
      readonly records: number;
      readonly seconds: number;
    } & ShardName)
  /** A shard failed and is tried again; the others go on. */
  | ({
      readonly kind: 'retry';
      readonly error: unknown;
      readonly attempt: number;
      readonly waitMs: number;
    } & ShardName)
  /** An operator should look. `isOver` tells that an alarm of this code ended by itself. */
  | ({
      readonly kind: 'alarm';
      readonly code: ErrorCode;
      readonly context: LogSafeFields;
      readonly isOver: boolean;
    } & ShardName);

/** What became of the answers. */
export interface LotCounts {
  readonly answers: number;
  /** Records that went on the topic. */
  readonly sent: number;
  /** Records that had been sent as they are, or newer. */
  readonly unchanged: number;
  readonly unknown: number;
  readonly testPersons: number;
}

/** What a person can ask of the source. */
export type PuCommand =
  | { readonly kind: 'pause' }
  | { readonly kind: 'resume' }
  /** Runs a pull now, or all of them (null). A run that goes on is not begun again. */
  | { readonly kind: 'pull-now'; readonly pull: PullName | null }
  /** Asks for everybody again, in a new epoch: everything goes on the topic once more. */
  | { readonly kind: 'reload' };

/** `done`: it is stored and holds after a restart. Otherwise nothing changed. */
export type PuCommandOutcome = 'done' | 'not-applicable' | 'not-running';

/** One look at the source. */
export interface PuSourceStatus {
  readonly state: PuState;
  readonly isPaused: boolean;
  /** True when everyone whom Master knows was asked for once. */
  readonly isLoaded: boolean;
  readonly load: LoadRate | undefined;
  readonly shards: readonly ShardStatus[];
}
