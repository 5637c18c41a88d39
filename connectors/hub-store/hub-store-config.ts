import type { PersonKey } from '../../core/person/person-identifier.ts';

/** What the hub store needs to know. Made by connectors/config, checked there. */
export interface HubStoreConfig {
  /** `postgres://user:password@host:port/database`. Secret. */
  readonly databaseUrl: string;
  /** Shown in `pg_stat_activity`, so that a database operator sees which instance holds what. */
  readonly applicationName: string;
  /** Connections for transactions and queries. One more is held for notices. */
  readonly poolSize: number;
  /** 32 bytes, AES-256-GCM: encrypts the payload of parked records. Secret. */
  readonly parkedPayloadKey: Uint8Array;
  /** 32 bytes, of an HMAC: names the identities of erased persons whose return is refused. Secret. */
  readonly erasedIdentityKey: Uint8Array;
  /** The partition of a person on the person topics. Given in, since it must be the publisher's own. */
  readonly partitionOfPerson: (personKey: PersonKey) => number;
}
