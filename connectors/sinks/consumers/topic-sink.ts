import type { OutgoingDelivery } from '../../../core/disclosure/delivery.ts';
import { HubError } from '../../../core/errors/hub-error.ts';
import { safeWord } from '../../../core/errors/log-safe.ts';
import type { PersonKey } from '../../../core/person/person-identifier.ts';
import { DEFAULT_BATCH_LIMITS, sizeOf } from '../../kafka/batch-limits.ts';
import type { ConsumerCodec } from '../../kafka/consumer-codec.ts';
import type { GuardedProducer } from '../../kafka/guarded-producer.ts';
import type { KafkaAdmin } from '../../kafka/kafka-admin.ts';
import type { KafkaMessage } from '../../kafka/kafka-message.ts';
import type { TopicSpec } from '../../kafka/topics.ts';
import { type ConsumerSink, type DeliveryOutcome, FeedOvertakenError } from './consumer-sink.ts';

/** Makes records of deliveries: one for each format. */
export type DeliveryEncoder = Pick<ConsumerCodec, 'encodeState' | 'encodePurge' | 'encodeEvent'>;

/** A consumer has a day to forget. */
const TIME_TO_FORGET_MS = 86_400_000;

export interface TopicSinkOptions {
  /** `person` undefined: a thin signal, without states. */
  readonly topics: {
    readonly person: TopicSpec | undefined;
    readonly events: TopicSpec;
    readonly purge: TopicSpec;
  };
  readonly admin: Pick<
    KafkaAdmin,
    'topicNames' | 'ensureTopics' | 'checkTopics' | 'offsets' | 'deleteTopics'
  >;
  /** Whether missing topics are made here. In production they are made beforehand, with rights that the hub does not have. */
  readonly makesTopics: boolean;
  readonly producers: { readonly states: GuardedProducer; readonly signals: GuardedProducer };
  readonly encoder: DeliveryEncoder;
  readonly partitionOf: (personKey: PersonKey) => number;
  /** By partition the highest offset that the ledger says was sent. */
  readonly lastOffsets: () => Promise<ReadonlyMap<number, number>>;
  /** Asked before each topic is written to: an instance that stood still must not write behind its successor's back. */
  readonly isLeaseFresh: () => boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Puts deliveries on the topics of one consumer: for each person state, then orders to forget, then events. */
export function createTopicSink(options: TopicSinkOptions): ConsumerSink {
  return new TopicSink(options);
}

class TopicSink implements ConsumerSink {
  readonly #options: TopicSinkOptions;

  constructor(options: TopicSinkOptions) {
    this.#options = options;
  }

  async prepare(): Promise<'ready' | 'lost'> {
    const { admin, makesTopics, topics, lastOffsets } = this.#options;
    const table = this.#table();
    const present = new Set(await admin.topicNames());
    const isMissing = table.some(({ topic }) => !present.has(topic));
    if (makesTopics) await admin.ensureTopics(table);
    else await admin.checkTopics(table);
    if (isMissing) return 'lost';
    if (topics.person === undefined) return 'ready';
    // Somebody deleted the topic and it was made anew: it ends before what the ledger says that it holds.
    const sent = await lastOffsets();
    // Of a topic that was just made the broker may say for a moment that nobody leads it, and here nothing can be lost.
    if (sent.size === 0) return 'ready';
    const offsets = await admin.offsets(topics.person.topic);
    const isShort = offsets.some(({ partition, high }) => high <= (sent.get(partition) ?? -1));
    return isShort ? 'lost' : 'ready';
  }

