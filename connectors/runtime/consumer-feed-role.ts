import type { Consumer, DeliveryStore } from '../../core/disclosure/delivery-ports.ts';
import type { ErrorCode } from '../../core/errors/error-codes.ts';
import { dispositionOf, findHubError } from '../../core/errors/hub-error.ts';
import { safeWord } from '../../core/errors/log-safe.ts';
import type { ContentHasher, Lease } from '../../core/sync/ports.ts';
import type { AvroCodec } from '../kafka/avro-codec.ts';
import type { KafkaClient } from '../kafka/kafka-client.ts';
import type { KafkaRecord } from '../kafka/kafka-message.ts';
import { readPublishedEvent } from '../kafka/published-event.ts';
import type { ConsumerBatch } from '../kafka/run-consumer.ts';
import type { Logger } from '../observability/logger.ts';
import { ConsumerFeed, type LocatedEvent } from '../sinks/consumers/consumer-feed.ts';
import { type ConsumerSink, FeedOvertakenError } from '../sinks/consumers/consumer-sink.ts';
import type { FeedProgress } from '../sinks/consumers/delivery-sender.ts';
import { type WakeUp, waitMs } from './cancellable-wait.ts';

/** How often it is looked for what waits beside the events. A person who is named gets full state within 5 s. */
const LOOK_MS = 2_000;
const FIRST_BACK_OFF_MS = 500;
const LONGEST_BACK_OFF_MS = 30_000;

export interface FeedConsumerOptions {
  readonly store: DeliveryStore;
  readonly consumer: Consumer;
  readonly lease: Lease;
  readonly isLeaseFresh: () => boolean;
  readonly sink: ConsumerSink;
  readonly kafka: Pick<KafkaClient, 'runConsumer' | 'admin'>;
  readonly avro: Pick<AvroCodec, 'decode'>;
  readonly eventTopic: string;
  /** Of this consumer's own, so that none waits for another. */
  readonly groupId: string;
  readonly batchPersons: number;
  readonly stallMs: number;
  readonly hasher: ContentHasher;
  readonly orderIdOf: (text: string) => string;
  readonly wakeUp: WakeUp;
  /** What else is done for this consumer now and then. */
  readonly beside: () => Promise<void>;
  readonly onProgress: (progress: FeedProgress) => void;
  readonly onLag: (partition: number, lag: number) => void;
  /** What stands in the way of what the consumer gets; null: nothing does. */
  readonly onState: (fault: ErrorCode | 'bug' | null) => void;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/**
 * Feeds one consumer until the signal, until another instance does it, or until nothing is left of it. A fault stays with this consumer: it waits and
 * tries again for as long as it takes, and the others go on.
 */
export async function feedConsumer(options: FeedConsumerOptions): Promise<void> {
  const { store, consumer, lease, sink, signal, log, onState } = options;
  const named = { consumer: safeWord(consumer.name) };
  const feed = new ConsumerFeed({ ...options, now: Date.now });
  let backOff = FIRST_BACK_OFF_MS;
  let isLost = false;
  while (!signal.aborted) {
    const began = performance.now();
    try {
      await feed.recover();
      if (await feed.endDrop()) break;
      // Remembered over a fault: a topic that was made anew is not found missing a second time.
      isLost = (await sink.prepare()) === 'lost' || isLost;
      if (isLost && (await wasTold(store, consumer.id))) {
        log.warn(
          'what the consumer was sent is not there any more: everything is told again',
          named,
        );
        // First: after the other one the topics' ends are not known any more, and a restart would not find them lost.
        await feed.tellOrdersAgain();
        if (!(await store.tellAgain(lease, consumer.id))) break;
      }
      isLost = false;
      onState(null);
      const end = await feedUntilFault(feed, options);
      if (end === 'over') break;
    } catch (error) {
      if (error instanceof FeedOvertakenError) break;
      onState(findHubError(error)?.code ?? 'bug');
      const waits = dispositionOf(error) === 'retriable';
      log.error(
        waits ? 'a consumer waits' : 'a consumer is not fed until somebody acts',
        error,
        named,
      );
      // Whoever went on for a while before the fault begins with short waits again.
      if (performance.now() - began > LONGEST_BACK_OFF_MS) backOff = FIRST_BACK_OFF_MS;
      await waitMs(waits ? backOff : LONGEST_BACK_OFF_MS, signal);
      backOff = Math.min(backOff * 2, LONGEST_BACK_OFF_MS);
    }
  }
}

/**
 * Whether there is anything to lose. Before the first page of the first load there is nothing: the walk tells everybody. It is asked of the store each time,
 * since what was found when the feed began may be long over.
 */
async function wasTold(
  store: Pick<DeliveryStore, 'consumers' | 'nextDelivered'>,
  consumerId: number,
): Promise<boolean> {
  const now = (await store.consumers()).find(({ id }) => id === consumerId);
  if (now === undefined) return false;
  if (now.generation > 0 || now.walk?.cursor !== null) return true;
  // Whoever was sent something that an instance before could not store was told apart from the walk.
  return (await store.nextDelivered(consumerId, null, 1)).length > 0;
}

/** Both ways of work side by side, until one of them meets a fault, which is thrown. */
async function feedUntilFault(feed: ConsumerFeed, options: FeedConsumerOptions): Promise<'over'> {
  const end = new AbortController();
  const signal = AbortSignal.any([options.signal, end.signal]);
  // The first fault is the one that is told: those that follow come from the end that it makes.
  const failed = Promise.withResolvers<void>();
  failed.promise.catch(() => undefined);
  const guarded = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      failed.reject(error);
      end.abort();
    }
  };
  await beginWhereEventsEnd(options);
  const { store, consumer } = options;
  const positions = await store.positions(consumer.id);
  const seen = new Map(positions.map(({ partition, nextOffset }) => [partition, nextOffset]));
  await Promise.all([
    guarded(() => followEvents(feed, options, signal, guarded)),
    guarded(async () => {
      await workBeside(feed, options, seen, signal);
      end.abort();
    }),
  ]);
  failed.resolve();
  await failed.promise;
  return 'over';
}

