import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GoldenRecord } from '../../../core/golden-record/golden-record.ts';

/** One new version under a key; null: a tombstone or a redirect. */
export interface ScenarioVersion {
  /** Who it is about, unmistakable among all scenarios. */
  readonly key: string;
  readonly golden: GoldenRecord | null;
}

interface ExpectedStep {
  readonly persons: readonly { readonly person: string; readonly golden?: GoldenRecord | null }[];
}

const FOLDER = join(import.meta.dirname, '../../scenarios');

/** Every version of every person of all scenarios, each scenario in its order. */
export function readScenarioVersions(): readonly ScenarioVersion[] {
  return readdirSync(FOLDER, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({ name, file: join(FOLDER, name, 'expected.json') }))
    .filter(({ file }) => existsSync(file))
    .flatMap(({ name, file }) => {
      const steps = JSON.parse(readFileSync(file, 'utf8')) as readonly ExpectedStep[];
      return steps
        .flatMap(({ persons }) => persons)
        .map(({ person, golden = null }) => ({ key: `${name} ${person}`, golden }));
    });
}

/** What would give away where somebody lives, how to reach them, and to whom they belong. */
export function givesAway(golden: GoldenRecord | null): readonly string[] {
  if (golden?.kind !== 'person') return [];
  const { addresses, contacts, relations, contactPersons } = golden;
  return [
    golden.membership?.municipalityCode ?? [],
    golden.propertyDesignation ?? [],
    addresses.flatMap(({ lines, postalCode, city }) => [...lines, postalCode ?? [], city ?? []]),
    contacts.map(({ value }) => value),
    relations.flatMap(({ identity }) => identity?.extension ?? []),
    contactPersons.flatMap((person) => person.contacts.map(({ value }) => value)),
  ].flat(3);
}

/** Every text in a value, however deep. */
export function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}
