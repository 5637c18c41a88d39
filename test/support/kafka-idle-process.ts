/**
 * A process with a producer and a consumer that have nothing to do. Prints how many timers they set and how much processor time
 * they take meanwhile, as JSON. Arguments: `plain` or `guarded`, broker, topic.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { plainKafka, plainProducer } from './plain-kafkajs.ts';

const SETTLE_MS = 1_500;
const WATCH_MS = 3_000;

export interface IdleFigures {
  readonly timers: number;
  readonly cpuMs: number;
}

const [mode, broker = '', topic = ''] = process.argv.slice(2);
let timers = 0;
const setTimer = globalThis.setTimeout;
globalThis.setTimeout = Object.assign((...args: Parameters<typeof setTimeout>) => {
  timers += 1;
  return setTimer(...args);
}, setTimer);

const stop = mode === 'plain' ? await beIdlePlainly() : await beIdleGuarded();
await sleep(SETTLE_MS);
const before = process.cpuUsage();
timers = 0;
await sleep(WATCH_MS);
const { user, system } = process.cpuUsage(before);
const figures: IdleFigures = { timers, cpuMs: Math.round((user + system) / 1_000) };
process.stdout.write(`${JSON.stringify(figures)}\n`);
await stop();

async function beIdlePlainly(): Promise<() => Promise<void>> {
  const producer = await plainProducer([broker]);
  await producer.send({ topic, messages: [{ value: 'v' }] });
  const consumer = plainKafka([broker]).consumer({ groupId: `${topic}-plain` });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic] });
  await consumer.run({ eachBatch: () => Promise.resolve() });
  return async () => {
    await consumer.disconnect();
    await producer.disconnect();
  };
}

async function beIdleGuarded(): Promise<() => Promise<void>> {
  // Loaded here only: it guards the library for the whole process.
  const { createKafka } = await import('../../connectors/kafka/kafka-client.ts');
  const kafka = createKafka({ brokers: [broker], clientId: 'idle' });
  await kafka
    .producer()
    .send({ topic, partition: 0, messages: [{ key: null, value: Buffer.from('v') }] });
  const ending = new AbortController();
  const consuming = kafka.runConsumer({
    groupId: `${topic}-guarded`,
    topics: [topic],
    startOffset: () => Promise.resolve(undefined),
    onBatch: () => Promise.resolve(),
    signal: ending.signal,
  });
  return async () => {
    ending.abort();
    await consuming;
    await kafka.close();
  };
}
