import type { LinkNode } from './link-pairs.ts';
import type { JudgedPair } from './link-verdicts.ts';
import type { UnionFind } from './union-find.ts';
import type { Finding } from './work-item.ts';

/** A number that is joined with a stronger one, whose bearer so claims it. */
export interface Claim {
  readonly judged: JudgedPair;
  readonly weaker: number;
  readonly stronger: number;
}

/** Joins that do not hold beside others. */
export interface LostJoins {
  /** Pairs that would join if nobody else had the same claim. */
  readonly lost: ReadonlySet<JudgedPair>;
  readonly findings: readonly Finding[];
}

/** The claims on each set of weaker numbers that are joined with each other. */
export function bySet(claims: readonly Claim[], persons: UnionFind): readonly Claim[][] {
  const sets = new Map<number, Claim[]>();
  for (const claim of claims) {
    const set = persons.find(claim.weaker);
    const known = sets.get(set);
    if (known === undefined) sets.set(set, [claim]);
    else known.push(claim);
  }
  return [...sets.values()];
}

/** The nuclei (sets of stronger numbers that are joined) that claim a set, each once. */
export function nucleiOf(claims: readonly Claim[], persons: UnionFind): readonly number[] {
  return [...new Set(claims.map(({ stronger }) => persons.find(stronger)))];
}

/** Of several nuclei that claim a set, the one that somebody decided on, by the latest decision; undefined: nobody decided. */
export function decidedNucleus(claims: readonly Claim[], persons: UnionFind): number | undefined {
  let decided: Claim | undefined;
  for (const claim of claims) {
    const id = claim.judged.pair.decision?.id;
    if (id !== undefined && id > (decided?.judged.pair.decision?.id ?? -1n)) decided = claim;
  }
  return decided && persons.find(decided.stronger);
}

/** Which of a set's claims hold when it can belong to one nucleus only; the others are lost, and asked about when it belongs to none. */
export function settle(
  claims: readonly Claim[],
  nucleus: number | undefined,
  persons: UnionFind,
  nodes: readonly LinkNode[],
): { readonly kept: readonly Claim[]; readonly lost: readonly Claim[]; findings: Finding[] } {
  const kept = claims.filter(({ stronger }) => persons.find(stronger) === nucleus);
  const lost = claims.filter(({ stronger }) => persons.find(stronger) !== nucleus);
  const findings = nucleus === undefined ? lost.flatMap((claim) => findingOf(nodes, claim)) : [];
  return { kept, lost, findings };
}

function findingOf(nodes: readonly LinkNode[], { weaker, stronger }: Claim): readonly Finding[] {
  const [subject, other] = [nodes[weaker]?.identityKey, nodes[stronger]?.identityKey];
  if (subject === undefined || other === undefined) return [];
  return [{ kind: 'identity-claimed-twice', subject, other }];
}
