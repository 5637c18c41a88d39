import type { FieldGroup } from '../golden-record/golden-record.ts';
import type { PersonEventType } from '../golden-record/person-event.ts';
import type { PartialDate } from '../person/partial-date.ts';
import type { ContentHash, PersonKey } from '../person/person-identifier.ts';
import type { DisclosedPerson, DisclosedProtectedPerson } from './disclosed-person.ts';

/** What a consumer is told of a person, masked or not. */
export type DisclosedRecord =
  | { readonly kind: 'person'; readonly person: DisclosedPerson }
  | { readonly kind: 'protected-person'; readonly person: DisclosedProtectedPerson };

/** What a consumer has of a person: a record of one of the two kinds, or nothing any more. */
export type DeliveredKind = DisclosedRecord['kind'] | 'gone';

/** What the delivery ledger says: what one consumer was sent last of one person. */
export interface Delivered {
  readonly personKey: PersonKey;
  /** Compared before the version: rises with the profile, and with each repair. */
  readonly generation: number;
  readonly version: number;
  readonly kind: DeliveredKind;
  /** Groups that the consumer was ever told of the person and was not ordered to forget since. */
  readonly told: ReadonlySet<FieldGroup>;
  /** Of what was sent; `''` when it is gone. */
  readonly contentHash: ContentHash;
}

/** Why a consumer has to forget. `profile-changed`: its profile has less now. */
export type ConsumerPurgeReason =
  | 'protection-raised'
  | 'relation-hidden'
  | 'no-longer-disclosed'
  | 'profile-changed'
  | 'erased';

/** What one consumer has to forget of one person. */
export interface ConsumerPurge {
  readonly reason: ConsumerPurgeReason;
  readonly fields: readonly FieldGroup[];
  /** Everything that it was sent up to and with these, compared in this order. */
  readonly upToGeneration: number;
  readonly upToVersion: number;
  /** The hub's own order behind it (a UUID); null: it concerns this consumer alone. */
  readonly orderId: string | null;
}

/**
 * What a consumer is told that happened: a business event, or what only a thin signal needs, since it has no state that would show it. `disclosed`: the
 * person came into what the consumer may see. `withdrawn`: the person left it.
 */
export type ConsumerEventType = PersonEventType | 'disclosed' | 'withdrawn';

/** One event on its way to a consumer. No values. */
export interface ConsumerEvent {
  readonly type: ConsumerEventType;
  /** The version that it led to. */
  readonly version: number;
  readonly effectiveDate: PartialDate | null;
  /** Only groups that the profile has, and identities and protection. */
  readonly changed: readonly FieldGroup[];
  /** When the hub stored the change, in milliseconds since 1970. */
  readonly recordedAt: number;
}

/** Everything that goes to one consumer about one person at once, in this order: state, orders, events. */
export interface OutgoingDelivery {
  readonly personKey: PersonKey;
  readonly generation: number;
  readonly version: number;
  /** Null: the consumer has the person no more (a tombstone). Undefined: it has what it should have. */
  readonly state: DisclosedRecord | null | undefined;
  /** With their ids (UUIDs), by which a consumer acknowledges them. */
  readonly purges: readonly (ConsumerPurge & { readonly id: string })[];
  readonly events: readonly ConsumerEvent[];
}
