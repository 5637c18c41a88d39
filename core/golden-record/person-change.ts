import type { PartialDate } from '../person/partial-date.ts';
import type { FieldGroup, GoldenRecord } from './golden-record.ts';
import type { PersonEvent, PersonEventType } from './person-event.ts';

/** What a region's own events depend on. */
export interface EventRules {
  /** The counties of the region: entering or leaving them is a move in or out. */
  readonly homeCounties: ReadonlySet<string>;
}

/** What the hub itself did to the person, beside what the records say. */
export interface EventContext {
  /** Another person turned out to be this one. */
  readonly merged: boolean;
  /** What was one person turned out to be two; true of both. */
  readonly split: boolean;
  /** The record was made again because protection of a relative came or went. */
  readonly byRelative: boolean;
  /** Identities (`identityText`) of protected persons: that a relation with one of them is told no more is no change of custody. */
  readonly hiddenRelatives: ReadonlySet<string>;
}

/** Two golden records of one person that both are somebody. */
export interface PersonChange {
  readonly before: GoldenRecord;
  readonly after: GoldenRecord;
  readonly rules: EventRules;
  readonly context: EventContext;
}

export function event(
  type: PersonEventType,
  changed: readonly FieldGroup[],
  effectiveDate: PartialDate | null = null,
): PersonEvent {
  return { type, effectiveDate, changed };
}

/**
 * Whether the difference is between what two people are known to be, not between then and now: nobody moved, came or returned because of it.
 */
export function isAnotherPerson({ merged, split }: EventContext): boolean {
  return merged || split;
}
