import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyRanges } from '../../../../connectors/sources/master/key-ranges.ts';
import type { RowKey } from '../../../../connectors/sources/master/master-dialect.ts';

const LETTERS = ['a', 'b', 'c'];
const ALL_KEYS: readonly RowKey[] = LETTERS.flatMap((x) =>
  LETTERS.flatMap((y) => LETTERS.map((z) => [x, y, z])),
);
const COMPARE = {
  '=': (a: string, b: string) => a === b,
  '>': (a: string, b: string) => a > b,
  '<': (a: string, b: string) => a < b,
  '<=': (a: string, b: string) => a <= b,
};
const isAfter = (a: RowKey, b: RowKey): boolean => a.join('') > b.join('');

function keysIn(after: RowKey | undefined, through: RowKey | undefined): readonly RowKey[] {
  return keyRanges(3, after, through).flatMap((range) =>
    ALL_KEYS.filter((key) => range.every((c) => COMPARE[c.operator](key[c.place] ?? '', c.value))),
  );
}

describe('key ranges', () => {
  it('give exactly the keys in (after, through], each once and in order', () => {
    const key = fc.constantFrom(...ALL_KEYS);
    fc.assert(
      fc.property(fc.option(key), fc.option(key), (from, to) => {
        const [after, through] = [from ?? undefined, to ?? undefined];
        fc.pre(!after || !through || !isAfter(after, through));
        const expected = ALL_KEYS.filter(
          (k) => (!after || isAfter(k, after)) && (!through || !isAfter(k, through)),
        );
        expect(keysIn(after, through)).toEqual(expected);
      }),
    );
  });

  it('are one seek when only the last column differs', () => {
    expect(keyRanges(2, ['PNR', '1'], ['PNR', '5'])).toEqual([
      [
        { place: 0, operator: '=', value: 'PNR' },
        { place: 1, operator: '>', value: '1' },
        { place: 1, operator: '<=', value: '5' },
      ],
    ]);
  });
});
