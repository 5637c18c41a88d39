import { describe, expect, it } from 'vitest';
import { createPuClock } from '../../../../connectors/sources/pu/pu-clock.ts';

const SENT = Date.parse('2026-11-25T12:00:10.400Z');

function ask(date: string | undefined, tookMs = 200) {
  const told: (readonly [number, boolean])[] = [];
  const clock = createPuClock(30, (seconds, isTooLarge) => told.push([seconds, isTooLarge]));
  return { askedAt: clock.askedAt(SENT, SENT + tookMs, date) - SENT, told };
}

describe('when a question was asked', () => {
  it.each([
    ['our clock where PU’s says the same', 'Wed, 25 Nov 2026 12:00:10 GMT', 0],
    ['our clock where PU’s is ahead', 'Wed, 25 Nov 2026 12:01:10 GMT', 0],
    [
      'PU’s clock where it is behind, less the time that the answer took',
      'Wed, 25 Nov 2026 11:59:10 GMT',
      -60_600,
    ],
    ['our clock where the answer has no date', undefined, 0],
    ['our clock where the date is none', 'yesterday', 0],
  ])('is by %s', (_, date, expected) => {
    expect(ask(date).askedAt).toBe(expected);
  });

  it.each([
    ['behind', 'Wed, 25 Nov 2026 11:59:10 GMT', [[-60, true]]],
    ['ahead', 'Wed, 25 Nov 2026 12:01:10 GMT', [[60, true]]],
    ['nearly right', 'Wed, 25 Nov 2026 12:00:35 GMT', []],
  ])('tells when PU’s clock is %s', (_, date, told) => {
    expect(ask(date).told).toEqual(told);
  });

  it('does not take a slow answer for a wrong clock', () => {
    expect(ask('Wed, 25 Nov 2026 12:00:50 GMT', 50_000).told).toEqual([]);
  });

  it('tells once more when the clocks agree again', () => {
    const told: boolean[] = [];
    const clock = createPuClock(30, (_, isTooLarge) => told.push(isTooLarge));
    for (const date of ['11:59:10', '11:59:10', '12:00:10', '12:00:10'])
      clock.askedAt(SENT, SENT + 200, `Wed, 25 Nov 2026 ${date} GMT`);
    expect(told).toEqual([true, true, false]);
  });
});
