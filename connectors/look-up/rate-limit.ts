/** Says whether a call may begin now. */
export interface RateLimit {
  /** @returns 0: it may; else after how many seconds to come again. */
  take(name: string): number;
}

export interface RateLimitOptions {
  readonly perSecond: number;
  /** So many calls may come at once after a rest. */
  readonly burst: number;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
}

/** A bucket of tokens for each name. Names come from a closed set, the consumers, so nothing is forgotten. */
export function createRateLimit({ perSecond, burst, now }: RateLimitOptions): RateLimit {
  const buckets = new Map<string, { readonly left: number; readonly at: number }>();
  return {
    take(name) {
      const at = now();
      const before = buckets.get(name) ?? { left: burst, at };
      const left = Math.min(burst, before.left + ((at - before.at) / 1_000) * perSecond);
      const isFree = left >= 1;
      buckets.set(name, { left: isFree ? left - 1 : left, at });
      return isFree ? 0 : Math.ceil((1 - left) / perSecond);
    },
  };
}
