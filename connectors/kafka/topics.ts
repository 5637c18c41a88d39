import type { ConsumerProfile } from '../../core/disclosure/consumer-profile.ts';

/** Topic names without a prefix. */
export const TOPIC = {
  sourceMaster: 'source.master.person.v1',
  sourcePu: 'source.pu.person.v1',
  personState: 'person.state.v1',
  personEvents: 'person.events.v1',
  purgeAck: 'hub.purge-ack.v1',
} as const;
export type HubTopic = (typeof TOPIC)[keyof typeof TOPIC];

/** One topic as it has to be. */
export interface TopicSpec {
  readonly topic: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  /** Topic settings by Kafka's own names. */
  readonly settings: Readonly<Record<string, string>>;
}

export interface TopicTableOptions {
  /** Put before every name, for a test, a demo or a second hub on one cluster. */
  readonly prefix?: string;
  readonly partitions?: number;
  readonly replicationFactor?: number;
}

/**
 * Six: three instances get two each, and one partition alone carries more than the whole hub is asked for (one send in flight
 * makes 20 000 messages a second). More would only make the record batches smaller. It can never change afterwards, since the
 * partition of a person is computed from it.
 */
export const DEFAULT_PARTITIONS = 6;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Old values leave a compacted topic only when their segment rolls, so segments are short; a consumer may be away a week. */
const COMPACTED = {
  'cleanup.policy': 'compact',
  'segment.ms': String(HOUR),
  'min.cleanable.dirty.ratio': '0.1',
  'max.compaction.lag.ms': String(DAY),
  'delete.retention.ms': String(7 * DAY),
};

/** A consumer that was away for long still has to learn what it must forget, and an acknowledgement still has to be found. */
const DAYS_OF_PURGES = 365;

const kept = (days: number): Readonly<Record<string, string>> => ({
  'cleanup.policy': 'delete',
  'segment.ms': String(DAY),
  'retention.ms': String(days * DAY),
});

const SETTINGS: Readonly<Record<HubTopic, Readonly<Record<string, string>>>> = {
  // Raw personal data: as short as the longest stop of the hub that we plan for.
  [TOPIC.sourceMaster]: kept(7),
  [TOPIC.sourcePu]: kept(7),
  [TOPIC.personState]: COMPACTED,
  // No values in it, so nothing has to leave early: a consumer can look back a year.
  [TOPIC.personEvents]: kept(365),
  [TOPIC.purgeAck]: kept(DAYS_OF_PURGES),
};

/** Kafka's own default, said aloud: the limits of a record batch (`batch-limits.ts`) are made to fit it. */
const MAX_MESSAGE_BYTES = '1048588';

/** The name of a topic under a prefix. */
export function topicName(topic: HubTopic, prefix = ''): string {
  return `${prefix}${topic}`;
}

/** Every topic of the hub: partitions, retention and limits in one place. */
export function topicTable(options: TopicTableOptions = {}): readonly TopicSpec[] {
  return Object.values(TOPIC).map((topic) =>
    topicSpec(topicName(topic, options.prefix), SETTINGS[topic], options),
  );
}

/** The names of one consumer's topics. `person`: the state of each person, or a tombstone; a thin signal has none. */
export type ConsumerTopicNames = Readonly<Record<'person' | 'events' | 'purge', string>>;

/** @param name the name of the consumer's profile. */
export function consumerTopicNames(name: string, prefix = ''): ConsumerTopicNames {
  const start = `${prefix}consumer.${name}`;
  return {
    person: `${start}.person.v1`,
    events: `${start}.events.v1`,
    purge: `${start}.purge.v1`,
  };
}

/**
 * The topics of one consumer, keyed by person like those of the hub, with the same number of partitions. A consumer that gets a thin signal has no
 * topic of states; one whose persons go to a table has none at all.
 */
export function consumerTopicTable(
  { name, retentionDays, delivery }: Pick<ConsumerProfile, 'name' | 'retentionDays' | 'delivery'>,
  options: TopicTableOptions = {},
): readonly TopicSpec[] {
  if (delivery.kind === 'table') return [];
  const { person, events, purge } = consumerTopicNames(name, options.prefix);
  const purgeDays = Math.max(DAYS_OF_PURGES, retentionDays);
  return [
    ...(delivery.content === 'full-state' ? [topicSpec(person, COMPACTED, options)] : []),
    topicSpec(events, kept(retentionDays), options),
    topicSpec(purge, kept(purgeDays), options),
  ];
}

function topicSpec(
  topic: string,
  settings: TopicSpec['settings'],
  { partitions = DEFAULT_PARTITIONS, replicationFactor = 1 }: TopicTableOptions,
): TopicSpec {
  return {
    topic,
    partitions,
    replicationFactor,
    settings: {
      ...settings,
      'max.message.bytes': MAX_MESSAGE_BYTES,
      // Acknowledged means: on all but one of the replicas at least, so one broker may be lost.
      'min.insync.replicas': String(Math.max(1, replicationFactor - 1)),
    },
  };
}
