import { OID_NRID, OID_PNR, OID_SNR, type Oid } from '../../../core/person/person-identifier.ts';
import type { PuProfile } from './pu-client-port.ts';

/** The pulls that keep the hub's copy of PU fresh: PU itself sends nothing (use cases of a local PU, in that order 3, 1, 2, 4). */
export const PULL_NAMES = [
  'own-region',
  'known-elsewhere',
  'reserve-identities',
  'moved-out',
] as const;
export type PullName = (typeof PULL_NAMES)[number];

/** A county whose residents the hub holds. */
export interface HomeCounty {
  /** Two digits. */
  readonly code: string;
  /**
   * Null: the county is asked for as a whole. Otherwise it is asked for municipality by municipality, each four digits, and once more for
   * protected persons, of whom PU shows no municipality. All municipalities of the county must be there: whoever lives in one that is
   * missing is found by the sweep alone.
   */
  readonly municipalities: readonly string[] | null;
}

/** One pull. */
export interface PullConfig {
  /**
   * All pulls ask for the same depth, since evidence with fewer fields would erase fields; `moved-out` needs the history of P5, which is left
   * out of the comparison of contents.
   */
  readonly profile: PuProfile;
  /** When it is due, as a cron text in the time of Europe/Stockholm. */
  readonly cron: string;
  /** The next run asks since the watermark minus this. Longer than PU needs to make a change readable (3 s, TKB 5.1 ch. 4.2). */
  readonly overlapMs: number;
  /** `HUB_PU_PULL_LATE` when a run has not finished so long after it was due. */
  readonly lateAfterMs: number;
}

/** How PU is read. Resolved: every setting has its value. */
export interface PuSourceConfig {
  /** Whose residents are pulled (`own-region`) and whose former residents (`moved-out`). */
  readonly homeCounties: readonly HomeCounty[];
  /** Roots of the reserve numbers that the region keeps in PU; NRID among them where all of those are wanted. Empty: no such pull. */
  readonly reserveRoots: readonly Oid[];
  /** Roots that PU can be asked about by identity. */
  readonly askableRoots: readonly Oid[];
  readonly pulls: Readonly<Record<PullName, PullConfig>>;
  /** The profile of the first load. */
  readonly loadProfile: PuProfile;
  /**
   * So often everyone whom PU has told of is asked for by file, residents too. It finds who left a county without a trace that PU shows: a
   * protected person has no municipality and no history, so neither `own-region` nor `moved-out` finds such a move.
   */
  readonly sweepMs: number;
  /** The wait between two questions for the files of an order. */
  readonly pollMs: number;
  /** An order that is not ready so long after it was placed is given up and placed again: `HUB_PU_ORDER_LATE`. */
  readonly orderWaitMs: number;
  /** Orders that are placed or read at one time. */
  readonly openOrders: number;
  /** Runs that are under way at one time, also those whose order is only waited for. */
  readonly openRuns: number;
  /** Identities in one order by file. */
  readonly lotIdentities: number;
  /** Identities that are read from the hub store at a time. */
  readonly pageIdentities: number;
  /** Identities in one call of GetPersonsForProfile (at most 500, TKB 5.1 ch. 6.1). */
  readonly callIdentities: number;
  /** The wait before a failed shard is tried again; it doubles, with jitter, up to `longestRetryMs`. */
  readonly retryMs: number;
  readonly longestRetryMs: number;
  /** How often the source looks whether something is due, late, or whether Master is loaded, when nothing wakes it. */
  readonly lookMs: number;
  /** True everywhere but in production: there, a test person's record is thrown away (TKB 5.1 ch. 6.1 rule 4). */
  readonly keepsTestPersons: boolean;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** What holds where the configuration says nothing. The counties and the roots of a region's own numbers have no such value. */
export const PU_SOURCE_DEFAULTS: PuSourceConfig = {
  homeCounties: [],
  reserveRoots: [OID_NRID],
  askableRoots: [OID_PNR, OID_SNR, OID_NRID],
  pulls: {
    'own-region': {
      profile: 'P4',
      cron: '*/15 * * * *',
      overlapMs: 10 * MINUTE,
      lateAfterMs: HOUR,
    },
    'known-elsewhere': {
      profile: 'P4',
      cron: '5 * * * *',
      overlapMs: 10 * MINUTE,
      lateAfterMs: 3 * HOUR,
    },
    'reserve-identities': {
      profile: 'P4',
      cron: '*/30 * * * *',
      overlapMs: 10 * MINUTE,
      lateAfterMs: HOUR,
    },
    'moved-out': {
      profile: 'P5',
      cron: '35 * * * *',
      overlapMs: 10 * MINUTE,
      lateAfterMs: 3 * HOUR,
    },
  },
  loadProfile: 'P4',
  sweepMs: 24 * HOUR,
  pollMs: 5_000,
  orderWaitMs: 2 * HOUR,
  openOrders: 4,
  openRuns: 50,
  lotIdentities: 100_000,
  pageIdentities: 20_000,
  callIdentities: 500,
  retryMs: 5_000,
  longestRetryMs: 5 * MINUTE,
  lookMs: 1_000,
  keepsTestPersons: false,
};
