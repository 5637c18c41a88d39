import { HubError } from '../../core/errors/hub-error.ts';
import { safeWord } from '../../core/errors/log-safe.ts';
import type { PartitionOffsets, TopicPartition } from './kafka-message.ts';

/** How far a consumer is in one partition. */
export interface PartitionProgress extends TopicPartition {
  /** The offset that the next batch must begin at. */
  wanted: number;
  /** The offset after the last batch that was done. Lower than `wanted` when only control records came since. */
  done: number;
  /** How often in a row the library fetched from another offset. */
  wrongFetches: number;
  /** What the group has committed to Kafka, for its tools. */
  committed: number;
}

/** One text for one partition, for maps. */
export function partitionName(at: TopicPartition): string {
  return `${at.topic}/${at.partition}`;
}

/**
 * Where to begin: the stored offset, else the first or the next one of the partition.
 * @throws HubError `HUB_KAFKA_OFFSET_GONE` when the stored offset is not in the partition.
 */
export function startProgress(
  offsets: PartitionOffsets,
  stored: number | undefined,
  fromBeginning: boolean,
): PartitionProgress {
  const { topic, partition, low, high } = offsets;
  const wanted = stored ?? (fromBeginning ? low : high);
  const progress = { topic, partition, wanted, done: wanted, wrongFetches: 0, committed: -1 };
  refuseIfGone(progress, offsets);
  return progress;
}

/** @throws HubError `HUB_KAFKA_OFFSET_GONE` when the wanted offset was deleted, or was never written to this topic. */
export function refuseIfGone(progress: PartitionProgress, offsets: PartitionOffsets): void {
  const { topic, partition, wanted } = progress;
  const { low, high } = offsets;
  if (wanted >= low && wanted <= high) return;
  throw new HubError('HUB_KAFKA_OFFSET_GONE', {
    topic: safeWord(topic),
    partition,
    wanted,
    low,
    high,
  });
}
