import { randomBytes } from 'node:crypto';
import {
  createKafka,
  type KafkaClient,
  type KafkaOptions,
} from '../../connectors/kafka/kafka-client.ts';
import type { KafkaMessage, LocatedRecord } from '../../connectors/kafka/kafka-message.ts';
import { testEnvironment } from './env.ts';

/** A topic of its own for one test, with a client; both go when the test ends. */
export interface TestTopic extends AsyncDisposable {
  readonly topic: string;
  readonly kafka: KafkaClient;
}

export interface TestTopicOptions {
  readonly partitions?: number;
  readonly settings?: Readonly<Record<string, string>>;
  readonly brokers?: readonly string[];
}

export async function makeTestTopic(options: TestTopicOptions = {}): Promise<TestTopic> {
  const topic = testName('topic');
  const brokers = options.brokers ?? testEnvironment().kafkaBrokers;
  const kafka = testKafka({ brokers });
  await kafka.admin.ensureTopics([
    {
      topic,
      partitions: options.partitions ?? 1,
      replicationFactor: 1,
      settings: options.settings ?? {},
    },
  ]);
  return {
    topic,
    kafka,
    async [Symbol.asyncDispose]() {
      await kafka.admin.deleteTopics([topic]);
      await kafka.close();
    },
  };
}

/** A client of the test's broker. */
export function testKafka(options: Partial<KafkaOptions> = {}): KafkaClient {
  const brokers = options.brokers ?? testEnvironment().kafkaBrokers;
  return createKafka({ clientId: 'test', ...options, brokers });
}

/** A name that nobody else has: letters only, since six digits in a row look like a person's. */
export function testName(kind: string): string {
  const letters = [...randomBytes(10)].map((byte) => String.fromCharCode(97 + (byte % 26)));
  return `test-${kind}-${letters.join('')}`;
}

/** Messages with the same text as key and value. */
export function texts(...values: readonly string[]): readonly KafkaMessage[] {
  return values.map((value) => ({ key: value, value: Buffer.from(value) }));
}

/** `prefix0` to `prefix<count - 1>`. */
export function numbered(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}${i}`);
}

/** Every record of a topic. */
export async function readRecords(
  kafka: KafkaClient,
  topic: string,
): Promise<readonly LocatedRecord[]> {
  const records: LocatedRecord[] = [];
  for await (const record of kafka.readTopic({ topic })) records.push(record);
  return records;
}

/** Every value of a topic as text, in the order of reading. */
export async function readValues(kafka: KafkaClient, topic: string): Promise<readonly string[]> {
  return (await readRecords(kafka, topic)).map(textOf);
}

export function textOf(record: Pick<LocatedRecord, 'value'>): string {
  return record.value?.toString() ?? '<tombstone>';
}
