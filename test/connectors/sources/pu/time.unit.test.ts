import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  sinceDateTime,
  sinceText,
  versionToSecond,
} from '../../../../connectors/sources/pu/swedish-time.ts';

const stockholm = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Europe/Stockholm',
  dateStyle: 'short',
  timeStyle: 'medium',
});

/** What a clock in Sweden shows, as PU writes it. */
function clockText(second: number): string {
  return stockholm.format(second * 1000).replace(/\D/g, '');
}

const second = (utc: string): number => Date.parse(utc) / 1000;
const NEVER_ASKED_TOO_EARLY = second('2100-01-01T00:00:00Z');
const FOLD = second('2026-10-25T01:00:00Z');

describe('a version as a moment', () => {
  it('is the moment at which a clock in Sweden showed it, on each day from 1990 to 2035', () => {
    let days = 0;
    for (let day = second('1990-01-01T00:00:00Z'); day < second('2036-01-01T00:00:00Z'); ) {
      for (const hour of [0.5, 2, 23.75]) {
        const moment = day + hour * 3600;
        const found = versionToSecond(clockText(moment), NEVER_ASKED_TOO_EARLY);
        // In the doubled hour the later one of two moments that look alike.
        expect(clockText(found ?? Number.NaN)).toBe(clockText(moment));
        expect([moment, moment + 3600]).toContain(found);
      }
      days += 1;
      day += 86_400;
    }
    expect(days).toBeGreaterThan(16_000);
  });

  it.each([
    ['in winter time', '20260115120000', '2026-01-15T11:00:00Z'],
    ['in summer time', '20260715120000', '2026-07-15T10:00:00Z'],
    ['just before the doubled hour', '20261025015959', '2026-10-24T23:59:59Z'],
    ['in the doubled hour', '20261025023000', '2026-10-25T01:30:00Z'],
    ['just after the doubled hour', '20261025030000', '2026-10-25T02:00:00Z'],
    ['in the hour that spring leaves out', '20260329023000', '2026-03-29T01:30:00Z'],
    ['in the doubled hour of the older rule', '19850929023000', '1985-09-29T01:30:00Z'],
    ['before there was summer time', '19500715120000', '1950-07-15T11:00:00Z'],
  ])('%s', (_, version, utc) => {
    expect(versionToSecond(version, NEVER_ASKED_TOO_EARLY)).toBe(second(utc));
  });

  it('is the earlier one of the doubled hour when the later one had not come when it was asked', () => {
    const asked = second('2026-10-25T00:45:00Z');
    expect(versionToSecond('20261025023000', asked)).toBe(second('2026-10-25T00:30:00Z'));
  });

  it.each([
    '',
    '2026102502300',
    '202610250230000',
    '2026-10-25 02:30',
    '20260230120000',
    '20261301120000',
    '20260115240000',
    '20260115126000',
    '00010101000000',
    '18991231235959',
  ])('is none for the text "%s"', (text) => {
    expect(versionToSecond(text, NEVER_ASKED_TOO_EARLY)).toBeUndefined();
  });

  it('comes back from the text of any moment since 1970', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (moment) => {
        const found = versionToSecond(clockText(moment), moment);
        expect([moment - 3600, moment]).toContain(found);
      }),
    );
  });
});

/** What PU really does to one record, and when it is read. */
interface Life {
  readonly changes: readonly number[];
  readonly reads: readonly number[];
}

const aroundTheFold = fc.integer({ min: FOLD - 3 * 3600, max: FOLD + 3 * 3600 });
const lives: fc.Arbitrary<Life> = fc.record({
  changes: fc
    .array(aroundTheFold, { minLength: 1, maxLength: 12 })
    .map((all) => all.toSorted((a, b) => a - b)),
  reads: fc
    .array(aroundTheFold, { minLength: 1, maxLength: 12 })
    .map((all) => all.toSorted((a, b) => a - b)),
});

/** The last change that a look at PU in a moment shows. */
function lastChange(changes: readonly number[], moment: number): number | undefined {
  return changes.findLast((change) => change <= moment);
}

describe('positions around the doubled hour', () => {
  it('never go back, whatever changes when, and whenever it is read', () => {
    fc.assert(
      fc.property(lives, ({ changes, reads }) => {
        let position = Number.NEGATIVE_INFINITY;
        for (const read of reads) {
          const change = lastChange(changes, read);
          if (change === undefined) continue;
          const next = versionToSecond(clockText(change), read) ?? Number.NaN;
          expect(next).toBeGreaterThanOrEqual(position);
          expect(next).toBeLessThanOrEqual(read);
          position = next;
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('are right again at the next reading when an answer was newer than its question', () => {
    fc.assert(
      fc.property(lives, fc.integer({ min: 0, max: 1_800 }), ({ changes, reads }, late) => {
        let highest = Number.NEGATIVE_INFINITY;
        for (const read of reads) {
          const change = lastChange(changes, read + late);
          if (change !== undefined)
            highest = Math.max(highest, versionToSecond(clockText(change), read) ?? Number.NaN);
        }
        const last = FOLD + 4 * 3600;
        const change = lastChange(changes, last) ?? Number.NaN;
        expect(versionToSecond(clockText(change), last)).toBeGreaterThanOrEqual(highest);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('since when a question asks', () => {
  it.each([
    ['in winter time', '2026-01-15T11:00:00.999Z', '20260115120000'],
    ['in summer time', '2026-07-15T10:00:00Z', '20260715120000'],
    ['in the first pass of the doubled hour', '2026-10-25T00:30:00Z', '20261025020000'],
    ['in the second pass of the doubled hour', '2026-10-25T01:30:00Z', '20261025020000'],
    ['just after it', '2026-10-25T02:00:00Z', '20261025030000'],
    ['just after the hour that spring leaves out', '2026-03-29T01:00:00Z', '20260329030000'],
  ])('%s', (_, utc, text) => {
    expect(sinceText(Date.parse(utc))).toBe(text);
  });

  it('is written as a date and time for those parameters that are one', () => {
    expect(sinceDateTime(Date.parse('2026-10-25T01:30:00Z'))).toBe('2026-10-25T02:00:00');
  });

  it('skips no change: the version of whatever is changed later is not before it as text', () => {
    const moments = fc.oneof(aroundTheFold, fc.integer({ min: 800_000_000, max: 2_000_000_000 }));
    fc.assert(
      fc.property(moments, fc.integer({ min: 0, max: 90_000 }), (since, later) => {
        const version = clockText(since + later);
        expect(version >= sinceText(since * 1000)).toBe(true);
      }),
      { numRuns: 5_000 },
    );
  });
});
