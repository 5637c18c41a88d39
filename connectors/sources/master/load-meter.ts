import type { LoadRate } from './master-source-events.ts';

/** Measures a load that may have begun in an earlier process. */
export interface LoadMeter {
  rate(done: number, now: number): LoadRate;
}

/** @param total the server's rough figure; a load that finds more raises it. */
export function createLoadMeter(total: number, doneBefore: number, startedAt: number): LoadMeter {
  return {
    rate: (done, now) => {
      const seconds = Math.max((now - startedAt) / 1000, 0.001);
      const rowsPerSecond = Math.round((done - doneBefore) / seconds);
      const left = Math.max(total - done, 0);
      return {
        done,
        total: Math.max(total, done),
        rowsPerSecond,
        secondsLeft: rowsPerSecond > 0 ? Math.round(left / rowsPerSecond) : undefined,
      };
    },
  };
}
