import { createHmac, hash } from 'node:crypto';
import type { Consumer } from '../../core/disclosure/delivery-ports.ts';
import type { ErrorCode } from '../../core/errors/error-codes.ts';
import { findHubError } from '../../core/errors/hub-error.ts';
import { safeText, safeWord } from '../../core/errors/log-safe.ts';
import type { ContentHash } from '../../core/person/person-identifier.ts';
import type { ContentHasher } from '../../core/sync/ports.ts';
import type { ConsumerPurges } from '../hub-store/consumer-purges.ts';
import { AvroCodec } from '../kafka/avro-codec.ts';
import { ConsumerCodec } from '../kafka/consumer-codec.ts';
import { PERSON_SCHEMAS } from '../kafka/schema-catalogue.ts';
import { TOPIC, topicName } from '../kafka/topics.ts';
import type { FeedProgress } from '../sinks/consumers/delivery-sender.ts';
import type { TableAcknowledgements } from '../sinks/consumers/table/table-sink.ts';
import { WakeUp } from './cancellable-wait.ts';
import { feedConsumer } from './consumer-feed-role.ts';
import { openConsumerSink } from './consumer-sinks.ts';
import { CONSUMERS, type LeasedConsumer, runConsumersRole } from './consumers-role.ts';
import { countInstances } from './count-instances.ts';
import type { HubParts } from './hub-parts.ts';
import { deliveryHashKey, orderIdKey, whenReady } from './open-parts.ts';
import type { Role } from './run-roles.ts';

/** What telling the consumers calls itself when it reports its health. */
export const CONSUMERS_HEALTH_NAMES = [CONSUMERS];

/** Tells each consumer what it may see, each apart from the others. */
export function composeConsumers(parts: HubParts): readonly Role[] {
  const { config, store, health, log, counters } = parts;
  counters.waiting.add('consumers');
  return [
    {
      name: CONSUMERS,
      run: async (signal) => {
        const avro = new AvroCodec({
          registryUrl: config.kafka.schemaRegistryUrl,
          clientId: `hub-${config.instance}`,
        });
        const register = async () => {
          // What is read here too: from then on the registry may be away.
          await avro.register(PERSON_SCHEMAS.event);
          return await ConsumerCodec.register(avro);
        };
        const codec = await whenReady(safeText('registry'), register, log, signal);
        if (codec === undefined) return;
        counters.waiting.delete('consumers');
        log.info('consumers are fed');
        const wakeUps = new Set<WakeUp>();
        using _listening = store.notices.on('command', () => {
          for (const wakeUp of wakeUps) wakeUp.call();
        });
        await runConsumersRole({
          store: store.deliveries,
          leases: store.leases,
          instance: config.instance,
          countInstances: () => countInstances(store, 'consumers'),
          feed: async (leased, stop) => {
            const wakeUp = new WakeUp();
            wakeUps.add(wakeUp);
            try {
              await feedOne(parts, { ...leased, avro, codec, wakeUp }, stop);
              forgetGauges(parts, leased.consumer);
            } catch (error) {
              noteState(parts, leased.consumer, findHubError(error)?.code ?? 'bug');
              throw error;
            } finally {
              wakeUps.delete(wakeUp);
            }
          },
          health,
          log,
          signal,
        });
      },
    },
  ];
}

interface OneConsumer extends LeasedConsumer {
  readonly avro: AvroCodec;
  readonly codec: ConsumerCodec;
  readonly wakeUp: WakeUp;
}

