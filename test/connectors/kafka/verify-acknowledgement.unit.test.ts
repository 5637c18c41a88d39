import { describe, expect, it } from 'vitest';
import { verifyAcknowledgement } from '../../../connectors/kafka/verify-acknowledgement.ts';

const sent = { topic: 'person.events.v1', partition: 3 };
const good = { topicName: sent.topic, partition: 3, errorCode: 0, baseOffset: '41' };

describe('an acknowledgement', () => {
  it('is proof when it names exactly what was sent', () => {
    expect(verifyAcknowledgement(sent, 2, [good])).toEqual({ firstOffset: 41, lastOffset: 42 });
  });

  it.each([
    ['is missing, as after a leader move', []],
    ['names another partition', [{ ...good, partition: 2 }]],
    ['names another topic', [{ ...good, topicName: 'person.state.v1' }]],
    ['carries an error code', [{ ...good, errorCode: 6 }]],
    ['has no offset', [{ ...good, baseOffset: undefined }]],
    ['has the offset of a batch that was not appended', [{ ...good, baseOffset: '-1' }]],
    ['names more than was sent', [good, { ...good, partition: 4 }]],
  ])('is none when it %s', (_, acknowledged) => {
    expect(() => verifyAcknowledgement(sent, 2, acknowledged)).toThrow(
      expect.objectContaining({ code: 'HUB_KAFKA_ACK_MISMATCH', disposition: 'retriable' }),
    );
  });
});
