/**
 * Tells a consumer that is idle from one that is dead. Alive is who makes progress: takes or ends a batch, fails at one and is
 * about to try again, or asks the broker and is at the end of all its partitions. A consumer that has something to read and
 * does none of it is stalled, however healthy its process and its heartbeats look.
 */
export class ProgressWatchdog {
  readonly #stallAfterMs: number;
  #progressAt: number;
  #fetchedAt = Number.NEGATIVE_INFINITY;

  constructor(stallAfterMs: number, now: number) {
    this.#stallAfterMs = stallAfterMs;
    this.#progressAt = now;
  }

  /** A batch was handed over, ended or failed, or partitions were assigned. */
  progressed(now: number): void {
    this.#progressAt = now;
  }

  /** The broker answered a fetch, with or without records. */
  fetched(now: number): void {
    this.#fetchedAt = now;
  }

  /**
   * @param isLagging whether a partition has records after the offset that the consumer goes on from; undefined when the
   * brokers could not be asked.
   * @returns true when the consumer is stalled.
   */
  isStalled(now: number, isLagging: boolean | undefined): boolean {
    const isFetching = now - this.#fetchedAt < this.#stallAfterMs;
    if (isLagging === false && isFetching) this.#progressAt = now;
    return now - this.#progressAt >= this.#stallAfterMs;
  }
}
