/** How a load is getting on. The total is a rough figure. */
export interface LoadRate {
  readonly done: number;
  readonly total: number;
  readonly perSecond: number;
  readonly secondsLeft: number | undefined;
}

/** Measures a load that may have begun in an earlier process. */
export interface LoadMeter {
  /** @param total a rough figure; a load that finds more raises it. */
  rate(done: number, total: number, now: number): LoadRate;
}

/** @param doneBefore what was done when this process took over, which says nothing about its speed. */
export function createLoadMeter(doneBefore: number, startedAt: number): LoadMeter {
  return {
    rate: (done, total, now) => {
      const seconds = Math.max((now - startedAt) / 1000, 0.001);
      const perSecond = Math.round((done - doneBefore) / seconds);
      const left = Math.max(total - done, 0);
      return {
        done,
        total: Math.max(total, done),
        perSecond,
        secondsLeft: perSecond > 0 ? Math.round(left / perSecond) : undefined,
      };
    },
  };
}
