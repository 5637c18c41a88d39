import type { Relation } from '../mapping/person-evidence.ts';
import { identityText } from '../person/person-identifier.ts';

/**
 * Relations that may be told: a record of a relative would give a protected person away (domain 3.3). A relative without a number is nobody
 * that the hub could know to be protected.
 */
export function visibleRelations(
  relations: readonly Relation[],
  hidden: ReadonlySet<string>,
): readonly Relation[] {
  if (relations.length === 0 || hidden.size === 0) return relations;
  return relations.filter(
    ({ identity }) => identity === null || !hidden.has(identityText(identity)),
  );
}
