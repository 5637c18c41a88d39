import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { testEnvironment } from '../../support/env.ts';
import { KAFKA_REQUEST, KafkaProxy } from '../../support/kafka-proxy.ts';
import {
  makeTestTopic,
  numbered,
  readRecords,
  readValues,
  testKafka,
  texts,
} from '../../support/kafka-topic.ts';
import { plainProducer } from '../../support/plain-kafkajs.ts';

const [broker = ''] = testEnvironment().kafkaBrokers;

describe('two idempotent sends at once, the answer to one is lost (kafkajs#1005)', () => {
  it('plain kafkajs acknowledges both, loses one and writes the other twice', async () => {
    await using proxy = await KafkaProxy.start(broker);
    await using test = await makeTestTopic();
    await using producer = await plainProducer([broker], { route: proxy.route });
    await producer.send({ topic: test.topic, messages: [{ value: 'first' }] });

    const lost = proxy.loseAnswerTo(KAFKA_REQUEST.produce);
    const sends = ['A', 'B'].map((value) =>
      producer.send({ topic: test.topic, messages: [{ value }] }),
    );
    await lost;
    await Promise.all(sends);

    const [, one, other, ...more] = await readValues(test.kafka, test.topic);
    expect(one).toMatch(/^[AB]$/);
    expect(other).toBe(one);
    expect(more).toEqual([]);
  });

  it('the guarded producer writes each once, in the order of the calls', async () => {
    await using proxy = await KafkaProxy.start(broker);
    await using test = await makeTestTopic();
    await using kafka = testKafka({ route: proxy.route });
    const producer = kafka.producer();
    const to = { topic: test.topic, partition: 0 };
    await producer.send({ ...to, messages: texts('first') });

    const lost = proxy.loseAnswerTo(KAFKA_REQUEST.produce);
    const sends = ['A', 'B'].map((value) => producer.send({ ...to, messages: texts(value) }));
    await lost;

    expect(await Promise.all(sends)).toEqual([
      { firstOffset: 1, lastOffset: 1 },
      { firstOffset: 2, lastOffset: 2 },
    ]);
    expect(await readValues(test.kafka, test.topic)).toEqual(['first', 'A', 'B']);
  });
});

