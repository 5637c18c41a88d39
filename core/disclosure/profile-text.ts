import type { ConsumerProfile, PersonFilter } from './consumer-profile.ts';

/** A profile as text, to be kept with the consumer that it was added with. The same profile has the same text. */
export function printProfile(profile: ConsumerProfile): string {
  const { persons, groups, contacts, relations } = profile;
  const plain = {
    ...profile,
    persons:
      persons.kind === 'membership'
        ? { kind: persons.kind, counties: [...persons.counties].toSorted() }
        : persons,
    groups: [...groups].toSorted(),
    contacts: contacts && { ...contacts, channels: [...contacts.channels].toSorted() },
    relations: [...relations].toSorted(),
  };
  return JSON.stringify(plain, withKeysInOrder);
}

/** A profile from a file and one from its own text have their keys in different orders. */
function withKeysInOrder(_key: string, value: unknown): unknown {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? Object.fromEntries(Object.entries(value).toSorted(byKey)) : value;
}

function byKey([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}

/** A profile as its text has it. */
type Plain<T> =
  T extends ReadonlySet<infer E>
    ? readonly E[]
    : T extends object
      ? { readonly [K in keyof T]: Plain<T[K]> }
      : T;

/** Reads what {@link printProfile} made, and trusts it: only this program writes it. */
export function parseProfile(text: string): ConsumerProfile {
  const plain = JSON.parse(text) as Plain<ConsumerProfile>;
  const { persons, groups, contacts, relations } = plain;
  return {
    ...plain,
    persons: filterOf(persons),
    groups: new Set(groups),
    contacts: contacts && { ...contacts, channels: new Set(contacts.channels) },
    relations: new Set(relations),
  };
}

function filterOf(persons: Plain<PersonFilter>): PersonFilter {
  return persons.kind === 'membership'
    ? { kind: persons.kind, counties: new Set(persons.counties) }
    : persons;
}
