import { safeWord } from '../../core/errors/log-safe.ts';
import type { Lease, LeaseStore } from '../../core/sync/ports.ts';

/** Long enough for a send and its retries to end before the next owner may begin: see {@link FRESH_MS}. */
export const LEASE_TTL_MS = 20_000;
/** How often leases are renewed. */
export const RENEW_MS = 3_000;
/**
 * A lease that was not renewed for this long is not used to begin a send. A send ends within half a time to live, so an instance that slept
 * (a paused machine, a long collection) cannot write behind its successor's back.
 */
export const FRESH_MS = LEASE_TTL_MS / 2;

export interface HeldPartition {
  readonly lease: Lease;
  /** True while a send may begin under this lease. */
  isFresh(): boolean;
}

export interface PartitionLeasesOptions {
  readonly leases: LeaseStore;
  /** The names are `<prefix><partition>`. */
  readonly prefix: string;
  readonly partitions: number;
  readonly owner: string;
  /** How many instances want a share now, this one included. */
  readonly contenders: () => Promise<number>;
  /** Milliseconds that only rise. */
  readonly now: () => number;
}

/**
 * Which partitions this instance may publish. Each {@link maintain} renews what is held and moves towards an equal share: it gives up what
 * is too much, and takes free ones when it has too few.
 */
export class PartitionLeases {
  readonly #options: PartitionLeasesOptions;
  readonly #held = new Map<number, { readonly lease: Lease; renewedAt: number }>();

  constructor(options: PartitionLeasesOptions) {
    this.#options = options;
  }

  /** The partitions held now, in order. */
  partitions(): readonly number[] {
    return [...this.#held.keys()].sort((a, b) => a - b);
  }

  /** The lease of a partition that is held, with the question that must be asked before each send. */
  held(partition: number): HeldPartition | undefined {
    const entry = this.#held.get(partition);
    if (entry === undefined) return undefined;
    return {
      lease: entry.lease,
      isFresh: () =>
        this.#held.get(partition) === entry && this.#options.now() - entry.renewedAt < FRESH_MS,
    };
  }

  /** False when the lease was given up or lost, also when its partition was taken again since. */
  holds(lease: Lease): boolean {
    return [...this.#held.values()].some((entry) => entry.lease === lease);
  }

  /** The lease turned out to be lost. */
  drop(partition: number): void {
    this.#held.delete(partition);
  }

  /**
   * @param isBusy a partition with a send under way is not given up in this round.
   * @returns partitions that came new.
   */
  async maintain(isBusy: (partition: number) => boolean): Promise<readonly number[]> {
    await this.#renewAll();
    const share = Math.ceil(
      this.#options.partitions / Math.max(1, await this.#options.contenders()),
    );
    await this.#giveUpBeyond(share, isBusy);
    return await this.#takeUpTo(share);
  }

  async releaseAll(): Promise<void> {
    for (const [partition, { lease }] of [...this.#held]) {
      this.#held.delete(partition);
      await this.#options.leases.release(lease);
    }
  }

  async #renewAll(): Promise<void> {
    for (const [partition, entry] of this.#held) {
      // Taken before the call: the database counts from a later moment, so ours ends first.
      const askedAt = this.#options.now();
      if (await this.#options.leases.renew(entry.lease, LEASE_TTL_MS)) entry.renewedAt = askedAt;
      else this.#held.delete(partition);
    }
  }

  async #giveUpBeyond(share: number, isBusy: (partition: number) => boolean): Promise<void> {
    for (const partition of this.partitions().toReversed()) {
      if (this.#held.size <= share) return;
      const entry = this.#held.get(partition);
      if (entry === undefined || isBusy(partition)) continue;
      this.#held.delete(partition);
      await this.#options.leases.release(entry.lease);
    }
  }

  async #takeUpTo(share: number): Promise<readonly number[]> {
    const { leases, prefix, owner, now } = this.#options;
    const taken: number[] = [];
    for (let partition = 0; partition < this.#options.partitions; partition++) {
      if (this.#held.size >= share) break;
      if (this.#held.has(partition)) continue;
      const askedAt = now();
      const lease = await leases.acquire(safeWord(`${prefix}${partition}`), owner, LEASE_TTL_MS);
      if (lease === undefined) continue;
      this.#held.set(partition, { lease, renewedAt: askedAt });
      taken.push(partition);
    }
    return taken;
  }
}
