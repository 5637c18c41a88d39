import type { ContactPoint } from '../mapping/person-evidence.ts';
import type { ContactRule } from './consumer-profile.ts';
import type { DisclosedContact } from './disclosed-person.ts';

/**
 * Contact data that a consumer may have. A notice may be sent only where the person has said so: silence about `digitalNotification` is no
 * permission (IS 4.2.12).
 */
export function disclosableContacts(
  contacts: readonly ContactPoint[],
  { channels, needsNotification }: ContactRule,
): readonly DisclosedContact[] {
  return contacts
    .filter(isSharedWithAll)
    .filter(({ channel }) => channels.has(channel))
    .filter(({ digitalNotification }) => !needsNotification || digitalNotification === true);
}

/**
 * "This care giver only" goes to nobody: a golden record does not say which care giver was meant, and to guess it would be to break the promise. What
 * stands here is what may be told, so that an answer which is not foreseen is told to nobody.
 */
function isSharedWithAll(contact: ContactPoint): contact is DisclosedContact {
  return contact.consent === 'shared' || contact.consent === null;
}
