import type { SafeText } from '../errors/log-safe.ts';
import type { PartialDate } from '../person/partial-date.ts';
import type { FieldGroup } from './golden-record.ts';

/** The business events: docs/glossary.md says when each is given. The names are a contract with consumers: append only. */
export const EVENT_TYPES = [
  'registered',
  'name-changed',
  'address-changed',
  'moved-in',
  'moved-out',
  'died',
  'death-annulled',
  'deregistered',
  'protection-raised',
  'protection-lifted',
  'identity-superseded',
  'identity-linked',
  'identity-unlinked',
  'persons-merged',
  'persons-split',
  'membership-changed',
  'contact-changed',
  'contact-withdrawn',
  'paper-preference-changed',
  'custody-changed',
  'erased',
  'details-changed',
] as const;
export type PersonEventType = (typeof EVENT_TYPES)[number];

/**
 * What happened to a person: no values, so nothing here ever has to be hidden or erased. The stable id, the person key and the
 * version are added when it is stored, since the id is `<person key>:<version>:<type>`.
 */
export interface PersonEvent {
  readonly type: PersonEventType;
  /** When it took effect in the world, where the source says so. */
  readonly effectiveDate: PartialDate | null;
  readonly changed: readonly FieldGroup[];
}

/** The stable id of an event: the same content at the same version has the same id in every replay. */
export function eventId(personKey: SafeText, version: number, type: PersonEventType): string {
  return `${personKey}:${version}:${type}`;
}
