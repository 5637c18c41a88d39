/** How the pulls see PU: what can be asked, and what comes back. Contract versions, SOAP, TLS, retries and limits stand behind it. */
import type { Identity, Oid } from '../../../core/person/person-identifier.ts';
import type { SourceRow } from '../../../core/sync/source-record.ts';

/** How much is asked for (TKB 5.1 ch. 8). */
export type PuProfile = 'P1' | 'P2' | 'P3' | 'P4' | 'P5';

/** Whom a search finds. `since` is a moment in milliseconds since 1970; everything changed at or after it is found; null: everybody. */
export type PuQuery =
  | {
      readonly kind: 'residents';
      /** Two digits. */
      readonly counties: readonly string[];
      /** Four digits, county first; null: the whole counties. */
      readonly municipality: string | null;
      /**
       * Only protected persons. Of them the restricted contracts show no municipality, so a county that is asked for by
       * municipality needs one question more: this one.
       */
      readonly onlyProtected: boolean;
      readonly since: number | null;
    }
  | {
      readonly kind: 'reserve-identities';
      readonly roots: readonly Oid[];
      readonly since: number | null;
    }
  /** Persons with a former registration in the counties that ended at or after `since` (localRegistrationEndTime, P5). */
  | { readonly kind: 'moved-out'; readonly counties: readonly string[]; readonly since: number };

/** A question that PU took. */
export interface PlacedOrder {
  readonly orderId: string;
  /** When it was asked, in milliseconds since 1970: the earlier of our clock and PU's, for everything that is later is asked again. */
  readonly askedAt: number;
}

export type OrderState =
  | { readonly kind: 'processing' }
  | { readonly kind: 'ready'; readonly files: readonly string[] }
  /** PU does not know the order any more. */
  | { readonly kind: 'gone' };

/** One person as PU answers. */
export interface PuAnswer {
  /** The identity that was asked for, where the answer says so (requestedPersonalIdentity). */
  readonly requested: Identity | null;
  /** Null: PU does not know the identity. That is no deletion. */
  readonly record: PuPersonRecord | null;
}

/** One PersonRecord in the hub's own field names (core/mapping/pu-record.ts). */
export interface PuPersonRecord {
  readonly identity: Identity;
  /** `YYYYMMDDhhmmss` in Swedish local time; null where PU states none. */
  readonly version: string | null;
  readonly isTestPerson: boolean;
  readonly person: SourceRow;
  readonly children: Readonly<Record<string, readonly SourceRow[]>>;
}

export interface PuClient {
  /** SearchPersonsForProfileByOrder. @throws HubError `HUB_PU_…` */
  orderByQuery(query: PuQuery, profile: PuProfile): Promise<PlacedOrder>;

  /**
   * GetPersonsByFile with the identities and, when `since` is given, only what changed at or after it.
   * The identities are read once, as a stream.
   */
  orderByIdentities(
    identities: AsyncIterable<Identity>,
    profile: PuProfile,
    since: number | null,
  ): Promise<PlacedOrder>;

  /** GetFilesForOrderId, once. */
  orderState(orderId: string): Promise<OrderState>;

  /**
   * The answers in one file of an order, as a stream in constant memory, in lots. A file that is cut or otherwise wrong rejects after the
   * lots before the fault; whoever reads must not count the order as done then.
   */
  download(file: string): AsyncIterable<readonly PuAnswer[]>;

  /**
   * GetPersonsForProfile with ignoreReferredIdentity=true, at most 500 identities. Answers are matched by the requested identity.
   * @throws HubError `HUB_PU_OTHER_IDENTITY` when PU answers about somebody else.
   */
  getPersons(
    identities: readonly Identity[],
    profile: PuProfile,
  ): Promise<{ readonly askedAt: number; readonly answers: readonly PuAnswer[] }>;
}

/** Gives every call of every instance its turn: at most so many in a second altogether (TKB 5.1 ch. 4.2: 10). */
export interface CallBudget {
  /** Resolves when it is this call's turn. */
  takeTurn(signal: AbortSignal): Promise<void>;
}
