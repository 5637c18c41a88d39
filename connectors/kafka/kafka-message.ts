/** One message on its way to Kafka. A null value is a tombstone. */
export interface KafkaMessage {
  readonly key: string | Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One record as it was read. A null value is a tombstone. */
export interface KafkaRecord {
  readonly offset: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** The record's time, in milliseconds since 1970. */
  readonly timestamp: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** A record with where it was read. */
export interface LocatedRecord extends KafkaRecord {
  readonly topic: string;
  readonly partition: number;
}

/** A partition of a topic. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** The first offset that a partition holds, and the offset that its next record will get. */
export interface PartitionOffsets extends TopicPartition {
  readonly low: number;
  readonly high: number;
}

/** The partitions of one topic. */
export interface TopicPartitions {
  readonly topic: string;
  readonly partitions: readonly number[];
}

type HeaderValue = Buffer | string;

const NO_HEADERS: KafkaRecord['headers'] = {};

/** Headers as texts; of one that is there several times, the last. */
export function headerTexts(
  headers: Readonly<Record<string, HeaderValue | readonly HeaderValue[] | undefined>> | undefined,
): KafkaRecord['headers'] {
  if (headers === undefined) return NO_HEADERS;
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const last = Array.isArray(value) ? (value as readonly HeaderValue[]).at(-1) : value;
    if (last !== undefined) texts[name] = last.toString();
  }
  return texts;
}
