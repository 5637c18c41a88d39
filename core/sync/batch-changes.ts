import type { ErrorCode } from '../errors/error-codes.ts';
import type { FieldGroup, Membership } from '../golden-record/golden-record.ts';
import type { PersonEvent } from '../golden-record/person-event.ts';
import type { Join } from '../identity/form-clusters.ts';
import type { Finding } from '../identity/work-item.ts';
import type { PersonEvidence } from '../mapping/person-evidence.ts';
import type { PartialDate } from '../person/partial-date.ts';
import type {
  ContentHash,
  Identity,
  IdentityHash,
  IdentityKey,
  PersonKey,
} from '../person/person-identifier.ts';
import type { CauseSource, SourceName, SourcePosition } from './source-record.ts';
import type { StoredEvidence, StoredPerson } from './stored-group.ts';

export interface EvidenceWrite {
  readonly identityKey: IdentityKey;
  readonly evidence: StoredEvidence;
  /** The content as JSON, of which its hash was made: the store keeps this text, so that it is made only once. */
  readonly contentText: string;
  /** True when the store has no evidence of this (identity, source) yet. */
  readonly isNew: boolean;
  /**
   * For the journal: names of the fields that are not as before, without values. `all`: the first record, or the first after a removal. Empty:
   * only the position moved, which the journal leaves out. A removal is `removed`, an identity that the source does not know `unknown`.
   */
  readonly changed: readonly (keyof PersonEvidence)[] | 'all' | 'removed' | 'unknown';
}

/** Where an identity belongs now. Written when something of it is not as before. */
export interface IdentityWrite {
  readonly identityKey: IdentityKey;
  readonly personKey: PersonKey;
  readonly groupKey: IdentityKey;
  readonly isProtected: boolean;
}

/** What a consumer has to forget of what it was sent up to and with a version. */
export interface PurgeOrder {
  readonly personKey: PersonKey;
  readonly reason: 'protection-raised' | 'relation-hidden' | 'erased';
  readonly fields: readonly FieldGroup[];
  readonly upToVersion: number;
}

/** The membership as it was and as it is; `endsOn`: when the one before ended in the world, where somebody says so. */
export interface MembershipChange {
  readonly before: Membership | null;
  readonly after: Membership | null;
  readonly endsOn: PartialDate | null;
}

/** A new version of what is stored under a person key, with what happened. Its events and its state go to the outbox. */
export interface PersonWrite {
  readonly person: StoredPerson;
  /** The golden record as JSON, of which its hash was made. `null` for a redirect. */
  readonly goldenText: string;
  /** True when the store has nothing under this key yet. */
  readonly isNew: boolean;
  readonly events: readonly PersonEvent[];
  /** What made the change. */
  readonly cause: ChangeCause;
  /** Null: as before. */
  readonly membership: MembershipChange | null;
  /** Hash of the residential address of somebody unprotected, so that who lives there can be found; null: none. */
  readonly addressHash: ContentHash | null;
}

/**
 * Protection of an identity came or went: whoever states a relation with it has to be looked at again, and when it came, whoever lives where the
 * person was published before.
 */
export interface FollowUp {
  readonly identityKey: IdentityKey;
  readonly isProtected: boolean;
  /** Of the address that was published before; null: none was, or protection went. */
  readonly addressHash: ContentHash | null;
}

/** What is behind a change: a source record, or (`hub`) the walk or decision whose number is the position's version, in the phase that is its epoch. */
export interface ChangeCause {
  readonly source: CauseSource;
  readonly position: SourcePosition;
  /** When the source connector read the record, ISO 8601 in UTC; for latency figures. Of the hub: when it was asked for. */
  readonly readAt: string;
}

/** A {@link ChangeCause} that is a record of a register. */
export interface RecordCause extends ChangeCause {
  readonly source: SourceName;
}

/** A record that we refuse to decide on. The store encrypts the payload. */
export interface ParkedRecord {
  readonly code: ErrorCode;
  readonly source: SourceName;
  readonly identityHash: IdentityHash;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Null when the record could not be read. */
  readonly position: SourcePosition | null;
  /** The mapped field that was wrong, when the code is about one. */
  readonly field: string | null;
  readonly payload: Uint8Array;
}

/** A record of somebody who was erased: it is no evidence and is not parked. It is counted. */
export interface RefusedRecord {
  /** Null: it could not be read; its key was known. */
  readonly identity: Identity | null;
  /** Empty when the key of the record is none of ours. */
  readonly identityHash: IdentityHash;
}

/** Everything that one batch changes. */
export interface BatchChanges {
  readonly evidence: readonly EvidenceWrite[];
  readonly identities: readonly IdentityWrite[];
  /** Those that raise protection stand first: their outbox rows get the lowest ids. */
  readonly persons: readonly PersonWrite[];
  /** Links that count from now on, or no more; the store keeps since when and until when. */
  readonly links: { readonly begun: readonly Join[]; readonly ended: readonly Join[] };
  /** Work items. Opening one that is open, or closing one that is not, changes nothing. */
  readonly items: { readonly opened: readonly Finding[]; readonly closed: readonly Finding[] };
  readonly followUps: readonly FollowUp[];
  readonly purges: readonly PurgeOrder[];
  /** Each takes the place of what was parked of the same identity before, unless that is newer by its position. */
  readonly parked: readonly ParkedRecord[];
  /** Identities of which a good record came: what was parked of them up to its position is cleared. A stale record clears nothing newer. */
  readonly cleared: readonly {
    readonly identityHash: IdentityHash;
    readonly position: SourcePosition;
  }[];
  readonly refused: readonly RefusedRecord[];
}

export const NO_CHANGES: BatchChanges = {
  evidence: [],
  identities: [],
  persons: [],
  links: { begun: [], ended: [] },
  items: { opened: [], closed: [] },
  followUps: [],
  purges: [],
  parked: [],
  cleared: [],
  refused: [],
};
