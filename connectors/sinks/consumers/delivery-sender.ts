import type { ConsumerPurge, OutgoingDelivery } from '../../../core/disclosure/delivery.ts';
import type { DeliveryCommit, DeliveryStore } from '../../../core/disclosure/delivery-ports.ts';
import type { DeliveryDecision } from '../../../core/disclosure/delivery-question.ts';
import { HubError } from '../../../core/errors/hub-error.ts';
import type { PersonKey } from '../../../core/person/person-identifier.ts';
import type { Lease } from '../../../core/sync/ports.ts';
import { type ConsumerSink, FeedOvertakenError } from './consumer-sink.ts';

/** How much was told, for metrics. */
export interface FeedProgress {
  readonly persons: number;
  readonly states: number;
  readonly tombstones: number;
  readonly purges: number;
  readonly events: number;
  readonly refused: number;
}

/** What one person is told, decided. */
export interface Decided {
  readonly personKey: PersonKey;
  readonly generation: number;
  readonly decision: DeliveryDecision;
}

export interface DeliverySenderOptions {
  readonly store: Pick<DeliveryStore, 'intend' | 'commit'>;
  readonly sink: ConsumerSink;
  readonly lease: Lease;
  readonly consumerId: number;
  /** Asked right before anything is sent: an instance that stood still must not write behind its successor's back. */
  readonly isLeaseFresh: () => boolean;
  /** An id (a UUID) made of a text: an order that is sent again has the same one. */
  readonly orderIdOf: (text: string) => string;
  readonly onProgress: (progress: FeedProgress) => void;
}

/**
 * Sends what was decided, and stores it when it was proven. Before a state goes out, its person is noted in the store: when this process ends in between,
 * whoever feeds the consumer next takes it as sent.
 */
export class DeliverySender {
  readonly #options: DeliverySenderOptions;
  /** Whoever may have been sent something that is not stored: they are told again whatever the ledger says. */
  readonly #unsettled = new Set<PersonKey>();

  constructor(options: DeliverySenderOptions) {
    this.#options = options;
  }

  /** Persons of whom it is not known whether what was sent last is what the ledger says. */
  get unsettled(): ReadonlySet<PersonKey> {
    return this.#unsettled;
  }

  /** Takes in of whom a feed before this one may have sent something that is not stored. */
  recover(keys: readonly PersonKey[]): void {
    for (const key of keys) this.#unsettled.add(key);
  }

  /**
   * @param moved what else is stored together with it: a position, a walk, touches.
   * @throws FeedOvertakenError when another instance feeds the consumer now.
   */
  async send(
    decisions: readonly Decided[],
    isBulk: boolean,
    moved: Partial<DeliveryCommit>,
  ): Promise<void> {
    const { store, sink, lease, consumerId, isLeaseFresh, onProgress } = this.#options;
    const ordered = decisions.map((decided) => this.#ordersOf(decided));
    const outgoing = decisions.map(({ personKey, generation, decision }, i): OutgoingDelivery => {
      const { state, version, events } = decision;
      // An order of which nothing is left for this consumer is stored as settled, and told nobody.
      const purges = ordered[i]?.filter(({ fields }) => fields.length > 0) ?? [];
      return { personKey, generation, version, state, purges, events };
    });
    await this.#note(outgoing);
    if (!isLeaseFresh()) throw new FeedOvertakenError();
    const outcomes = outgoing.length === 0 ? [] : await sink.deliver(outgoing, isBulk);

    const left = new Set(this.#unsettled);
    const commit = {
      delivered: [] as DeliveryCommit['delivered'][number][],
      purges: [] as DeliveryCommit['purges'][number][],
      refused: [] as DeliveryCommit['refused'][number][],
    };
    const told = { persons: 0, states: 0, tombstones: 0, purges: 0, events: 0, refused: 0 };
    for (const [i, { personKey, decision }] of decisions.entries()) {
      const outcome = outcomes[i] ?? null;
      told.persons += 1;
      commit.purges.push(...(ordered[i] ?? []).map((purge) => ({ ...purge, personKey })));
      told.purges += outgoing[i]?.purges.length ?? 0;
      told.events += decision.events.length;
      if (outcome instanceof HubError) {
        // What it was sent before is what it has, known or not: it stays noted when it was.
        commit.refused.push({ personKey, code: outcome.code });
        told.refused += 1;
        continue;
      }
      left.delete(personKey);
      const { delivered, state } = decision;
      if (delivered !== undefined) commit.delivered.push({ ...delivered, at: outcome });
      if (state === null) told.tombstones += 1;
      else if (state !== undefined) told.states += 1;
    }
    const changes = { consumerId, touches: [], unsettled: [...left], ...commit, ...moved };
    if (!(await store.commit(lease, changes))) throw new FeedOvertakenError();
    this.#unsettled.clear();
    for (const key of left) this.#unsettled.add(key);
    onProgress(told);
  }

  async #note(outgoing: readonly OutgoingDelivery[]): Promise<void> {
    const { store, lease, consumerId } = this.#options;
    const changed = outgoing.filter(({ state }) => state !== undefined);
    if (changed.length === 0) return;
    const noted = new Set(this.#unsettled);
    for (const { personKey } of changed) noted.add(personKey);
    if (!(await store.intend(lease, consumerId, [...noted]))) throw new FeedOvertakenError();
    for (const key of noted) this.#unsettled.add(key);
  }

  #ordersOf({ personKey, decision }: Decided) {
    const { consumerId, orderIdOf } = this.#options;
    return decision.purges.map((purge) => ({
      ...purge,
      id: orderIdOf(orderText(consumerId, personKey, purge)),
    }));
  }
}

/** All that an order to one consumer says. */
function orderText(consumerId: number, personKey: PersonKey, purge: ConsumerPurge): string {
  const { orderId, reason, fields, upToGeneration, upToVersion } = purge;
  return JSON.stringify([
    consumerId,
    personKey,
    orderId,
    reason,
    fields,
    upToGeneration,
    upToVersion,
  ]);
}
