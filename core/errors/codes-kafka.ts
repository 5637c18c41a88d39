import type { ErrorCodeEntry } from './hub-error.ts';

/** Codes of connectors/kafka. */
export const KAFKA_CODES = {
  HUB_KAFKA_UNAVAILABLE: {
    disposition: 'retriable',
    happened: 'No answer from the Kafka brokers.',
    safe: 'Nothing was acknowledged, so nothing was advanced; the same records are sent again.',
    next: 'Check the brokers and the network. The hub goes on by itself when they answer.',
  },
} as const satisfies Record<`HUB_KAFKA_${string}`, ErrorCodeEntry>;
