import type { PersonEvent } from '../../core/golden-record/person-event.ts';
import {
  type Identity,
  type IdentityHash,
  type IdentityKey,
  identityText,
  type PersonKey,
} from '../../core/person/person-identifier.ts';
import type {
  BatchChanges,
  Cluster,
  ParkedRecord,
  PersonStore,
  PersonTransaction,
  StoredEvidence,
  StoredPerson,
} from '../../core/sync/ports.ts';
import { comparePositions, type SourceName } from '../../core/sync/source-record.ts';

interface KeptIdentity {
  readonly identity: Identity;
  readonly key: IdentityKey;
  readonly evidence: Map<SourceName, StoredEvidence>;
}

/** An event with the person that it is about. */
export interface ToldEvent {
  readonly personKey: PersonKey;
  readonly event: PersonEvent;
}

/**
 * The least that the main path needs in order to run: maps, one batch after the other. It promises nothing of what a
 * store promises about faults and other writers; the contract suites prove that on PostgreSQL.
 */
export class PlainStore implements PersonStore {
  readonly #identities = new Map<string, KeptIdentity>();
  readonly #persons = new Map<PersonKey, StoredPerson>();
  /** By identity; what has none, by its offset. */
  readonly #parked = new Map<IdentityHash | number, ParkedRecord>();
  #events: ToldEvent[] = [];
  readonly #nextOffsets = new Map<string, number>();

  async transact<T>(work: (transaction: PersonTransaction) => Promise<T>): Promise<T> {
    return await work({
      lockOffset: (topic) => Promise.resolve(this.nextOffset(topic)),
      lockClusters: (identities) => Promise.resolve(this.#clustersOf(identities)),
      write: (changes) => Promise.resolve(this.#write(changes)),
      advanceOffset: (topic, _partition, nextOffset) => {
        this.#nextOffsets.set(topic, nextOffset);
        return Promise.resolve();
      },
      resetOffset: (topic, _partition, offset) => {
        this.#nextOffsets.set(topic, offset);
        return Promise.resolve();
      },
    });
  }

  /** Of the one partition that a topic has here. */
  nextOffset(topic: string): number {
    return this.#nextOffsets.get(topic) ?? 0;
  }

  get persons(): readonly StoredPerson[] {
    return [...this.#persons.values()];
  }

  get parked(): readonly ParkedRecord[] {
    return [...this.#parked.values()];
  }

  /** The identity that a person was first seen by. */
  firstIdentity(personKey: PersonKey): Identity | undefined {
    return [...this.#identities.values()].find(({ key }) => key === personKey.toString())?.identity;
  }

  /** What one source says of an identity, as stored. */
  evidenceOf(identity: Identity, source: SourceName): StoredEvidence | undefined {
    return this.#identities.get(identityText(identity))?.evidence.get(source);
  }

  /** What happened since the last call. */
  takeEvents(): readonly ToldEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  #clustersOf(identities: readonly Identity[]): readonly Cluster[] {
    const named = new Map(identities.map((identity) => [identityText(identity), identity]));
    return [...named].map(([text, identity]) => {
      const kept = this.#identities.get(text) ?? this.#remember(text, identity);
      const personKey = kept.key as string as PersonKey;
      const evidence = [...kept.evidence.values()];
      return {
        personKey,
        identities: [{ identity: kept.identity, identityKey: kept.key, personKey, evidence }],
        person: this.#persons.get(personKey),
      };
    });
  }

  #remember(text: string, identity: Identity): KeptIdentity {
    const key = `identity ${this.#identities.size + 1}` as IdentityKey;
    const kept: KeptIdentity = { identity, key, evidence: new Map() };
    this.#identities.set(text, kept);
    return kept;
  }

  #write({ evidence, persons, parked, cleared }: BatchChanges): void {
    for (const write of evidence) {
      for (const kept of this.#identities.values()) {
        if (kept.key === write.identityKey) {
          kept.evidence.set(write.evidence.source, write.evidence);
        }
      }
    }
    for (const { person, events } of persons) {
      this.#persons.set(person.personKey, person);
      this.#events.push(...events.map((event) => ({ personKey: person.personKey, event })));
    }
    for (const { identityHash, position } of cleared) {
      const parkedAt = this.#parked.get(identityHash)?.position;
      if (!parkedAt || comparePositions(position, parkedAt) >= 0) this.#parked.delete(identityHash);
    }
    for (const record of parked) this.#parked.set(record.identityHash || record.offset, record);
  }
}