/** A new consumer is told everybody by a walk, and from here on what happens meanwhile. */
async function beginWhereEventsEnd({ store, consumer, kafka, eventTopic }: FeedConsumerOptions) {
  const ends = await kafka.admin.offsets(eventTopic);
  const nextOffsets = ends.map(({ partition, high }) => ({ partition, nextOffset: high }));
  await store.begin(consumer.id, nextOffsets);
}

async function followEvents(
  feed: ConsumerFeed,
  options: FeedConsumerOptions,
  signal: AbortSignal,
  guarded: (work: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const { store, consumer, kafka, groupId, eventTopic, stallMs, onLag } = options;
  await kafka.runConsumer({
    groupId,
    topics: [eventTopic],
    startOffset: async (_topic, partition) => {
      const at = (await store.positions(consumer.id)).find((one) => one.partition === partition);
      if (at !== undefined) feed.replayUntil(partition, at.replayUntil);
      return at?.nextOffset;
    },
    stallAfterMs: stallMs,
    signal,
    // The library would try the same batch again without looking whether the topics are still there.
    onBatch: (batch) =>
      guarded(async () => {
        await takeBatch(feed, batch, options);
        onLag(batch.partition, Math.max(0, batch.highWatermark - batch.nextOffset));
      }),
  });
}

async function takeBatch(
  feed: ConsumerFeed,
  batch: ConsumerBatch,
  { avro, batchPersons }: FeedConsumerOptions,
): Promise<void> {
  const { partition, records, nextOffset } = batch;
  let from = batch.firstOffset;
  for (let start = 0; start < records.length; start += batchPersons) {
    if (batch.isStale()) return;
    const events: LocatedEvent[] = [];
    for (const record of records.slice(start, start + batchPersons)) {
      const event = await locatedEvent(record, avro);
      if (event !== undefined) events.push(event);
    }
    const to = records[start + batchPersons]?.offset ?? nextOffset;
    await feed.takeEvents({ partition, from, to, events });
    from = to;
  }
}

async function locatedEvent(
  { value, offset }: KafkaRecord,
  avro: Pick<AvroCodec, 'decode'>,
): Promise<LocatedEvent | undefined> {
  const decoded = await avro.decode(value);
  if (decoded.kind === 'tombstone') return undefined;
  const read = readPublishedEvent(decoded.record);
  return read && { ...read, offset };
}

async function workBeside(
  feed: ConsumerFeed,
  { store, consumer, wakeUp, beside }: FeedConsumerOptions,
  seen: Map<number, number>,
  signal: AbortSignal,
): Promise<void> {
  let besideAt = Number.NEGATIVE_INFINITY;
  while (!signal.aborted) {
    if (performance.now() - besideAt >= LOOK_MS) {
      await beside();
      if (await isSetBack(store, consumer.id, seen)) throw new FeedOvertakenError();
      besideAt = performance.now();
    }
    const found = await feed.work();
    if (found === 'gone') return;
    if (found === 'nothing') await wakeUp.wait(LOOK_MS, signal);
  }
}

/**
 * Whether somebody set a position back, to have told again what happened since: then reading begins anew from there. Where something happens a commit
 * shows it as well, and where nothing happens only this. @param seen the positions as they were at the look before, which is kept up to date.
 */
async function isSetBack(
  store: Pick<DeliveryStore, 'positions'>,
  consumerId: number,
  seen: Map<number, number>,
): Promise<boolean> {
  let isBack = false;
  for (const { partition, nextOffset } of await store.positions(consumerId)) {
    isBack ||= nextOffset < (seen.get(partition) ?? 0);
    seen.set(partition, nextOffset);
  }
  return isBack;
}
