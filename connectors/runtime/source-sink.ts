import type { RawRecordSink } from '../../core/sync/ports.ts';
import type { SourceName, SourceRefusal } from '../../core/sync/source-record.ts';
import { type HubTopic, topicName } from '../kafka/topics.ts';
import type { HubParts } from './hub-parts.ts';
import { identityHashKey } from './open-parts.ts';
import { createIdentityHasher } from './raw-message.ts';
import { createRawTopicSink } from './raw-topic-sink.ts';

/** Two: while one partition's records are on the way, another's are encoded. */
const PRODUCERS = 2;

export interface SourceSinkOptions {
  readonly source: SourceName;
  readonly topic: HubTopic;
  /** The field names of the source's key, in its order. */
  readonly keyFields: readonly string[];
  readonly tooLarge: SourceRefusal['code'];
}

/** The raw topic of one source, with what it takes counted. */
export function openSourceSink(
  { config, kafka, counters, metrics }: HubParts,
  { source, topic, keyFields, tooLarge }: SourceSinkOptions,
): RawRecordSink {
  const sink = createRawTopicSink({
    topic: topicName(topic, config.kafka.topicPrefix),
    partitions: config.kafka.personTopicPartitions,
    hash: createIdentityHasher(identityHashKey(config), keyFields),
    keyFields,
    tooLarge,
    producers: Array.from({ length: PRODUCERS }, () => kafka.producer()),
  });
  return {
    append: async (messages) => {
      await sink.append(messages);
      counters.read += messages.length;
      metrics.add('hub_source_records_sent_total', { source }, messages.length);
    },
  };
}
