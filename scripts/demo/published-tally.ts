import type { CommittedChange } from '../population/life/play-life.ts';
import type { SampleKeys } from './look-further.ts';

/** One record of `person.state.v1`, as far as the demo looks at it. Null: a tombstone. */
export type PublishedState =
  | {
      readonly kind: 'person' | 'protected-person';
      /** The number that the person is known by. */
      readonly main: string;
      /** The person's other numbers. */
      readonly aliases: readonly string[];
    }
  /** The key of somebody who turned out to be the person of another key. */
  | { readonly kind: 'redirect'; readonly redirectTo: string }
  | null;

/** How long changes took, from the commit in Master to the reader of the topic. */
export interface Latency {
  readonly measured: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Counts what a reader of the person topics sees: who is published now, what happened, and how long a change of Master was on its way. */
export class PublishedTally {
  /** Person key → all numbers. */
  readonly #persons = new Map<string, readonly string[]>();
  /** Number by which its person is not known → the key of that person. */
  readonly #aliases = new Map<string, string>();
  readonly #protected = new Set<string>();
  /** Key that ended → the key that it leads to. */
  readonly #redirects = new Map<string, string>();
  readonly #tombstones = new Set<string>();
  readonly #events = new Map<string, number>();
  #identities = 0;
  #records = 0;
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
    this.#forget(personKey);
    switch (state?.kind) {
      case undefined:
        this.#tombstones.add(personKey);
        return;
      case 'redirect':
        this.#redirects.set(personKey, state.redirectTo);
        return;
      case 'protected-person':
        this.#protected.add(personKey);
        break;
      case 'person':
    }
    const extensions = [state.main, ...state.aliases];
    this.#persons.set(personKey, extensions);
    this.#identities += extensions.length;
    for (const alias of state.aliases) this.#aliases.set(alias, personKey);
    if (this.#isLive) for (const extension of extensions) this.#arrive(extension, readAt);
  }

  /** What the last record of this key said. */
  #forget(personKey: string): void {
    const extensions = this.#persons.get(personKey) ?? [];
    this.#identities -= extensions.length;
    for (const extension of extensions) {
      // The key that goes on may be read before the one that ends.
      if (this.#aliases.get(extension) === personKey) this.#aliases.delete(extension);
    }
    this.#persons.delete(personKey);
    this.#protected.delete(personKey);
    this.#redirects.delete(personKey);
    this.#tombstones.delete(personKey);
  }

  addEvent(type: string): void {
    this.#records += 1;
    this.#events.set(type, (this.#events.get(type) ?? 0) + 1);
  }

  /**
   * A change is in Master and, if it publishes anything, must be read sooner or later. What Master says of a number by which the person is not
   * known need not be seen: the record of another one decides.
   */
  expect(change: CommittedChange): void {
    if (!change.publishes || this.#aliases.has(change.PersonId)) return;
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

  /** Keys that lead to another one: two that turned out to be one person. */
  get redirects(): number {
    return this.#redirects.size;
  }

  /** Everybody who is published as protected now: person key and numbers. */
  *protectedIdentities(): Iterable<readonly [personKey: string, extensions: readonly string[]]> {
    for (const key of this.#protected) yield [key, this.#persons.get(key) ?? []];
  }

  /** All numbers of everybody who is published now. */
  publishedIdentities(): ReadonlySet<string> {
    return new Set([...this.#persons.values()].flat());
  }

  /** How many numbers all persons have who are published now. */
  get identities(): number {
    return this.#identities;
  }

  /** Keys under which nobody is published any more. */
  get tombstones(): number {
    return this.#tombstones.size;
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

  /** Keys to look at: of a person, of a protected person, and of one that another key leads to. */
  get sampleKeys(): Pick<SampleKeys, 'person' | 'protectedPerson' | 'merged'> {
    const [protectedPerson] = this.#protected;
    const person = this.#persons.keys().find((key) => !this.#protected.has(key));
    const merged = this.#redirects.values().find((key) => this.#persons.has(key));
    return { person, protectedPerson, merged };
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
