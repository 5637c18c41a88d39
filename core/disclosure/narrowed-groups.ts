import type { FieldGroup } from '../golden-record/golden-record.ts';
import type { ConsumerProfile } from './consumer-profile.ts';

/**
 * Groups that both profiles have and of which the later one tells less: a channel or a kind of relation is gone, or contact data must be allowed for
 * notices. What was told of them before has to be forgotten, and comes again with what is left.
 */
export function narrowedGroups(
  before: ConsumerProfile,
  after: ConsumerProfile,
): ReadonlySet<FieldGroup> {
  const narrowed = new Set<FieldGroup>();
  if (hasFewerContacts(before, after)) narrowed.add('contacts');
  const losesRelations = [...before.relations].some((kind) => !after.relations.has(kind));
  if (after.groups.has('relations') && losesRelations) narrowed.add('relations');
  return narrowed;
}

function hasFewerContacts({ contacts: was }: ConsumerProfile, { contacts: is }: ConsumerProfile) {
  if (was === null || is === null) return false;
  if (!was.needsNotification && is.needsNotification) return true;
  return [...was.channels].some((channel) => !is.channels.has(channel));
}
