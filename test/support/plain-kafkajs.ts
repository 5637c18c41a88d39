/** kafkajs without our guards, to show in a test what they are for. The only test file that imports it. */

import { connect } from 'node:net';
import kafkajs, { type Kafka, type Producer } from 'kafkajs';
import type { Route } from '../../connectors/kafka/tracked-sockets.ts';

export type PlainProducer = Producer & AsyncDisposable;

/** The library as its own manual says, except that it is silent and retries fast. */
export function plainKafka(brokers: readonly string[], route?: Route): Kafka {
  return new kafkajs.Kafka({
    brokers: [...brokers],
    clientId: 'plain-kafkajs',
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { initialRetryTime: 50, retries: 8 },
    ...(route !== undefined && {
      socketFactory: ({ host, port, onConnect }) => connect(route(host, port), onConnect),
    }),
  });
}

/** An idempotent producer, connected. */
export async function plainProducer(
  brokers: readonly string[],
  options: { readonly route?: Route; readonly transactionalId?: string } = {},
): Promise<PlainProducer> {
  const { route, transactionalId } = options;
  const producer = plainKafka(brokers, route).producer({
    idempotent: true,
    maxInFlightRequests: 1,
    ...(transactionalId !== undefined && { transactionalId }),
    retry: { initialRetryTime: 50, retries: 8 },
  });
  await producer.connect();
  return Object.assign(producer, { [Symbol.asyncDispose]: () => producer.disconnect() });
}

/** The library's error classes, to make the errors that it throws. */
export const libraryErrors = {
  KafkaJSConnectionError: kafkajs.KafkaJSConnectionError,
  KafkaJSNonRetriableError: kafkajs.KafkaJSNonRetriableError,
  KafkaJSNumberOfRetriesExceeded: kafkajs.KafkaJSNumberOfRetriesExceeded,
  KafkaJSProtocolError: kafkajs.KafkaJSProtocolError,
  KafkaJSAggregateError: kafkajs.KafkaJSAggregateError,
};

/** What a group has committed to Kafka, for each partition: what Kafka's own tools make their lag of. */
export async function committedOffsets(
  broker: string,
  groupId: string,
  topic: string,
): Promise<readonly number[]> {
  const admin = plainKafka([broker]).admin();
  await admin.connect();
  try {
    const [answer] = await admin.fetchOffsets({ groupId, topics: [topic] });
    return (answer?.partitions ?? [])
      .toSorted((a, b) => a.partition - b.partition)
      .map(({ offset }) => Number(offset));
  } finally {
    await admin.disconnect();
  }
}

/** Deletes the records of a partition below an offset, as retention would. */
export async function deleteRecordsBefore(
  broker: string,
  topic: string,
  partition: number,
  offset: number,
): Promise<void> {
  const admin = plainKafka([broker]).admin();
  await admin.connect();
  try {
    await admin.fetchTopicMetadata({ topics: [topic] }); // The call below wants it loaded.
    const partitions = [{ partition, offset: String(offset) }];
    await admin.deleteTopicRecords({ topic, partitions });
  } finally {
    await admin.disconnect();
  }
}
