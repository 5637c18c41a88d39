import { describe, expect, it } from 'vitest';
import { topicTable } from '../../../connectors/kafka/topics.ts';
import { testEnvironment } from '../../support/env.ts';
import { KafkaProxy } from '../../support/kafka-proxy.ts';
import { makeTestTopic, testKafka, testName, texts } from '../../support/kafka-topic.ts';

describe('the topics of the table', () => {
  it('are created, also twice and by several instances at once, and then are as the table says', async () => {
    await using kafka = testKafka();
    await using other = testKafka();
    const table = topicTable({ prefix: `${testName('prefix')}.`, partitions: 2 });
    try {
      await Promise.all([kafka.admin.ensureTopics(table), other.admin.ensureTopics(table)]);
      const reports = await kafka.admin.ensureTopics(table);
      expect(reports.map(({ topic }) => topic)).toEqual(table.map(({ topic }) => topic));
      expect(reports.flatMap(({ drift }) => drift)).toEqual([]);
    } finally {
      await kafka.admin.deleteTopics(table.map(({ topic }) => topic));
    }
  });

  it('are named when one is missing', async () => {
    await using kafka = testKafka();
    await expect(
      kafka.admin.checkTopics(topicTable({ prefix: 'test-none.' })),
    ).rejects.toMatchObject({
      code: 'HUB_KAFKA_TOPIC_MISSING',
      context: { topic: 'test-none.source.master.person.v1' },
    });
  });

  it('are refused with another number of partitions, and left as they are', async () => {
    await using test = await makeTestTopic({ partitions: 2 });
    const want = { topic: test.topic, partitions: 6, replicationFactor: 1, settings: {} };
    await expect(test.kafka.admin.ensureTopics([want])).rejects.toMatchObject({
      code: 'HUB_KAFKA_TOPIC_MISMATCH',
      disposition: 'fatal',
      context: { topic: test.topic, have: 2, want: 6 },
    });
    expect(await test.kafka.admin.offsets(test.topic)).toHaveLength(2);
  });

  it('are reported where a setting differs, and not changed', async () => {
    await using test = await makeTestTopic({ settings: { 'retention.ms': '1000' } });
    const settings = { 'retention.ms': '604800000', 'cleanup.policy': 'compact' };
    const want = { topic: test.topic, partitions: 1, replicationFactor: 1, settings };
    for (let time = 1; time <= 2; time += 1) {
      const [report] = await test.kafka.admin.ensureTopics([want]);
      expect(report?.drift).toEqual([
        { setting: 'retention.ms', have: 1_000, want: 604_800_000 },
        { setting: 'cleanup.policy', have: 'delete', want: 'compact' },
      ]);
    }
  });

  it('are asked about also after another one, asked about before, was deleted by somebody else', async () => {
    await using gone = await makeTestTopic();
    await using test = await makeTestTopic();
    await using kafka = testKafka();
    expect(await kafka.admin.offsets(gone.topic)).toHaveLength(1);
    await gone.kafka.admin.deleteTopics([gone.topic]);
    expect(await kafka.admin.offsets(test.topic)).toHaveLength(1);
  });

  it('say where they have the first record since a moment', async () => {
    await using test = await makeTestTopic({ partitions: 2 });
    const send = async (value: string): Promise<void> =>
      void (await test.kafka
        .producer()
        .send({ topic: test.topic, partition: 1, messages: texts(value) }));
    await send('before');
    await new Promise((resolve) => setTimeout(resolve, 20));
    const since = Date.now();
    await send('after');
    expect(await test.kafka.admin.offsetsSince(test.topic, since)).toEqual([
      { partition: 0, offset: 0 },
      { partition: 1, offset: 1 },
    ]);
    expect(await test.kafka.admin.offsetsSince(test.topic, Date.now() + 60_000)).toEqual([
      { partition: 0, offset: 0 },
      { partition: 1, offset: 2 },
    ]);
  });

  it('say where they begin and end', async () => {
    await using test = await makeTestTopic({ partitions: 2 });
    const messages = texts('a', 'b', 'c');
    await test.kafka.producer().send({ topic: test.topic, partition: 1, messages });
    expect(await test.kafka.admin.offsets(test.topic)).toEqual([
      { topic: test.topic, partition: 0, low: 0, high: 0 },
      { topic: test.topic, partition: 1, low: 0, high: 3 },
    ]);
  });
});

describe('the admin client', () => {
  it('says that the brokers are away, and goes on by itself when they are back', async () => {
    await using proxy = await KafkaProxy.start(testEnvironment().kafkaBrokers[0] ?? '');
    await using test = await makeTestTopic();
    await using kafka = testKafka({ route: proxy.route });
    await kafka.admin.offsets(test.topic);
    proxy.tcp.cut();
    await expect(kafka.admin.offsets(test.topic)).rejects.toMatchObject({
      code: 'HUB_KAFKA_UNAVAILABLE',
    });
    proxy.tcp.restore();
    expect(await kafka.admin.offsets(test.topic)).toHaveLength(1);
  });
});
