import { type Identity, identityText } from '../person/person-identifier.ts';
import type { PersonTransaction } from './ports.ts';
import type { IdentityGroup } from './stored-group.ts';
import { linkedWith } from './take-in.ts';

/**
 * Locks the groups of these identities, and those that their records link them with, and so on until nobody is new. Whoever wrote a link has made
 * its two ends one group, so nearly always there is nothing more to lock; but evidence of a release before groups, or of one that still runs
 * beside this one, may link two that are not.
 */
export async function lockWhole(
  transaction: Pick<PersonTransaction, 'lockGroups'>,
  identities: readonly Identity[],
): Promise<readonly IdentityGroup[]> {
  let groups = await transaction.lockGroups(identities);
  for (;;) {
    const missing = findMissing(groups);
    if (missing.length === 0) return groups;
    // All of them again: what was locked stays locked, and one that grew is read as it is now.
    const named = groups.flatMap((group) => group.identities.map(({ identity }) => identity));
    groups = await transaction.lockGroups([...named, ...missing]);
  }
}

/** The same for groups that are locked already. */
export async function completeGroups(
  transaction: PersonTransaction,
  groups: readonly IdentityGroup[],
): Promise<readonly IdentityGroup[]> {
  if (findMissing(groups).length === 0) return groups;
  const named = groups.flatMap((group) => group.identities.map(({ identity }) => identity));
  return await lockWhole(transaction, named);
}

function findMissing(groups: readonly IdentityGroup[]): readonly Identity[] {
  const linked = groups.flatMap(({ identities }) => identities.flatMap(linkedWith));
  if (linked.length === 0) return linked;
  const known = new Set(
    groups.flatMap(({ identities }) => identities.map(({ identity }) => identityText(identity))),
  );
  return linked.filter((identity) => !known.has(identityText(identity)));
}
