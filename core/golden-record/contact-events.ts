import type { ContactConsent, ContactPoint } from '../mapping/person-evidence.ts';
import { event, type PersonChange } from './person-change.ts';
import type { PersonEvent } from './person-event.ts';

/**
 * To how many a consent opens a value. Where the source does not say, the value is shared: PU keeps none otherwise (domain 1.8, consent).
 */
const WIDTH: Readonly<Record<ContactConsent, number>> = { no: 0, 'this-care-giver': 1, shared: 2 };

/** A value that was there and may not be used any more is withdrawn: consumers must forget it, not only read anew. */
export function contactEvents({ before, after }: PersonChange): readonly PersonEvent[] {
  if (before.kind === 'protected-person' || after.kind === 'protected-person') return [];
  const was = before.contacts;
  const is = after.contacts;
  const events: PersonEvent[] = [];
  if (was.some((contact) => isWithdrawn(contact, was, is))) {
    events.push(event('contact-withdrawn', ['contacts']));
  }
  if (events.length === 0 || is.some((contact) => !was.some((old) => isSame(old, contact)))) {
    events.push(event('contact-changed', ['contacts']));
  }
  return events;
}

/** Gone without a new value of the channel in its place, or open to fewer than before. */
function isWithdrawn(
  contact: ContactPoint,
  was: readonly ContactPoint[],
  is: readonly ContactPoint[],
): boolean {
  const kept = is.filter((now) => hasValueOf(now, contact));
  if (kept.length > 0) return kept.every((now) => widthOf(now) < widthOf(contact));
  return !is.some(
    (now) =>
      now.channel === contact.channel &&
      widthOf(now) >= widthOf(contact) &&
      !was.some((old) => hasValueOf(old, now)),
  );
}

function isSame(a: ContactPoint, b: ContactPoint): boolean {
  return hasValueOf(a, b) && a.consent === b.consent;
}

function hasValueOf(a: ContactPoint, b: ContactPoint): boolean {
  return a.channel === b.channel && a.value === b.value;
}

function widthOf({ consent }: ContactPoint): number {
  return WIDTH[consent ?? 'shared'];
}
