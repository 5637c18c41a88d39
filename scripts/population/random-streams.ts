/**
 * The streams of {@link SeededRandom}: each thing that is made draws from its own, so that it comes out the same whatever was made
 * before it. A stream's number is added to that of the person, household or block.
 */
/** More than there can be people and newcomers. */
const ROOM = 2 ** 24;

export const STREAM = {
  person: 0,
  block: 1 * ROOM,
  household: 2 * ROOM,
  /** Kind and state of a person, which the others of the household look up. */
  state: 3 * ROOM,
  /** What a view adds of its own. */
  puView: 4 * ROOM,
  masterView: 5 * ROOM,
} as const;
