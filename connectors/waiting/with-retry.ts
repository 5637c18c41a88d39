import { setTimeout as sleep } from 'node:timers/promises';
import { dispositionOf } from '../../core/errors/hub-error.ts';

export interface RetryOptions {
  readonly retries: number;
  /** The wait before the first retry; it doubles, up to {@link LONGEST_WAIT_MS}. */
  readonly retryMs: number;
  readonly signal: AbortSignal;
  /** Between 0 and 1, for the jitter: so that several readers do not come back in the same moment. */
  readonly random: () => number;
  readonly onRetry: (error: unknown, attempt: number) => void;
}

const LONGEST_WAIT_MS = 10_000;

/** Runs `work` again after a retriable failure, a bounded number of times. Anything else, and the last failure, is thrown. */
export async function withRetry<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const isOver = attempt > options.retries || options.signal.aborted;
      if (isOver || dispositionOf(error) !== 'retriable') throw error;
      options.onRetry(error, attempt);
      const longest = Math.min(options.retryMs * 2 ** (attempt - 1), LONGEST_WAIT_MS);
      await pause(longest * (0.5 + options.random() / 2), options.signal);
    }
  }
}

/** Waits, or until the signal. Never throws. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
}
