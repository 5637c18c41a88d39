import { HubError } from '../../core/errors/hub-error.ts';
import { safeWord } from '../../core/errors/log-safe.ts';
import type { TopicPartition } from './kafka-message.ts';

/** What the broker said about one partition of a send, as the client passes it on. */
export interface Acknowledgement {
  readonly topicName: string;
  readonly partition: number;
  readonly errorCode: number;
  readonly baseOffset?: string | undefined;
}

/** Where the messages of one send stand in their partition. */
export interface SentRange {
  readonly firstOffset: number;
  /** The offset of the last message. With more than one record batch, others may stand between. */
  readonly lastOffset: number;
}

/**
 * A send is done when the broker names exactly the partition that was sent to, without an error and with an offset. The client
 * resolves a send also when an answer for a partition is missing, so nothing less is proof.
 * @throws HubError `HUB_KAFKA_ACK_MISMATCH` otherwise.
 */
export function verifyAcknowledgement(
  sent: TopicPartition,
  count: number,
  acknowledged: readonly Acknowledgement[],
): SentRange {
  const [ack] = acknowledged;
  const firstOffset = Number(ack?.baseOffset ?? Number.NaN);
  const isProof =
    ack !== undefined &&
    acknowledged.length === 1 &&
    ack.topicName === sent.topic &&
    ack.partition === sent.partition &&
    ack.errorCode === 0 &&
    Number.isSafeInteger(firstOffset) &&
    firstOffset >= 0;
  if (!isProof) {
    throw new HubError('HUB_KAFKA_ACK_MISMATCH', {
      topic: safeWord(sent.topic),
      partition: sent.partition,
      acknowledged: acknowledged.length,
      acknowledgedTopic: ack === undefined ? null : safeWord(ack.topicName),
      acknowledgedPartition: ack?.partition ?? null,
      kafkaErrorCode: ack?.errorCode ?? null,
    });
  }
  return { firstOffset, lastOffset: firstOffset + count - 1 };
}
