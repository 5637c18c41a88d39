import type { Population } from '../population.ts';
import type { PuIdentity, PuRecord } from '../pu-record.ts';
import { puRecordsOf } from '../pu-view.ts';
import type { SyntheticPerson } from '../synthetic-person.ts';
import { isProtected, mainOf } from './life-event.ts';

/** What an earlier life has left behind, for example in a sandbox. */
export interface EarlierLife {
  readonly nextIndex: number;
  /** The person as that life left them. */
  person(index: number): Promise<SyntheticPerson>;
}

/** The people as they really are now: the population, and over it everybody whom life has touched. */
export class LifeTruth {
  readonly population: Population;
  readonly #earlier: EarlierLife | undefined;
  readonly #known = new Map<number, SyntheticPerson>();
  readonly #touched = new Set<number>();
  readonly #onceProtected = new Set<number>();
  #nextIndex: number;

  constructor(population: Population, earlier?: EarlierLife) {
    this.population = population;
    this.#earlier = earlier;
    this.#nextIndex = earlier?.nextIndex ?? population.size;
  }

  /** The index that the next newcomer gets. */
  get nextIndex(): number {
    return this.#nextIndex;
  }

  /** Everybody whom this life has touched, in the order in which it first did. */
  get touched(): readonly number[] {
    return [...this.#touched];
  }

  /** The person as far as is known without asking: good enough to see whether asking is worth it. */
  guess(index: number): SyntheticPerson {
    return this.#known.get(index) ?? this.population.at(index);
  }

  async at(index: number): Promise<SyntheticPerson> {
    const known = this.#known.get(index);
    if (known !== undefined) return known;
    const person =
      this.#earlier === undefined || index >= this.#nextIndex
        ? this.population.at(index)
        : await this.#earlier.person(index);
    this.#know(person);
    return person;
  }

  /** From now on they are like this. */
  keep(persons: readonly SyntheticPerson[]): void {
    for (const person of persons) {
      this.#know(person);
      this.#touched.add(person.index);
      this.#nextIndex = Math.max(this.#nextIndex, person.index + 1);
    }
  }

  /** Was protected at some time in this life, or is: one of the registers may say so still. */
  wasProtected(index: number): boolean {
    return this.#onceProtected.has(index) || isProtected(this.population.at(index));
  }

  /** PU's records of the person, which name relatives by the numbers that they have now. */
  async puRecordsOf(person: SyntheticPerson): Promise<readonly PuRecord[]> {
    for (const { index } of person.relations) await this.at(index);
    return puRecordsOf(person, {
      options: this.population.options,
      mainIdentity: (index) => this.#mainIdentity(index),
    });
  }

  #know(person: SyntheticPerson): void {
    this.#known.set(person.index, person);
    if (isProtected(person)) this.#onceProtected.add(person.index);
  }

  #mainIdentity(index: number): PuIdentity {
    const known = this.#known.get(index);
    if (known === undefined) return this.population.mainIdentity(index);
    const { root, extension } = mainOf(known);
    return { root, extension };
  }
}
