import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { KafkaClient } from '../../../connectors/kafka/kafka-client.ts';
import type { ConsumerBatch, ConsumerOptions } from '../../../connectors/kafka/run-consumer.ts';
import { dispositionOf, HubError } from '../../../core/errors/hub-error.ts';
import { testEnvironment } from '../../support/env.ts';
import { eventually, OffsetStore } from '../../support/kafka-offset-store.ts';
import { KAFKA_REQUEST, KafkaProxy } from '../../support/kafka-proxy.ts';
import {
  makeTestTopic,
  numbered,
  type TestTopic,
  testKafka,
  testName,
  texts,
} from '../../support/kafka-topic.ts';
import {
  committedOffsets,
  deleteRecordsBefore,
  plainProducer,
} from '../../support/plain-kafkajs.ts';

const [broker = ''] = testEnvironment().kafkaBrokers;

interface Run {
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** Runs a consumer in the background until it is stopped. */
function run(
  test: Pick<TestTopic, 'topic'>,
  kafka: KafkaClient,
  options: Partial<ConsumerOptions>,
): Run {
  const stop = new AbortController();
  const ended = kafka.runConsumer({
    groupId: testName('group'),
    topics: [test.topic],
    startOffset: () => Promise.resolve(undefined),
    onBatch: () => Promise.resolve(),
    signal: stop.signal,
    ...options,
  });
  ended.catch(() => undefined); // The test looks at it later.
  return {
    ended,
    async stop() {
      stop.abort();
      await ended;
    },
  };
}

async function write(test: TestTopic, partition: number, values: readonly string[]): Promise<void> {
  const producer = test.kafka.producer({ limits: { batchRecords: 10 } });
  await producer.send({ topic: test.topic, partition, messages: texts(...values) });
}

describe('the offset to go on from', () => {
  it('is the stored one, whatever the group committed to Kafka', async () => {
    await using test = await makeTestTopic();
    await write(test, 0, numbered('v', 20));
    const groupId = testName('group');
    const first = new OffsetStore();
    const all = run(test, test.kafka, { groupId, ...on(first) });
    await eventually(() => first.count() === 20);
    await all.stop();

    const restored = new OffsetStore(); // As after a restore of the store from a backup.
    restored.set(0, 5);
    const again = run(test, test.kafka, { groupId, ...on(restored) });
    await eventually(() => restored.get(0) === 20);
    await again.stop();

    expect(restored.values(0)).toEqual(numbered('v', 20).slice(5));
    expect(await committedOffsets(broker, groupId, test.topic)).toEqual([20]);
  });

  it('counts the control records of transactions, committed and aborted', async () => {
    await using test = await makeTestTopic();
    await using producer = await plainProducer([broker], { transactionalId: testName('id') });
    const inTransaction = async (value: string, end: 'commit' | 'abort'): Promise<void> => {
      const transaction = await producer.transaction();
      await transaction.send({ topic: test.topic, messages: [{ value, partition: 0 }] });
      await transaction[end]();
    };
    await inTransaction('a', 'commit'); // Offsets 0 and 1.
    await inTransaction('b', 'abort'); // Offsets 2 and 3.
    await inTransaction('c', 'commit'); // Offsets 4 and 5.
    const store = new OffsetStore();
    const steps: (readonly [number, number])[] = [];
    const consumer = run(test, test.kafka, {
      startOffset: store.startOffset,
      stallAfterMs: 5_000,
      onBatch: async (batch) => {
        steps.push([batch.firstOffset, batch.nextOffset]);
        await on(store).onBatch(batch);
      },
    });
    await eventually(() => store.get(0) === 6);
    await inTransaction('d', 'abort'); // Nothing to hand over.
    await inTransaction('e', 'commit');
    await eventually(() => store.count() === 3);
    await consumer.stop();

    expect(store.values(0)).toEqual(['a', 'c', 'e']);
    expect(await test.kafka.admin.offsets(test.topic)).toMatchObject([{ high: store.get(0) }]);
    // Each batch follows on what was stored before it: none of them is a gap.
    expect(steps.map(([first]) => first)).toEqual([
      0,
      ...steps.slice(0, -1).map(([, next]) => next),
    ]);
  });

  it('is refused when retention has deleted it', async () => {
    await using test = await makeTestTopic();
    await write(test, 0, numbered('v', 20));
    await deleteRecordsBefore(broker, test.topic, 0, 10);
    const { ended } = run(test, test.kafka, { startOffset: () => Promise.resolve(5) });
    await expect(ended).rejects.toMatchObject({
      code: 'HUB_KAFKA_OFFSET_GONE',
      disposition: 'fatal',
      context: { topic: test.topic, partition: 0, wanted: 5, low: 10, high: 20 },
    });
  });

  it('is refused when the topic was made anew and is shorter', async () => {
    await using test = await makeTestTopic();
    await write(test, 0, numbered('v', 3));
    const { ended } = run(test, test.kafka, { startOffset: () => Promise.resolve(1_000) });
    await expect(ended).rejects.toMatchObject({ code: 'HUB_KAFKA_OFFSET_GONE' });
  });

  it('is not jumped over when records are deleted in the middle of a run and the library resets itself', async () => {
    await using test = await makeTestTopic();
    await write(test, 0, numbered('v', 40));
    const seen: number[] = [];
    const { ended } = run(test, test.kafka, {
      fetch: { maxBytesPerPartition: 100 }, // One record batch of ten at a time.
      onBatch: async (batch) => {
        seen.push(batch.firstOffset);
        if (batch.firstOffset === 0) await deleteRecordsBefore(broker, test.topic, 0, 30);
      },
    });
    await expect(ended).rejects.toMatchObject({
      code: 'HUB_KAFKA_OFFSET_GONE',
      context: { wanted: 10, low: 30 },
    });
    expect(seen).toEqual([0]);
  });
});

describe('a batch that fails', () => {
  it('comes again, the same, until it is done, when the failure is retriable', async () => {
    await using test = await makeTestTopic();
    await write(test, 0, numbered('v', 20));
    const store = new OffsetStore();
    const tries: number[] = [];
    let failures = 3;
    const consumer = run(test, test.kafka, {
      startOffset: store.startOffset,
      onBatch: (batch) => {
        tries.push(batch.firstOffset);
        failures -= 1;
        if (failures >= 0) return Promise.reject(new HubError('HUB_STORE_UNAVAILABLE'));
        store.store(batch);
        return Promise.resolve();
      },
    });
    await eventually(() => store.count() === 20);
    await consumer.stop();
    expect(tries.slice(0, 4)).toEqual([0, 0, 0, 0]);
    expect(store.values(0)).toEqual(numbered('v', 20));
  });

  it('that is left undone because it is stale comes again, and is not moved past', async () => {
    await using proxy = await KafkaProxy.start(broker);
    await using test = await makeTestTopic();
    await using kafka = testKafka({ route: proxy.route });
    await write(test, 0, numbered('v', 20));
    const store = new OffsetStore();
    let leftUndone = 0;
    const consumer = run(test, kafka, {
      startOffset: store.startOffset,
      onBatch: async (batch) => {
        if (leftUndone === 0) {
          const lost = proxy.loseAnswerTo(KAFKA_REQUEST.heartbeat); // No rebalance: only a heartbeat that failed.
          await lost;
          await eventually(() => batch.isStale());
          leftUndone += 1;
          return;
        }
        store.store(batch);
      },
    });
    await eventually(() => store.count() === 20);
    await consumer.stop();
    expect(store.values(0)).toEqual(numbered('v', 20));
  });

  it('ends the run with what was thrown when waiting does not cure it, and the next run begins at it', async () => {
    await using test = await makeTestTopic();
    await write(test, 0, numbered('v', 20));
    const bug = new TypeError('a bug');
    const groupId = testName('group');
    const failing = run(test, test.kafka, { groupId, onBatch: () => Promise.reject(bug) });
    await expect(failing.ended).rejects.toBe(bug);

    const store = new OffsetStore();
    const next = run(test, test.kafka, { groupId, ...on(store) });
    await eventually(() => store.count() === 20);
    await next.stop();
  });
});

describe('stopping', () => {
  it('waits for the batch that is being done, which can see that it is to end', async () => {
    await using test = await makeTestTopic();
    await write(test, 0, ['v']);
    const started = Promise.withResolvers<ConsumerBatch>();
    const release = Promise.withResolvers<void>();
    let isDone = false;
    const consumer = run(test, test.kafka, {
      onBatch: async (batch) => {
        started.resolve(batch);
        await release.promise;
        isDone = true;
      },
    });
    const batch = await started.promise;
    expect(batch.isStale()).toBe(false);
    const stopped = consumer.stop().then(() => isDone);
    expect(batch.isStale()).toBe(true);
    release.resolve();
    expect(await stopped).toBe(true);
  });

  it('sends heartbeats while a batch takes long', async () => {
    await using proxy = await KafkaProxy.start(broker);
    await using test = await makeTestTopic();
    await using kafka = testKafka({ route: proxy.route });
    await write(test, 0, ['v']);
    let isDone = false;
    const consumer = run(test, kafka, {
      onBatch: async () => {
        const before = proxy.count(KAFKA_REQUEST.heartbeat);
        await eventually(() => proxy.count(KAFKA_REQUEST.heartbeat) >= before + 2);
        isDone = true;
      },
    });
    await eventually(() => isDone);
    await consumer.stop();
  });
});

describe('the watchdog', () => {
  it('ends a run whose network has gone silent while there is something to read', async () => {
    await using proxy = await KafkaProxy.start(broker);
    await using test = await makeTestTopic();
    await using kafka = testKafka({ route: proxy.route });
    const store = new OffsetStore();
    const { ended } = run(test, kafka, { ...on(store), stallAfterMs: 2_000 });
    await write(test, 0, ['before']);
    await eventually(() => store.count() === 1);

    proxy.tcp.pause();
    await write(test, 0, ['unseen']);
    await expect(ended).rejects.toMatchObject({
      code: 'HUB_KAFKA_CONSUMER_STALLED',
      disposition: 'retriable',
    });
    expect(store.values(0)).toEqual(['before']);
  });

  it('ends a run whose batch hangs, though heartbeats go on', async () => {
    await using test = await makeTestTopic();
    await write(test, 0, ['v']);
    const { ended } = run(test, test.kafka, {
      stallAfterMs: 1_000,
      onBatch: (batch) => eventually(() => batch.isStale()),
    });
    await expect(ended).rejects.toMatchObject({ code: 'HUB_KAFKA_CONSUMER_STALLED' });
  });

  it('ends a run whose store does not say where to begin', async () => {
    await using test = await makeTestTopic();
    const { ended } = run(test, test.kafka, {
      stallAfterMs: 1_000,
      fetch: { maxWaitMs: 100 },
      startOffset: () => new Promise(() => undefined),
    });
    await expect(ended).rejects.toMatchObject({ code: 'HUB_KAFKA_CONSUMER_STALLED' });
  });

  it('leaves an idle consumer alone, and a failing store too', async () => {
    await using test = await makeTestTopic();
    const store = new OffsetStore();
    const stallAfterMs = 1_000;
    const attemptedFor = { since: 0 };
    const consumer = run(test, test.kafka, {
      fetch: { maxWaitMs: 100 },
      stallAfterMs,
      startOffset: store.startOffset,
      onBatch: async (batch) => {
        attemptedFor.since ||= performance.now();
        await sleep(0);
        if (performance.now() - attemptedFor.since < 2.5 * stallAfterMs) {
          throw new HubError('HUB_STORE_UNAVAILABLE');
        }
        store.store(batch);
      },
    });
    await sleep(2.5 * stallAfterMs);
    await write(test, 0, ['v']);
    await eventually(() => store.count() === 1);
    await consumer.stop();
  });
});

describe('several consumers in one group', () => {
  it('neither lose nor skip a record while one joins and another leaves', async () => {
    await using test = await makeTestTopic({ partitions: 4 });
    const values = numbered('v', 400);
    for (const partition of [0, 1, 2, 3]) await write(test, partition, values);
    const store = new OffsetStore();
    const groupId = testName('group');
    const member = (assigned: () => void): Run =>
      run(test, test.kafka, {
        groupId,
        startOffset: store.startOffset,
        fetch: { maxBytesPerPartition: 100, maxWaitMs: 100 },
        partitionsConsumedConcurrently: 2,
        onAssigned: assigned,
        onBatch: async (batch) => {
          await sleep(10);
          store.store(batch);
        },
      });
    let joined = 0;
    const first = member(() => undefined);
    await eventually(() => store.count() > 100);
    const second = member(() => {
      joined += 1;
    });
    await eventually(() => joined > 0);
    await first.stop();
    await eventually(() => store.count() >= 4 * values.length);
    await second.stop();

    for (const partition of [0, 1, 2, 3]) expect(store.values(partition)).toEqual(values);
  });
});

describe('a broker that goes away in the middle', () => {
  it('costs nothing: a run that is begun again does every record once, in order', async () => {
    await using proxy = await KafkaProxy.start(broker);
    await using test = await makeTestTopic();
    await using kafka = testKafka({ route: proxy.route });
    const values = numbered('v', 500);
    await write(test, 0, values);
    const store = new OffsetStore();
    const stop = new AbortController();
    const supervised = (async () => {
      while (!stop.signal.aborted) {
        try {
          await kafka.runConsumer({
            groupId: testName('group'),
            topics: [test.topic],
            signal: stop.signal,
            fetch: { maxBytesPerPartition: 100 },
            startOffset: store.startOffset,
            onBatch: async (batch) => {
              await sleep(5);
              store.store(batch);
            },
          });
        } catch (error) {
          expect(dispositionOf(error)).toBe('retriable');
        }
      }
    })();
    await eventually(() => store.count() > 50);
    proxy.tcp.cut();
    await sleep(500);
    proxy.tcp.restore();
    await eventually(() => store.count() >= values.length);
    stop.abort();
    await supervised;

    expect(store.values(0)).toEqual(values);
  });
});

/** The options that do batches in a store. */
function on(store: OffsetStore): Pick<ConsumerOptions, 'startOffset' | 'onBatch'> {
  return {
    startOffset: store.startOffset,
    onBatch: (batch) => Promise.resolve(store.store(batch)),
  };
}
