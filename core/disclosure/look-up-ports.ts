import type { FieldGroup } from '../golden-record/golden-record.ts';
import type { Identity, PersonKey } from '../person/person-identifier.ts';
import type { StoredPerson } from '../sync/stored-group.ts';

/** With what a consumer shows who it is. Of a token only the SHA-256 of its secret is kept. */
export interface CallerCredential {
  /** A UUID; no secret. */
  readonly id: string;
  /** The name of the consumer. */
  readonly consumer: string;
  readonly kind: 'token' | 'certificate';
  /** 32 bytes: SHA-256 of the token's secret, or of the certificate in DER. */
  readonly hash: Uint8Array;
  /** Milliseconds since 1970. */
  readonly validTo: number;
  readonly isRevoked: boolean;
}

/** A person as the store has it now, with how a consumer stands to the person. */
export interface FoundPerson {
  /** The key that the person is known by now. */
  readonly personKey: PersonKey;
  /** Undefined: nothing was ever written under the key, so the hub has only evidence. */
  readonly person: StoredPerson | undefined;
  readonly isListed: boolean;
  readonly wasSent: boolean;
}

/** What the hub has of PU about a person. */
export interface PuStanding {
  /** All identities of the person, with the main one of the golden record wherever it stands. */
  readonly identities: readonly Identity[];
  /** When PU was asked last about any of them and gave a record, in milliseconds since 1970; null: never. */
  readonly askedAt: number | null;
}

/** What the hub knows of the other ends of relations; as `identityText`. */
export interface KnownRelatives {
  readonly protected: ReadonlySet<string>;
  /** Of whom PU gave a record before, so that a flag of protection would be known. */
  readonly answeredByPu: ReadonlySet<string>;
}

/** Who asks: the columns of `urn:riv:ehr:log` about the user. Null: a system without a user. */
export interface LookUpUser {
  readonly userId: string;
  readonly careUnit: string;
  readonly purpose: string;
  readonly assignment: string | null;
}

/** One call, as it stands in the access log: `Log` of `urn:riv:ehr:log` without its resources (domain 6.4). */
export interface AccessLogCall {
  /** A UUID. */
  readonly logId: string;
  /** The name of the consumer; null: nobody knows who called. */
  readonly systemId: string | null;
  readonly activityType: 'Läsa' | 'Skriva';
  /** Which call it was. */
  readonly activityArgs: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly user: LookUpUser | null;
  /** HSA-id of the care giver that runs the system. */
  readonly careProvider: string | null;
  /** `answered`, or the code of the refusal. */
  readonly outcome: string;
  readonly credentialId: string | null;
  /** SHA-256 of the caller's certificate, in hex; null: it showed none. */
  readonly certificateFingerprint: string | null;
  /** Null: in plain text, from this machine. */
  readonly tlsVersion: string | null;
  readonly tlsCipher: string | null;
}

/** One person in a call: `Resource` of `urn:riv:ehr:log`. */
export interface AccessedPerson {
  readonly personKey: PersonKey | null;
  /** The identity that was asked for; else the person's main identity. Kept encrypted. */
  readonly patient: Identity | null;
  /** What was told; empty: nothing. */
  readonly fields: readonly FieldGroup[];
  /** What was answered about the person. */
  readonly outcome: string;
  /** Where the answer came from: `hub`, `pu-now`, `stored`; null: there was none. */
  readonly origin: string | null;
}
