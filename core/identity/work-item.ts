import type { IdentityKey } from '../person/person-identifier.ts';

/**
 * What a person has to decide, and what it is about. An item is a pure function of the evidence and the decisions: it opens when its reason
 * is there and closes when the reason is gone or somebody decided.
 */
export const WORK_ITEM_KINDS = [
  /** A link from a stronger to a weaker kind of number, or between two local numbers (TKB 5.1 ch. 6.13). */
  'link-against-hierarchy',
  /** A reserve number that is linked with two people. `other`: one of them; there is an item for each. */
  'identity-claimed-twice',
  /** Master's reference between two numbers of one kind whose birth data are not equal, and PU does not state it. */
  'birth-data-differ',
  /** PU states a reference in one record and says in another one of the same second that it has ended. */
  'link-stated-and-denied',
  /** Numbers that each say that they were replaced by the other: none is the present one. */
  'references-in-a-circle',
] as const;
export type WorkItemKind = (typeof WORK_ITEM_KINDS)[number];

/** Why somebody has to look: what an item is made of. */
export interface Finding {
  readonly kind: WorkItemKind;
  /** The identity that it is about, by its key. */
  readonly subject: IdentityKey;
  /** The other identity, where it is about two; null: about one. */
  readonly other: IdentityKey | null;
}

/** What somebody can decide. */
export const DECISION_CHOICES = [
  /** The two identities are one person: joins them as if PU had stated it. */
  'same-person',
  /** They are not: whatever a register states about the two does not count. */
  'different-persons',
  /** Looked at, and nothing is to be done. */
  'noted',
] as const;
export type DecisionChoice = (typeof DECISION_CHOICES)[number];

/**
 * What somebody decided: evidence like a register's record, kept for ever, so that it survives a rebuild. Of two about the same thing the
 * one with the higher id counts.
 */
export interface Decision {
  readonly id: bigint;
  /** What it answers; a later reason of the same kind about the same identities is answered too. */
  readonly kind: WorkItemKind;
  readonly subject: IdentityKey;
  readonly other: IdentityKey | null;
  readonly choice: DecisionChoice;
}
