import { forgetRelations, forgetUnprotected } from '../golden-record/purge-order.ts';
import type { PersonKey } from '../person/person-identifier.ts';
import type { FollowUp, IdentityWrite, PurgeOrder } from './batch-changes.ts';
import type { DecidedCluster } from './decide-set.ts';
import { addressHashOf, showedHidden } from './person-writes.ts';
import type { ContentHasher } from './ports.ts';
import type { StoredIdentities } from './stored-identities.ts';

/** Of each identity whose protection came or went; the address that was published is looked at once for each person. */
export function followUpsOf(
  { result: { isProtected } }: DecidedCluster,
  moved: readonly IdentityWrite[],
  stored: StoredIdentities,
  hasher: ContentHasher,
): readonly FollowUp[] {
  const seen = new Set<PersonKey>();
  return moved.flatMap(({ identityKey }): FollowUp[] => {
    if (stored.get(identityKey)?.isProtected === isProtected) return [];
    const person = isProtected ? stored.personOf(identityKey) : undefined;
    const isFirst = person !== undefined && !seen.has(person.personKey);
    if (person !== undefined) seen.add(person.personKey);
    const addressHash = isFirst ? addressHashOf(person.golden, hasher) : null;
    return [{ identityKey, isProtected, addressHash }];
  });
}

/**
 * What consumers have to forget: everything that was told under the key of an identity that becomes protected, also under one that leads to
 * another by now; and relations with somebody who is protected by now.
 */
export function purgesOf(
  { personKey, before, result }: DecidedCluster,
  moved: readonly IdentityWrite[],
  stored: StoredIdentities,
  hiddenRelatives: ReadonlySet<string>,
): readonly PurgeOrder[] {
  const purges: PurgeOrder[] = [];
  if (result.isProtected) {
    const keys = new Map<PersonKey, number>();
    for (const { identityKey } of moved) {
      if (stored.get(identityKey)?.isProtected === true) continue;
      // Also the person whom it leaves in this moment, who goes on unprotected under the key that told of both.
      for (const person of [stored.underKeyOf(identityKey), stored.personOf(identityKey)]) {
        if (person !== undefined) keys.set(person.personKey, person.version);
      }
    }
    for (const [key, version] of keys) purges.push(forgetUnprotected(key, version));
  }
  if (before !== undefined && showedHidden(before.golden, hiddenRelatives)) {
    const { golden, version } = before;
    const order = forgetRelations(personKey, version, golden, result.golden);
    if (order !== undefined) purges.push(order);
  }
  return purges;
}
