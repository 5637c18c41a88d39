/** Acknowledgements from their topic to the store, on real services. */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AvroCodec } from '../../../connectors/kafka/avro-codec.ts';
import { ConsumerCodec } from '../../../connectors/kafka/consumer-codec.ts';
import { CONSUMER_SCHEMAS } from '../../../connectors/kafka/schema-catalogue.ts';
import { createHealth } from '../../../connectors/observability/health.ts';
import { createLogger } from '../../../connectors/observability/logger.ts';
import { createMetrics } from '../../../connectors/observability/metrics.ts';
import { PURGE_ACKS, runPurgeAckRole } from '../../../connectors/runtime/purge-ack-role.ts';
import { testEnvironment } from '../../support/env.ts';
import { makeTestTopic, type TestTopic, testName } from '../../support/kafka-topic.ts';
import {
  type AddedConsumer,
  type ConsumerWorld,
  commitOf,
  openConsumerWorld,
  purgeOf,
} from '../hub-store/consumer-world.ts';

const WITHIN = { timeout: 20_000, interval: 100 };
const AT = Date.UTC(2026, 0, 2);

let world: ConsumerWorld;
let consumer: AddedConsumer;
let acks: TestTopic;

beforeEach(async () => {
  world = await openConsumerWorld();
  consumer = await world.addConsumer();
  acks = await makeTestTopic();
});

afterEach(async () => {
  await acks[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

it('takes what was ordered, counts and leaves out what was not, and goes on where it was', async () => {
  const [person] = await world.addPersons(1);
  const purges = [purgeOf(person?.key ?? expect.fail()), purgeOf(person?.key ?? expect.fail())];
  const [one, other] = purges.map(({ id }) => id);
  await world.store.deliveries.commit(consumer.lease, commitOf(consumer, { purges }));
  const { schemaRegistryUrl } = testEnvironment();
  const avro = new AvroCodec({ registryUrl: schemaRegistryUrl, clientId: 'test' });
  const codec = await ConsumerCodec.register(avro);
  const writer = await avro.register(CONSUMER_SCHEMAS.purgeAck);
  const producer = acks.kafka.producer();
  const say = async (orderId: string, name: string, by = 'registerenheten'): Promise<void> => {
    const value = writer.encode({
      orderId,
      consumer: name,
      acknowledgedAt: AT,
      acknowledgedBy: by,
    });
    await producer.send({
      topic: acks.topic,
      partition: 0,
      messages: [{ key: orderId, value }],
    });
  };
  await say(one ?? '', 'somebody-else');
  await say(randomUUID(), consumer.name);
  await producer.send({
    topic: acks.topic,
    partition: 0,
    messages: [{ key: 'x', value: Buffer.from('{"orderId":"x"}') }],
  });
  await say(one ?? '', consumer.name, 'patient 18900101-9802');

  const metrics = createMetrics();
  await run(codec, metrics, async () => {
    const { consumerPurges } = world.store;
    await expect.poll(async () => (await consumerPurges.open(10)).length, WITHIN).toBe(1);
    expect(await consumerPurges.open(10)).toMatchObject([{ id: other }]);
  });
  const text = await metrics.text();
  expect(text).toContain('hub_purge_acks_total{result="acknowledged"} 1');
  expect(text).toContain('hub_purge_acks_total{result="unknown"} 2');
  expect(text).toContain('hub_purge_acks_total{result="unreadable"} 1');
  const rows = await world.database.database.query({
    name: 'who-acknowledged',
    text: `SELECT acknowledged_by FROM consumer_purges WHERE id = '${one}'`,
  });
  expect(rows).toEqual([{ acknowledged_by: 'patient [withheld]' }]);

  // Another instance, which has the offset from the store.
  await say(other ?? '', consumer.name);
  const again = createMetrics();
  await run(codec, again, async () => {
    await expect
      .poll(async () => (await world.store.consumerPurges.open(10)).length, WITHIN)
      .toBe(0);
  });
  const later = await again.text();
  expect(later).toContain('hub_purge_acks_total{result="acknowledged"} 1');
  expect(later).not.toContain('result="unknown"');
}, 60_000);

async function run(
  codec: ConsumerCodec,
  metrics: ReturnType<typeof createMetrics>,
  work: () => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const running = runPurgeAckRole({
    topic: acks.topic,
    groupId: testName('group'),
    purges: world.store.consumerPurges,
    decode: (record) => codec.decodeAck(record),
    runConsumer: (options) => acks.kafka.runConsumer(options),
    stallMs: 60_000,
    metrics,
    health: createHealth({ stallMs: 60_000, roles: [PURGE_ACKS] }),
    log: createLogger({ level: 'info', destination: { write: () => undefined } }),
    signal: stop.signal,
  });
  try {
    await work();
  } finally {
    stop.abort();
    await running;
  }
}
