import type { Consumer, DeliveryStore } from '../../core/disclosure/delivery-ports.ts';
import { type SafeText, safeText, safeWord } from '../../core/errors/log-safe.ts';
import type { Lease, LeaseStore } from '../../core/sync/ports.ts';
import type { Health } from '../observability/health.ts';
import type { Logger } from '../observability/logger.ts';
import { waitMs } from './cancellable-wait.ts';
import { keepLease } from './keep-lease.ts';
import { idleFor, keepLooking, type Look } from './keep-looking.ts';
import { FRESH_MS, LEASE_TTL_MS } from './partition-leases.ts';

/** What feeding the consumers calls itself when it reports its health. */
export const CONSUMERS: SafeText = safeText('consumers');

const LOOK_MS = 2_000;
/** After a fault of which one consumer cannot be fed at all. */
const AGAIN_MS = 30_000;

/** A consumer that this instance alone feeds. */
export interface LeasedConsumer {
  /** As it was read before the lease was given. */
  readonly consumer: Consumer;
  readonly lease: Lease;
  /** Whether what is sent now has ended before another instance can have the lease. */
  readonly isFresh: () => boolean;
}

export interface ConsumersRoleOptions {
  readonly store: Pick<DeliveryStore, 'consumers'>;
  readonly leases: LeaseStore;
  readonly instance: string;
  /** How many instances have this role now. */
  readonly countInstances: () => Promise<number>;
  /** Feeds one consumer until the signal, or until it is over. Never rejects for what is a fault of this consumer. */
  readonly feed: (leased: LeasedConsumer, signal: AbortSignal) => Promise<void>;
  readonly health: Health;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/**
 * Feeds the consumers that this instance holds leases on, each apart from the others, until the signal. The instances share them out: none takes more
 * than its part, and gives some back when others come.
 */
export async function runConsumersRole(options: ConsumersRoleOptions): Promise<void> {
  const running = new RunningFeeds(options);
  try {
    const look = async (): Promise<Look> => {
      await running.adjust();
      return idleFor(LOOK_MS);
    };
    const { health, log, signal } = options;
    await keepLooking({ name: CONSUMERS, look, health, log, signal });
  } finally {
    await running.stopAll();
  }
}

interface RunningFeed {
  readonly stop: AbortController;
  readonly done: Promise<void>;
}

class RunningFeeds {
  readonly #options: ConsumersRoleOptions;
  readonly #feeds = new Map<number, RunningFeed>();

  constructor(options: ConsumersRoleOptions) {
    this.#options = options;
  }

  /** Starts and stops feeds so that they are those that are wanted and that are this instance's part. */
  async adjust(): Promise<void> {
    const { store, countInstances } = this.#options;
    const wanted = (await store.consumers()).filter(({ state }) => state !== 'paused');
    for (const [id, { stop }] of this.#feeds) {
      if (!wanted.some((consumer) => consumer.id === id)) stop.abort();
    }
    const part = Math.ceil(wanted.length / Math.max(1, await countInstances()));
    const going = [...this.#feeds.values()].filter(({ stop }) => !stop.signal.aborted);
    for (const { stop } of going.slice(part)) stop.abort();
    for (const consumer of wanted) {
      if (this.#feeds.size >= part) return;
      if (!this.#feeds.has(consumer.id)) await this.#start(consumer);
    }
  }

  async stopAll(): Promise<void> {
    const all = [...this.#feeds.values()];
    for (const { stop } of all) stop.abort();
    await Promise.all(all.map(({ done }) => done));
  }

  async #start(consumer: Consumer): Promise<void> {
    const { leases, instance, log } = this.#options;
    const askedAt = performance.now();
    const lease = await leases.acquire(`consumer-${consumer.name}`, instance, LEASE_TTL_MS);
    if (lease === undefined) return;
    const stop = new AbortController();
    log.info('this instance feeds a consumer', { consumer: safeWord(consumer.name) });
    const done = this.#underLease(consumer, lease, askedAt, stop).finally(() => {
      this.#feeds.delete(consumer.id);
    });
    this.#feeds.set(consumer.id, { stop, done });
  }

  async #underLease(
    consumer: Consumer,
    lease: Lease,
    askedAt: number,
    stop: AbortController,
  ): Promise<void> {
    const { leases, log, feed } = this.#options;
    const named = { consumer: safeWord(consumer.name) };
    let renewedAt = askedAt;
    // Of its own: what is being sent when the feed is stopped still needs the lease.
    const over = new AbortController();
    const renewing = keepLease({
      leases,
      lease,
      onRenewed: (at) => {
        renewedAt = at;
      },
      onLost: () => {
        log.warn('another instance feeds the consumer now', named);
        stop.abort();
      },
      // Nothing new is sent when it is not fresh, and what was sent is stored only under it.
      onFailure: (error) => log.error('the lease on a consumer could not be renewed', error, named),
      signal: over.signal,
    });
    const isFresh = (): boolean => performance.now() - renewedAt < FRESH_MS;
    try {
      await feed({ consumer, lease, isFresh }, stop.signal);
    } catch (error) {
      // Its settings are wrong, most likely: others have the same, so it stays here and is looked at again later.
      log.error('a consumer is not fed until somebody acts', error, named);
      await waitMs(AGAIN_MS, stop.signal);
    } finally {
      stop.abort();
      over.abort();
      await renewing;
      await leases.release(lease).catch((error: unknown) => {
        log.error('the lease on a consumer is left to run out', error, named);
      });
    }
  }
}
