import type { KafkaRecord, TopicPartition, TopicPartitions } from './kafka-message.ts';

/** What bounds the memory of a consumer: about three times `maxBytes` at most. */
export interface FetchLimits {
  /** Bytes of one answer from a broker. A single larger record batch still comes. Default 2 MB. */
  readonly maxBytes: number;
  /** Bytes of one partition in an answer. Default 512 kB. */
  readonly maxBytesPerPartition: number;
  /** How long a broker may wait for the first record; it answers at once when one arrives. Default 500 ms. */
  readonly maxWaitMs: number;
}

export const DEFAULT_FETCH_LIMITS: FetchLimits = {
  maxBytes: 2 * 1024 * 1024,
  maxBytesPerPartition: 512 * 1024,
  maxWaitMs: 500,
};

/** One batch as the library hands it over. */
export interface FetchedBatch extends TopicPartition {
  /** The offset that was asked for. */
  readonly fetchedOffset: number;
  /** The last offset that the answer covers, control records included. */
  readonly lastOffset: number;
  readonly highWatermark: number;
  readonly records: readonly KafkaRecord[];
  heartbeat(): Promise<void>;
  /** Tells the library that everything up to this offset is done. */
  resolve(offset: number): void;
}

/** What the library tells us on its way. All are called synchronously. */
export interface ConsumerEvents {
  onJoined(assignment: readonly TopicPartitions[]): void;
  /** A broker answered, with or without records. */
  onFetched(): void;
  /** A fetch whose records were all control records or removed by compaction: nothing is handed over. */
  onNothingToHandOver(
    at: TopicPartition,
    firstOffset: number | undefined,
    lastOffset: number,
  ): void;
  onCrashed(error: unknown): void;
  onBatch(batch: FetchedBatch): Promise<void>;
}

/** A member of a consumer group, in our words. Only `kafka-client.ts` makes one. It never restarts by itself. */
export interface ConsumerConnection {
  start(topics: readonly string[], events: ConsumerEvents): Promise<void>;
  pause(partitions: readonly TopicPartitions[]): void;
  resume(partitions: readonly TopicPartitions[]): void;
  seek(at: TopicPartition, offset: number): void;
  commit(offsets: readonly (TopicPartition & { readonly offset: number })[]): Promise<void>;
  /** Leaves the group and disconnects. Never rejects, bounded in time; afterwards nothing can reach a broker any more. */
  close(): Promise<void>;
}
