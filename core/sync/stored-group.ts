import type { GoldenRecord } from '../golden-record/golden-record.ts';
import type { Join } from '../identity/form-clusters.ts';
import type { Decision, Finding } from '../identity/work-item.ts';
import type { PersonEvidence } from '../mapping/person-evidence.ts';
import type { ContentHash, Identity, IdentityKey, PersonKey } from '../person/person-identifier.ts';
import type { SourceName, SourcePosition } from './source-record.ts';

/** One identity of a group with its evidence: all that the hub knows. */
export interface StoredIdentity {
  readonly identity: Identity;
  readonly identityKey: IdentityKey;
  /** The person that it belongs to now. */
  readonly personKey: PersonKey;
  /** When it was first seen, in microseconds since 1970. */
  readonly firstSeen: number;
  /** Whether its person is protected: relatives do not show it. */
  readonly isProtected: boolean;
  readonly evidence: readonly StoredEvidence[];
}

/** The latest mapped source record of one source about one identity. */
export interface StoredEvidence {
  readonly source: SourceName;
  readonly position: SourcePosition;
  /**
   * Null when the source has positively removed the identity (the position is kept so that an older record does not revive it), or was asked
   * and does not know it (at `BEFORE_EVERYTHING`).
   */
  readonly content: PersonEvidence | null;
  readonly contentHash: ContentHash;
}

/** What is stored under a person key. Its version only rises. */
export interface StoredPerson {
  readonly personKey: PersonKey;
  readonly version: number;
  /** Null when there is nobody to publish: removed, withheld, or redirected. */
  readonly golden: GoldenRecord | null;
  /** The key that the person is known by now; null: this one. With it `golden` is null. */
  readonly redirectTo: PersonKey | null;
  readonly contentHash: ContentHash;
}

/** Identities that any link connects, whether it counts or not, with everything that was stored about them. What is locked together. */
export interface IdentityGroup {
  /** The key of its first-seen identity. */
  readonly groupKey: IdentityKey;
  readonly identities: readonly StoredIdentity[];
  /** Everything that was ever written under a key of these identities: persons and redirects. */
  readonly persons: readonly StoredPerson[];
  readonly decisions: readonly Decision[];
  /** Without those that are {@link FOUND_ONCE}. */
  readonly openItems: readonly Finding[];
  /** The links that count now, as they were written last. */
  readonly joins: readonly Join[];
}
