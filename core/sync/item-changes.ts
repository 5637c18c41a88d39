import type { Finding } from '../identity/work-item.ts';
import type { BatchChanges } from './batch-changes.ts';
import type { SetDecision } from './decide-set.ts';
import { onlyIn } from './only-in.ts';
import type { GroupSet } from './take-in.ts';

/** Work items whose reason is there now, and those whose reason is gone. */
export function itemChanges(
  sets: readonly GroupSet[],
  decided: readonly SetDecision[],
): BatchChanges['items'] {
  const before = byText(sets.flatMap(({ groups }) => groups.flatMap((group) => group.openItems)));
  const after = byText(decided.flatMap(({ findings }) => findings));
  return { opened: onlyIn(after, before), closed: onlyIn(before, after) };
}

function byText(findings: readonly Finding[]): ReadonlyMap<string, Finding> {
  return new Map(findings.map((one) => [`${one.kind} ${one.subject} ${one.other}`, one]));
}
