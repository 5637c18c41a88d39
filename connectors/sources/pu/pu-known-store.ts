import type { Identity } from '../../../core/person/person-identifier.ts';

/** What PU said last of an identity, as far as it was sent. */
export interface KnownAnswer {
  /** `sent`: a record is on the raw topic. `unknown`: PU does not know the identity. `test-person`: its record was thrown away. */
  readonly state: 'sent' | 'unknown' | 'test-person';
  /** When the answer was asked for, in milliseconds since 1970. */
  readonly askedAt: number;
  /** The epoch of the record's position. */
  readonly epoch: number;
  /** The record's position; null where there is no record. */
  readonly second: number | null;
  readonly contentHash: string | null;
  /** Where PU shows the person, see `placeOf`; null where it shows no county. */
  readonly place: string | null;
}

export interface KnownAnswerOf extends KnownAnswer {
  readonly identity: Identity;
}

/**
 * What PU has answered, in the hub's own database: so that a record that was sent is not sent again, nothing older follows something newer
 * on the topic, and it is known without reading evidence who is found by which pull.
 *
 * Guarantees: an answer is there from the moment `put` resolves and survives a crash. `put` may be repeated. `sent` never becomes another state,
 * and its position never goes back, not even by an instance that has lost its lease and does not know yet.
 */
export interface PuKnownStore {
  /** The answers of those identities that have one, by place in `identities`. */
  find(identities: readonly Identity[]): Promise<ReadonlyMap<number, KnownAnswer>>;
  /** Adds answers, or replaces them unless that would take something sent back. No identity stands twice in one call. */
  put(answers: readonly KnownAnswerOf[]): Promise<void>;
  /** The latest epoch of any answer; 1 when there is none. For a start without a checkpoint: it may have been removed. */
  latestEpoch(): Promise<number>;
  /**
   * Forgets where PU shows those identities, so that they are asked for by name until an answer tells it again. Those of whom nothing was sent
   * stay as they are.
   */
  unplace(identities: readonly Identity[]): Promise<void>;
}

/**
 * Which identities.
 * `in-master`: those of which Master has evidence. `unanswered`: those of which no record was ever sent. `elsewhere`: those with a record that
 * the search by home county or by reserve root cannot find. `everyone`: all with a record. All but `everyone` and `elsewhere` have askable roots only.
 */
export type IdentitySelection = 'in-master' | 'unanswered' | 'elsewhere' | 'everyone';

export interface IdentityPageRequest {
  readonly selection: IdentitySelection;
  /** Where the page begins; null: at the beginning. */
  readonly after: Identity | null;
  /** Nobody after this identity; null: no bound. */
  readonly through: Identity | null;
  /** Only those of whom no answer that was asked for at or after this moment has come; null: whatever was answered. */
  readonly askedBefore: number | null;
}

/**
 * The identities that the hub can ask PU about, in one fixed order of the store's own. A walk through the pages meets everyone who is there the
 * whole time exactly once. A page may be empty although others follow.
 */
export interface AskableIdentities {
  page(request: IdentityPageRequest): Promise<{
    readonly identities: readonly Identity[];
    /** Where the next page begins; null: there is none. */
    readonly next: Identity | null;
  }>;
  /** Roughly how many `in-master` are, for progress. */
  estimate(): Promise<number>;
}
