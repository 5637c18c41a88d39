import { dispositionOf } from '../../core/errors/hub-error.ts';
import { type SafeText, safeText } from '../../core/errors/log-safe.ts';
import type { LeaseStore, Outbox } from '../../core/sync/ports.ts';
import { type PersonTopicWriter, publishOutbox } from '../../core/sync/publish-outbox.ts';
import type { Health } from '../observability/health.ts';
import type { Logger } from '../observability/logger.ts';
import { WakeUp, waitMs } from './cancellable-wait.ts';
import { PartitionLeases, RENEW_MS } from './partition-leases.ts';
import { UnsettledSends } from './unsettled-sends.ts';

/** So many partitions are worked on at once: one waits for Kafka while another is read. */
const WORKERS = 3;
const BACK_OFF_MS = 1_000;

export const PUBLISHER: SafeText = safeText('publisher');

export interface PublisherRoleOptions {
  readonly instance: string;
  readonly partitions: number;
  readonly batchEntries: number;
  readonly outbox: Outbox;
  readonly leases: LeaseStore;
  readonly topics: PersonTopicWriter;
  /** How many instances have this role now. */
  readonly countPublishers: () => Promise<number>;
  /** Calls back when a commit, here or in another process, wrote outbox entries of these partitions; undefined: of any. */
  readonly onOutboxWrite: (
    listener: (partitions: readonly number[] | undefined) => void,
  ) => Disposable;
  /** The partitions whose leases are held now. */
  readonly onHeld: (partitions: readonly number[]) => void;
  /** @param readAt of the changes that a record of a register made. */
  readonly onPublished: (states: number, events: number, readAt: readonly string[]) => void;
  readonly health: Health;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/**
 * Publishes the outbox partitions that this instance holds a lease of, until the signal. When Kafka or the store is away it waits and
 * goes on; only a fault that no waiting mends ends it.
 */
export async function runPublisherRole(options: PublisherRoleOptions): Promise<void> {
  await new Publisher(options).run();
}

class Publisher {
  readonly #options: PublisherRoleOptions;
  readonly #leases: PartitionLeases;
  readonly #unsettled: UnsettledSends;
  readonly #dirty = new Set<number>();
  readonly #busy = new Set<number>();
  readonly #wakeUps = Array.from({ length: WORKERS }, () => new WakeUp());
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;

  constructor(options: PublisherRoleOptions) {
    this.#options = options;
    // One loop that fails ends the others: half a publisher would look healthy and be none.
    this.#signal = AbortSignal.any([options.signal, this.#stop.signal]);
    this.#unsettled = new UnsettledSends(options.outbox);
    this.#leases = new PartitionLeases({
      leases: options.leases,
      prefix: 'publish-',
      partitions: options.partitions,
      owner: options.instance,
      contenders: options.countPublishers,
      now: () => performance.now(),
    });
  }

  async run(): Promise<void> {
    using _listening = this.#options.onOutboxWrite((partitions) =>
      this.#markDirty(partitions ?? this.#leases.partitions()),
    );
    const loops = [this.#keepLeases(), ...this.#wakeUps.map((wakeUp) => this.#work(wakeUp))];
    try {
      await Promise.all(loops);
    } finally {
      this.#stop.abort();
      await Promise.allSettled(loops);
      await this.#leases.releaseAll().catch((error: unknown) => {
        this.#options.log.error('leases are left to run out', error);
      });
      await this.#unsettled
        .settle(() => false)
        .catch((error: unknown) => {
          this.#options.log.error('states that may be out of order stay so', error);
        });
      this.#options.health.report(PUBLISHER, { kind: 'stopped' });
    }
  }

  async #keepLeases(): Promise<void> {
    while (!this.#signal.aborted) {
      await this.#guarded(async () => {
        const taken = await this.#leases.maintain((partition) => this.#busy.has(partition));
        this.#options.onHeld(this.#leases.partitions());
        // Others hold them all: nothing to publish is expected of this instance.
        if (this.#leases.partitions().length === 0) {
          this.#options.health.report(PUBLISHER, { kind: 'idle', forMs: RENEW_MS });
        }
        await this.#settle();
        if (taken.length > 0) {
          this.#options.log.info('publishing partitions', {
            held: this.#leases.partitions().length,
          });
        }
      });
      // The net under the notifications, which may be lost.
      this.#markDirty(this.#leases.partitions());
      await waitMs(RENEW_MS, this.#signal);
    }
  }

  async #work(wakeUp: WakeUp): Promise<void> {
    while (!this.#signal.aborted) {
      const partition = this.#nextPartition();
      if (partition === undefined) {
        await wakeUp.wait(RENEW_MS, this.#signal);
        continue;
      }
      this.#busy.add(partition);
      try {
        await this.#guarded(() => this.#publish(partition));
      } finally {
        this.#busy.delete(partition);
      }
    }
  }

  async #publish(partition: number): Promise<void> {
    const held = this.#leases.held(partition);
    if (held === undefined) return;
    this.#dirty.delete(partition);
    const { outbox, topics, batchEntries, health, onPublished } = this.#options;
    const isFresh = (): boolean => held.isFresh();
    try {
      const outcome = await publishOutbox(
        partition,
        held.lease,
        isFresh,
        batchEntries,
        outbox,
        topics,
      );
      switch (outcome.kind) {
        case 'idle':
          health.report(PUBLISHER, { kind: 'idle', forMs: RENEW_MS });
          return;
        case 'lease-lost':
          this.#leases.drop(partition);
          this.#unsettled.add(held.lease, outcome.sent);
          await this.#settle();
          return;
        case 'failed':
          this.#unsettled.add(held.lease, outcome.sent);
          throw outcome.error;
        case 'published':
          this.#unsettled.forget(held.lease);
          health.report(PUBLISHER, { kind: 'progress' });
          onPublished(
            outcome.states,
            outcome.events,
            // What the hub does of its own accord was asked for once and takes as long as it takes: no latency of a record.
            outcome.entries.flatMap(({ cause }) => (cause.source === 'hub' ? [] : [cause.readAt])),
          );
          // A full batch: there is more.
          if (outcome.entries.length >= batchEntries) this.#dirty.add(partition);
          return;
      }
    } catch (error) {
      this.#dirty.add(partition);
      throw error;
    }
  }

  async #settle(): Promise<void> {
    await this.#unsettled.settle((lease) => this.#leases.holds(lease));
  }

  /** The next held partition with something to do that nobody works on. */
  #nextPartition(): number | undefined {
    for (const partition of this.#dirty) {
      if (this.#leases.held(partition) === undefined) this.#dirty.delete(partition);
      else if (!this.#busy.has(partition)) return partition;
    }
    return undefined;
  }

  #markDirty(partitions: readonly number[]): void {
    for (const partition of partitions) this.#dirty.add(partition);
    if (partitions.length > 0) for (const wakeUp of this.#wakeUps) wakeUp.call();
  }

  /** A retriable fault is logged and waited out; the rest ends the role. */
  async #guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (dispositionOf(error) !== 'retriable') {
        this.#stop.abort();
        throw error;
      }
      this.#options.log.error('publishing waits', error);
      await waitMs(BACK_OFF_MS, this.#signal);
    }
  }
}
