import type {
  Identity,
  IdentityHash,
  IdentityKey,
  PersonKey,
} from '../person/person-identifier.ts';
import type { PersonTransaction, PhaseState } from './ports.ts';
import type { SourceName } from './source-record.ts';

/** Somebody as named by a key, before anything is locked. */
export interface NamedPerson {
  readonly personKey: PersonKey;
  readonly identities: readonly Identity[];
}

/** Where connectors keep something about identities that the hub's own tables cannot find by them. */
export interface SourceTraces {
  /** The keys that raw records about them have. */
  readonly rawHashes: readonly IdentityHash[];
  /** Keys of rows that a connector has seen in its source, as the store has them. Personal data. */
  readonly knownRows: readonly { readonly source: SourceName; readonly key: string }[];
}

/** What leaves the hub's store of somebody. */
export interface ErasedPerson {
  readonly personKey: PersonKey;
  /** Everything that the person was ever known by: also the keys that lead to the one of now. */
  readonly keys: readonly IdentityKey[];
  readonly identities: readonly Identity[];
  readonly traces: SourceTraces;
  /** True: keyed hashes of the identities stay, so that what comes again is refused. */
  readonly keepsHash: boolean;
  readonly commandId: bigint;
}

/** The hub's store as an erasure sees it. */
export interface ErasureStore {
  /** @param key of the person, or of any identity of the person. @returns undefined when nobody has it. */
  findPerson(key: PersonKey): Promise<NamedPerson | undefined>;
  /** Whether the command with this number has erased somebody. */
  wasErasedBy(commandId: bigint): Promise<boolean>;
  /** As `PersonStore.transact`. */
  transact<T>(work: (transaction: ErasureTransaction) => Promise<T>): Promise<T>;
}

export interface ErasureTransaction {
  readonly persons: Pick<PersonTransaction, 'lockGroups' | 'readProtected' | 'write'>;
  /** Waits for everybody who has read the phase, and lets nobody else read it until the end: what was erased has one moment. */
  holdOthers(): Promise<PhaseState>;
  /** Identities whose evidence states a relation with one of these. */
  findRelatives(identities: readonly Identity[]): Promise<readonly Identity[]>;
  /**
   * Deletes everything of the person but the golden record, which is empty by now and stays until everybody was told, and the orders to forget, which
   * hold no values. Notes the erasure.
   */
  erase(person: ErasedPerson): Promise<void>;
}
