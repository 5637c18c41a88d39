import { HubError } from '../../core/errors/hub-error.ts';
import { safeWord } from '../../core/errors/log-safe.ts';
import type {
  ContentHash,
  Identity,
  IdentityKey,
  PersonKey,
} from '../../core/person/person-identifier.ts';
import type { BatchChanges } from '../../core/sync/batch-changes.ts';
import type {
  DecisionRequest,
  Derivation,
  ErasedIdentities,
  ErasedQuestion,
  GroupPage,
  PersonStore,
  PersonTransaction,
  PhaseState,
} from '../../core/sync/ports.ts';
import type { IdentityGroup } from '../../core/sync/stored-group.ts';
import { type Database, type SqlRunner, statement } from './database.ts';
import { lockDerivation, saveDerivation } from './derivation-store.ts';
import type { ErasedIdentityHashes } from './erased-identities.ts';
import { findNeighbours, finishFollowUp } from './follow-up-store.ts';
import { lockGroupPage } from './group-pages.ts';
import { lockGroups, lockKnownGroups } from './lock-groups.ts';
import { clearParked, park } from './parked-records.ts';
import type { PayloadCipher } from './payload-cipher.ts';
import { holdPhase } from './phase-store.ts';
import { readProtected } from './protected-identities.ts';
import { recordDecision } from './record-decision.ts';
import { writeEvidence, writeOutbox, writePersons } from './write-changes.ts';
import { writeIdentities, writeItems, writeLinks } from './write-groups.ts';
import {
  orderPurges,
  writeFollowUps,
  writeJournal,
  writeMemberships,
  writeRelations,
} from './write-history.ts';

const LOCK_OFFSET = statement<{ next_offset: string }>(
  'lock-offset',
  'SELECT next_offset FROM source_offsets WHERE topic = $1 AND partition = $2 FOR UPDATE',
);

const BEGIN_PARTITION = statement(
  'begin-partition',
  'INSERT INTO source_offsets (topic, partition, next_offset) VALUES ($1, $2, 0) ON CONFLICT DO NOTHING',
);

const ADVANCE_OFFSET = statement(
  'advance-offset',
  `UPDATE source_offsets SET next_offset = $3, updated_at = now()
   WHERE topic = $1 AND partition = $2 AND next_offset <= $3`,
);

const RESET_OFFSET = statement(
  'reset-offset',
  'UPDATE source_offsets SET next_offset = $3, updated_at = now() WHERE topic = $1 AND partition = $2',
);

export interface PersonStoreOptions {
  readonly partitionOfPerson: (personKey: PersonKey) => number;
  readonly cipher: PayloadCipher;
  readonly erased: ErasedIdentityHashes;
  /** Called after a commit that put something in the outbox, with the partitions of it. */
  readonly onOutboxWrite: (partitions: ReadonlySet<number>) => void;
}

/** The main path's store on PostgreSQL. */
export class PostgresPersonStore implements PersonStore {
  readonly #database: Database;
  readonly #options: PersonStoreOptions;

  constructor(database: Database, options: PersonStoreOptions) {
    this.#database = database;
    this.#options = options;
  }

  async transact<T>(work: (transaction: PersonTransaction) => Promise<T>): Promise<T> {
    return await this.transactOn(work);
  }

  /** As {@link transact}, for what this folder does beside it in the same transaction. */
  async transactOn<T>(
    work: (transaction: PersonTransaction, runner: SqlRunner) => Promise<T>,
  ): Promise<T> {
    const written = new Set<number>();
    const result = await this.#database.transact((runner) =>
      work(new PostgresPersonTransaction(runner, this.#options, written), runner),
    );
    if (written.size > 0) this.#options.onOutboxWrite(written);
    return result;
  }
}

class PostgresPersonTransaction implements PersonTransaction {
  readonly #runner: SqlRunner;
  readonly #options: PersonStoreOptions;
  /** The outbox partitions that this transaction wrote to. */
  readonly #written: Set<number>;

