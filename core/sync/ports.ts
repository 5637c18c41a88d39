/**
 * The ports of the main path, named by role. What they guarantee is stated here; the folder that proves it stands behind each.
 *
 * - Store, then advance. An offset moves only in the transaction that stored its effect, a checkpoint only after Kafka acknowledged
 *   what is before it. A crash at any await replays into a no-op. (test/e2e, test/faults)
 * - At-least-once delivery, exactly-once effect. An event has a stable id and a person a rising version, so a consumer refuses what is
 *   not newer. No Kafka transactions: docs/adr/0003 says why. (test/e2e, test/contracts)
 * - One writer per person. A transaction locks the identities that it names, and all others of their groups, in one fixed order, and reads
 *   them again under the lock; versions and outbox rows are given out while it is held, so a person's later version always commits
 *   later. (test/connectors/hub-store)
 * - Content before version. The golden record's hash leaves out version and times: the same content again makes no version and no
 *   event. (test/core/sync, test/scenarios)
 * - Order per person. The partition is computed from the person key and given to every send; one publisher writes a partition at a
 *   time. (test/connectors/kafka, test/connectors/runtime)
 * - Every acknowledged send is verified: one partition a send, one send in flight for each producer, and the acknowledgement compared with
 *   what was sent. (test/connectors/kafka)
 * - Bounded memory: chunks, pages and batches only. (docs/benchmarks.md, `hub-rss`)
 * - One bad record is parked, the rest go on; a flag of protection in it counts at once. A retriable failure is never parked. A failing park stops the process. (test/faults)
 * - One way in for commands: a row with who, why and outcome; the instances take it from there. (test/e2e)
 *
 * All of it counts from what the store holds. A store that was restored from a backup gives out versions again that were published
 * since, for other content, and a consumer that refuses what is not newer keeps what it has: docs/what-if.md says what to do until a later
 * release raises them. What a consumer was sent is in the ledger of deliveries: `core/disclosure/delivery-ports.ts`.
 */
import type { Phase } from '../golden-record/authority.ts';
import type { PersonEvent } from '../golden-record/person-event.ts';
import type { DecisionChoice, Finding } from '../identity/work-item.ts';
import type {
  ContentHash,
  Identity,
  IdentityHash,
  IdentityKey,
  PersonKey,
} from '../person/person-identifier.ts';
import type { BatchChanges, ChangeCause, FollowUp } from './batch-changes.ts';
import type { SourceMessage, SourceName } from './source-record.ts';
import type { IdentityGroup, StoredPerson } from './stored-group.ts';

/** A run of consecutive records of one partition of a raw topic. Offsets are Kafka's, as numbers below 2^53. */
export interface SourceBatch {
  readonly topic: string;
  readonly partition: number;
  /** Where the batch follows on what was done before. The first record may stand later: offsets have gaps. */
  readonly firstOffset: number;
  /** The offset to go on from when all records are done: the last offset + 1. */
  readonly nextOffset: number;
  readonly records: readonly RawRecord[];
}

/** One record of a raw topic. `message` is undefined when the bytes could not be read as a source message. */
export interface RawRecord {
  readonly offset: number;
  /** Empty when the key of the record is none of ours: then nobody knows whose it is, and `message` is undefined. */
  readonly identityHash: IdentityHash;
  readonly message: SourceMessage | undefined;
  /** The value as it came, for parking. Personal data. */
  readonly payload: Uint8Array;
}

/** The hub's store as the main path sees it. */
export interface PersonStore {
  /**
   * Runs `work` in one database transaction and commits when it returns. When it throws, everything is rolled back.
   * @throws HubError `HUB_STORE_CONFLICT` (retriable) on a deadlock or serialisation failure, `HUB_STORE_UNAVAILABLE`
   * (retriable) when the connection broke; then nothing was committed, or the replay is a no-op.
   */
  transact<T>(work: (transaction: PersonTransaction) => Promise<T>): Promise<T>;
}

export interface PersonTransaction {
  /**
   * Locks the partition's offset row and returns the stored offset: records before it are already done (the caller leaves them
   * out). Two instances that believe to own one partition meet here one after the other.
   */
  lockOffset(topic: string, partition: number): Promise<number>;

  /**
   * The phase that decides now. Shared with other batches, and held until the end of the transaction: a switch waits for the batches that run
   * and goes before those that follow, so it has one moment.
   */
  readPhase(): Promise<PhaseState>;

