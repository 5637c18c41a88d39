import type { RowKey } from './master-dialect.ts';

/** One comparison of a key column, by its place in the key, with a value. */
export interface KeyComparison {
  readonly place: number;
  readonly operator: '=' | '>' | '<' | '<=';
  readonly value: string;
}

/**
 * The keys in (after, through], as ranges that do not overlap. Within a range all comparisons hold. Each is one seek in the index: leading
 * columns equal, the next one between two values. A server that has no comparison of whole keys, or guesses badly about one, answers these
 * fast. How values are ordered, and which are equal, is the server's own business: to a collation `Pnr` and `PNR` may be one.
 */
export function keyRanges(
  length: number,
  after: RowKey | undefined,
  through: RowKey | undefined,
): readonly (readonly KeyComparison[])[] {
  if (after && through) return between(length, after, through, 0, []);
  if (after) return above(length, after, 0, []);
  if (through) return upTo(length, through, 0, []);
  return [[]];
}

/** Above the border in the columns from `start` on: the longest equal beginning first. */
function above(
  length: number,
  after: RowKey,
  start: number,
  prefix: readonly KeyComparison[],
): readonly (readonly KeyComparison[])[] {
  return places(start, length)
    .map((place) => [...prefix, ...equal(after, start, place), compare(after, place, '>')])
    .reverse();
}

/** Up to the border in the columns from `start` on: the shortest equal beginning first. */
function upTo(
  length: number,
  through: RowKey,
  start: number,
  prefix: readonly KeyComparison[],
): readonly (readonly KeyComparison[])[] {
  return places(start, length).map((place) => {
    const operator = place === length - 1 ? '<=' : '<';
    return [...prefix, ...equal(through, start, place), compare(through, place, operator)];
  });
}

function between(
  length: number,
  after: RowKey,
  through: RowKey,
  at: number,
  prefix: readonly KeyComparison[],
): readonly (readonly KeyComparison[])[] {
  const low = compare(after, at, '>');
  if (at === length - 1) return [[...prefix, low, compare(through, at, '<=')]];
  const [onLow, onHigh] = [compare(after, at, '='), compare(through, at, '=')];
  if (after[at] === through[at]) return between(length, after, through, at + 1, [...prefix, onLow]);
  const high = compare(through, at, '<');
  return [
    ...above(length, after, at + 1, [...prefix, onLow, high]),
    [...prefix, low, high],
    ...upTo(length, through, at + 1, [...prefix, onHigh, low]),
    // Two spellings that the server takes for one: then this has the rows, and all of the others have none.
    ...between(length, after, through, at + 1, [...prefix, onLow, onHigh]),
  ];
}

function places(from: number, to: number): readonly number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
}

function equal(key: RowKey, from: number, to: number): readonly KeyComparison[] {
  return places(from, to).map((place) => compare(key, place, '='));
}

function compare(key: RowKey, place: number, operator: KeyComparison['operator']): KeyComparison {
  return { place, operator, value: key[place] ?? '' };
}
