import { findHubError, HubError } from '../../../core/errors/hub-error.ts';

export type CircuitState = 'closed' | 'open' | 'half-open';

export interface CircuitOptions {
  /** So many failures in a row open it. */
  readonly failures: number;
  /** So long it stays open before one call may try. */
  readonly openMs: number;
  /** Milliseconds of any clock that only goes forward. */
  readonly now: () => number;
  readonly onChange: (state: CircuitState) => void;
}

export interface CircuitBreaker {
  /** @throws HubError `HUB_PU_CIRCUIT_OPEN`, without calling, while it is open. */
  run<T>(call: () => Promise<T>): Promise<T>;
}

/**
 * Leaves a PU alone that is down, for all calls of this process together. Only silence and technical faults count: whoever refuses a question
 * is there.
 */
export function createCircuitBreaker(options: CircuitOptions): CircuitBreaker {
  let state: CircuitState = 'closed';
  let failures = 0;
  let openUntil = 0;
  let last: unknown;

  const become = (next: CircuitState): void => {
    if (state === next) return;
    state = next;
    options.onChange(next);
  };

  const admit = (): void => {
    if (state === 'closed') return;
    // While half open, the one call that finds out is under way.
    if (state === 'half-open' || options.now() < openUntil)
      throw HubError.wrap('HUB_PU_CIRCUIT_OPEN', last, { failures });
    become('half-open');
  };

  const failed = (error: unknown): void => {
    failures += 1;
    last = error;
    if (state === 'closed' && failures < options.failures) return;
    openUntil = options.now() + options.openMs;
    become('open');
  };

  const answered = (): void => {
    failures = 0;
    become('closed');
  };

  return {
    run: async (call) => {
      admit();
      const isProbe = state === 'half-open';
      try {
        const result = await call();
        answered();
        return result;
      } catch (error) {
        const code = findHubError(error)?.code;
        if (code === 'HUB_PU_UNAVAILABLE') failed(error);
        else if (code?.startsWith('HUB_PU_')) answered();
        // An abort or a bug says nothing about PU; the next call finds out.
        else if (isProbe) become('open');
        throw error;
      }
    },
  };
}