async function feedOne(
  parts: HubParts,
  { avro, codec, consumer, lease, isFresh, wakeUp }: OneConsumer,
  signal: AbortSignal,
): Promise<void> {
  const { config, store, kafka, metrics, log } = parts;
  const name = safeWord(consumer.name);
  const prefix = config.kafka.topicPrefix;
  const { sink, acknowledgements } = openConsumerSink(parts, codec, consumer, isFresh);
  await using _sink = sink;
  await feedConsumer({
    store: store.deliveries,
    consumer,
    lease,
    isLeaseFresh: isFresh,
    sink,
    kafka,
    avro,
    eventTopic: topicName(TOPIC.personEvents, prefix),
    groupId: `${prefix}hub.consumer.${consumer.name}`,
    batchPersons: config.consumers.batchPersons,
    stallMs: config.health.stallSeconds * 1_000,
    hasher: keyedHasher(deliveryHashKey(config)),
    orderIdOf: orderIds(orderIdKey(config)),
    wakeUp,
    beside: async () => {
      if (acknowledgements === undefined) return;
      await takeAcknowledgements(store.consumerPurges, acknowledgements, consumer.name);
    },
    onProgress: (progress) => count(parts, name, progress),
    onLag: (partition, lag) =>
      metrics.set('hub_consumer_lag_records', { consumer: name, partition }, lag),
    onState: (fault) => noteState(parts, consumer, fault),
    log,
    signal,
  });
}

/** For metrics and `hub consumers status`. A note that cannot be stored is made at the next change. */
function noteState(
  { store, metrics, log }: HubParts,
  { id, name }: Consumer,
  fault: ErrorCode | 'bug' | null,
): void {
  const consumer = safeWord(name);
  metrics.set('hub_consumer_healthy', { consumer }, fault === null ? 1 : 0);
  store.deliveries.noteFault(id, fault).catch((error: unknown) => {
    log.error('the state of a consumer could not be noted', error, { consumer });
  });
}

/** Another instance feeds the consumer now, or nobody does: what this one says of it would stand still. */
function forgetGauges({ config, metrics }: HubParts, { name }: Consumer): void {
  const consumer = safeWord(name);
  metrics.forget('hub_consumer_healthy', { consumer });
  for (let partition = 0; partition < config.kafka.personTopicPartitions; partition++) {
    metrics.forget('hub_consumer_lag_records', { consumer, partition });
  }
}

const ACKNOWLEDGEMENTS_AT_ONCE = 100;

/** A consumer with tables says there that it forgot. */
async function takeAcknowledgements(
  purges: Pick<ConsumerPurges, 'acknowledge'>,
  acknowledgements: TableAcknowledgements,
  consumer: string,
): Promise<void> {
  const taken = await acknowledgements.acknowledgedPurges(ACKNOWLEDGEMENTS_AT_ONCE);
  if (taken.length === 0) return;
  for (const { id } of taken) await purges.acknowledge(consumer, id, 'table');
  await acknowledgements.takePurges(taken.map(({ id }) => id));
}

/**
 * UUIDs of version 8 (RFC 9562) with the first bits of a keyed hash of the text: who knows what an order says cannot make its number and answer it in
 * another's name.
 */
function orderIds(key: Uint8Array): (text: string) => string {
  return (text) => {
    const bytes = createHmac('sha256', key).update(text).digest().subarray(0, 16);
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    const hex = bytes.toString('hex');
    return PARTS.map(([from, to]) => hex.slice(from, to)).join('-');
  };
}

/** Of a UUID's hexadecimal digits, those between hyphens. */
const PARTS = [
  [0, 8],
  [8, 12],
  [12, 16],
  [16, 20],
  [20, 32],
] as const;

/**
 * Who sees the ledger and does not have the key cannot try what somebody's record may be. The key stands before the text: nobody who could make a longer
 * text of a hash gets to write one, and it takes a tenth of the time of an HMAC.
 */
function keyedHasher(key: Uint8Array): ContentHasher {
  const secret = Buffer.from(key).toString('base64url');
  return { hash: (text) => hash('sha256', secret + text, 'base64url') as ContentHash };
}

function count(
  { metrics }: HubParts,
  consumer: ReturnType<typeof safeWord>,
  progress: FeedProgress,
) {
  const add = (what: 'state' | 'tombstone' | 'purge' | 'event', by: number): void =>
    metrics.add('hub_consumer_sent_total', { consumer, what }, by);
  add('state', progress.states);
  add('tombstone', progress.tombstones);
  add('purge', progress.purges);
  add('event', progress.events);
  metrics.add('hub_consumer_refused_total', { consumer }, progress.refused);
}
