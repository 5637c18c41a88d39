import {
  FIELD_GROUPS,
  type FieldGroup,
  type GoldenRecord,
} from '../golden-record/golden-record.ts';
import { HIDDEN_GROUPS } from '../golden-record/hidden-groups.ts';
import type { ConsumerProfile } from './consumer-profile.ts';
import { disclose } from './disclose.ts';
import type { Disclosure } from './disclosed-person.ts';
import { narrowedGroups } from './narrowed-groups.ts';

/** How a consumer stands to a person, with what it was told. */
export interface ToldStanding {
  readonly isListed: boolean;
  readonly wasSent: boolean;
  /** Empty unless it was sent the person. */
  readonly told: ReadonlySet<FieldGroup>;
}

/** What another profile means for one person. `not-concerned`: the consumer has the person under neither. */
export type ProfileEffect =
  | { readonly kind: 'not-concerned' }
  | { readonly kind: 'comes-in' }
  | { readonly kind: 'goes-out' }
  | {
      readonly kind: 'stays';
      /** The record has other content, or is the other kind of record. */
      readonly isChanged: boolean;
      /** Groups that the consumer was told and has to forget, in part or whole. */
      readonly loses: readonly FieldGroup[];
      /** Groups that it was not told yet. */
      readonly gains: readonly FieldGroup[];
    };

/**
 * What happens to one person when a consumer goes over from one profile to another: by the golden record of now, and by what the consumer was told
 * until now.
 */
export function compareProfiles(
  golden: GoldenRecord | null,
  standing: ToldStanding,
  before: ConsumerProfile,
  after: ConsumerProfile,
): ProfileEffect {
  const then = disclose(golden, after, standing);
  if (!standing.wasSent) return { kind: then.kind === 'left-out' ? 'not-concerned' : 'comes-in' };
  if (then.kind === 'left-out') return { kind: 'goes-out' };
  const now = disclose(golden, before, standing);
  const tells = groupsOf(then, after);
  const narrowed = narrowedGroups(before, after);
  return {
    kind: 'stays',
    isChanged: JSON.stringify(now) !== JSON.stringify(then),
    loses: FIELD_GROUPS.filter(
      (group) => standing.told.has(group) && (!tells.has(group) || narrowed.has(group)),
    ),
    gains: FIELD_GROUPS.filter((group) => tells.has(group) && !standing.told.has(group)),
  };
}

/** The groups that a record holds under a profile. */
function groupsOf({ kind }: Disclosure, { groups }: ConsumerProfile): ReadonlySet<FieldGroup> {
  const told: readonly FieldGroup[] = ['identities', 'protection', ...groups];
  return new Set(
    kind === 'protected-person' ? told.filter((group) => !HIDDEN_GROUPS.has(group)) : told,
  );
}
