import { dispositionOf, findHubError } from '../../core/errors/hub-error.ts';
import { type SafeText, safeText, safeWord } from '../../core/errors/log-safe.ts';
import type { ConsumerPurges, PurgeAck } from '../hub-store/consumer-purges.ts';
import { AvroCodec } from '../kafka/avro-codec.ts';
import { ConsumerCodec, type PurgeAcknowledgement } from '../kafka/consumer-codec.ts';
import type { KafkaRecord } from '../kafka/kafka-message.ts';
import type { ConsumerBatch, ConsumerOptions } from '../kafka/run-consumer.ts';
import { TOPIC, topicName } from '../kafka/topics.ts';
import { alarmOf, type Health } from '../observability/health.ts';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import { scrubText } from '../observability/scrub.ts';
import { waitMs } from './cancellable-wait.ts';
import type { HubParts } from './hub-parts.ts';
import { whenReady } from './open-parts.ts';
import type { Role } from './run-roles.ts';

/** What reading the acknowledgements calls itself when it reports its health. */
export const PURGE_ACKS: SafeText = safeText('purge-acks');

const RESTART_MS = 1_000;

/** Reads what consumers acknowledge; one instance for each partition. */
export function composePurgeAcks(parts: HubParts): Role {
  const { config, store, kafka, metrics, health, log } = parts;
  return {
    name: PURGE_ACKS,
    run: async (signal) => {
      const avro = new AvroCodec({
        registryUrl: config.kafka.schemaRegistryUrl,
        clientId: `hub-${config.instance}`,
      });
      const register = () => ConsumerCodec.register(avro);
      const codec = await whenReady(safeText('registry'), register, log, signal);
      if (codec === undefined) return;
      log.info('acknowledgements of orders to forget are read');
      const { topicPrefix } = config.kafka;
      await runPurgeAckRole({
        topic: topicName(TOPIC.purgeAck, topicPrefix),
        groupId: `${topicPrefix}hub.purge-acks`,
        purges: store.consumerPurges,
        decode: (record) => codec.decodeAck(record),
        runConsumer: (options) => kafka.runConsumer(options),
        stallMs: config.health.stallSeconds * 1_000,
        metrics,
        health,
        log,
        signal,
      });
    },
  };
}

export interface PurgeAckRoleOptions {
  readonly topic: string;
  readonly groupId: string;
  readonly purges: Pick<ConsumerPurges, 'acknowledgeBatch' | 'nextOffset'>;
  /** @throws HubError, rejected, for what is no acknowledgement. */
  readonly decode: (record: KafkaRecord) => Promise<PurgeAcknowledgement>;
  readonly runConsumer: (options: ConsumerOptions) => Promise<void>;
  readonly stallMs: number;
  readonly metrics: Metrics;
  readonly health: Health;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/**
 * Takes the acknowledgements of consumers from their topic, until the signal. One that this consumer was never ordered, or that nobody can read, is counted and left
 * out: an order stays open until whoever was given it says that it is done.
 */
export async function runPurgeAckRole(options: PurgeAckRoleOptions): Promise<void> {
  const { topic, groupId, purges, runConsumer, stallMs, health, log, signal } = options;
  while (!signal.aborted) {
    try {
      await runConsumer({
        groupId,
        topics: [topic],
        startOffset: (name, partition) => purges.nextOffset(name, partition),
        stallAfterMs: stallMs,
        signal,
        onAssigned: () => health.report(PURGE_ACKS, IDLE),
        onRetry: ({ partition }, error, attempt) => {
          health.report(PURGE_ACKS, alarmOf(error));
          log.error('acknowledgements are tried again', error, { partition, attempt });
        },
        onBatch: (batch) => takeBatch(batch, options),
      });
    } catch (error) {
      if (dispositionOf(error) !== 'retriable') throw error;
      health.report(PURGE_ACKS, alarmOf(error));
      log.error('reading acknowledgements starts again', error);
      await waitMs(RESTART_MS, signal);
    }
  }
  health.report(PURGE_ACKS, { kind: 'stopped' });
}

const IDLE = { kind: 'idle', forMs: Number.POSITIVE_INFINITY } as const;

async function takeBatch(
  { topic, partition, records, nextOffset }: ConsumerBatch,
  { purges, decode, metrics, health, log }: PurgeAckRoleOptions,
): Promise<void> {
  const acks: (PurgeAck & { readonly offset: number })[] = [];
  for (const record of records) {
    const ack = await readAck(record, decode);
    if (ack !== undefined) acks.push({ ...ack, offset: record.offset });
  }
  const unreadable = records.length - acks.length;
  const outcomes = await purges.acknowledgeBatch({ topic, partition, acks, nextOffset });
  for (const result of outcomes)
    metrics.add('hub_purge_acks_total', { result: safeWord(result) }, 1);
  metrics.add('hub_purge_acks_total', { result: UNREADABLE }, unreadable);
  const unknown = outcomes.filter((outcome) => outcome === 'unknown').length;
  if (unknown > 0 || unreadable > 0) {
    log.warn('acknowledgements were refused', { topic: safeWord(topic), unknown, unreadable });
  }
  health.report(PURGE_ACKS, IDLE);
}

const UNREADABLE = safeText('unreadable');

async function readAck(
  record: KafkaRecord,
  decode: PurgeAckRoleOptions['decode'],
): Promise<PurgeAck | undefined> {
  try {
    const { consumer, orderId, acknowledgedBy } = await decode(record);
    // Kept with the order, and written by somebody else: what looks like a person stays outside.
    return { consumer, orderId, by: scrubText(acknowledgedBy) };
  } catch (error) {
    if (findHubError(error)?.disposition === 'rejected') return undefined;
    throw error;
  }
}
