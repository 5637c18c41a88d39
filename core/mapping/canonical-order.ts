import {
  type AddressKind,
  type ContactChannel,
  RELATION_KINDS,
  type RelationKind,
} from './person-evidence.ts';

/** In this order they stand in evidence, whatever the order they were read in. */
export const ADDRESS_ORDER: Readonly<Record<AddressKind, number>> = {
  residential: 0,
  'special-postal': 1,
  given: 2,
  abroad: 3,
};
export const CHANNEL_ORDER: Readonly<Record<ContactChannel, number>> = {
  phone: 0,
  mobile: 1,
  email: 2,
};

export const RELATION_ORDER = Object.fromEntries(
  RELATION_KINDS.map((kind, place) => [kind, place]),
) as Readonly<Record<RelationKind, number>>;

/** A part of evidence with what it is sorted by. */
export interface Ranked<T> {
  readonly rank: number;
  /** The source's own number within the rank. */
  readonly sequence: number;
  readonly item: T;
}

/** By rank, then by the source's own number, then by content: a total order, so that reading order never shows. */
export function inOrder<T>(ranked: Ranked<T>[]): readonly T[] {
  if (ranked.length > 1) ranked.sort(compareRanked);
  return ranked.map(({ item }) => item);
}

function compareRanked<T>(a: Ranked<T>, b: Ranked<T>): number {
  if (a.rank !== b.rank) return a.rank - b.rank;
  if (a.sequence !== b.sequence) return a.sequence - b.sequence;
  const [textA, textB] = [JSON.stringify(a.item), JSON.stringify(b.item)];
  return textA < textB ? -1 : textA > textB ? 1 : 0;
}
