import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Route } from '../../../connectors/kafka/tracked-sockets.ts';
import {
  createPlacedTopic,
  hasKafkaPrograms,
  type KafkaCluster,
  moveLeader,
  startKafkaCluster,
} from '../../support/kafka-cluster.ts';
import { readValues, testKafka, testName, texts } from '../../support/kafka-topic.ts';
import { plainProducer } from '../../support/plain-kafkajs.ts';
import { TcpProxy } from '../../support/tcp-proxy.ts';

const title = 'a partition moves to a broker that has answered already (kafkajs#1303)';

describe.skipIf(!hasKafkaPrograms())(
  hasKafkaPrograms() ? title : `${title} (needs Kafka's programs: run \`hub stack up\` once)`,
  () => {
    let cluster: KafkaCluster;
    let brokers: readonly string[];
    beforeAll(async () => {
      cluster = await startKafkaCluster(2);
      brokers = [...cluster.brokers.values()];
    });
    afterAll(async () => await cluster[Symbol.asyncDispose]());

    /** Two partitions on two nodes; what is sent to node 2 is late, so node 1 has always answered first. */
    async function arrange(): Promise<{ topic: string; route: Route; slow: TcpProxy }> {
      const topic = testName('moving');
      await createPlacedTopic(brokers, topic, [1, 2]);
      const port2 = Number(cluster.brokers.get(2)?.split(':')[1]);
      const slow = await TcpProxy.start({ host: '127.0.0.1', port: port2 });
      const route: Route = (host, port) =>
        port === port2 ? { host, port: slow.port } : { host, port };
      return { topic, route, slow };
    }

    it('plain kafkajs resolves a send to both partitions and one message is not there', async () => {
      const { topic, route, slow } = await arrange();
      await using _slow = slow;
      await using producer = await plainProducer(brokers, { route });
      const send = (value: string): Promise<unknown> =>
        producer.send({ topic, messages: [0, 1].map((partition) => ({ partition, value })) });
      await send('before');
      await moveLeader(brokers, topic, 1, 1);
      slow.latencyMs = 300;
      await send('after');

      await using kafka = testKafka({ brokers });
      expect([...(await readValues(kafka, topic))].sort()).toEqual(['after', 'before', 'before']);
    });

    it('the guarded producer writes to both', async () => {
      const { topic, route, slow } = await arrange();
      await using _slow = slow;
      await using kafka = testKafka({ brokers, route });
      const producer = kafka.producer();
      const send = (value: string): Promise<unknown> =>
        Promise.all(
          [0, 1].map((partition) => producer.send({ topic, partition, messages: texts(value) })),
        );
      await send('before');
      await moveLeader(brokers, topic, 1, 1);
      slow.latencyMs = 300;
      await send('after');

      const values = [...(await readValues(kafka, topic))].sort();
      expect(values).toEqual(['after', 'after', 'before', 'before']);
    });
  },
);
