import type { LinkNode } from './link-pairs.ts';
import { isReal, type JudgedPair } from './link-verdicts.ts';
import type { UnionFind } from './union-find.ts';
import type { Finding } from './work-item.ts';

/** A reserve number that is joined with a real one. */
interface Attachment {
  readonly judged: JudgedPair;
  readonly reserve: number;
  readonly real: number;
}

/** What {@link claimReserveNumbers} found. */
export interface Claims {
  /** Pairs that would join if nobody else had the same claim. */
  readonly lost: ReadonlySet<JudgedPair>;
  readonly findings: readonly Finding[];
}

/**
 * Keeps people apart who have nothing in common but a reserve number. Real numbers that are joined are a nucleus. A set of joined reserve
 * numbers that is attached to two or more nuclei loses all its attachments, but for the nucleus that somebody decided on (the latest decision,
 * when there are several): which of the others is right, no register can tell. It is not asked whether birth dates agree: twins would be joined.
 *
 * @param persons holds the joins so far; what holds of the attachments is joined in it.
 */
export function claimReserveNumbers(
  nodes: readonly LinkNode[],
  joined: readonly JudgedPair[],
  persons: UnionFind,
): Claims {
  const attachments: Attachment[] = [];
  for (const judged of joined) {
    const { a, b } = judged.pair;
    const isRealA = isReal(nodes[a]?.type ?? 'LRID');
    if (isRealA === isReal(nodes[b]?.type ?? 'LRID')) persons.join(a, b);
    else attachments.push({ judged, reserve: isRealA ? b : a, real: isRealA ? a : b });
  }
  const lost = new Set<JudgedPair>();
  const findings: Finding[] = [];
  // All sets are judged before any is joined: a set that holds must not make a nucleus look larger to the next one.
  const kept: Attachment[] = [];
  for (const claims of bySet(attachments, persons)) {
    const nucleus = nucleusOf(claims, persons);
    for (const claim of claims) {
      if (persons.find(claim.real) === nucleus) {
        kept.push(claim);
        continue;
      }
      lost.add(claim.judged);
      if (nucleus === undefined) findings.push(...findingOf(nodes, claim));
    }
  }
  for (const { reserve, real } of kept) persons.join(reserve, real);
  return { lost, findings };
}

function bySet(attachments: readonly Attachment[], persons: UnionFind): Iterable<Attachment[]> {
  const sets = new Map<number, Attachment[]>();
  for (const attachment of attachments) {
    const set = persons.find(attachment.reserve);
    const claims = sets.get(set);
    if (claims === undefined) sets.set(set, [attachment]);
    else claims.push(attachment);
  }
  return sets.values();
}

/** The one nucleus that a set of reserve numbers belongs to; undefined: more than one claims it, and nobody decided. */
function nucleusOf(claims: readonly Attachment[], persons: UnionFind): number | undefined {
  const nuclei = new Set(claims.map(({ real }) => persons.find(real)));
  if (nuclei.size === 1) return [...nuclei][0];
  let decided: Attachment | undefined;
  for (const claim of claims) {
    const id = claim.judged.pair.decision?.id;
    if (id !== undefined && id > (decided?.judged.pair.decision?.id ?? -1n)) decided = claim;
  }
  return decided && persons.find(decided.real);
}

function findingOf(nodes: readonly LinkNode[], { reserve, real }: Attachment): readonly Finding[] {
  const [subject, other] = [nodes[reserve]?.identityKey, nodes[real]?.identityKey];
  if (subject === undefined || other === undefined) return [];
  return [{ kind: 'identity-claimed-twice', subject, other }];
}
