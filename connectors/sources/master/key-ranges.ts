import type { RowKey } from './master-dialect.ts';

/** One comparison of a key column, by its place in the key, with a value. */
export interface KeyComparison {
  readonly place: number;
  readonly operator: '=' | '>' | '<' | '<=';
  readonly value: string;
}

/**
 * The keys in (after, through], as ranges that do not overlap, in key order. Within a range all comparisons hold. Each is one seek in the
 * index: leading columns equal, the next one between two values. A server that has no comparison of whole keys, or guesses badly about
 * one, answers these fast. Equal leading columns are told by their text; how values are ordered is the server's own business.
 */
export function keyRanges(
  length: number,
  after: RowKey | undefined,
  through: RowKey | undefined,
): readonly (readonly KeyComparison[])[] {
  if (!after && !through) return [[]];
  const common = after && through ? commonLength(after, through, length) : 0;
  if (after && common === length) return [];
  const ranges: (readonly KeyComparison[])[] = [];
  if (after) {
    for (let place = length - 1; place > common; place -= 1) {
      ranges.push([...equal(after, place), compare(after, place, '>')]);
    }
  }
  ranges.push([
    ...equal(after ?? through ?? [], common),
    ...(after ? [compare(after, common, '>')] : []),
    ...(through ? [compare(through, common, common === length - 1 ? '<=' : '<')] : []),
  ]);
  if (through) {
    for (let place = common + 1; place < length; place += 1) {
      const operator = place === length - 1 ? '<=' : '<';
      ranges.push([...equal(through, place), compare(through, place, operator)]);
    }
  }
  return ranges;
}

function commonLength(a: RowKey, b: RowKey, length: number): number {
  let common = 0;
  while (common < length && a[common] === b[common]) common += 1;
  return common;
}

function equal(key: RowKey, length: number): readonly KeyComparison[] {
  return Array.from({ length }, (_, place) => compare(key, place, '='));
}

function compare(key: RowKey, place: number, operator: KeyComparison['operator']): KeyComparison {
  return { place, operator, value: key[place] ?? '' };
}
