import { bySet, type Claim, decidedNucleus, type LostJoins, nucleiOf, settle } from './claims.ts';
import type { LinkNode } from './link-pairs.ts';
import { isReal, type JudgedPair } from './link-verdicts.ts';
import type { UnionFind } from './union-find.ts';
import type { Finding } from './work-item.ts';

/**
 * Keeps people apart who have nothing in common but a reserve number. Real numbers that are joined are a nucleus. A set of joined reserve
 * numbers that is attached to two or more nuclei loses all its attachments, but for the nucleus that somebody decided on (the latest decision,
 * when there are several): which of the others is right, no register can tell. It is not asked whether birth dates agree: twins would be joined.
 *
 * @param persons holds the joins of real numbers; what holds of the others is joined in it.
 */
export function claimReserveNumbers(
  nodes: readonly LinkNode[],
  joined: readonly JudgedPair[],
  persons: UnionFind,
): LostJoins {
  const claims: Claim[] = [];
  for (const judged of joined) {
    const { a, b } = judged.pair;
    const isRealA = isReal(nodes[a]?.type ?? 'LRID');
    const isRealB = isReal(nodes[b]?.type ?? 'LRID');
    if (isRealA && isRealB) continue;
    if (!isRealA && !isRealB) persons.join(a, b);
    else claims.push({ judged, weaker: isRealA ? b : a, stronger: isRealA ? a : b });
  }
  const lost = new Set<JudgedPair>();
  const findings: Finding[] = [];
  // All sets are judged before any is joined: a set that holds must not make a nucleus look larger to the next one.
  const kept: Claim[] = [];
  for (const set of bySet(claims, persons)) {
    const [first, ...more] = nucleiOf(set, persons);
    const nucleus = more.length === 0 ? first : decidedNucleus(set, persons);
    const settled = settle(set, nucleus, persons, nodes);
    kept.push(...settled.kept);
    for (const { judged } of settled.lost) lost.add(judged);
    findings.push(...settled.findings);
  }
  for (const { weaker, stronger } of kept) persons.join(weaker, stronger);
  return { lost, findings };
}
