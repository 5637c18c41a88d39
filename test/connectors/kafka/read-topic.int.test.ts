import { describe, expect, it } from 'vitest';
import { testEnvironment } from '../../support/env.ts';
import { makeTestTopic, numbered, readValues, testName, texts } from '../../support/kafka-topic.ts';
import { plainProducer } from '../../support/plain-kafkajs.ts';

const [broker = ''] = testEnvironment().kafkaBrokers;

describe('reading a topic to its end', () => {
  it('gives every record of every partition once, each partition in order, and ends', async () => {
    await using test = await makeTestTopic({ partitions: 3 });
    const producer = test.kafka.producer();
    for (const partition of [0, 2]) {
      const messages = texts(...numbered(`p${partition}-`, 700));
      await producer.send({ topic: test.topic, partition, messages });
    }
    const values = await readValues(test.kafka, test.topic);
    for (const partition of [0, 2]) {
      const ofPartition = values.filter((value) => value.startsWith(`p${partition}-`));
      expect(ofPartition).toEqual(numbered(`p${partition}-`, 700));
    }
    expect(values).toHaveLength(1_400);
  });

  it('ends at once when there is nothing', async () => {
    await using test = await makeTestTopic();
    expect(await readValues(test.kafka, test.topic)).toEqual([]);
  });

  it('ends when only control records stand at the end', async () => {
    await using test = await makeTestTopic();
    await using producer = await plainProducer([broker], { transactionalId: testName('id') });
    for (const [value, end] of [
      ['kept', 'commit'],
      ['dropped', 'abort'],
    ] as const) {
      const transaction = await producer.transaction();
      await transaction.send({ topic: test.topic, messages: [{ value }] });
      await transaction[end]();
    }
    expect(await readValues(test.kafka, test.topic)).toEqual(['kept']);
  });

  it('stops at the limit', async () => {
    await using test = await makeTestTopic();
    const messages = texts(...numbered('v', 50));
    await test.kafka.producer().send({ topic: test.topic, partition: 0, messages });
    const seen: number[] = [];
    for await (const record of test.kafka.readTopic({ topic: test.topic, limit: 3 })) {
      seen.push(record.offset);
    }
    expect(seen).toEqual([0, 1, 2]);
  });

  it('goes on past the end when asked to, until the signal', async () => {
    await using test = await makeTestTopic();
    const producer = test.kafka.producer();
    const send = (value: string): Promise<unknown> =>
      producer.send({ topic: test.topic, partition: 0, messages: texts(value) });
    await send('before');
    const stop = new AbortController();
    const seen: string[] = [];
    const records = test.kafka.readTopic({ topic: test.topic, follow: true, signal: stop.signal });
    for await (const { value } of records) {
      seen.push(String(value));
      if (seen.length === 1) await send('after');
      else stop.abort();
    }
    expect(seen).toEqual(['before', 'after']);
  });

  it('names the topic that is missing', async () => {
    await using test = await makeTestTopic();
    await expect(readValues(test.kafka, 'test-no-such-topic')).rejects.toMatchObject({
      code: 'HUB_KAFKA_TOPIC_MISSING',
    });
  });
});
