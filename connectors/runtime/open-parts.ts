import { hkdfSync } from 'node:crypto';
import { dispositionOf } from '../../core/errors/hub-error.ts';
import { type SafeText, safeWord } from '../../core/errors/log-safe.ts';
import type { HubConfig, KafkaTls } from '../config/hub-config.ts';
import { type HubStore, openHubStore } from '../hub-store/hub-store.ts';
import { createKafka, type KafkaClient } from '../kafka/kafka-client.ts';
import { partitionOf } from '../kafka/partition-of.ts';
import { type TopicSpec, type TopicTableOptions, topicTable } from '../kafka/topics.ts';
import type { Logger } from '../observability/logger.ts';
import { waitMs } from './cancellable-wait.ts';

/** Opens the hub's store for this configuration. It connects at the first use. */
export function openStore(config: HubConfig, poolSize = 10): HubStore {
  return openHubStore({
    databaseUrl: config.store.url.reveal(),
    applicationName: `hub ${config.instance}`,
    poolSize,
    parkedPayloadKey: derivedKey(config, 'parked payload'),
    erasedIdentityKey: identityHashKey(config),
    partitionOfPerson: (personKey) => partitionOf(personKey, config.kafka.personTopicPartitions),
  });
}

/** Opens the access to Kafka for this configuration. It connects at the first use. */
export function openKafka(config: HubConfig, log?: Logger): KafkaClient {
  const { brokers, tls, login } = config.kafka;
  return createKafka({
    brokers,
    clientId: `hub-${config.instance}`,
    ...(tls !== null && { tls: revealTls(tls) }),
    ...(login !== null && {
      sasl: {
        mechanism: 'scram-sha-512' as const,
        username: login.user,
        password: login.password.reveal(),
      },
    }),
    ...(log !== undefined && {
      log: { debug: (fields, message) => log.debug('kafka client', { ...fields, message }) },
    }),
  });
}

/** PEM texts; without a certificate authority of its own the machine's are trusted. */
function revealTls({ ca, cert, key }: KafkaTls): Readonly<Record<string, string>> {
  return {
    ...(ca !== undefined && { ca: ca.reveal() }),
    ...(cert !== undefined && { cert: cert.reveal() }),
    ...(key !== undefined && { key: key.reveal() }),
  };
}

/** The topics as this configuration wants them. */
export function topicsOf(config: HubConfig): readonly TopicSpec[] {
  return topicTable(topicOptionsOf(config));
}

/** What the hub's topics and those of its consumers have in common. */
export function topicOptionsOf({ kafka }: HubConfig): TopicTableOptions {
  return {
    prefix: kafka.topicPrefix,
    partitions: kafka.personTopicPartitions,
    replicationFactor: kafka.topicReplicas,
  };
}

/** The key of the numbers of orders to forget. */
export function orderIdKey(config: HubConfig): Uint8Array {
  return derivedKey(config, 'order id');
}

/** The key of the hash of what consumers were sent. */
export function deliveryHashKey(config: HubConfig): Uint8Array {
  return derivedKey(config, 'delivery hash');
}

/** The key of the HMAC that names identities on the raw topics. */
export function identityHashKey(config: HubConfig): Uint8Array {
  return derivedKey(config, 'identity hash');
}

/** One secret, a key of its own for each purpose (HKDF-SHA256, RFC 5869). */
function derivedKey(config: HubConfig, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', config.secret.reveal(), '', `pu-hub ${purpose}`, 32));
}

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 10_000;

/**
 * Does what a start needs, and waits while the service behind it is away: a hub that starts before its services is no fault.
 * @returns undefined when the signal ended the waiting. Nor is a hub that is stopped while it waits.
 * @throws what is not retriable.
 */
export async function whenReady<T>(
  service: SafeText,
  work: () => Promise<T>,
  log: Logger,
  signal: AbortSignal,
): Promise<T | undefined> {
  for (
    let waitFor = FIRST_WAIT_MS;
    !signal.aborted;
    waitFor = Math.min(LONGEST_WAIT_MS, waitFor * 2)
  ) {
    try {
      return await work();
    } catch (error) {
      if (dispositionOf(error) !== 'retriable') throw error;
      log.error('the start waits for a service', error, { service: safeWord(service) });
      await waitMs(waitFor, signal);
    }
  }
  return undefined;
}
