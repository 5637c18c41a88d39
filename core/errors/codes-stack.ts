import type { ErrorCodeEntry } from './hub-error.ts';

/** Codes of scripts/stack: the local Kafka, registry and PostgreSQL. */
export const STACK_CODES = {
  HUB_STACK_PART_FAILED: {
    disposition: 'fatal',
    happened: 'A part of the local stack did not start.',
    safe: 'Parts that this command had started were stopped again; data folders are kept.',
    next: 'Read the log file named in the message.',
  },
} as const satisfies Record<`HUB_STACK_${string}`, ErrorCodeEntry>;