describe('the guarded producer', () => {
  it('writes a list of many record batches whole and in order, tombstones and headers too', async () => {
    await using test = await makeTestTopic({ partitions: 2 });
    const values = numbered('message', 1_234);
    const producer = test.kafka.producer();
    const messages = [
      ...texts(...values),
      { key: 'gone', value: null, headers: { why: 'a tombstone' } },
    ];

    const range = await producer.send({ topic: test.topic, partition: 1, messages });

    expect(range).toEqual({ firstOffset: 0, lastOffset: 1_234 });
    const records = await readRecords(test.kafka, test.topic);
    expect(records.slice(0, -1).map((record) => record.value?.toString())).toEqual(values);
    expect(records.at(-1)).toMatchObject({
      partition: 1,
      offset: 1_234,
      key: Buffer.from('gone'),
      value: null,
      headers: { why: 'a tombstone' },
    });
  });

  it('refuses a message over the limit before it sends anything of the list', async () => {
    await using test = await makeTestTopic();
    const messages = [...texts('small'), { key: 'big', value: Buffer.alloc(1_100_000) }];
    const producer = test.kafka.producer();

    await expect(
      producer.send({ topic: test.topic, partition: 0, messages }),
    ).rejects.toMatchObject({
      code: 'HUB_KAFKA_MESSAGE_TOO_LARGE',
      disposition: 'rejected',
      context: { index: 1 },
    });
    expect(await readValues(test.kafka, test.topic)).toEqual([]);
  });

  it('says that a message is too large when only the topic finds it so, and goes on afterwards', async () => {
    await using test = await makeTestTopic({ settings: { 'max.message.bytes': '10000' } });
    const producer = test.kafka.producer();
    const to = { topic: test.topic, partition: 0 };

    await expect(
      producer.send({ ...to, messages: [{ key: null, value: Buffer.alloc(20_000) }] }),
    ).rejects.toMatchObject({ code: 'HUB_KAFKA_MESSAGE_TOO_LARGE' });
    await producer.send({ ...to, messages: texts('small') });

    expect(await readValues(test.kafka, test.topic)).toEqual(['small']);
  });

  it('rejects as retriable while the broker is away and goes on when it is back, with the same producer', async () => {
    await using proxy = await KafkaProxy.start(broker);
    await using test = await makeTestTopic();
    await using kafka = testKafka({ route: proxy.route });
    const producer = kafka.producer({ timeoutMs: 1_500 });
    const to = { topic: test.topic, partition: 0 };
    await producer.send({ ...to, messages: texts('before') });

    proxy.tcp.cut();
    await expect(producer.send({ ...to, messages: texts('during') })).rejects.toMatchObject({
      code: 'HUB_KAFKA_UNAVAILABLE',
      disposition: 'retriable',
    });
    proxy.tcp.restore();
    await producer.send({ ...to, messages: texts('during', 'after') });

    expect(await readValues(test.kafka, test.topic)).toEqual(['before', 'during', 'after']);
  });

  it('survives a broker that goes away in the middle of a long list: all is there, in order, when the send is repeated until it resolves', async () => {
    await using proxy = await KafkaProxy.start(broker);
    await using test = await makeTestTopic();
    await using kafka = testKafka({ route: proxy.route });
    const producer = kafka.producer({ timeoutMs: 3_000, limits: { batchRecords: 10 } });
    const values = numbered('message', 2_000);
    const request = { topic: test.topic, partition: 0, messages: texts(...values) };
    const sent = (async () => {
      for (;;) {
        try {
          return await producer.send(request);
        } catch (error) {
          expect(error).toMatchObject({ disposition: 'retriable' });
        }
      }
    })();
    while (proxy.count(KAFKA_REQUEST.produce) < 20) await sleep(1);
    proxy.tcp.cut();
    await sleep(200);
    proxy.tcp.restore();
    const { firstOffset } = await sent;

    const stored = await readValues(test.kafka, test.topic);
    expect(stored.slice(firstOffset)).toEqual(values); // What the broken attempt left stands before it.
    expect(values.slice(0, firstOffset)).toEqual(stored.slice(0, firstOffset));
  });

  it('gives a send up in time when the network is silent, and the next one goes through', async () => {
    await using proxy = await KafkaProxy.start(broker);
    await using test = await makeTestTopic();
    await using kafka = testKafka({ route: proxy.route });
    const producer = kafka.producer({ timeoutMs: 500 });
    const to = { topic: test.topic, partition: 0 };
    await producer.send({ ...to, messages: texts('before') });

    proxy.tcp.pause();
    await expect(producer.send({ ...to, messages: texts('given up') })).rejects.toMatchObject({
      code: 'HUB_KAFKA_UNAVAILABLE',
    });
    while (proxy.tcp.connections > 0) {
      proxy.tcp.resume();
      await sleep(10);
    }
    await producer.send({ ...to, messages: texts('after') });

    const stored = await readValues(test.kafka, test.topic);
    expect(stored.filter((value) => value !== 'given up')).toEqual(['before', 'after']);
    expect(stored.at(-1)).toBe('after');
  });

  it('names the topic that is missing', async () => {
    await using kafka = testKafka();
    await expect(
      kafka
        .producer({ timeoutMs: 25_000 })
        .send({ topic: 'test-no-such-topic', partition: 0, messages: texts('x') }),
    ).rejects.toMatchObject({
      code: 'HUB_KAFKA_TOPIC_MISSING',
      context: { topic: 'test-no-such-topic', partition: 0 },
    });
  });
});
