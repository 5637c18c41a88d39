import type { ConsumerProfile } from '../../../core/disclosure/consumer-profile.ts';
import type { HubConfig } from '../../config/hub-config.ts';
import type { AvroCodec } from '../../kafka/avro-codec.ts';
import { consumerGroupPrefix } from '../../kafka/consumer-rights.ts';
import { CONSUMER_SCHEMAS, type RecordSchema, subjectOf } from '../../kafka/schema-catalogue.ts';
import {
  type ConsumerTopicNames,
  consumerTopicNames,
  consumerTopicTable,
  TOPIC,
  topicName,
} from '../../kafka/topics.ts';
import { topicOptionsOf } from '../open-parts.ts';

/** What who runs a consumer has to know to connect it. No secret is in it. */
export interface ConnectionSheet {
  readonly name: string;
  readonly delivery: ConsumerProfile['delivery'];
  /** Without `User:`; null: it is given its rights outside the hub. */
  readonly principal: string | null;
  readonly brokers: readonly string[];
  readonly isTls: boolean;
  readonly needsLogin: boolean;
  /** Null: it gets no topics. */
  readonly topics: ConnectionTopics | null;
}

export interface ConnectionTopics extends Omit<ConsumerTopicNames, 'person'> {
  /** Null: a thin signal, without states. */
  readonly person: string | null;
  readonly partitions: number;
  readonly retentionDays: number;
  /** Where it says that it forgot. */
  readonly answers: string;
  readonly groupPrefix: string;
  /** Without a user or a password. */
  readonly registryUrl: string;
  readonly schemas: readonly {
    readonly subject: string;
    readonly schemaId: number;
    readonly of: 'states' | 'events' | 'orders' | 'answers';
  }[];
}

/**
 * Makes the sheet; the schemas are registered when they are not yet, since their ids are part of it.
 * @throws HubError when the registry does not answer.
 */
export async function connectionSheet(
  config: HubConfig,
  avro: AvroCodec,
  profile: ConsumerProfile,
  principal: string | null,
): Promise<ConnectionSheet> {
  const { kafka } = config;
  const { name, delivery } = profile;
  return {
    name,
    delivery,
    principal,
    brokers: kafka.brokers,
    isTls: kafka.tls !== null,
    needsLogin: kafka.login !== null,
    topics: delivery.kind === 'table' ? null : await topicsOf(config, avro, profile),
  };
}

async function topicsOf(
  config: HubConfig,
  avro: AvroCodec,
  profile: ConsumerProfile,
): Promise<ConnectionTopics> {
  const options = topicOptionsOf(config);
  const { topicPrefix, schemaRegistryUrl } = config.kafka;
  const names = consumerTopicNames(profile.name, topicPrefix);
  const table = consumerTopicTable(profile, options);
  const hasStates = table.some(({ topic }) => topic === names.person);
  const schemas: ConnectionTopics['schemas'][number][] = [];
  for (const [of, schema] of schemasOf(profile, hasStates)) {
    const { schemaId } = await avro.register(schema);
    schemas.push({ subject: subjectOf(schema), schemaId, of });
  }
  return {
    ...names,
    person: hasStates ? names.person : null,
    partitions: config.kafka.personTopicPartitions,
    retentionDays: profile.retentionDays,
    answers: topicName(TOPIC.purgeAck, topicPrefix),
    groupPrefix: consumerGroupPrefix(profile.name, topicPrefix),
    registryUrl: withoutLogin(schemaRegistryUrl),
    schemas,
  };
}

type SchemaUse = ConnectionTopics['schemas'][number]['of'];

/** States in another format have no Avro schema. */
function schemasOf(
  { delivery }: ConsumerProfile,
  hasStates: boolean,
): readonly (readonly [SchemaUse, RecordSchema])[] {
  const hasAvroStates = hasStates && delivery.kind === 'topic' && delivery.format === 'avro';
  return [
    ...(hasAvroStates
      ? [
          ['states', CONSUMER_SCHEMAS.consumerPerson] as const,
          ['states', CONSUMER_SCHEMAS.consumerProtectedPerson] as const,
        ]
      : []),
    ['events', CONSUMER_SCHEMAS.consumerEvent],
    ['orders', CONSUMER_SCHEMAS.purgeOrder],
    ['answers', CONSUMER_SCHEMAS.purgeAck],
  ];
}

function withoutLogin(address: string): string {
  const url = new URL(address);
  url.username = '';
  url.password = '';
  return url.href;
}
