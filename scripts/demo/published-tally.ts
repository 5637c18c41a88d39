import type { CommittedChange } from '../population/life/play-life.ts';

/** One record of `person.state.v1`, as far as the demo looks at it. Null: a tombstone. */
export type PublishedState = {
  readonly isProtected: boolean;
  readonly extensions: readonly string[];
} | null;

/** How long changes took, from the commit in Master to the reader of the topic. */
export interface Latency {
  readonly measured: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/**
 * Counts what a reader of the person topics sees: who is published now, what happened, and how long a change of Master was on its
 * way. For each person it keeps one number only.
 */
export class PublishedTally {
  /** Person key → number of identities. */
  readonly #persons = new Map<string, number>();
  /** Person key → identities, of those who are protected: few. */
  readonly #protected = new Map<string, readonly string[]>();
  readonly #events = new Map<string, number>();
  #identities = 0;
  #removed = 0;
  #records = 0;
  readonly #sampleKeys: { person: string | undefined; protectedPerson: string | undefined } = {
    person: undefined,
    protectedPerson: undefined,
  };
  #isLive = false;
  readonly #awaited = new Map<string, CommittedChange>();
  /** When a state of this number was last read; only while changes are played. */
  readonly #readAt = new Map<string, number>();
  readonly #latencies: number[] = [];

  /** From now on the time of arrival counts. */
  beginLive(): void {
    this.#isLive = true;
  }

  addState(personKey: string, state: PublishedState, readAt: number): void {
    this.#records += 1;
    this.#identities -= this.#persons.get(personKey) ?? 0;
    this.#protected.delete(personKey);
    if (state === null) {
      this.#persons.delete(personKey);
      this.#removed += 1;
      return;
    }
    this.#persons.set(personKey, state.extensions.length);
    this.#identities += state.extensions.length;
    if (state.isProtected) {
      this.#protected.set(personKey, state.extensions);
      this.#sampleKeys.protectedPerson = personKey;
    } else {
      this.#sampleKeys.person = personKey;
    }
    if (this.#isLive) for (const extension of state.extensions) this.#arrive(extension, readAt);
  }

  addEvent(type: string): void {
    this.#records += 1;
    this.#events.set(type, (this.#events.get(type) ?? 0) + 1);
  }

  /** A change is in Master and, if it publishes anything, must be read sooner or later. */
  expect(change: CommittedChange): void {
    if (!change.publishes) return;
    const readAt = this.#readAt.get(change.PersonId) ?? 0;
    // The reader can be told before the writer is.
    if (readAt > change.begunAt) this.#measure(change, readAt);
    else this.#awaited.set(change.PersonId, change);
  }

  #arrive(extension: string, readAt: number): void {
    this.#readAt.set(extension, readAt);
    const change = this.#awaited.get(extension);
    if (change === undefined) return;
    this.#awaited.delete(extension);
    this.#measure(change, readAt);
  }

  #measure(change: CommittedChange, readAt: number): void {
    this.#latencies.push(Math.max(0, readAt - change.committedAt));
  }

  get persons(): number {
    return this.#persons.size;
  }

  get protectedPersons(): number {
    return this.#protected.size;
  }

  /** Everybody who is published as protected now: person key and extensions of the identities. */
  get protectedIdentities(): ReadonlyMap<string, readonly string[]> {
    return this.#protected;
  }

  /** Numbers of all persons who are published now. */
  get identities(): number {
    return this.#identities;
  }

  get tombstones(): number {
    return this.#removed;
  }

  /** States and events together. */
  get records(): number {
    return this.#records;
  }

  /** Changes that are in Master and were not read yet. */
  get awaited(): number {
    return this.#awaited.size;
  }

  /** Events by type, most first. */
  get eventsByType(): readonly (readonly [string, number])[] {
    return [...this.#events].toSorted((a, b) => b[1] - a[1]);
  }

  /** Keys of a person and of a protected person, to look at. */
  get sampleKeys(): { readonly person?: string; readonly protectedPerson?: string } {
    const { person, protectedPerson } = this.#sampleKeys;
    return {
      ...(person === undefined ? {} : { person }),
      ...(protectedPerson === undefined ? {} : { protectedPerson }),
    };
  }

  /** Undefined when nothing was measured. */
  latency(): Latency | undefined {
    const sorted = this.#latencies.toSorted((a, b) => a - b);
    const at = (share: number): number =>
      sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
    if (sorted.length === 0) return undefined;
    return { measured: sorted.length, p50Ms: at(0.5), p99Ms: at(0.99) };
  }
}
