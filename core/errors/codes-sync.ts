import type { ErrorCodeEntry } from './error-code-entry.ts';

/** Codes of the main path. */
export const SYNC_CODES = {
  HUB_SYNC_RAW_UNREADABLE: {
    disposition: 'rejected',
    happened: 'A record on a raw topic is not a source message.',
    safe: 'Its bytes are parked, encrypted; the records around it are processed.',
    next: 'Find out who wrote to the raw topic besides the source connector. If it was the connector, let the source send its records again: `hub source resnapshot master` or `hub source reload pu`.',
  },
  HUB_SYNC_OFFSET_GAP: {
    disposition: 'fatal',
    happened: 'Records of a raw topic are gone that this hub has not processed.',
    safe: 'Nothing was processed beyond the gap; what is published stays as it was.',
    next: 'Find out why: the hub was away longer than the topic keeps its records, or somebody deleted them. Then run `hub source accept-loss master --execute --reason "…"` (`pu` in place of `master` when the named topic is that of PU) and start the hub: it goes on from the first record that is there and reads that source again. If the store of the hub was restored from a backup, read `docs/what-if.md` first: there this is the wrong way.',
  },
  HUB_SYNC_PUBLISH_LAGS: {
    disposition: 'retriable',
    happened: 'The oldest change that waits to be published is older than the alarm limit.',
    safe: 'Everything that waits is in the outbox and is published in order when Kafka takes it.',
    next: 'Look at `hub status`: which partition waits, and who holds its lease. Check the brokers and the publisher instances.',
  },
  HUB_SYNC_DERIVATION_STOPPED: {
    disposition: 'fatal',
    happened:
      'Deriving everybody again, after a switch of the phase or for a rebuild, would take more persons away from consumers than HUB_MAX_VANISHING_SHARE allows.',
    safe: 'The page with which it became too many was not written: whom it would take away stays published as before. Records of the registers go on being processed.',
    next: 'Look at `hub phase show` for how many, and at `hub phase preview` for who would appear and vanish. Is a register not loaded yet, or does it leave people out? Switch back with `hub phase switch <phase before> --execute --reason "…"`, or let the register be read first. If they are to vanish: `hub phase accept-vanishing --execute --reason "…"`.',
  },
} as const satisfies Record<`HUB_SYNC_${string}`, ErrorCodeEntry>;
