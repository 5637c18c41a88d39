import type { ErrorCodeEntry } from './hub-error.ts';

/** Codes of connectors/sources/master. */
export const MASTER_CODES = {
  HUB_MASTER_UNAVAILABLE: {
    disposition: 'retriable',
    happened: 'Master does not answer.',
    safe: 'The position in Master did not move; reading goes on from it.',
    next: 'Check the Master server and the network. The hub goes on by itself when it answers.',
  },
} as const satisfies Record<`HUB_MASTER_${string}`, ErrorCodeEntry>;
