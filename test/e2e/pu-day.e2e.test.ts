/** The hub after a day in which everything went on and a good part of it failed: what it knows of PU is what PU says. */
import { describe, expect, it } from 'vitest';
import { puDayLength } from '../support/env.ts';
import { livePuDay } from '../support/pu-day.ts';

const PERSONS = 2_000;
const TIME_LIMIT_MS = 240_000 + 2_000 * puDayLength().seconds;

describe('a day in which a tenth of the calls fail, PU is killed once and the hub twice', () => {
  it.each([1, 3])(
    'ends with PU’s own last record of everybody on the raw topic, with %i instances',
    async (instances) => {
      const { changes, beforeSweep, comparison, duty, ...day } = await livePuDay({
        persons: PERSONS,
        instances,
      });
      expect(beforeSweep).toMatchObject({ strange: [], missing: [] });
      expect(beforeSweep.different.filter((text) => !duty.hidden.has(text))).toEqual([]);
      expect(comparison).toMatchObject({ different: [], strange: [], missing: [] });
      expect(comparison.equal).toBeGreaterThanOrEqual(duty.identities.size);

      // Something happened, something failed, and there was somebody to know of each kind.
      const { seconds, ratePerSecond } = puDayLength();
      const happened = Object.values(changes).reduce((sum, count) => sum + count, 0);
      expect(happened).toBeGreaterThan((seconds * ratePerSecond) / 2);
      expect(day.failedCalls).toBeGreaterThan(day.calls / 20);
      expect(day.failedCalls).toBeLessThan(day.calls / 2);
      expect(duty.inMaster.size).toBeGreaterThan(PERSONS / 2);
      expect(duty.resident.size).toBeGreaterThan(PERSONS / 2);
      expect(duty.reserve.size).toBeGreaterThan(0);
      expect(duty.left.size).toBeGreaterThan(0);
      expect(comparison.notAsked).toBeGreaterThan(0);
      expect(day.parked).toBe(0);
    },
    TIME_LIMIT_MS,
  );
});
