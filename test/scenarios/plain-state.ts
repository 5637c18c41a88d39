import type { PersonEvent } from '../../core/golden-record/person-event.ts';
import type { Join } from '../../core/identity/form-clusters.ts';
import type { Decision, Finding } from '../../core/identity/work-item.ts';
import type {
  ContentHash,
  IdentityHash,
  IdentityKey,
  PersonKey,
} from '../../core/person/person-identifier.ts';
import type {
  ChangeCause,
  FollowUp,
  MembershipChange,
  ParkedRecord,
  PurgeOrder,
} from '../../core/sync/batch-changes.ts';
import type { Derivation, PhaseState } from '../../core/sync/ports.ts';
import type { StoredIdentity, StoredPerson } from '../../core/sync/stored-group.ts';

/** An event with the person that it is about. */
export interface ToldEvent {
  readonly personKey: PersonKey;
  readonly version: number;
  readonly event: PersonEvent;
}

/** What is behind the latest version under a key. */
export interface KeptPerson {
  readonly person: StoredPerson;
  readonly cause: ChangeCause;
  readonly addressHash: ContentHash | null;
}

export interface KeptMembershipChange extends MembershipChange {
  readonly personKey: PersonKey;
}

export interface KeptIdentity extends StoredIdentity {
  readonly groupKey: IdentityKey;
}

/** A decision with the number of the command that asked for it. */
export interface KeptDecision extends Decision {
  readonly commandId: bigint;
}

/**
 * Everything that a {@link PlainStore} holds. The maps and lists change, what is in them does not: so a copy of the maps is a copy of
 * the whole.
 */
export interface PlainState {
  readonly identities: Map<IdentityKey, KeptIdentity>;
  /** By `identityText`. */
  readonly keys: Map<string, IdentityKey>;
  readonly persons: Map<PersonKey, KeptPerson>;
  readonly decisions: KeptDecision[];
  /** Open ones, by {@link findingText}. */
  readonly items: Map<string, Finding>;
  /** Links that count, by {@link joinText}. */
  readonly joins: Map<string, Join>;
  readonly followUps: Map<bigint, FollowUp>;
  /** By identity; what has none, by its place in the topic. */
  readonly parked: Map<IdentityHash | string, ParkedRecord>;
  /** By topic and partition. */
  readonly offsets: Map<string, number>;
  readonly events: ToldEvent[];
  readonly purges: PurgeOrder[];
  readonly memberships: KeptMembershipChange[];
  /** What there is one of. */
  readonly single: {
    phase: PhaseState;
    derivation: Derivation | undefined;
    /** The last number that a follow-up got. */
    followUp: bigint;
  };
}

export function emptyState(): PlainState {
  return {
    identities: new Map(),
    keys: new Map(),
    persons: new Map(),
    decisions: [],
    items: new Map(),
    joins: new Map(),
    followUps: new Map(),
    parked: new Map(),
    offsets: new Map(),
    events: [],
    purges: [],
    memberships: [],
    single: { phase: { phase: 'shadow', generation: 1 }, derivation: undefined, followUp: 0n },
  };
}

export function copyState(state: PlainState): PlainState {
  return {
    identities: new Map(state.identities),
    keys: new Map(state.keys),
    persons: new Map(state.persons),
    decisions: [...state.decisions],
    items: new Map(state.items),
    joins: new Map(state.joins),
    followUps: new Map(state.followUps),
    parked: new Map(state.parked),
    offsets: new Map(state.offsets),
    events: [...state.events],
    purges: [...state.purges],
    memberships: [...state.memberships],
    single: { ...state.single },
  };
}

export function findingText({ kind, subject, other }: Finding): string {
  return `${kind} ${subject} ${other}`;
}

export function joinText({ from, to, source }: Join): string {
  return `${from} ${to} ${source}`;
}

/** Where an identity stands, by its key. */
export function identityByKey(state: PlainState, key: IdentityKey): KeptIdentity {
  const kept = state.identities.get(key);
  if (kept !== undefined) return kept;
  throw new Error(`No identity has the key ${key}.`);
}
