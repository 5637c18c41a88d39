import type { Phase } from '../../core/golden-record/authority.ts';
import {
  type Identity,
  identityText,
  type PersonKey,
} from '../../core/person/person-identifier.ts';
import type { PurgeOrder } from '../../core/sync/batch-changes.ts';
import type {
  Derivation,
  FollowUps,
  PersonStore,
  PersonTransaction,
} from '../../core/sync/ports.ts';
import type { SourceName } from '../../core/sync/source-record.ts';
import type { StoredEvidence, StoredPerson } from '../../core/sync/stored-group.ts';
import { createFollowUps } from './plain-follow-ups.ts';
import {
  copyState,
  emptyState,
  identityByKey,
  type KeptIdentity,
  type KeptMembershipChange,
  type PlainState,
  type ToldEvent,
} from './plain-state.ts';
import { createTransaction } from './plain-transaction.ts';

const ASKED_AT = '2026-01-01T00:00:00Z';

/**
 * The least that the main path needs in order to run: maps, and one transaction after the other, rolled back when it throws. It promises
 * nothing of what a store promises about faults and other writers; the contract suites prove that on PostgreSQL.
 */
export class PlainStore implements PersonStore {
  #state = emptyState();
  #last: Promise<unknown> = Promise.resolve();

  async transact<T>(work: (transaction: PersonTransaction) => Promise<T>): Promise<T> {
    return await this.#inTurn((state) => work(createTransaction(state)));
  }

  /** Runs `work` on a copy, after whoever came before, and keeps the copy when it does not throw. */
  #inTurn<T>(work: (state: PlainState) => Promise<T>): Promise<T> {
    const mine = this.#last.then(async () => {
      const next = copyState(this.#state);
      const result = await work(next);
      this.#state = next;
      return result;
    });
    // Whoever comes next waits for this one, and is not concerned with its failure.
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  /** Everything that was committed; not to be changed. */
  get state(): PlainState {
    return this.#state;
  }

  readonly followUps: FollowUps = {
    due: (limit) => this.#inTurn((state) => createFollowUps(state).due(limit)),
    findRelatives: (key) => this.#inTurn((state) => createFollowUps(state).findRelatives(key)),
    findOpenAbout: (key) => this.#inTurn((state) => createFollowUps(state).findOpenAbout(key)),
  };

  get phase(): Phase {
    return this.#state.single.phase.phase;
  }

  /** Switches the phase and asks that everybody be derived again. */
  async switchPhase(phase: Phase, acceptsVanishing = true): Promise<void> {
    await this.#inTurn(async ({ single }) => {
      single.phase = { phase, generation: single.phase.generation + 1 };
    });
    await this.askForDerivation('phase', acceptsVanishing);
  }

  /** @param acceptsVanishing somebody has seen how many persons vanish, and wants it. */
  async askForDerivation(kind: Derivation['kind'], acceptsVanishing = true): Promise<void> {
    await this.#inTurn(async ({ single }) => {
      single.derivation = {
        id: (single.derivation?.id ?? 0) + 1,
        kind,
        state: 'running',
        cursor: null,
        startedAt: ASKED_AT,
        persons: 0,
        changed: 0,
        vanished: 0,
        acceptsVanishing,
      };
    });
  }

  /** Lets the walk that stopped go on. */
  async acceptVanishing(): Promise<void> {
    await this.#inTurn(async ({ single }) => {
      if (single.derivation?.state !== 'stopped') return;
      single.derivation = { ...single.derivation, state: 'running', acceptsVanishing: true };
    });
  }

  /** Of a topic with one partition. */
  nextOffset(topic: string): number {
    return this.#state.offsets.get(`${topic} 0`) ?? 0;
  }

  get persons(): readonly StoredPerson[] {
    return [...this.#state.persons.values()].map(({ person }) => person);
  }

  get identities(): readonly KeptIdentity[] {
    return [...this.#state.identities.values()];
  }

  identity(identity: Identity): KeptIdentity | undefined {
    const key = this.#state.keys.get(identityText(identity));
    return key === undefined ? undefined : identityByKey(this.#state, key);
  }

  /** What one source says of an identity, as stored. */
  evidenceOf(identity: Identity, source: SourceName): StoredEvidence | undefined {
    return this.identity(identity)?.evidence.find((stored) => stored.source === source);
  }

  /** The identity that a person was first seen by. */
  firstIdentity(personKey: PersonKey): Identity | undefined {
    return this.identities.find(({ identityKey }) => identityKey === personKey.toString())
      ?.identity;
  }

  /** What happened since the last call. Not while a transaction runs. */
  takeNews(): {
    readonly events: readonly ToldEvent[];
    readonly purges: readonly PurgeOrder[];
    readonly memberships: readonly KeptMembershipChange[];
  } {
    const { events, purges, memberships } = this.#state;
    return {
      events: events.splice(0),
      purges: purges.splice(0),
      memberships: memberships.splice(0),
    };
  }
}
