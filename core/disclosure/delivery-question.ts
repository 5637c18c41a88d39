import type { FieldGroup } from '../golden-record/golden-record.ts';
import type { PersonKey } from '../person/person-identifier.ts';
import type { ContentHasher } from '../sync/ports.ts';
import type { StoredPerson } from '../sync/stored-group.ts';
import type { ConsumerProfile, DisclosedGroup } from './consumer-profile.ts';
import type { ConsumerEvent, ConsumerPurge, Delivered, DisclosedRecord } from './delivery.ts';
import type { PublishedEvent } from './visible-events.ts';

/** An order of the hub to forget, as it concerns whoever was ever told of the person. */
export interface HubOrder {
  /** A UUID. */
  readonly id: string;
  readonly reason: 'protection-raised' | 'relation-hidden' | 'erased';
  readonly fields: readonly FieldGroup[];
  readonly upToVersion: number;
}

export interface DeliveryQuestion {
  readonly personKey: PersonKey;
  /** As stored now; undefined: nothing is stored under the key any more. */
  readonly current: Pick<StoredPerson, 'version' | 'golden'> | undefined;
  /** Undefined: the consumer was never sent anything of the person. */
  readonly last: Delivered | undefined;
  readonly isListed: boolean;
  /** Orders of the hub about the person that this consumer was not told yet. */
  readonly orders: readonly HubOrder[];
  readonly events: readonly PublishedEvent[];
  /** True: tell the state again, also when the consumer has it. */
  readonly isForced: boolean;
  /** True: something may have been sent that `last` does not know of, since it could not be stored. Then also what may have been told is taken back. */
  readonly isUnsettled: boolean;
}

export interface DeliveryRules {
  readonly profile: ConsumerProfile;
  readonly generation: number;
  /** Without a state: what happened is all that it gets. */
  readonly isThin: boolean;
  /** Groups of which the profile of this generation has less than the one before, and that are not gone from it. */
  readonly narrowed: ReadonlySet<FieldGroup>;
  /** During a walk, what everybody was told by before it; null: nothing else was told by. */
  readonly before: {
    readonly generation: number;
    readonly groups: ReadonlySet<DisclosedGroup>;
  } | null;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly hasher: ContentHasher;
}

/** What one consumer gets of one person now, and what the ledger says afterwards. */
export interface DeliveryDecision {
  /** Undefined: nothing to send of the state. Null: a tombstone. */
  readonly state: DisclosedRecord | null | undefined;
  readonly version: number;
  readonly purges: readonly ConsumerPurge[];
  readonly events: readonly ConsumerEvent[];
  /** Undefined: the ledger stays as it is. */
  readonly delivered: Delivered | undefined;
}