  constructor(runner: SqlRunner, options: PersonStoreOptions, written: Set<number>) {
    this.#runner = runner;
    this.#options = options;
    this.#written = written;
  }

  async lockOffset(topic: string, partition: number): Promise<number> {
    const place = [topic, partition];
    let [row] = await this.#runner.query(LOCK_OFFSET, place);
    if (row === undefined) {
      await this.#runner.execute(BEGIN_PARTITION, place);
      [row] = await this.#runner.query(LOCK_OFFSET, place);
    }
    if (row === undefined) throw offsetConflict(topic, partition);
    return Number(row.next_offset);
  }

  async readPhase(): Promise<PhaseState> {
    return await holdPhase(this.#runner);
  }

  async lockGroups(identities: readonly Identity[]): Promise<readonly IdentityGroup[]> {
    return await lockGroups(this.#runner, identities);
  }

  async lockKnownGroups(identities: readonly Identity[]): Promise<readonly IdentityGroup[]> {
    return identities.length === 0 ? [] : await lockKnownGroups(this.#runner, identities);
  }

  async readProtected(identities: readonly Identity[]): Promise<ReadonlySet<string>> {
    return await readProtected(this.#runner, identities);
  }

  async findErased(ask: () => ErasedQuestion): Promise<ErasedIdentities | undefined> {
    return await this.#options.erased.find(this.#runner, ask);
  }

  async recordDecision(request: DecisionRequest, flaggedSince: number | null): Promise<boolean> {
    return await recordDecision(this.#runner, request, flaggedSince);
  }

  async finishFollowUp(id: bigint): Promise<boolean> {
    return await finishFollowUp(this.#runner, id);
  }

  async findNeighbours(
    addressHash: ContentHash,
    identityKey: IdentityKey,
    limit: number,
  ): Promise<readonly IdentityKey[]> {
    return await findNeighbours(this.#runner, addressHash, identityKey, limit);
  }

  async lockDerivation(): Promise<Derivation | undefined> {
    return await lockDerivation(this.#runner);
  }

  async saveDerivation(derivation: Derivation): Promise<void> {
    await saveDerivation(this.#runner, derivation);
  }

  async lockGroupPage(after: IdentityKey | null, limit: number): Promise<GroupPage> {
    return await lockGroupPage(this.#runner, after, limit);
  }

  async write(changes: BatchChanges): Promise<void> {
    await writeEvidence(this.#runner, changes.evidence);
    await writeJournal(this.#runner, changes.evidence);
    await writeRelations(this.#runner, changes.evidence);
    await writeIdentities(this.#runner, changes.identities);
    await writePersons(this.#runner, changes.persons);
    await writeMemberships(this.#runner, changes.persons);
    await orderPurges(this.#runner, changes.purges);
    const partitions = changes.persons.map(({ person }) =>
      this.#options.partitionOfPerson(person.personKey),
    );
    await writeOutbox(this.#runner, changes.persons, partitions);
    for (const partition of partitions) this.#written.add(partition);
    await writeLinks(this.#runner, changes.links);
    await writeItems(this.#runner, changes.items);
    await writeFollowUps(this.#runner, changes.followUps);
    await clearParked(this.#runner, [...changes.cleared, ...changes.parked]);
    await park(this.#runner, changes.parked, this.#options.cipher);
    await this.#options.erased.countRefused(this.#runner, changes.refused);
  }

  async advanceOffset(topic: string, partition: number, nextOffset: number): Promise<void> {
    const moved = await this.#runner.execute(ADVANCE_OFFSET, [topic, partition, nextOffset]);
    if (moved !== 1) throw offsetConflict(topic, partition);
  }

  async resetOffset(topic: string, partition: number, offset: number): Promise<void> {
    const moved = await this.#runner.execute(RESET_OFFSET, [topic, partition, offset]);
    if (moved !== 1) throw offsetConflict(topic, partition);
  }
}

function offsetConflict(topic: string, partition: number): HubError {
  return new HubError('HUB_STORE_CONFLICT', { topic: safeWord(topic), partition });
}
