import { HubError } from '../../core/errors/hub-error.ts';
import { type SafeText, safeWord } from '../../core/errors/log-safe.ts';
import type { KafkaMessage } from './kafka-message.ts';

/** How much one record batch holds. */
export interface BatchLimits {
  /** Bytes of a record batch. A send to one partition is one record batch, and the broker takes or refuses all of it. */
  readonly batchBytes: number;
  /** Messages of a record batch. More than this gains nothing, and the client's grouping is quadratic in it. */
  readonly batchRecords: number;
  /** Bytes of a single message; what is larger is refused. */
  readonly messageBytes: number;
}

/** Fits the broker's default `max.message.bytes` of 1 048 588 with room for the headers of the batch. */
export const DEFAULT_BATCH_LIMITS: BatchLimits = {
  batchBytes: 900_000,
  batchRecords: 500,
  messageBytes: 1_000_000,
};

/** An upper bound for the lengths and deltas that the record format puts around a message, and around each header. */
const RECORD_OVERHEAD = 36;
const HEADER_OVERHEAD = 10;

/** An upper bound of what the message takes in a record batch. */
export function sizeOf(message: KafkaMessage): number {
  let size = RECORD_OVERHEAD + bytesOf(message.key) + bytesOf(message.value);
  if (message.headers !== undefined) {
    for (const [name, value] of Object.entries(message.headers)) {
      size += HEADER_OVERHEAD + Buffer.byteLength(name) + Buffer.byteLength(value);
    }
  }
  return size;
}

/**
 * Cuts a list into record batches, in order, none over the limits.
 * @throws HubError `HUB_KAFKA_MESSAGE_TOO_LARGE` (rejected) when a single message is too large; nothing was sent then.
 */
export function splitIntoBatches(
  topic: string,
  messages: readonly KafkaMessage[],
  limits: BatchLimits,
): readonly (readonly KafkaMessage[])[] {
  const batches: KafkaMessage[][] = [];
  let current: KafkaMessage[] = [];
  let bytes = 0;
  for (const [index, message] of messages.entries()) {
    const size = sizeOf(message);
    if (size > limits.messageBytes) throw tooLarge(safeWord(topic), index, size, limits);
    const isFull = current.length >= limits.batchRecords || bytes + size > limits.batchBytes;
    if (isFull && current.length > 0) {
      batches.push(current);
      current = [];
      bytes = 0;
    }
    current.push(message);
    bytes += size;
  }
  if (current.length > 0) batches.push(current);
  return batches;
}

function tooLarge(topic: SafeText, index: number, bytes: number, limits: BatchLimits): HubError {
  const limit = limits.messageBytes;
  return new HubError('HUB_KAFKA_MESSAGE_TOO_LARGE', { topic, index, bytes, limit });
}

function bytesOf(part: string | Buffer | null): number {
  if (part === null) return 0;
  return typeof part === 'string' ? Buffer.byteLength(part) : part.length;
}
