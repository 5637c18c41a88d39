import { randomUUID } from 'node:crypto';
import type { ConsumerConnection, FetchedBatch } from './consumer-connection.ts';
import type { KafkaAdmin } from './kafka-admin.ts';
import { wrapKafkaError } from './kafka-errors.ts';
import type { LocatedRecord, TopicPartition } from './kafka-message.ts';

export interface ReadTopicOptions {
  readonly topic: string;
  /** Stop after so many records. */
  readonly limit?: number;
  /** Go on past the records that were there at the start, until the signal. Default false. */
  readonly follow?: boolean;
  /** Ends the reading without an error. */
  readonly signal?: AbortSignal;
}

/**
 * Reads a topic from its first record to the end that it had at the start. In offset order within a partition; the partitions are
 * mixed. Uses a consumer group of its own that is deleted afterwards.
 * @throws HubError when the brokers cannot be read.
 */
export async function* readTopic(
  open: (groupId: string) => Promise<ConsumerConnection>,
  admin: KafkaAdmin,
  options: ReadTopicOptions,
): AsyncGenerator<LocatedRecord, void, undefined> {
  const { topic, follow = false, limit = Number.POSITIVE_INFINITY } = options;
  const ends = new Map<number, number>();
  for (const { partition, low, high } of await admin.offsets(topic)) {
    if (low < high) ends.set(partition, high);
  }
  if ((ends.size === 0 && !follow) || limit <= 0 || options.signal?.aborted === true) return;

  const groupId = `hub-read-${randomUUID()}`;
  const handOver = new HandOver(ends, follow);
  const onAbort = (): void => handOver.end();
  options.signal?.addEventListener('abort', onAbort, { once: true });
  let connection: ConsumerConnection | undefined;
  try {
    connection = await open(groupId);
    connection
      .start([topic], {
        onJoined: () => undefined,
        onFetched: () => undefined,
        onNothingToHandOver: (at, _first, lastOffset) => handOver.reached(at, lastOffset),
        onCrashed: (error) => handOver.fail(error),
        onBatch: (batch) => handOver.give(batch),
      })
      .catch((error: unknown) => handOver.fail(error));
    let count = 0;
    for (;;) {
      const batch = await handOver.take();
      if (batch === undefined) return;
      const end = follow ? Number.POSITIVE_INFINITY : (ends.get(batch.partition) ?? 0);
      for (const record of batch.records) {
        if (record.offset >= end) break;
        yield { topic, partition: batch.partition, ...record };
        count += 1;
        if (count >= limit) return;
      }
      handOver.taken(batch);
    }
  } catch (error) {
    throw wrapKafkaError(error);
  } finally {
    handOver.end();
    options.signal?.removeEventListener('abort', onAbort);
    await connection?.close();
    await admin.deleteGroups([groupId]).catch(() => undefined);
  }
}

/** One batch at a time from the library to the reader; the library waits until it is read, so memory is bounded. */
class HandOver {
  readonly #ends: ReadonlyMap<number, number>;
  readonly #unfinished: Set<number>;
  readonly #follow: boolean;
  #waiting: { batch: FetchedBatch; done: () => void }[] = [];
  #isOver = false;
  #failure: { readonly error: unknown } | undefined;
  #wake: () => void = () => undefined;

  constructor(ends: ReadonlyMap<number, number>, follow: boolean) {
    this.#ends = ends;
    this.#unfinished = new Set(ends.keys());
    this.#follow = follow;
  }

  async give(batch: FetchedBatch): Promise<void> {
    if (this.#isOver) return;
    await new Promise<void>((done) => {
      this.#waiting.push({ batch, done });
      this.#wake();
    });
  }

  /** @returns undefined at the end. */
  async take(): Promise<FetchedBatch | undefined> {
    for (;;) {
      if (this.#failure !== undefined) throw wrapKafkaError(this.#failure.error);
      const next = this.#waiting[0];
      if (next !== undefined) return next.batch;
      if (this.#isOver || (!this.#follow && this.#unfinished.size === 0)) return undefined;
      await new Promise<void>((wake) => {
        this.#wake = wake;
      });
    }
  }

  taken(batch: FetchedBatch): void {
    batch.resolve(batch.lastOffset);
    this.reached(batch, batch.lastOffset);
    this.#waiting.shift()?.done();
  }

  reached(at: TopicPartition, lastOffset: number): void {
    if (lastOffset + 1 >= (this.#ends.get(at.partition) ?? 0))
      this.#unfinished.delete(at.partition);
    this.#wake();
  }

  fail(error: unknown): void {
    this.#failure ??= { error };
    this.end();
  }

  end(): void {
    this.#isOver = true;
    for (const { done } of this.#waiting.splice(0)) done();
    this.#wake();
  }
}
