import { birthOf, contradictsBirth } from './birth-of.ts';
import { bySet, type Claim, decidedNucleus, type LostJoins, nucleiOf, settle } from './claims.ts';
import type { LinkNode } from './link-pairs.ts';
import { findingAbout, isReal, type JudgedPair } from './link-verdicts.ts';
import { createUnionFind, type UnionFind } from './union-find.ts';
import type { Finding } from './work-item.ts';

/**
 * What connects personnummer beside Skatteverket's references: samordningsnummer that are joined with each other and claimed by them (`claims`),
 * or a link between two of them (`link`).
 */
interface Bridge {
  /** The nuclei that it touches: personnummer that references or decisions make one person. */
  readonly nuclei: readonly number[];
  readonly claims: readonly Claim[];
  readonly link: JudgedPair | undefined;
}

/** A birth date of a nucleus. */
interface Birth {
  readonly nucleus: number;
  readonly value: string;
}

/**
 * Joins the real numbers, but never so that two personnummer of contradicting birth dates become one person without a reference of PU, or a
 * decision, from one to the next between them: neither by a link of PU or Master, nor through samordningsnummer, nor through a chain of both.
 *
 * What bridges a contradiction loses all its joins; which of them is wrong, no register can tell. Of the personnummer that claim a
 * samordningsnummer, the one that somebody decided on keeps it. First each bridge is judged alone, then the chains of those that are left:
 * so one wrong link does not part a whole chain of right ones.
 *
 * @param persons nothing is joined in it yet; what holds of the real numbers is.
 */
export function joinRealNumbers(
  nodes: readonly LinkNode[],
  joined: readonly JudgedPair[],
  persons: UnionFind,
): LostJoins {
  const bridges = collectBridges(nodes, joined, persons);
  const broken = findBroken(nodes, bridges, persons);
  const lost = new Set<JudgedPair>();
  const findings: Finding[] = [];
  // As with reserve numbers, all are judged before any is joined.
  const kept: JudgedPair[] = [];
  for (const bridge of bridges) {
    const { claims, link } = bridge;
    if (!broken.has(bridge)) {
      kept.push(...claims.map(({ judged }) => judged), ...(link ? [link] : []));
      continue;
    }
    const settled = settle(claims, decidedNucleus(claims, persons), persons, nodes);
    kept.push(...settled.kept.map(({ judged }) => judged));
    for (const { judged } of settled.lost) lost.add(judged);
    findings.push(...settled.findings);
    if (link === undefined) continue;
    lost.add(link);
    const finding = findingAbout(nodes, 'birth-data-differ', link.pair.links);
    if (finding !== undefined) findings.push(finding);
  }
  for (const { pair } of kept) persons.join(pair.a, pair.b);
  return { lost, findings };
}

/** Joins what makes nuclei, and samordningsnummer with each other. */
function collectBridges(
  nodes: readonly LinkNode[],
  joined: readonly JudgedPair[],
  persons: UnionFind,
): readonly Bridge[] {
  const claims: Claim[] = [];
  const links: JudgedPair[] = [];
  for (const judged of joined) {
    const { a, b } = judged.pair;
    const [typeA, typeB] = [nodes[a]?.type ?? 'LRID', nodes[b]?.type ?? 'LRID'];
    if (!isReal(typeA) || !isReal(typeB)) continue;
    if (typeA !== typeB) {
      const isStrongerA = typeA === 'PNR';
      claims.push({ judged, weaker: isStrongerA ? b : a, stronger: isStrongerA ? a : b });
    } else if (typeA === 'SNR' || isReferred(judged)) persons.join(a, b);
    else links.push(judged);
  }
  return [
    ...bySet(claims, persons).map((set) => ({
      nuclei: nucleiOf(set, persons),
      claims: set,
      link: undefined,
    })),
    ...links.map((link) => {
      const nuclei = [...new Set([persons.find(link.pair.a), persons.find(link.pair.b)])];
      return { nuclei, claims: [], link };
    }),
  ];
}

/** Whether PU refers one of the two to the other, or somebody decided that they are one person: then their birth dates may differ. */
function isReferred({ pair, verdicts }: JudgedPair): boolean {
  if (pair.decision?.choice === 'same-person') return true;
  return pair.links.some(
    ({ source, kind }, i) => source === 'pu' && kind === 'referred' && verdicts[i] === 'joins',
  );
}

function findBroken(
  nodes: readonly LinkNode[],
  bridges: readonly Bridge[],
  persons: UnionFind,
): ReadonlySet<Bridge> {
  const broken = new Set<Bridge>();
  const crossing = bridges.filter(({ nuclei }) => nuclei.length > 1);
  if (crossing.length === 0) return broken;
  const births = birthsByNucleus(nodes, crossing, persons);
  for (const bridge of crossing) if (contradict(bridge.nuclei, births)) broken.add(bridge);
  for (const chain of chainsOf(
    crossing.filter((bridge) => !broken.has(bridge)),
    nodes.length,
  )) {
    const nuclei = [...new Set(chain.flatMap((bridge) => bridge.nuclei))];
    if (contradict(nuclei, births)) for (const bridge of chain) broken.add(bridge);
  }
  return broken;
}

function birthsByNucleus(
  nodes: readonly LinkNode[],
  crossing: readonly Bridge[],
  persons: UnionFind,
): ReadonlyMap<number, readonly Birth[]> {
  const births = new Map<number, Birth[]>();
  for (const { nuclei } of crossing) for (const nucleus of nuclei) births.set(nucleus, []);
  nodes.forEach(({ type, identityKey, evidence }, index) => {
    if (type !== 'PNR' || identityKey === undefined) return;
    const nucleus = persons.find(index);
    const value = births.has(nucleus) ? birthOf(evidence)?.value : undefined;
    if (value !== undefined) births.get(nucleus)?.push({ nucleus, value });
  });
  return births;
}

/** The bridges that touch one nucleus or one another's, in sets. */
function chainsOf(bridges: readonly Bridge[], size: number): Iterable<readonly Bridge[]> {
  const reached = createUnionFind(size);
  const chains = new Map<number, Bridge[]>();
  for (const { nuclei } of bridges) {
    for (const nucleus of nuclei) reached.join(nuclei[0] ?? nucleus, nucleus);
  }
  for (const bridge of bridges) {
    const chain = reached.find(bridge.nuclei[0] ?? 0);
    const known = chains.get(chain);
    if (known === undefined) chains.set(chain, [bridge]);
    else known.push(bridge);
  }
  return chains.values();
}

/**
 * Whether a birth date of one nucleus contradicts one of another. Two dates agree when one only says less than the other, so it is enough
 * to hold each against the fullest date of the other nuclei: no pair of dates has to be looked at.
 */
function contradict(
  nuclei: readonly number[],
  births: ReadonlyMap<number, readonly Birth[]>,
): boolean {
  const all = nuclei.flatMap((nucleus) => births.get(nucleus) ?? []);
  const fullest = fullestOf(all);
  const fullestOfOthers = fullestOf(all.filter(({ nucleus }) => nucleus !== fullest?.nucleus));
  if (fullest === undefined || fullestOfOthers === undefined) return false;
  return all.some(({ nucleus, value }) =>
    contradictsBirth(value, nucleus === fullest.nucleus ? fullestOfOthers.value : fullest.value),
  );
}

function fullestOf(births: readonly Birth[]): Birth | undefined {
  return births.reduce<Birth | undefined>(
    (fullest, birth) =>
      fullest === undefined || birth.value.length > fullest.value.length ? birth : fullest,
    undefined,
  );
}
