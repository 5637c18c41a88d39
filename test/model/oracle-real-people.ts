import type { Finding } from '../../core/identity/work-item.ts';
import { type IdentitySet, setsOf, settleClaims } from './oracle-claims.ts';
import { aboutPair, type PairAnswer } from './oracle-links.ts';
import { birthsOf, isReal, type KnownIdentity, kindOf } from './oracle-world.ts';

/** Something that would make one person of personnummer that no reference of PU connects. */
interface Bridge {
  /** Samordningsnummer that belong together, or nobody: then it is a link between two personnummer. */
  readonly coordination: IdentitySet;
  readonly joins: readonly PairAnswer[];
}

/**
 * The real numbers: personnummer of contradicting birth dates become one person only by references of PU, or decisions, from one to the next.
 */
export function joinRealPeople(
  identities: readonly KnownIdentity[],
  joining: readonly PairAnswer[],
): { readonly kept: readonly PairAnswer[]; readonly findings: readonly Finding[] } {
  const real = joining.filter(({ a, b }) => isReal(a.identity) && isReal(b.identity));
  const kinds = ({ a, b }: PairAnswer): string =>
    [kindOf(a.identity), kindOf(b.identity)].sort().join();
  const certain = real.filter(
    (pair) => kinds(pair) === 'SNR,SNR' || (kinds(pair) === 'PNR,PNR' && pair.isReferred),
  );
  const claims = real.filter((pair) => kinds(pair) === 'PNR,SNR');
  const sets = setsOf(identities, certain);
  const bridges: readonly Bridge[] = [
    ...sets
      .filter((set) => set.some(({ identity }) => kindOf(identity) === 'SNR'))
      .map((coordination) => ({
        coordination,
        joins: claims.filter(({ a, b }) => coordination.includes(a) || coordination.includes(b)),
      })),
    ...real
      .filter((pair) => kinds(pair) === 'PNR,PNR' && !pair.isReferred)
      .map((pair) => ({ coordination: [], joins: [pair] })),
  ];
  const broken = brokenOf(bridges, sets);
  const kept = [...certain];
  const findings: Finding[] = [];
  for (const bridge of bridges) {
    if (!broken.includes(bridge)) kept.push(...bridge.joins);
    else if (bridge.coordination.length === 0)
      findings.push(...bridge.joins.map(({ a, b }) => aboutPair('birth-data-differ', a, b)));
    else {
      const settled = settleClaims(bridge.coordination, bridge.joins, sets, () => true);
      kept.push(...settled.kept);
      findings.push(...settled.findings);
    }
  }
  return { kept, findings };
}

/** First each bridge alone, then the chains of those that are left. */
function brokenOf(bridges: readonly Bridge[], sets: readonly IdentitySet[]): readonly Bridge[] {
  const touched = (bridge: Bridge): readonly IdentitySet[] =>
    sets.filter(
      (set) =>
        set !== bridge.coordination &&
        bridge.joins.some(({ a, b }) => set.includes(a) || set.includes(b)),
    );
  const alone = bridges.filter((bridge) => contradict(touched(bridge)));
  const others = bridges.filter((one) => !alone.includes(one) && touched(one).length > 1);
  const chained = others.filter((bridge) => {
    let chain: readonly IdentitySet[] = touched(bridge);
    for (let round = 0; round < others.length; round++) {
      const met = others.filter((one) => touched(one).some((set) => chain.includes(set)));
      chain = [...new Set(met.flatMap(touched))];
    }
    return contradict(chain);
  });
  return [...alone, ...chained];
}

function contradict(sets: readonly IdentitySet[]): boolean {
  return sets.some((one) =>
    sets.some(
      (other) => one !== other && one.some((a) => other.some((b) => birthsOf(a, b) === 'differ')),
    ),
  );
}
