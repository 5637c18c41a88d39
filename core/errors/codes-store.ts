import type { ErrorCodeEntry } from './hub-error.ts';

/** Codes of connectors/hub-store. */
export const STORE_CODES = {
  HUB_STORE_UNAVAILABLE: {
    disposition: 'retriable',
    happened: 'The hub store (PostgreSQL) does not answer or broke the connection.',
    safe: 'The transaction was not committed, so no offset moved; the same batch is done again.',
    next: 'Check PostgreSQL. The hub goes on by itself when it answers.',
  },
} as const satisfies Record<`HUB_STORE_${string}`, ErrorCodeEntry>;
