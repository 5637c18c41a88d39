/** Milliseconds since 1970, finer and steadier than `Date.now()`. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}
