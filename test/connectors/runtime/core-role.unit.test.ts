import { describe, expect, it } from 'vitest';
import type { KafkaRecord } from '../../../connectors/kafka/kafka-message.ts';
import type { ConsumerBatch } from '../../../connectors/kafka/run-consumer.ts';
import { toRawRecord, toSourceBatch } from '../../../connectors/runtime/core-role.ts';
import { encodeSourceMessage } from '../../../connectors/runtime/raw-message.ts';
import { at, TEST_PNR } from '../../support/person-builder.ts';

const KEY = 'a'.repeat(22);
const value = encodeSourceMessage({
  source: 'master',
  operation: 'removed',
  position: at(1),
  snapshot: false,
  readAt: '2026-01-01T00:00:00.000Z',
  person: { identityType: 'PNR', identity: TEST_PNR[0] },
});

function recordAt(offset: number): KafkaRecord {
  return { offset, key: Buffer.from(KEY), value, timestamp: 0, headers: {} };
}

/** Records with gaps between and around their offsets, as transactions and compaction leave them. */
function batchOf(offsets: readonly number[], firstOffset: number, nextOffset: number) {
  const batch: ConsumerBatch = {
    topic: 't',
    partition: 0,
    records: offsets.map(recordAt),
    firstOffset,
    nextOffset,
    highWatermark: nextOffset,
    isStale: () => false,
  };
  return batch;
}

describe('a record of the raw topic', () => {
  it('is a source message of the identity that its key names', () => {
    expect(toRawRecord(recordAt(7))).toMatchObject({
      offset: 7,
      identityHash: KEY,
      message: { operation: 'removed' },
    });
  });

  it.each([
    null,
    Buffer.from(''),
    Buffer.from('k1,k2'),
    Buffer.from('a\u0000b'),
    Buffer.from('a{b'),
  ])('is nobody’s and unreadable when its key is none of ours, whatever it says: %#', (key) => {
    expect(toRawRecord({ ...recordAt(7), key })).toEqual({
      offset: 7,
      identityHash: '',
      message: undefined,
      payload: value,
    });
  });
});

describe('the chunks of a batch', () => {
  it('follow on each other and on what was done before, whatever gaps the offsets have', () => {
    const batch = batchOf([12, 15, 18], 10, 20);
    const chunks = [0, 2].map((start) => toSourceBatch(batch, start, 2));
    expect(chunks).toMatchObject([
      { firstOffset: 10, nextOffset: 18, records: [{ offset: 12 }, { offset: 15 }] },
      { firstOffset: 18, nextOffset: 20, records: [{ offset: 18 }] },
    ]);
  });
});
