import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type KeyComparison, keyRanges } from '../../../../connectors/sources/master/key-ranges.ts';

/** A server whose collation ignores case. */
const inCollation = (value: string) => value.toLowerCase();

function compareKeys(a: readonly string[], b: readonly string[]): number {
  for (const [place, value] of a.entries()) {
    const [left, right] = [inCollation(value), inCollation(b[place] ?? '')];
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

function holds(row: readonly string[], { place, operator, value }: KeyComparison): boolean {
  const order = compareKeys([row[place] ?? ''], [value]);
  switch (operator) {
    case '=':
      return order === 0;
    case '>':
      return order > 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
  }
}

const key = (length: number) =>
  fc.array(fc.constantFrom('a', 'A', 'b', 'B', 'c'), { minLength: length, maxLength: length });

describe('ranges of keys', () => {
  it.each([1, 2, 3])('with %i columns give each key of (after, through] exactly once', (length) => {
    const border = fc.option(key(length), { nil: undefined });
    fc.assert(
      fc.property(border, border, key(length), (after, through, row) => {
        const isInside =
          (after === undefined || compareKeys(row, after) > 0) &&
          (through === undefined || compareKeys(row, through) <= 0);
        const ranges = keyRanges(length, after, through);
        const found = ranges.filter((range) => range.every((each) => holds(row, each)));
        expect(found).toHaveLength(isInside ? 1 : 0);
      }),
      { numRuns: 3_000 },
    );
  });

  it('are one seek when both borders share the leading columns', () => {
    expect(keyRanges(2, ['PNR', 'a'], ['PNR', 'b'])).toEqual([
      [
        { place: 0, operator: '=', value: 'PNR' },
        { place: 1, operator: '>', value: 'a' },
        { place: 1, operator: '<=', value: 'b' },
      ],
    ]);
  });
});
