import { describe, expect, it } from 'vitest';
import { ProgressWatchdog } from '../../../connectors/kafka/progress-watchdog.ts';

describe('the progress watchdog', () => {
  it('finds a consumer stalled that has records to read and takes none', () => {
    const watchdog = new ProgressWatchdog(1_000, 0);
    watchdog.fetched(900); // It fetches, and the partition that lags is not among what comes.
    expect(watchdog.isStalled(999, true)).toBe(false);
    expect(watchdog.isStalled(1_000, true)).toBe(true);
  });

  it('lets an idle consumer live as long as it asks the broker', () => {
    const watchdog = new ProgressWatchdog(1_000, 0);
    for (let now = 0; now <= 60_000; now += 500) {
      watchdog.fetched(now);
      expect(watchdog.isStalled(now, false)).toBe(false);
    }
  });

  it('finds a consumer stalled that is at the end and does not ask any more', () => {
    const watchdog = new ProgressWatchdog(1_000, 0);
    watchdog.fetched(0);
    expect(watchdog.isStalled(900, false)).toBe(false);
    expect(watchdog.isStalled(1_950, false)).toBe(true);
  });

  it('finds a consumer stalled when nobody can say whether it lags', () => {
    const watchdog = new ProgressWatchdog(1_000, 0);
    watchdog.fetched(900);
    expect(watchdog.isStalled(1_000, undefined)).toBe(true);
  });

  it('begins to count again at every progress', () => {
    const watchdog = new ProgressWatchdog(1_000, 0);
    watchdog.progressed(800);
    expect(watchdog.isStalled(1_799, true)).toBe(false);
    expect(watchdog.isStalled(1_800, true)).toBe(true);
  });
});
