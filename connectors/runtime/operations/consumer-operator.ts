import type { ConsumerProfile } from '../../../core/disclosure/consumer-profile.ts';
import { type ProfileRefusal, whyNoChange } from '../../../core/disclosure/why-no-change.ts';
import { findHubError } from '../../../core/errors/hub-error.ts';
import type { PersonKey } from '../../../core/person/person-identifier.ts';
import type { HubConfig } from '../../config/hub-config.ts';
import type { RegisteredConsumer } from '../../hub-store/consumer-rows.ts';
import type { HubStore } from '../../hub-store/hub-store.ts';
import type { AvroCodec } from '../../kafka/avro-codec.ts';
import { ConsumerCodec } from '../../kafka/consumer-codec.ts';
import {
  acknowledgeRight,
  certificationRights,
  certificationTopicNames,
  consumerRights,
} from '../../kafka/consumer-rights.ts';
import { FhirCodec } from '../../kafka/fhir-codec.ts';
import type { KafkaClient } from '../../kafka/kafka-client.ts';
import { consumerTopicTable, TOPIC, type TopicSpec, topicName } from '../../kafka/topics.ts';
import { loadMappingFiles } from '../../mapping-files/load-mapping-files.ts';
import { topicOptionsOf } from '../open-parts.ts';
import {
  type Certification,
  type CertifyOptions,
  certificationTopics,
  certifyConsumer,
} from './certify-consumer.ts';
import { type ConnectionSheet, connectionSheet } from './connection-sheet.ts';
import { type ProfileChange, previewProfileChange } from './preview-profile-change.ts';
import { type ConsumerStatus, readConsumerStatus } from './read-consumer-status.ts';

/** What became of the topics and rights of a consumer. `no-authorizer`: the brokers let everybody do everything, so rights cannot be given. */
export type PreparedConsumer = 'ready' | 'no-authorizer';

/** What an operator does for consumers beside asking the instances. */
export interface ConsumerOperator {
  /** The rights of the consumer are then exactly those of the principal. @param principal null: rights are left as they are. */
  prepare(profile: ConsumerProfile, principal: string | null): Promise<PreparedConsumer>;
  /** Takes every right away that anybody has on what was the consumer's. */
  revokeRights(profile: ConsumerProfile): Promise<PreparedConsumer>;
  connectionSheet(profile: ConsumerProfile, principal: string | null): Promise<ConnectionSheet>;
  /** Why the consumer cannot go over to this profile; null: it can. */
  whyNoChange(consumer: RegisteredConsumer, after: ConsumerProfile): ProfileRefusal | null;
  /** Undefined: the signal ended it. */
  previewChange(
    consumer: RegisteredConsumer,
    after: ConsumerProfile,
    onPage: (persons: number) => void,
    signal: AbortSignal,
  ): Promise<ProfileChange | undefined>;
  /** Of every consumer that was added. @param name only of this one. @param namesRefused also who could not be told. */
  readStatus(name?: string, namesRefused?: boolean): Promise<readonly ConsumerStatus[]>;
  /** The topics of every consumer that was added; none while the store has no tables yet. */
  topicTable(): Promise<readonly TopicSpec[]>;
  /**
   * Makes the topics of a certification, plays every case and waits for the answers; the topics are gone afterwards.
   * @param principal null: rights are left as they are.
   */
  certify(
    profile: ConsumerProfile,
    principal: string | null,
    options: Omit<CertifyOptions, 'profile'> & { readonly onReady: (topic: string) => void },
  ): Promise<Certification | 'no-authorizer'>;
  /** Those of the keys that the hub has nothing under. */
  unknownKeys(keys: readonly PersonKey[]): Promise<readonly PersonKey[]>;
}

export interface ConsumerOperatorParts {
  readonly store: HubStore;
  readonly kafka: KafkaClient;
  readonly avro: AvroCodec;
}

