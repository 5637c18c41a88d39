import type { ErrorCodeEntry } from './hub-error.ts';

/** Codes of the main path. */
export const SYNC_CODES = {
  HUB_SYNC_UNEXPECTED: {
    disposition: 'fatal',
    happened: 'A programming error stopped the main path.',
    safe: 'The transaction was rolled back and no offset moved.',
    next: 'Report it with the log around this line. A restart begins again at the same batch.',
  },
} as const satisfies Record<`HUB_SYNC_${string}`, ErrorCodeEntry>;
