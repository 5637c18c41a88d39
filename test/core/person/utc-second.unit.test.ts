import fc from 'fast-check';
import { expect, it } from 'vitest';
import { utcSecondOf } from '../../../core/person/utc-second.ts';

it('is what a clock says, from 1970 to 9999', () => {
  const last = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: last }), (ms) => {
      return utcSecondOf(new Date(ms).toISOString()) === Math.floor(ms / 1_000);
    }),
    { examples: [[0], [Date.UTC(2000, 1, 29)], [Date.UTC(2100, 1, 28, 23, 59, 59)], [last]] },
  );
});

it('is of an instant only', () => {
  for (const text of ['', '2026-01-01', '2026-01-01T00:00:00', '2026-01-01T00:00:00+01:00']) {
    expect(() => utcSecondOf(text)).toThrow(TypeError);
  }
});