export function createConsumerOperator(
  config: HubConfig,
  { store, kafka, avro }: ConsumerOperatorParts,
): ConsumerOperator {
  const options = topicOptionsOf(config);
  const prefix = config.kafka.topicPrefix;
  /** @returns whose rights were taken away. */
  const giveRights = async (
    ...[owned, rights]: Parameters<KafkaClient['admin']['setRights']>
  ): Promise<ReadonlySet<string> | 'no-authorizer'> => {
    try {
      const { removed } = await kafka.admin.setRights(owned, rights);
      return new Set(removed.map((right) => right.principal));
    } catch (error) {
      if (findHubError(error)?.context['kafkaError'] !== 'SECURITY_DISABLED') throw error;
      return 'no-authorizer';
    }
  };
  const setRights = async (
    profile: ConsumerProfile,
    principal: string | null,
  ): Promise<PreparedConsumer> => {
    const { owned, rights } = consumerRights(profile, principal, { prefix });
    const former = await giveRights(owned, rights);
    if (former === 'no-authorizer') return former;
    // The right to acknowledge is not on what the consumer owns, and may be another consumer's by now.
    const inUse = new Set((await store.consumers.list()).map((one) => userOf(one.principal)));
    const needless = [...former].filter((user) => user !== userOf(principal) && !inUse.has(user));
    await kafka.admin.removeRights(needless.map((user) => acknowledgeRight(user, prefix)));
    return 'ready';
  };
  return {
    prepare: async (profile, principal) => {
      const table = consumerTopicTable(profile, options);
      // Whose persons go to tables has none.
      if (table.length > 0) await kafka.admin.ensureTopics(table);
      return principal === null ? 'ready' : await setRights(profile, principal);
    },
    revokeRights: async (profile) => await setRights(profile, null),
    connectionSheet: async (profile, principal) =>
      await connectionSheet(config, avro, profile, principal),
    whyNoChange: ({ walk, profile }, after) => whyNoChange(walk?.profile ?? profile, after),
    previewChange: async (consumer, after, onPage, signal) =>
      await previewProfileChange({
        deliveries: store.deliveries,
        consumer,
        after,
        onPage,
        signal,
      }),
    topicTable: async () =>
      (await listAdded(store)).flatMap(({ walk, profile }) =>
        consumerTopicTable(walk?.profile ?? profile, options),
      ),
    readStatus: async (name, namesRefused) =>
      await readConsumerStatus(
        {
          store,
          admin: kafka.admin,
          eventTopic: topicName(TOPIC.personEvents, prefix),
          files: (await loadMappingFiles(config.mappingsDirectory)).consumers,
          now: Date.now(),
        },
        name,
        namesRefused,
      ),
    certify: async (profile, principal, { onReady, ...certifyOptions }) => {
      const table = certificationTopics(profile.name, prefix, config.kafka.topicReplicas);
      const names = table.map(({ topic }) => topic);
      // Of one that was interrupted there may be records and answers.
      await kafka.admin.deleteTopics(names);
      await kafka.admin.ensureTopics(table);
      try {
        const { owned, rights } = certificationRights(profile.name, principal, { prefix });
        if (principal !== null && (await giveRights(owned, rights)) === 'no-authorizer') {
          return 'no-authorizer';
        }
        const codec = await ConsumerCodec.register(avro);
        const topics = certificationTopicNames(profile.name, prefix);
        onReady(topics.played);
        const isFhir = profile.delivery.kind === 'topic' && profile.delivery.format !== 'avro';
        const encoder = isFhir ? new FhirCodec(codec) : codec;
        return await certifyConsumer({ kafka, encoder, topics }, { profile, ...certifyOptions });
      } finally {
        if (principal !== null) {
          await giveRights(certificationRights(profile.name, null, { prefix }).owned, []);
        }
        await kafka.admin.deleteTopics(names);
      }
    },
    unknownKeys: async (keys) => {
      const known = await store.consumers.knownKeys(keys);
      return keys.filter((key) => !known.has(key));
    },
  };
}

/** Topics are made before the first start, which makes the tables. */
async function listAdded({ consumers }: HubStore): Promise<readonly RegisteredConsumer[]> {
  try {
    return await consumers.list();
  } catch (error) {
    if (findHubError(error)?.code !== 'HUB_STORE_NOT_MIGRATED') throw error;
    return [];
  }
}

/** Nobody is called so without a name. */
function userOf(principal: string | null): string {
  return `User:${principal ?? ''}`;
}
