import type { ConsumerProfile } from './consumer-profile.ts';
import { printProfile } from './profile-text.ts';

/** `version-not-raised`: then nobody could say by which of two profiles something was told. */
export type ProfileRefusal = 'unchanged' | 'version-not-raised' | 'other-delivery';

/**
 * Why a consumer cannot go over to another profile; null: it can. Another way of delivery would leave what was sent the first way where it is: such a
 * consumer is dropped and added again.
 */
export function whyNoChange(from: ConsumerProfile, to: ConsumerProfile): ProfileRefusal | null {
  const text = printProfile(to);
  if (printProfile(from) === text) return 'unchanged';
  if (printProfile({ ...to, delivery: from.delivery }) !== text) return 'other-delivery';
  return to.version > from.version ? null : 'version-not-raised';
}