  /**
   * Locks the groups of these identities in a fixed order, making unknown ones with a fresh random key, and reads them whole
   * after the lock is held. A group that grew while waiting is locked and read again.
   * @returns every named identity in exactly one of them.
   */
  lockGroups(identities: readonly Identity[]): Promise<readonly IdentityGroup[]>;

  /** The same of those alone that are known: makes nobody. For identities that were read before the transaction, and may be erased by now. */
  lockKnownGroups(identities: readonly Identity[]): Promise<readonly IdentityGroup[]>;

  /** Which of these identities belong to protected persons, as committed now (`identityText`). Not locked: see {@link FollowUp}. */
  readProtected(identities: readonly Identity[]): Promise<ReadonlySet<string>>;

  /**
   * Which identities and keys of raw records belong to persons who were erased and whose return is refused. Right only after
   * {@link readPhase}: an erasure waits for everybody who has read the phase.
   * @param ask called only when there is anybody to refuse at all, so that a store without one costs a batch next to nothing.
   * @returns undefined when there is nobody.
   */
  findErased(ask: () => ErasedQuestion): Promise<ErasedIdentities | undefined>;

  /**
   * The decision with this command's number, made now if it is not there. @returns false when it was there before: the command was carried out
   * by somebody who crashed before saying so.
   * @param flaggedSince `Decision.flaggedSince`.
   */
  recordDecision(request: DecisionRequest, flaggedSince: number | null): Promise<boolean>;

  /** Deletes a follow-up that was carried out. @returns false when it is gone: another instance has carried it out. */
  finishFollowUp(id: bigint): Promise<boolean>;
  /**
   * The first-seen identities of unprotected persons who live at an address now, at most `limit`, but for the person of `identityKey`. After
   * {@link readPhase} none of them is erased before the end.
   */
  findNeighbours(
    addressHash: ContentHash,
    identityKey: IdentityKey,
    limit: number,
  ): Promise<readonly IdentityKey[]>;

  /** The walk that is under way, locked; undefined: none, or another instance has it. */
  lockDerivation(): Promise<Derivation | undefined>;
  saveDerivation(derivation: Derivation): Promise<void>;
  /**
   * Locks and reads the groups whose keys follow `after` in the store's order, at most `limit` identities' worth of groups but at least one.
   * A group that is merged or split meanwhile is met at least once under its present key, or was derived by whoever changed it.
   */
  lockGroupPage(after: IdentityKey | null, limit: number): Promise<GroupPage>;

  /** Writes everything that a batch changes. */
  write(changes: BatchChanges): Promise<void>;

  /** Moves the partition's offset. Only legal as the last call: it is what makes the batch done. */
  advanceOffset(topic: string, partition: number, nextOffset: number): Promise<void>;

  /**
   * Sets the partition's offset, also back. Never on the main path: only when a person has accepted that records of the topic are lost,
   * and under {@link lockOffset}.
   */
  resetOffset(topic: string, partition: number, offset: number): Promise<void>;
}

export interface ErasedQuestion {
  readonly identities: readonly Identity[];
  readonly hashes: readonly IdentityHash[];
}

/** Those of an {@link ErasedQuestion} that are refused. */
export interface ErasedIdentities {
  /** `identityText`. */
  readonly identities: ReadonlySet<string>;
  readonly hashes: ReadonlySet<IdentityHash>;
}

/** The phase, and how often it was switched: its version. */
export interface PhaseState {
  readonly phase: Phase;
  /** Rises with each switch. */
  readonly generation: number;
}

export interface GroupPage {
  readonly groups: readonly IdentityGroup[];
  /** Where the next page begins; null: this was the last one. */
  readonly next: IdentityKey | null;
}

/** Deriving everybody again: after a switch of the phase, or for a rebuild. One at a time, page by page, each page in one transaction. */
export interface Derivation {
  /** Rises; a new one takes the place of one that is under way. */
  readonly id: number;
  readonly kind: 'phase' | 'rebuild';
  readonly state: 'running' | 'stopped' | 'done';
  /** Everything up to this group is done; null: nothing is, or everything. */
  readonly cursor: IdentityKey | null;
  /** When it was asked for, ISO 8601 in UTC. */
  readonly startedAt: string;
  /** Persons that were looked at, got a new version, and were published before and are no more. */
  readonly persons: number;
  readonly changed: number;
  readonly vanished: number;
  /** True: somebody has seen how many persons vanish, and wants it. */
  readonly acceptsVanishing: boolean;
}

