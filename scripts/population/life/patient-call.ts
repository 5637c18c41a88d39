import { setTimeout as pause } from 'node:timers/promises';

/** The sandbox was away for so long that we gave up. */
export class LifeCutOff extends Error {
  override readonly name = 'LifeCutOff';
}

export interface Patience {
  /** So long a sandbox may be away, for example for a restart. */
  readonly patienceMs?: number;
  /** After it nobody wants to wait long any more. */
  readonly signal?: AbortSignal;
}

const PATIENCE_MS = 600_000;
const LAST_PATIENCE_MS = 10_000;
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;

/**
 * Calls the sandbox, and again until it has answered: a change that it is told twice makes no difference to it.
 * @throws LifeCutOff when it stays away. What it refuses is thrown as it is.
 */
export async function callPatiently<T>(call: () => Promise<T>, patience: Patience): Promise<T> {
  const since = performance.now();
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
    try {
      return await call();
    } catch (error) {
      if (!isCutOff(error)) throw error;
      if (performance.now() - since > boundOf(patience)) {
        throw new LifeCutOff('The sandbox does not answer.', { cause: error });
      }
    }
    await pause(wait);
  }
}

/** `fetch` reports a connection that failed or broke as a TypeError with a cause; a wrong call of it has none. */
export function isCutOff(error: unknown): boolean {
  return error instanceof TypeError && error.cause instanceof Error;
}

function boundOf({ patienceMs = PATIENCE_MS, signal }: Patience): number {
  return signal?.aborted ? Math.min(patienceMs, LAST_PATIENCE_MS) : patienceMs;
}