  async deliver(deliveries: readonly OutgoingDelivery[]): Promise<readonly DeliveryOutcome[]> {
    const { topics, partitionOf, producers } = this.#options;
    const outcomes: DeliveryOutcome[] = deliveries.map(() => null);
    const lanes = new Map<number, Lane>();
    for (const [index, delivery] of deliveries.entries()) {
      const partition = partitionOf(delivery.personKey);
      const lane = lanes.get(partition) ?? { states: [], purges: [], events: [] };
      lanes.set(partition, lane);
      const state = this.#encodeState(delivery);
      if (state instanceof HubError) outcomes[index] = state;
      else if (state !== undefined) lane.states.push({ index, record: state });
      for (const { kind, record } of this.#encodeSignals(delivery)) {
        lane[kind].push({ index, record });
      }
    }
    // All of one topic end before a fault is passed on: nothing of this call may still be on its way when the caller tries again.
    const { person, purge, events } = topics;
    if (person !== undefined) {
      await this.#sendAll(producers.states, person.topic, lanes, 'states', outcomes);
    }
    await this.#sendAll(producers.signals, purge.topic, lanes, 'purges', outcomes);
    await this.#sendAll(producers.signals, events.topic, lanes, 'events', outcomes);
    return outcomes;
  }

  async remove(): Promise<void> {
    await this.#options.admin.deleteTopics(this.#table().map(({ topic }) => topic));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { states, signals } = this.#options.producers;
    await Promise.all([states.close(), signals.close()]);
  }

  #table(): readonly TopicSpec[] {
    const { person, events, purge } = this.#options.topics;
    return [...(person === undefined ? [] : [person]), events, purge];
  }

  /** @returns a HubError for a state that cannot be sent: one person must not stop the others. Undefined: there is none to send. */
  #encodeState(delivery: OutgoingDelivery): KafkaMessage | HubError | undefined {
    const { encoder, topics, now } = this.#options;
    const { state, personKey, generation, version } = delivery;
    if (state === undefined || topics.person === undefined) return undefined;
    try {
      const record = encoder.encodeState({ personKey, generation, version, state, at: now() });
      const bytes = sizeOf(record);
      return bytes > DEFAULT_BATCH_LIMITS.messageBytes ? tooLargeFor(topics.person, bytes) : record;
    } catch (error) {
      // A value that the schema does not have, of a release that knows more.
      if (!(error instanceof TypeError)) throw error;
      return HubError.wrap('HUB_CONSUMER_RECORD_UNFIT', error);
    }
  }

  #encodeSignals({ personKey, generation, purges, events }: OutgoingDelivery): readonly Encoded[] {
    const { encoder, now } = this.#options;
    const at = now();
    const dueAt = at + TIME_TO_FORGET_MS;
    return [
      ...purges.map((purge): Encoded => {
        const record = encoder.encodePurge({ personKey, purge, orderedAt: at, dueAt });
        return { kind: 'purges', record };
      }),
      ...events.map((event): Encoded => {
        return { kind: 'events', record: encoder.encodeEvent({ personKey, generation, event }) };
      }),
    ];
  }

  async #sendAll(
    producer: GuardedProducer,
    topic: string,
    lanes: ReadonlyMap<number, Lane>,
    kind: keyof Lane,
    outcomes: DeliveryOutcome[],
  ): Promise<void> {
    if (!this.#options.isLeaseFresh()) throw new FeedOvertakenError();
    const sends = [...lanes].map(async ([partition, lane]) => {
      const entries = lane[kind];
      if (entries.length === 0) return;
      const messages = entries.map(({ record }) => record);
      const { firstOffset, lastOffset } = await producer.send({ topic, partition, messages });
      if (kind !== 'states') return;
      // Nobody else writes here, so the offsets follow each other; where they do not, none is told.
      const isWhole = lastOffset - firstOffset + 1 === entries.length;
      for (const [i, { index }] of entries.entries()) {
        outcomes[index] = isWhole ? { partition, offset: firstOffset + i } : null;
      }
    });
    const results = await Promise.allSettled(sends);
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }
}

interface Entry {
  readonly index: number;
  readonly record: KafkaMessage;
}

/** What goes to one partition, by topic. */
interface Lane {
  readonly states: Entry[];
  readonly purges: Entry[];
  readonly events: Entry[];
}

interface Encoded {
  readonly kind: 'purges' | 'events';
  readonly record: KafkaMessage;
}

function tooLargeFor({ topic }: TopicSpec, bytes: number): HubError {
  return new HubError('HUB_KAFKA_MESSAGE_TOO_LARGE', { topic: safeWord(topic), bytes });
}
