import type { Join } from '../identity/form-clusters.ts';
import type { BatchChanges } from './batch-changes.ts';
import type { SetDecision } from './decide-set.ts';
import { onlyIn } from './only-in.ts';
import type { GroupSet } from './take-in.ts';

/** Links that count from now on, and those that do no more, each with who states it. */
export function linkChanges(
  sets: readonly GroupSet[],
  decided: readonly SetDecision[],
): BatchChanges['links'] {
  const before = byText(sets.flatMap(({ groups }) => groups.flatMap(({ joins }) => joins)));
  const after = byText(decided.flatMap(({ clusters }) => clusters.flatMap(({ joins }) => joins)));
  return { begun: onlyIn(after, before), ended: onlyIn(before, after) };
}

function byText(joins: readonly Join[]): ReadonlyMap<string, Join> {
  return new Map(joins.map((join) => [`${join.from} ${join.to} ${join.source}`, join]));
}
