import type { ConsumerProfile } from '../../core/disclosure/consumer-profile.ts';
import type { Consumer } from '../../core/disclosure/delivery-ports.ts';
import { HubError } from '../../core/errors/hub-error.ts';
import { safeWord } from '../../core/errors/log-safe.ts';
import type { HubConfig } from '../config/hub-config.ts';
import type { ConsumerCodec } from '../kafka/consumer-codec.ts';
import { FhirCodec } from '../kafka/fhir-codec.ts';
import { partitionOf } from '../kafka/partition-of.ts';
import { consumerTopicNames, consumerTopicTable } from '../kafka/topics.ts';
import type { ConsumerSink } from '../sinks/consumers/consumer-sink.ts';
import {
  createTableSink,
  type TableAcknowledgements,
} from '../sinks/consumers/table/table-sink.ts';
import { createTopicSink } from '../sinks/consumers/topic-sink.ts';
import type { HubParts } from './hub-parts.ts';
import { topicOptionsOf } from './open-parts.ts';

/** Where a consumer's deliveries go, and for a table set, where it says that it forgot. */
export interface OpenConsumerSink {
  readonly sink: ConsumerSink;
  readonly acknowledgements: TableAcknowledgements | undefined;
}

/**
 * Opens the sink that a consumer's profile asks for; of a profile that is on its way, that one.
 * @throws HubError `HUB_CONSUMER_DATABASE_ADDRESS`
 */
export function openConsumerSink(
  parts: HubParts,
  codec: ConsumerCodec,
  consumer: Consumer,
  isLeaseFresh: () => boolean,
): OpenConsumerSink {
  const profile = consumer.walk?.profile ?? consumer.profile;
  if (profile.delivery.kind === 'topic') {
    const sink = openTopicSink(parts, codec, consumer, profile, isLeaseFresh);
    return { sink, acknowledgements: undefined };
  }
  const tables = createTableSink({
    address: addressOf(parts.config, profile.name),
    onLeaving: profile.delivery.onLeaving,
    // In production the owner of the database makes them, with rights that the hub does not have.
    createTables: parts.config.environment !== 'production',
    retentionDays: profile.retentionDays,
    isLeaseFresh,
  });
  return { sink: tables, acknowledgements: tables };
}

function openTopicSink(
  { config, store, kafka }: HubParts,
  codec: ConsumerCodec,
  { id }: Consumer,
  profile: ConsumerProfile,
  isLeaseFresh: () => boolean,
): ConsumerSink {
  const options = topicOptionsOf(config);
  const names = consumerTopicNames(profile.name, options.prefix);
  const table = consumerTopicTable(profile, options);
  const specOf = (topic: string) => table.find((spec) => spec.topic === topic);
  const events = specOf(names.events);
  const purge = specOf(names.purge);
  if (events === undefined || purge === undefined) {
    throw new TypeError('A consumer by topic has a topic of events and one of orders.');
  }
  return createTopicSink({
    topics: { person: specOf(names.person), events, purge },
    admin: kafka.admin,
    makesTopics: config.environment !== 'production',
    producers: { states: kafka.producer(), signals: kafka.producer() },
    encoder: isFhir(profile) ? new FhirCodec(codec) : codec,
    partitionOf: (key) => partitionOf(key, config.kafka.personTopicPartitions),
    lastOffsets: () => store.deliveries.lastOffsets(id),
    isLeaseFresh,
    now: Date.now,
  });
}

function isFhir({ delivery }: ConsumerProfile): boolean {
  return delivery.kind === 'topic' && delivery.format === 'fhir-patient';
}

/**
 * The address of a consumer's database, out of the file that HUB_CONSUMER_DATABASES names.
 * @throws HubError `HUB_CONSUMER_DATABASE_ADDRESS` when it has none for this consumer.
 */
export function addressOf({ consumers }: Pick<HubConfig, 'consumers'>, name: string): string {
  const refused = (cause?: unknown): HubError =>
    new HubError('HUB_CONSUMER_DATABASE_ADDRESS', { consumer: safeWord(name) }, { cause });
  if (consumers.databases === undefined) throw refused();
  let addresses: unknown;
  try {
    addresses = JSON.parse(consumers.databases.reveal());
  } catch (error) {
    throw refused(error);
  }
  if (typeof addresses !== 'object' || addresses === null) throw refused();
  const address = new Map<string, unknown>(Object.entries(addresses)).get(name);
  if (typeof address !== 'string') throw refused();
  return address;
}
