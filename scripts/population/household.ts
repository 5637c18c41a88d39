/**
 * Who lives with whom. People come in blocks of ten that are made up of whole households, in one of a few patterns. Every pattern has seven
 * adults and three children: so the n-th adult of all is found by arithmetic alone, and so is the place of everybody in a household.
 */

import { STREAM } from './random-streams.ts';
import { SeededRandom } from './seeded-random.ts';

export const BLOCK = 10;
export const ADULTS_PER_BLOCK = 7;
export const CHILDREN_PER_BLOCK = 3;

/** Somebody's place in a household. The adults of it come first, its children after them. */
export interface HouseholdPlace {
  readonly index: number;
  /** The index of the household's first adult. */
  readonly head: number;
  readonly adults: number;
  readonly children: number;
  readonly isChild: boolean;
  /** Among all adults, or all children, of the population. */
  readonly ordinal: number;
}

interface Position {
  readonly headOffset: number;
  readonly adults: number;
  readonly children: number;
  readonly isChild: boolean;
  readonly ordinalInBlock: number;
}

/** Adults and children of each household of a block. Couples, single parents and people who live alone; the mix is our choice. */
const PATTERNS = (
  [
    [
      [2, 2],
      [1, 1],
      [2, 0],
      [1, 0],
      [1, 0],
    ],
    [
      [2, 3],
      [2, 0],
      [1, 0],
      [1, 0],
      [1, 0],
    ],
    [
      [2, 1],
      [2, 1],
      [1, 1],
      [1, 0],
      [1, 0],
    ],
  ] as const
).map((households) => positionsOf(households));

/** The share of people who live alone, over all patterns. */
export const ALONE_SHARE =
  PATTERNS.flat().filter(({ adults, children }) => adults === 1 && children === 0).length /
  (PATTERNS.length * BLOCK);

/** What holds for a block as a whole. */
export interface BlockTraits {
  readonly pattern: readonly Position[];
  /** Some rare things happen to one of ten at most, so that their numbers can be given out by block: whose turn it is. */
  readonly changedNumberAt: number;
  readonly otherRegionAt: number;
}

export function blockTraits(seed: number, block: number): BlockTraits {
  const random = new SeededRandom(seed, STREAM.block + block);
  const choice = random.below(PATTERNS.length);
  // The first block is always of the first pattern: it ends with two people who live alone.
  const pattern = PATTERNS[block === 0 ? 0 : choice] ?? [];
  return {
    pattern,
    changedNumberAt: random.below(BLOCK),
    otherRegionAt: random.below(BLOCK),
  };
}

export function householdPlace(index: number, { pattern }: BlockTraits): HouseholdPlace {
  const block = Math.floor(index / BLOCK);
  const position = pattern[index % BLOCK];
  if (position === undefined) throw new RangeError('No such place in a block.');
  const perBlock = position.isChild ? CHILDREN_PER_BLOCK : ADULTS_PER_BLOCK;
  return {
    index,
    head: block * BLOCK + position.headOffset,
    adults: position.adults,
    children: position.children,
    isChild: position.isChild,
    ordinal: block * perBlock + position.ordinalInBlock,
  };
}

/** The index of the n-th adult, or child, of all: {@link householdPlace} turned around. */
export function indexOfOrdinal(seed: number, ordinal: number, who: 'adult' | 'child'): number {
  const perBlock = who === 'child' ? CHILDREN_PER_BLOCK : ADULTS_PER_BLOCK;
  const block = Math.floor(ordinal / perBlock);
  const position = blockTraits(seed, block).pattern.findIndex(
    ({ isChild, ordinalInBlock }) =>
      isChild === (who === 'child') && ordinalInBlock === ordinal % perBlock,
  );
  return block * BLOCK + position;
}

function positionsOf(
  households: readonly (readonly [adults: number, children: number])[],
): readonly Position[] {
  const positions: Position[] = [];
  const seen = { adults: 0, children: 0 };
  for (const [adults, children] of households) {
    const headOffset = positions.length;
    for (let i = 0; i < adults + children; i++) {
      const isChild = i >= adults;
      const ordinalInBlock = isChild ? seen.children++ : seen.adults++;
      positions.push({ headOffset, adults, children, isChild, ordinalInBlock });
    }
  }
  return positions;
}
