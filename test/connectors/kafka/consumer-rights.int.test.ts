/** What a consumer's principal may do on a broker that checks it. Issue 8, point 7. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  certificationRights,
  certificationTopicNames,
  consumerRights,
} from '../../../connectors/kafka/consumer-rights.ts';
import type { KafkaClient } from '../../../connectors/kafka/kafka-client.ts';
import {
  consumerTopicNames,
  consumerTopicTable,
  TOPIC,
  topicTable,
} from '../../../connectors/kafka/topics.ts';
import { profileOf } from '../../core/disclosure/disclosure-builder.ts';
import {
  hasKafkaPrograms,
  type KafkaCluster,
  startKafkaCluster,
} from '../../support/kafka-cluster.ts';
import { testKafka, textOf, texts } from '../../support/kafka-topic.ts';

const title = 'the principal of a consumer, on a broker with an authorizer';
const CARD = profileOf({ name: 'card' });
const OTHER = profileOf({ name: 'card-2' });
const USERS = { 'card-reader': 'first-password', 'former-reader': 'second-password' };
const PARTITIONS = 1;

describe.skipIf(!hasKafkaPrograms())(
  hasKafkaPrograms() ? title : `${title} (needs Kafka's programs: run \`hub stack up\` once)`,
  () => {
    let cluster: KafkaCluster;
    let hub: KafkaClient;
    const clients: KafkaClient[] = [];
    const { person, events, purge } = consumerTopicNames('card');

    beforeAll(async () => {
      cluster = await startKafkaCluster(1, { users: USERS });
      hub = testKafka({ brokers: [...cluster.brokers.values()] });
      const tables = [
        topicTable,
        ...[CARD, OTHER].map((one) => () => consumerTopicTable(one, { partitions: PARTITIONS })),
      ];
      for (const table of tables) await hub.admin.ensureTopics(table({ partitions: PARTITIONS }));
      for (const topic of [
        person,
        events,
        purge,
        consumerTopicNames('card-2').person,
        TOPIC.personState,
      ]) {
        await hub.producer().send({ topic, partition: 0, messages: texts(`one of ${topic}`) });
      }
      const { owned, rights } = consumerRights(CARD, 'card-reader');
      await hub.admin.setRights(owned, rights);
    });
    afterAll(async () => {
      for (const client of clients) await client.close();
      await hub.close();
      await cluster[Symbol.asyncDispose]();
    });

    function clientOf(user: keyof typeof USERS): KafkaClient {
      const client = testKafka({
        brokers: [cluster.securedBroker],
        sasl: { mechanism: 'scram-sha-512', username: user, password: USERS[user] },
      });
      clients.push(client);
      return client;
    }

    /** The first record of a topic, read as a member of a group. */
    async function readAs(
      user: keyof typeof USERS,
      topic: string,
      groupId: string,
    ): Promise<string> {
      const end = new AbortController();
      let first = '';
      await clientOf(user).runConsumer({
        groupId,
        topics: [topic],
        startOffset: () => Promise.resolve(undefined),
        signal: end.signal,
        onBatch: (batch) => {
          first = batch.records.map(textOf).at(0) ?? '';
          end.abort();
          return Promise.resolve();
        },
      });
      return first;
    }
    const REFUSED = { code: 'HUB_KAFKA_UNAUTHORIZED' };

    it.each([person, events, purge])(
      'reads its own topic %s in a group of its own',
      async (topic) => {
        expect(await readAs('card-reader', topic, 'consumer.card.main')).toBe(`one of ${topic}`);
      },
    );

    it('sees neither the topics of another consumer nor those of the hub', async () => {
      for (const topic of [consumerTopicNames('card-2').person, TOPIC.personState]) {
        await expect(clientOf('card-reader').admin.offsets(topic)).rejects.toMatchObject(REFUSED);
        await expect(readAs('card-reader', topic, 'consumer.card.main')).rejects.toMatchObject(
          REFUSED,
        );
      }
    });

    it.each(['consumer.card-2.main', 'hub', 'consumer.card'])(
      'may not be a member of the group %s',
      async (group) => {
        // The library hides the broker's answer: see `kafka-errors.ts`.
        await expect(readAs('card-reader', person, group)).rejects.toMatchObject({
          code: expect.stringMatching(/^HUB_KAFKA_(?:UNAUTHORIZED|UNAVAILABLE)$/) as string,
        });
      },
    );

    it('writes to no topic but that of what was forgotten', async () => {
      const producer = clientOf('card-reader').producer();
      for (const topic of [person, events, purge, TOPIC.personEvents]) {
        await expect(
          producer.send({ topic, partition: 0, messages: texts('x') }),
        ).rejects.toMatchObject(REFUSED);
      }
      await producer.send({ topic: TOPIC.purgeAck, partition: 0, messages: texts('forgotten') });
    });

    it('reads what a certification plays, and answers, for as long as it takes', async () => {
      const { played, answers } = certificationTopicNames('card');
      const spec = { partitions: 1, replicationFactor: 1, settings: {} };
      await hub.admin.ensureTopics([played, answers].map((topic) => ({ topic, ...spec })));
      await hub.producer().send({ topic: played, partition: 0, messages: texts('a case') });
      const { owned, rights } = certificationRights('card', 'card-reader');
      await hub.admin.setRights(owned, rights);
      expect(await readAs('card-reader', played, 'consumer.card.certify')).toBe('a case');
      const producer = clientOf('card-reader').producer();
      const send = (topic: string) => producer.send({ topic, partition: 0, messages: texts('x') });
      await send(answers);
      await expect(send(played)).rejects.toMatchObject(REFUSED);
      await hub.admin.setRights(owned, []);
      await expect(send(answers)).rejects.toMatchObject(REFUSED);
      await clientOf('card-reader').admin.offsets(person);
    });

    it('takes the place of one that had the rights before', async () => {
      const former = consumerRights(OTHER, 'former-reader');
      await hub.admin.setRights(former.owned, former.rights);
      const topic = consumerTopicNames('card-2').person;
      expect(await readAs('former-reader', topic, 'consumer.card-2.main')).toBe(`one of ${topic}`);
      const { owned, rights } = consumerRights(OTHER, 'card-reader');
      const { removed } = await hub.admin.setRights(owned, rights);
      expect(removed).toHaveLength(7);
      expect((await hub.admin.setRights(owned, rights)).removed).toEqual([]);
      await expect(readAs('former-reader', topic, 'consumer.card-2.main')).rejects.toMatchObject(
        REFUSED,
      );
      expect(await readAs('card-reader', topic, 'consumer.card-2.main')).toBe(`one of ${topic}`);
      await hub.admin.setRights(owned, []);
      await expect(clientOf('card-reader').admin.offsets(topic)).rejects.toMatchObject(REFUSED);
      // What is another consumer's own stays.
      await clientOf('card-reader').admin.offsets(person);
    });
  },
);
