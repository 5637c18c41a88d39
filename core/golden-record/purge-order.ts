import type { Relation } from '../mapping/person-evidence.ts';
import { identityText, type PersonKey } from '../person/person-identifier.ts';
import type { PurgeOrder } from '../sync/batch-changes.ts';
import { FIELD_GROUPS, type GoldenRecord } from './golden-record.ts';
import { HIDDEN_GROUPS } from './hidden-groups.ts';

/**
 * What the record of a protected person cannot hold, and the membership, which told a municipality and a date. All of it, whatever the last version
 * had: an address that was told once and is gone since may be kept all the same.
 */
const PROTECTED_GROUPS = FIELD_GROUPS.filter(
  (group) => HIDDEN_GROUPS.has(group) || group === 'membership',
);

/**
 * Everything that was ever told under the key of somebody who becomes protected: who receives data before answers for it afterwards
 * (TKB 5.1 ch. 4.1.3), and a later version alone does not take back what was copied.
 *
 * @param upToVersion the last version that may hold it.
 */
export function forgetUnprotected(personKey: PersonKey, upToVersion: number): PurgeOrder {
  return { personKey, reason: 'protection-raised', fields: PROTECTED_GROUPS, upToVersion };
}

/**
 * A relation that was told and is hidden now, since the other end is protected.
 *
 * @returns undefined when none is: nothing was told, or the person is protected as well, whose own order covers it.
 */
export function forgetRelations(
  personKey: PersonKey,
  upToVersion: number,
  before: GoldenRecord | null,
  after: GoldenRecord | null,
): PurgeOrder | undefined {
  if (before?.kind !== 'person' || after?.kind !== 'person') return undefined;
  if (!hidesRelative(before.relations, after.relations)) return undefined;
  return { personKey, reason: 'relation-hidden', fields: ['relations'], upToVersion };
}

function hidesRelative(before: readonly Relation[], after: readonly Relation[]): boolean {
  const told = new Set(after.flatMap(({ identity }) => identity ?? []).map(identityText));
  return before.some(({ identity }) => identity !== null && !told.has(identityText(identity)));
}
