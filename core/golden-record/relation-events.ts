import type { Relation, RelationKind } from '../mapping/person-evidence.ts';
import { event, type PersonChange } from './person-change.ts';
import type { PersonEvent } from './person-event.ts';
import { visibleRelations } from './relations.ts';

/** Whom the person has custody of, or who has custody of the person (vårdnadshavare, term code 02003: V and VF). */
const CUSTODY: ReadonlySet<RelationKind> = new Set(['custodian', 'custody-of']);

/** Custody that only comes into sight, or goes out of it, with the protection of a relative has not changed. */
export function relationEvents({ before, after, context }: PersonChange): readonly PersonEvent[] {
  if (before.kind === 'protected-person' || after.kind === 'protected-person') return [];
  const textOf = (relations: readonly Relation[]) =>
    custodyText(visibleRelations(relations, context.hiddenRelatives));
  const isCustody = !context.byRelative && textOf(before.relations) !== textOf(after.relations);
  return [event(isCustody ? 'custody-changed' : 'details-changed', ['relations'])];
}

function custodyText(relations: readonly Relation[]): string {
  return JSON.stringify(relations.filter(({ kind }) => CUSTODY.has(kind)));
}