/** What somebody decides about a work item. */
export interface DecisionRequest {
  /** The number of the command: a decision is made once, however often the command is carried out. */
  readonly commandId: bigint;
  readonly about: Finding;
  readonly choice: DecisionChoice;
  /** Without personal data: kept for ever. */
  readonly reason: string;
  readonly decidedBy: string;
  /** When it was asked for, ISO 8601 in UTC. */
  readonly decidedAt: string;
}

/** A follow-up that nobody can overtake any more: every transaction that could have seen the state before it has ended. */
export interface DueFollowUp extends FollowUp {
  readonly id: bigint;
}

/**
 * What waits since protection came or went. A transaction that ran at the same time may have read the state before, and what it wrote is not to
 * be seen before it ends; so a follow-up is due only when all transactions that ran when it was first seen have ended.
 */
export interface FollowUps {
  due(limit: number): Promise<readonly DueFollowUp[]>;
  /** Identities whose evidence states a relation with this one. */
  findRelatives(identityKey: IdentityKey): Promise<readonly Identity[]>;
  /** Open work items that are {@link FOUND_ONCE} and have this identity as their `other`. */
  findOpenAbout(identityKey: IdentityKey): Promise<readonly Finding[]>;
}

/** Makes content hashes. A port because core has no crypto of its own. */
export interface ContentHasher {
  /** SHA-256 of the text, base64url. */
  hash(text: string): ContentHash;
}

/** One row that waits to be published, joined with the person as stored now. */
export interface OutboxEntry {
  /** Rises in commit order within a person. */
  readonly id: bigint;
  readonly personKey: PersonKey;
  /** The version that the events belong to. */
  readonly version: number;
  readonly events: readonly PersonEvent[];
  /** When the change was committed, in milliseconds since 1970. */
  readonly recordedAt: number;
  readonly cause: ChangeCause;
}

/** What waits to be published, by Kafka partition of the person topics. */
export interface Outbox {
  /**
   * The oldest entries of one partition, in id order, with the current state of each person in them.
   * "Still there" means unsent: an entry is deleted only after its send was verified, so no commit-order horizon is needed.
   */
  readOldest(
    partition: number,
    limit: number,
  ): Promise<{
    readonly entries: readonly OutboxEntry[];
    readonly persons: readonly StoredPerson[];
  }>;

  /** Deletes entries that are published, given that the lease still holds. @returns false when the lease is lost. */
  deletePublished(lease: Lease, ids: readonly bigint[]): Promise<boolean>;

  /**
   * Puts persons in line again, without events, so that whoever holds their partition publishes their present state once more. For a
   * publisher that turns out to have lost its lease after it sent: what it sent may stand behind what its successor wrote, and be older.
   * A person who is in line already is put there all the same, since that entry may be published at this moment.
   */
  requeueStates(sent: readonly Pick<OutboxEntry, 'personKey' | 'cause'>[]): Promise<void>;

  /** How many wait, and how old the oldest is, per partition; for status, metrics and the alarm. */
  backlog(): Promise<readonly { partition: number; waiting: number; oldestSeconds: number }[]>;
}

/**
 * The right to do a piece of work that one instance at a time may do: publish a partition, read a source. It ends by itself
 * when it is not renewed, by the database's clock.
 */
export interface Lease {
  readonly name: string;
  readonly owner: string;
  /** Rises each time the lease changes hands: the fence. */
  readonly token: bigint;
}

export interface LeaseStore {
  /** @returns undefined when another owner holds it. */
  acquire(name: string, owner: string, ttlMs: number): Promise<Lease | undefined>;
  /** @returns false when it is lost. */
  renew(lease: Lease, ttlMs: number): Promise<boolean>;
  release(lease: Lease): Promise<void>;
  /** Names of leases with the prefix that are held now, and by whom. */
  held(prefix: string): Promise<readonly { name: string; owner: string; expiresInMs: number }[]>;
}

/** How far a source connector has come. It moves only after Kafka acknowledged every record before it. */
export interface SourceCheckpointStore {
  /** @returns undefined when the source has never been read. The text is the connector's own, opaque here. */
  load(source: SourceName): Promise<string | undefined>;
  /** @returns false when the lease is lost: somebody else reads the source now and nothing was stored. */
  save(lease: Lease, source: SourceName, checkpoint: string): Promise<boolean>;
}

/**
 * Where a source connector puts what it read: the raw topic.
 *
 * `append` resolves only after every record was acknowledged; when it rejects, any number of them may have been written. The
 * records of one identity go to one partition, in the order of the calls and of the list. One call at a time.
 */
export interface RawRecordSink {
  append(messages: readonly SourceMessage[]): Promise<void>;
}
