import type { ErrorCode } from '../errors/error-codes.ts';
import type { PersonKey } from '../person/person-identifier.ts';
import type { Lease } from '../sync/ports.ts';
import type { StoredPerson } from '../sync/stored-group.ts';
import type { ConsumerProfile } from './consumer-profile.ts';
import type { ConsumerPurge, Delivered } from './delivery.ts';
import type { HubOrder } from './delivery-question.ts';

/** Whether a consumer is fed. `dropping`: everything that it was sent is taken back, and then it is gone. */
export type ConsumerState = 'running' | 'paused' | 'dropping';

/**
 * Everybody is gone through once, by rising person key, page by page: for a first load, for a changed profile, or to tell everything again. One
 * at a time for each consumer. Up to the cursor the walk's profile and generation hold, beyond it those from before.
 */
export interface ConsumerWalk {
  /** `replay`: the same generation again. `repair`: the same profile under a new generation, so that nothing is refused as old. */
  readonly kind: 'first-load' | 'change' | 'repair' | 'replay' | 'drop';
  readonly generation: number;
  readonly profile: ConsumerProfile;
  /** Everybody up to this key is done; null: nobody is. */
  readonly cursor: PersonKey | null;
  /** About so many persons it goes through. */
  readonly total: number;
  readonly done: number;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}

/** One consumer as it was added. */
export interface Consumer {
  readonly id: number;
  readonly name: string;
  readonly state: ConsumerState;
  /** The last generation that everybody was told in; 0 while the first load is under way. */
  readonly generation: number;
  /** What it is told by in that generation. While the first load is under way, that of the walk. */
  readonly profile: ConsumerProfile;
  readonly walk: ConsumerWalk | null;
}

/** Where a consumer stands in one partition of the hub's events. */
export interface ConsumerPosition {
  readonly partition: number;
  readonly nextOffset: number;
  /** Up to this offset states are told again, also when the consumer has them; 0: nowhere. */
  readonly replayUntil: number;
}

/** A person who is to be told once more, without an event: named by the consumer's list, or asked for by an operator. */
export interface ConsumerTouch {
  readonly id: bigint;
  readonly personKey: PersonKey;
  readonly isForced: boolean;
}

/** What the ledger knows beyond the decision: where it was put. Null for a table. */
export interface DeliveredAt {
  readonly partition: number;
  readonly offset: number;
}

/** What is stored together after everything in it was acknowledged. */
export interface DeliveryCommit {
  readonly consumerId: number;
  readonly delivered: readonly (Delivered & { readonly at: DeliveredAt | null })[];
  readonly purges: readonly OpenOrder[];
  /** Moves a position; a position that is not `from` is a {@link DeliveryStore.commit} conflict. */
  readonly position?: { readonly partition: number; readonly from: number; readonly to: number };
  /** Moves the walk that began at this time; `isOver`: its generation holds for everybody from now on. */
  readonly walk?: {
    readonly startedAt: number;
    readonly cursor: PersonKey | null;
    readonly done: number;
    readonly isOver: boolean;
  };
  readonly touches: readonly bigint[];
  /** Whoever is still to be taken as sent something that is not stored: the rest of what was noted before. */
  readonly unsettled: readonly PersonKey[];
  /** Persons who could not be told, with why; each takes the place of an earlier one. Whoever is in `delivered` is cleared. */
  readonly refused: readonly { readonly personKey: PersonKey; readonly code: ErrorCode }[];
}

/** An order to forget that one consumer was told. */
export type OpenOrder = ConsumerPurge & { readonly id: string; readonly personKey: PersonKey };

/** What is asked of the store about some persons for one consumer. Keys that nothing is known of are absent. */
export interface DeliveryFacts {
  readonly persons: ReadonlyMap<PersonKey, StoredPerson>;
  readonly delivered: ReadonlyMap<PersonKey, Delivered>;
  readonly listed: ReadonlySet<PersonKey>;
  readonly orders: ReadonlyMap<PersonKey, readonly HubOrder[]>;
}

/** What feeding a consumer needs of the hub's store. */
export interface DeliveryStore {
  /** Every consumer that was added and is not gone. */
  consumers(): Promise<readonly Consumer[]>;
  /** By partition; a partition that the consumer never read is absent. */
  positions(consumerId: number): Promise<readonly ConsumerPosition[]>;
  /** Sets where the consumer begins. Does nothing for a partition that has a position. */
  begin(
    consumerId: number,
    nextOffsets: readonly { readonly partition: number; readonly nextOffset: number }[],
  ): Promise<void>;
  /** @param needsList whether the profile asks who is listed. */
  facts(consumerId: number, keys: readonly PersonKey[], needsList: boolean): Promise<DeliveryFacts>;
  /** Keys of stored persons after `after`, by rising key. */
  nextPersons(after: PersonKey | null, limit: number): Promise<readonly PersonKey[]>;
  /** Keys of persons of whom the consumer has a record, after `after`, by rising key. */
  nextDelivered(
    consumerId: number,
    after: PersonKey | null,
    limit: number,
  ): Promise<readonly PersonKey[]>;
  touches(consumerId: number, limit: number): Promise<readonly ConsumerTouch[]>;
  /**
   * Notes of whom something is about to be sent that the ledger would not show if this process ended before it was stored. Whoever feeds the consumer next
   * takes it as sent. The next {@link commit} says what of it is left.
   * @returns false when the lease is lost.
   */
  intend(lease: Lease, consumerId: number, keys: readonly PersonKey[]): Promise<boolean>;
  /** Of whom it is noted. */
  intended(consumerId: number): Promise<readonly PersonKey[]>;
  /**
   * Stores what was delivered, in one transaction under the lease on the consumer.
   * @returns false when the lease is lost, the walk is another one by now, or the position was moved by somebody else: nothing was stored.
   */
  commit(lease: Lease, changes: DeliveryCommit): Promise<boolean>;
  /** By partition the highest offset of the consumer's state topic that the ledger has. */
  lastOffsets(consumerId: number): Promise<ReadonlyMap<number, number>>;
  /**
   * Has everybody told again, since what was delivered is not there any more: a replay of everybody, or the walk that is under way from its beginning.
   * @returns false when the lease is lost.
   */
  tellAgain(lease: Lease, consumerId: number): Promise<boolean>;
  /** Orders to forget that a consumer was told and did not answer, after `after`, by rising id. */
  openOrders(
    consumerId: number,
    after: string | null,
    limit: number,
  ): Promise<readonly OpenOrder[]>;
  /** Notes why a consumer is not fed, for people; null: it is. */
  noteFault(consumerId: number, code: ErrorCode | 'bug' | null): Promise<void>;
  /** Whether a consumer has orders to forget that it did not answer, and still has time to: a day from each. */
  isWaitedFor(consumerId: number): Promise<boolean>;
  /** The consumer is gone: everything about it is deleted, but for its orders to forget. */
  forget(lease: Lease, consumerId: number): Promise<boolean>;
}
