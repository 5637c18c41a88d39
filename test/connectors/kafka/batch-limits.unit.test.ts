import { describe, expect, it } from 'vitest';
import {
  DEFAULT_BATCH_LIMITS,
  sizeOf,
  splitIntoBatches,
} from '../../../connectors/kafka/batch-limits.ts';
import type { KafkaMessage } from '../../../connectors/kafka/kafka-message.ts';

const limits = { batchBytes: 1_000, batchRecords: 5, messageBytes: 2_000 };
const message = (bytes: number): KafkaMessage => ({ key: null, value: Buffer.alloc(bytes - 36) });

describe('cutting a list into record batches', () => {
  it('cuts by count', () => {
    const batches = splitIntoBatches(
      't',
      Array.from({ length: 12 }, () => message(50)),
      limits,
    );
    expect(batches.map((batch) => batch.length)).toEqual([5, 5, 2]);
  });

  it('cuts by bytes', () => {
    const batches = splitIntoBatches(
      't',
      Array.from({ length: 5 }, () => message(400)),
      limits,
    );
    expect(batches.map((batch) => batch.length)).toEqual([2, 2, 1]);
  });

  it('gives a message over the batch size and under the message size a batch of its own', () => {
    const batches = splitIntoBatches('t', [message(100), message(1_500), message(100)], limits);
    expect(batches.map((batch) => batch.length)).toEqual([1, 1, 1]);
  });

  it('keeps the order', () => {
    const messages = Array.from({ length: 100 }, (_, i) => message(100 + (i % 7) * 100));
    expect(splitIntoBatches('t', messages, limits).flat()).toEqual(messages);
  });

  it('refuses a message over the limit by its place in the list, without its content', () => {
    expect(() => splitIntoBatches('topic', [message(100), message(2_001)], limits)).toThrow(
      expect.objectContaining({
        code: 'HUB_KAFKA_MESSAGE_TOO_LARGE',
        context: { topic: 'topic', index: 1, bytes: 2_001, limit: 2_000 },
      }),
    );
  });

  it('counts keys, texts by their bytes, and headers', () => {
    expect(sizeOf({ key: 'åäö', value: null, headers: { a: 'ö' } })).toBe(36 + 6 + 10 + 1 + 2);
  });

  it("fits Kafka's default limit of a record batch", () => {
    const recordBatchHeader = 61;
    const largest = Math.max(DEFAULT_BATCH_LIMITS.batchBytes, DEFAULT_BATCH_LIMITS.messageBytes);
    expect(largest + recordBatchHeader).toBeLessThan(1_048_588);
  });
});
