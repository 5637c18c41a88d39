import { describe, expect, it } from 'vitest';
import { SETTINGS } from '../../../connectors/config/settings.ts';
import { DEFAULT_BATCH_LIMITS } from '../../../connectors/kafka/batch-limits.ts';
import {
  createIdentityHasher,
  decodeSourceMessage,
} from '../../../connectors/runtime/raw-message.ts';
import { createRawTopicSink } from '../../../connectors/runtime/raw-topic-sink.ts';
import { OID_PNR } from '../../../core/person/person-identifier.ts';
import type { SourceMessage, SourceRow } from '../../../core/sync/source-record.ts';
import { makeTestTopic, readRecords } from '../../support/kafka-topic.ts';
import { at, TEST_PNR } from '../../support/person-builder.ts';

const keyFields = ['identityType', 'identity'];
const KEY_ROW = { identityType: 'PNR', identity: TEST_PNR[0] };
const SMALL = messageOf({ identityType: 'PNR', identity: TEST_PNR[1], surname: 'Provsson' });
const LIMIT = DEFAULT_BATCH_LIMITS.messageBytes;

function messageOf(person: SourceRow, addresses: readonly SourceRow[] = []): SourceMessage {
  return {
    source: 'master',
    operation: 'upsert',
    position: at(5),
    snapshot: true,
    readAt: '2026-01-01T00:00:00.000Z',
    person,
    children: { addresses },
  };
}

describe('a person whom one Kafka message does not take', () => {
  it.each<readonly [string, SourceMessage]>([
    ['a text just under the limit', messageOf({ ...KEY_ROW, note: 'a'.repeat(LIMIT - 100) })],
    ['a text that doubles as JSON', messageOf({ ...KEY_ROW, note: '\n'.repeat(LIMIT / 2) })],
    [
      'thousands of short rows',
      messageOf(
        KEY_ROW,
        Array(20_000).fill({ line1: null, line2: null, postalCode: null, x: '1' }),
      ),
    ],
  ])('is refused by key, in its place, and the others are sent: %s', async (_name, large) => {
    await using test = await makeTestTopic();
    const hash = createIdentityHasher('s'.repeat(32), keyFields);
    const producers = [test.kafka.producer()];
    const sink = createRawTopicSink({
      topic: test.topic,
      partitions: 1,
      hash,
      keyFields,
      tooLarge: 'HUB_MASTER_ROW_TOO_LARGE',
      producers,
    });
    await sink.append([large, SMALL]);
    const records = await readRecords(test.kafka, test.topic);
    expect(records.map(({ key }) => key?.toString())).toEqual([hash(large), hash(SMALL)]);
    expect(records.map(({ value }) => decodeSourceMessage(value))).toEqual([
      {
        source: 'master',
        operation: 'refused',
        position: at(5),
        snapshot: true,
        readAt: '2026-01-01T00:00:00.000Z',
        code: 'HUB_MASTER_ROW_TOO_LARGE',
        person: KEY_ROW,
      },
      SMALL,
    ]);
  });

  it('is refused with the code of the source, and protected all the same', async () => {
    await using test = await makeTestTopic();
    const fields = ['identityRoot', 'identity'];
    const sink = createRawTopicSink({
      topic: test.topic,
      partitions: 1,
      hash: createIdentityHasher('s'.repeat(32), fields),
      keyFields: fields,
      tooLarge: 'HUB_PU_RECORD_TOO_LARGE',
      producers: [test.kafka.producer()],
    });
    const person = { identityRoot: OID_PNR, identity: TEST_PNR[0] };
    const flags = { protectedPerson: '1', protectedPopulationRecord: '0' };
    const large = messageOf({ ...person, ...flags, surname: 'a'.repeat(LIMIT) });
    await sink.append([{ ...large, source: 'pu' }]);
    const records = await readRecords(test.kafka, test.topic);
    const [refused] = records.map(({ value }) => decodeSourceMessage(value));
    expect(refused).toMatchObject({
      source: 'pu',
      operation: 'refused',
      code: 'HUB_PU_RECORD_TOO_LARGE',
    });
    expect(refused?.person).toEqual({ ...person, protectedPerson: '1' });
  });

  it('cannot be let through by the setting for the size of a row', () => {
    const { schema } = SETTINGS.MASTER_MAX_ROW_BYTES.kind;
    expect(schema.safeParse(String(LIMIT)).success).toBe(true);
    expect(schema.safeParse(String(LIMIT + 1)).success).toBe(false);
  });
});
