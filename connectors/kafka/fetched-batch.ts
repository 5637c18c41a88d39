import type { FetchedBatch } from './consumer-connection.ts';
import { headerTexts, type KafkaRecord } from './kafka-message.ts';

/** A message as the library hands it over. */
interface LibraryMessage {
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly timestamp: string;
  readonly headers?: Parameters<typeof headerTexts>[0];
}

interface LibraryBatch {
  readonly topic: string;
  readonly partition: number;
  readonly highWatermark: string;
  readonly messages: readonly LibraryMessage[];
  lastOffset(): string;
}

/** What the library gives to `eachBatch`, as far as we use it. */
export interface LibraryPayload {
  readonly batch: LibraryBatch;
  heartbeat(): Promise<void>;
  resolveOffset(offset: string): void;
}

/** A batch of the library in our words. */
export function toFetchedBatch({ batch, heartbeat, resolveOffset }: LibraryPayload): FetchedBatch {
  // In the class, not in its published type; the version is pinned.
  const { fetchedOffset } = batch as LibraryBatch & { readonly fetchedOffset: string };
  return {
    topic: batch.topic,
    partition: batch.partition,
    fetchedOffset: Number(fetchedOffset),
    lastOffset: Number(batch.lastOffset()),
    highWatermark: Number(batch.highWatermark),
    records: batch.messages.map(toRecord),
    heartbeat,
    resolve: (offset) => resolveOffset(String(offset)),
  };
}

function toRecord(message: LibraryMessage): KafkaRecord {
  return {
    offset: Number(message.offset),
    key: message.key,
    value: message.value,
    timestamp: Number(message.timestamp),
    headers: headerTexts(message.headers),
  };
}
