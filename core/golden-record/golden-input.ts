import type { Decision, Finding } from '../identity/work-item.ts';
import type { Identity, IdentityKey } from '../person/person-identifier.ts';
import type { SourceName, SourcePosition } from '../sync/source-record.ts';
import type { StoredEvidence } from '../sync/stored-group.ts';
import type { FieldGroup, GoldenRecord } from './golden-record.ts';

/** Everything that a golden record is made of, beside the rules and the phase. */
export interface GoldenInput {
  /** The cluster: its identities with their evidence, in any order. */
  readonly members: readonly {
    readonly identity: Identity;
    readonly identityKey: IdentityKey;
    readonly evidence: readonly StoredEvidence[];
  }[];
  /** Members of other clusters of whom nobody knows whether they are this person: what protects them protects this one. */
  readonly inDoubt: GoldenInput['members'];
  /** About these identities; others are left alone. */
  readonly decisions: readonly Decision[];
  /** Identities (`identityText`) of protected persons: a relation with one of them is told to nobody. */
  readonly hiddenRelatives: ReadonlySet<string>;
}

/**
 * Why nobody is told of a cluster that has evidence.
 * `not-leading`: only a register knows the person that does not publish the kind of number in this phase. `test-person`: dropped in production.
 */
export type Withheld = 'not-leading' | 'test-person';

export interface GoldenResult {
  /** Null: there is nobody to publish. */
  readonly golden: GoldenRecord | null;
  /** Null: published, or there is no evidence left. */
  readonly withheld: Withheld | null;
  /** Whether relatives have to hide the person; also true of somebody who is withheld. */
  readonly isProtected: boolean;
  /** True when the main identity has no record of the register that should decide about it, so the next one of the table does (design 4.6). */
  readonly fallsBack: boolean;
  /** What somebody has to look at, about this cluster alone. Not answered by a decision. */
  readonly findings: readonly Finding[];
}

/** The rules that choose a field group; docs/glossary.md explains each. */
export const GOLDEN_RULES = [
  /** The register that decides by the authority table has a record of the main identity. */
  'authority',
  /** It has none, so the next register of the table decides: PU was asked and does not know the identity. */
  'unknown-to-authority',
  /** It has none, and was not asked yet or says nothing. */
  'silent-authority',
  'all-identities',
  'any-flag-protects',
  /** The flag of somebody of whom nobody knows whether it is this person. */
  'flag-in-doubt',
  /** Master's flag is over by a newer record of PU, where PU decides. */
  'lifted-by-authority',
  'decided',
  'protected-county-only',
] as const;
export type GoldenRule = (typeof GOLDEN_RULES)[number];

/** Which rule chose a field group, and from where; what `hub explain` prints. */
export interface Provenance {
  readonly source: SourceName;
  readonly identityKey: IdentityKey;
  readonly position: SourcePosition;
  readonly rule: GoldenRule;
}

export type GoldenProvenance = Readonly<Partial<Record<FieldGroup, Provenance>>>;
