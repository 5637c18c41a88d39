import type { IdentityKey } from '../person/person-identifier.ts';

/**
 * What a person has to decide, and what it is about. An item is a pure function of the evidence and the decisions: it opens when its reason
 * is there and closes when the reason is gone or somebody decided.
 */
export const WORK_ITEM_KINDS = [
  /** A link from a stronger to a weaker kind of number, or between two local numbers (TKB 5.1 ch. 6.13). */
  'link-against-hierarchy',
  /**
   * A number that is linked with two people: a reserve number, or a samordningsnummer whose personnummer have different birth dates and no reference
   * from PU between them. It belongs to neither. `other`: one of them; there is an item for each.
   */
  'identity-claimed-twice',
  /** A link between two numbers of one kind whose birth dates contradict each other, or those of numbers that belong to them, and no reference from PU. */
  'birth-data-differ',
  /** PU states a reference in one record and says in another one of the same second that it has ended. */
  'link-stated-and-denied',
  /** Numbers that each say that they were replaced by the other: none is the present one. */
  'references-in-a-circle',
  /** A protected person of whom the register that decides gives no county: no membership, so nobody can book (design 4.5). About the main identity. */
  'no-county',
  /**
   * Master flags an identity, PU decides about it and does not. The person is protected until PU's record is newer than the flag (domain 8); somebody
   * has to look for as long as Master keeps it.
   */
  'protection-kept-by-master',
  /** Master's flag and the record of PU, which decides and sets none, are of one second: the time cannot decide, so the person stays protected. */
  'protection-contradicts',
  /** Somebody unprotected lives where a person was published before becoming protected (`other`). Found when protection is raised. */
  'same-address-as-protected',
] as const;
export type WorkItemKind = (typeof WORK_ITEM_KINDS)[number];

/** Why somebody has to look: what an item is made of. */
export interface Finding {
  readonly kind: WorkItemKind;
  /** The identity that it is about, by its key: of two the weaker number, or the lower key when both are of one kind. */
  readonly subject: IdentityKey;
  /** The other identity, where it is about two; null: about one. */
  readonly other: IdentityKey | null;
}

/** Kinds that are no function of a group's evidence: they are found once, when something happens. */
export const FOUND_ONCE: ReadonlySet<WorkItemKind> = new Set(['same-address-as-protected']);

/** What somebody can decide. */
export const DECISION_CHOICES = [
  /** The two identities are one person: joins them as if PU had stated it. */
  'same-person',
  /** They are not: whatever a register states about the two does not count. */
  'different-persons',
  /** Master's flag does not count for as long as it stays set without a break. */
  'lift-protection',
  /** The flag counts, whatever is newer. */
  'keep-protection',
  /** Looked at, and nothing is to be done: of a link it stays in doubt whether it is right, so what protects one of the two protects both. */
  'noted',
] as const;
export type DecisionChoice = (typeof DECISION_CHOICES)[number];

const ABOUT_LINKS = ['same-person', 'different-persons', 'noted'] as const;
const ABOUT_PROTECTION = ['lift-protection', 'keep-protection'] as const;

/** What can be decided about each kind, and what the item waits for by itself. A total table. */
export const WORK_ITEM_RULES: Readonly<
  Record<WorkItemKind, { readonly choices: readonly DecisionChoice[]; readonly waitsFor: string }>
> = {
  'link-against-hierarchy': {
    choices: ABOUT_LINKS,
    waitsFor: 'the weaker number or PU states the link too, or it is taken back',
  },
  'identity-claimed-twice': {
    choices: ABOUT_LINKS,
    waitsFor:
      'all but one of the links to the number are taken back, or PU refers the two people to each other',
  },
  'birth-data-differ': {
    choices: ABOUT_LINKS,
    waitsFor: 'PU states the reference too, or the birth dates agree, or it is taken back',
  },
  'link-stated-and-denied': {
    choices: ABOUT_LINKS,
    waitsFor: 'a newer record of PU about either number',
  },
  'references-in-a-circle': {
    choices: ['noted'],
    waitsFor: 'a record that says which number is the present one',
  },
  'no-county': {
    choices: ['noted'],
    waitsFor:
      'a record with a county; until then the membership is made by hand where it is needed',
  },
  'protection-kept-by-master': {
    choices: ABOUT_PROTECTION,
    waitsFor: 'Master takes its flag away, or PU sets one too',
  },
  'protection-contradicts': {
    choices: ABOUT_PROTECTION,
    waitsFor: 'a newer record of PU',
  },
  'same-address-as-protected': {
    choices: ['noted'],
    waitsFor: 'somebody looks whether this person gives the protected one away',
  },
};

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
  /** Of a decision about protection: `protectedSince` of the flag that it was about. One that was set again is another flag. Null: none. */
  readonly flaggedSince: number | null;
}
