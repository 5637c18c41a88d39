import { compareProfiles, type ProfileEffect } from '../../../core/disclosure/compare-profiles.ts';
import type { ConsumerProfile } from '../../../core/disclosure/consumer-profile.ts';
import type {
  Consumer,
  DeliveryFacts,
  DeliveryStore,
} from '../../../core/disclosure/delivery-ports.ts';
import { FIELD_GROUPS, type FieldGroup } from '../../../core/golden-record/golden-record.ts';
import type { PersonKey } from '../../../core/person/person-identifier.ts';

/** What another profile would mean for a consumer, counted over everybody. Log-safe. */
export interface ProfileChange {
  readonly persons: number;
  readonly comeIn: number;
  readonly goOut: number;
  /** Of those who stay, with other content. */
  readonly changed: number;
  readonly unchanged: number;
  /** Persons by group; groups of nobody are absent. */
  readonly loses: ReadonlyMap<FieldGroup, number>;
  readonly gains: ReadonlyMap<FieldGroup, number>;
  /** The first few who come in and who go out. */
  readonly samples: {
    readonly comeIn: readonly PersonKey[];
    readonly goOut: readonly PersonKey[];
  };
}

const PAGE = 1_000;
const SAMPLE = 5;

export interface ProfileChangeOptions {
  readonly deliveries: Pick<DeliveryStore, 'nextPersons' | 'facts'>;
  readonly consumer: Consumer;
  readonly after: ConsumerProfile;
  /** Called after each page with how many were looked at. */
  readonly onPage: (persons: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Goes through everybody page by page, and counts what the profile would change; changes nothing and locks nobody.
 * @returns undefined when the signal ended it.
 */
export async function previewProfileChange({
  deliveries,
  consumer,
  after,
  onPage,
  signal,
}: ProfileChangeOptions): Promise<ProfileChange | undefined> {
  const count = new ChangeCount();
  const needsList = [consumer.profile, after].some(({ persons }) => persons.kind === 'list');
  let cursor: PersonKey | null = null;
  for (;;) {
    if (signal.aborted) return undefined;
    const keys: readonly PersonKey[] = await deliveries.nextPersons(cursor, PAGE);
    if (keys.length === 0) return count.result();
    const facts = await deliveries.facts(consumer.id, keys, needsList);
    for (const key of keys) count.add(key, effectOn(key, facts, consumer.profile, after));
    cursor = keys.at(-1) ?? cursor;
    onPage(count.persons);
  }
}

function effectOn(
  key: PersonKey,
  { persons, delivered, listed }: DeliveryFacts,
  before: ConsumerProfile,
  after: ConsumerProfile,
): ProfileEffect {
  const last = delivered.get(key);
  const wasSent = last !== undefined && last.kind !== 'gone';
  const standing = {
    isListed: listed.has(key),
    wasSent,
    told: wasSent ? last.told : NOTHING_TOLD,
  };
  return compareProfiles(persons.get(key)?.golden ?? null, standing, before, after);
}

const NOTHING_TOLD: ReadonlySet<FieldGroup> = new Set();

class ChangeCount {
  persons = 0;
  readonly #of = { comeIn: 0, goOut: 0, changed: 0, unchanged: 0 };
  readonly #loses = new Map<FieldGroup, number>();
  readonly #gains = new Map<FieldGroup, number>();
  readonly #comeIn: PersonKey[] = [];
  readonly #goOut: PersonKey[] = [];

  add(key: PersonKey, effect: ProfileEffect): void {
    this.persons += 1;
    switch (effect.kind) {
      case 'not-concerned':
        return;
      case 'comes-in':
        this.#of.comeIn += 1;
        if (this.#comeIn.length < SAMPLE) this.#comeIn.push(key);
        return;
      case 'goes-out':
        this.#of.goOut += 1;
        if (this.#goOut.length < SAMPLE) this.#goOut.push(key);
        return;
      case 'stays':
        this.#of[effect.isChanged ? 'changed' : 'unchanged'] += 1;
        for (const group of effect.loses) this.#loses.set(group, (this.#loses.get(group) ?? 0) + 1);
        for (const group of effect.gains) this.#gains.set(group, (this.#gains.get(group) ?? 0) + 1);
    }
  }

  result(): ProfileChange {
    return {
      persons: this.persons,
      ...this.#of,
      loses: inOrder(this.#loses),
      gains: inOrder(this.#gains),
      samples: { comeIn: this.#comeIn, goOut: this.#goOut },
    };
  }
}

function inOrder(counts: ReadonlyMap<FieldGroup, number>): ReadonlyMap<FieldGroup, number> {
  return new Map(
    FIELD_GROUPS.flatMap((group) => {
      const persons = counts.get(group);
      return persons === undefined ? [] : [[group, persons] as const];
    }),
  );
}
