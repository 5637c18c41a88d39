/** `hub consumers change`: what another profile means, before anything is done. Keys and counts, no values. */
import type { ConsumerProfile } from '../../../core/disclosure/consumer-profile.ts';
import type { FieldGroup } from '../../../core/golden-record/golden-record.ts';
import type { PersonKey } from '../../../core/person/person-identifier.ts';
import type { ProfileChange } from './preview-profile-change.ts';
import { printCount } from './print-status.ts';

/** Who comes in and goes out, and which fields go. */
export function printConsumerChange(
  before: ConsumerProfile,
  after: ConsumerProfile,
  change: ProfileChange,
): string {
  return [
    `From version ${before.version} to version ${after.version} of the profile of ${after.name}`,
    line(change.persons, 'persons looked at'),
    line(change.comeIn, 'come in'),
    ...sample(change.samples.comeIn, change.comeIn),
    line(change.goOut, 'go out: a tombstone each, and an order to forget everything'),
    ...sample(change.samples.goOut, change.goOut),
    line(change.changed, 'stay with other content'),
    line(change.unchanged, 'stay as they are'),
    ...groupLines('Fields that go, each by an order to forget', change.loses),
    ...groupLines('Fields that come', change.gains),
    'Everybody is told once more, in a new generation. The profile of now holds for whoever was not reached yet.',
  ].join('\n');
}

function line(count: number, words: string): string {
  return `${printCount(count).padStart(11)}  ${words}`;
}

function sample(keys: readonly PersonKey[], of: number): readonly string[] {
  const more = of - keys.length;
  return [
    ...keys.map((key) => `               ${key}`),
    ...(more > 0 && keys.length > 0 ? [`               … and ${printCount(more)} more`] : []),
  ];
}

function groupLines(title: string, counts: ReadonlyMap<FieldGroup, number>): readonly string[] {
  if (counts.size === 0) return [];
  return [title, ...[...counts].map(([group, persons]) => line(persons, group))];
}
