import type { Consumer } from '../../core/disclosure/delivery-ports.ts';
import type {
  AccessedPerson,
  AccessLogCall,
  CallerCredential,
  FoundPerson,
  KnownRelatives,
  PuStanding,
} from '../../core/disclosure/look-up-ports.ts';
import type { PersonEvidence } from '../../core/mapping/person-evidence.ts';
import type { Identity, PersonKey } from '../../core/person/person-identifier.ts';

/** How much PU is asked for (TKB 5.1 ch. 8). */
export type PuDepth = 'P1' | 'P2' | 'P3' | 'P4';

/** What PU says of one identity at this moment. */
export type PuNowAnswer =
  | { readonly kind: 'record'; readonly evidence: PersonEvidence }
  /** PU does not know the identity. */
  | { readonly kind: 'unknown' }
  /**
   * There is a record that the hub cannot use, or may not: it is parked, or a test person in production. `isProtected`: a flag of protection in it
   * is set, and counts as it does on the main path.
   */
  | { readonly kind: 'unusable'; readonly isProtected: boolean }
  /** The person was erased and must not come back: PU was not asked, or its record is let go. */
  | { readonly kind: 'erased' };

export interface PuNowAnswers {
  /** Milliseconds since 1970. */
  readonly askedAt: number;
  /** By `identityText`, one for each identity that was asked for. */
  readonly answers: ReadonlyMap<string, PuNowAnswer>;
}

/** PU while somebody waits for the answer. */
export interface PuNow {
  /**
   * Asks once, in the shared budget of calls, and never waits longer than a few seconds.
   * Of whoever was erased and must not come back it is not asked, and in the records of others they are not mentioned.
   * @param asEvidence true: records also go down the main path, so that the hub knows the persons from now on.
   * @returns undefined: PU did not answer, so nothing is known.
   */
  ask(
    identities: readonly Identity[],
    depth: PuDepth,
    asEvidence: boolean,
  ): Promise<PuNowAnswers | undefined>;
}

/** What the look-up reads of the store; see connectors/hub-store/look-up-reader.ts. */
export interface LookUpPersons {
  byIdentities(
    consumerId: number,
    identities: readonly Identity[],
  ): Promise<ReadonlyMap<number, FoundPerson>>;
  byKey(consumerId: number, key: PersonKey): Promise<FoundPerson | undefined>;
  puStanding(personKey: PersonKey): Promise<PuStanding>;
  relatives(identities: readonly Identity[]): Promise<KnownRelatives>;
  /** Whom a purge order is about. @returns undefined: the consumer has no such order. */
  personOfOrder(consumer: string, orderId: string): Promise<PersonKey | undefined>;
}

export interface CallerDirectory {
  findToken(id: string): Promise<CallerCredential | undefined>;
  findCertificate(fingerprint: string): Promise<CallerCredential | undefined>;
  /** The consumers that were added, with the profile that holds. May be a second old. */
  findConsumer(name: string): Promise<Consumer | undefined>;
}

/** The list that a consumer keeps of its persons; in the order of the identities. */
export interface ListOfConsumer {
  add(
    consumerId: number,
    identities: readonly Identity[],
  ): Promise<readonly ('added' | 'already' | 'unknown')[]>;
  remove(
    consumerId: number,
    identities: readonly Identity[],
  ): Promise<readonly ('removed' | 'absent' | 'unknown')[]>;
}

/** Where a consumer says that it forgot. */
export interface PurgeAcknowledgements {
  /** @param by who says so, as the consumer names it. @returns `unknown`: the consumer has no such order. */
  acknowledge(
    consumer: string,
    orderId: string,
    by: string,
  ): Promise<'acknowledged' | 'already' | 'unknown'>;
}

/** How old is what the hub answers from. Times as ISO 8601 in UTC. */
export interface LookUpFreshness {
  readonly at: string;
  readonly sources: readonly {
    readonly name: 'master' | 'pu';
    /** Null: no instance reads it now. */
    readonly state: string | null;
    /** `epoch:version`; PU has none. */
    readonly position: string | null;
    /** Everything up to here is read; null: not known. */
    readonly currentAsOf: string | null;
  }[];
}

/** Everything that the look-up works with. */
export interface LookUpPorts {
  readonly callers: CallerDirectory;
  readonly persons: LookUpPersons;
  /** Null: PU is not configured. */
  readonly pu: PuNow | null;
  readonly lists: ListOfConsumer;
  readonly purges: PurgeAcknowledgements;
  readonly freshness: () => Promise<LookUpFreshness>;
  /** Committed when it resolves. */
  readonly writeLog: (call: AccessLogCall, persons: readonly AccessedPerson[]) => Promise<void>;
}
