import { IdentityGiver } from '../identity-giver.ts';
import { SeededRandom } from '../seeded-random.ts';
import { localTimestamp } from '../swedish-time.ts';
import { isMalformed } from '../synthetic-faults.ts';
import type { SyntheticPerson } from '../synthetic-person.ts';
import { FAMILY_EVENTS } from './family-events.ts';
import { IDENTITY_EVENTS } from './identity-events.ts';
import { type LifeEvent, LifeScene } from './life-event.ts';
import { LIFE_SHARES, type LifeKind, type LifeShares } from './life-kinds.ts';
import type { LifeTruth } from './life-truth.ts';
import { PERSONAL_EVENTS } from './personal-events.ts';
import { RESIDENCE_EVENTS } from './residence-events.ts';

/** One thing that happened. Says what, and nothing of whom, beside the people themselves. */
export interface LifeChange {
  readonly kind: LifeKind;
  /** Everybody whom it changes, as they are after it. */
  readonly persons: readonly SyntheticPerson[];
}

const EVENTS: Readonly<Record<LifeKind, LifeEvent>> = {
  ...RESIDENCE_EVENTS,
  ...FAMILY_EVENTS,
  ...IDENTITY_EVENTS,
  ...PERSONAL_EVENTS,
};

/** So many people are looked at for one to whom a kind can happen; then another kind gets its turn. */
const MOST_CANDIDATES = 100;
const MOST_KINDS = 20;
/** Apart from whatever else is made of the same seed. */
const STREAM_OF_LIFE = 0xc4a9e;

export interface LifePlanOptions {
  readonly seed: number;
  readonly truth: LifeTruth;
  /** Kinds that are not there do not happen. */
  readonly shares?: LifeShares;
  /** So long nothing else happens to a person, so that both registers have one change before the next one comes. */
  readonly restMs: number;
}

/** Decides what happens next: the same seed, people and moments give the same life. */
export class LifePlan {
  readonly #truth: LifeTruth;
  readonly #random: SeededRandom;
  readonly #giver: IdentityGiver;
  readonly #shares: readonly (readonly [LifeKind, number])[];
  readonly #restMs: number;
  readonly #restsUntil = new Map<number, number>();
  readonly #touched: number[] = [];

  constructor({ seed, truth, shares = LIFE_SHARES, restMs }: LifePlanOptions) {
    this.#truth = truth;
    this.#random = new SeededRandom(seed, STREAM_OF_LIFE);
    const { options, size } = truth.population;
    this.#giver = new IdentityGiver(options.seed, size);
    const sum = Object.values(shares).reduce((total, share) => total + share, 0);
    this.#shares = Object.entries(shares).map(([kind, share]) => [kind as LifeKind, share / sum]);
    this.#restMs = restMs;
  }

  /**
   * Makes the next thing happen at this moment (milliseconds since 1970): the truth has it afterwards.
   * @returns undefined when nothing can happen now: everybody rests.
   */
  async next(moment: number): Promise<LifeChange | undefined> {
    const { population, nextIndex } = this.#truth;
    const scene = new LifeScene({
      population,
      random: this.#random,
      giver: this.#giver,
      moment,
      newIndex: nextIndex,
    });
    for (let i = 0; i < MOST_KINDS; i++) {
      const kind = this.#random.pickByShare(this.#shares);
      const changed = await this.#find(EVENTS[kind], scene);
      if (changed === undefined) continue;
      const version = localTimestamp(moment);
      const persons = changed.map((person) => asChanged(person, version));
      for (const { index } of persons) {
        if (!this.#restsUntil.has(index)) this.#touched.push(index);
        this.#restsUntil.set(index, moment + this.#restMs);
      }
      this.#truth.keep(persons);
      return { kind, persons };
    }
    return undefined;
  }

  async #find(event: LifeEvent, scene: LifeScene): Promise<readonly SyntheticPerson[] | undefined> {
    for (let i = 0; i < MOST_CANDIDATES; i++) {
      const index = this.#candidate(scene);
      if (!this.#isAwake(index, scene)) continue;
      if (!event.canHappenTo(this.#truth.guess(index), scene)) continue;
      const person = await this.#truth.at(index);
      if (!event.canHappenTo(person, scene)) continue;
      const others = event.othersOf?.(person, scene) ?? [];
      if (!others.every((other) => this.#isAwake(other, scene))) continue;
      const known: SyntheticPerson[] = [];
      for (const other of others) known.push(await this.#truth.at(other));
      const changed = event.happen(person, known, scene);
      if (changed.length > 0) return changed;
    }
    return undefined;
  }

  /** Half of those to whom something happened already: some things can only be undone, and few people have them. */
  #candidate({ population }: LifeScene): number {
    return this.#touched.length > 0 && this.#random.chance(0.5)
      ? this.#random.pick(this.#touched)
      : this.#random.below(population.size);
  }

  /** Whose row is malformed on purpose takes no part: nobody would see the change. */
  #isAwake(index: number, { moment, population: { size, shares } }: LifeScene): boolean {
    if (index < size && isMalformed(index, shares.malformed)) return false;
    return (this.#restsUntil.get(index) ?? moment) <= moment;
  }
}

/** With the first change that Master gets, it gets everything that it had not got before. */
function asChanged(person: SyntheticPerson, version: string): SyntheticPerson {
  const { replaced: _, ...rest } = person;
  return { ...rest, isStaleInMaster: false, version };
}
