import { setFlagsOf } from '../../core/mapping/raised-protection.ts';
import type { IdentityHash } from '../../core/person/person-identifier.ts';
import type { RawRecordSink } from '../../core/sync/ports.ts';
import type { SourceMessage, SourceRefusal } from '../../core/sync/source-record.ts';
import { DEFAULT_BATCH_LIMITS, sizeOf } from '../kafka/batch-limits.ts';
import type { GuardedProducer } from '../kafka/guarded-producer.ts';
import type { KafkaMessage } from '../kafka/kafka-message.ts';
import { partitionOf } from '../kafka/partition-of.ts';
import { encodeSourceMessage } from './raw-message.ts';

export interface RawTopicSinkOptions {
  readonly topic: string;
  readonly partitions: number;
  readonly hash: (message: SourceMessage) => IdentityHash;
  /** The field names of the source's key: with the flags of protection, all that is sent of a person who is too large. */
  readonly keyFields: readonly string[];
  /** What such a person is refused with. */
  readonly tooLarge: SourceRefusal['code'];
  /**
   * A partition always has the same one of these producers, so its records keep their order; two let one partition's records be encoded
   * while another's are on the way.
   */
  readonly producers: readonly GuardedProducer[];
}

/** Puts source messages on the raw topic. Resolves when every one is acknowledged by all in-sync replicas. */
export function createRawTopicSink(options: RawTopicSinkOptions): RawRecordSink {
  const { topic, partitions, hash, producers } = options;
  return {
    async append(messages) {
      const byPartition = new Map<number, KafkaMessage[]>();
      for (const message of messages) {
        const key = hash(message);
        const partition = partitionOf(key, partitions);
        const record = encodeWithinLimit(key, message, options);
        const list = byPartition.get(partition);
        if (list === undefined) byPartition.set(partition, [record]);
        else list.push(record);
      }
      const sends = [...byPartition].map(async ([partition, records]) => {
        const producer = producers[partition % producers.length];
        if (producer === undefined) throw new RangeError('A sink needs at least one producer.');
        await producer.send({ topic, partition, messages: records });
      });
      // All of them end before a fault is passed on: nothing of this call may still be on its way when the caller tries again.
      const results = await Promise.allSettled(sends);
      for (const result of results) if (result.status === 'rejected') throw result.reason;
    },
  };
}

/**
 * Only here is the size known that Kafka sees: names of fields and escapes come on top of what the source counted. A person over the
 * limit must not stop the others, so a refusal goes in the person's place and is parked.
 */
function encodeWithinLimit(
  key: IdentityHash,
  message: SourceMessage,
  { keyFields, tooLarge }: Pick<RawTopicSinkOptions, 'keyFields' | 'tooLarge'>,
): KafkaMessage {
  const record = { key, value: encodeSourceMessage(message) };
  if (sizeOf(record) <= DEFAULT_BATCH_LIMITS.messageBytes) return record;
  const { source, position, snapshot, readAt, person } = message;
  const refusal: SourceMessage = {
    source,
    operation: 'refused',
    position,
    snapshot,
    readAt,
    code: tooLarge,
    person: {
      ...Object.fromEntries(keyFields.map((field) => [field, person[field] ?? null])),
      ...setFlagsOf(person),
    },
  };
  return { key, value: encodeSourceMessage(refusal) };
}
