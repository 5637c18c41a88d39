import type { Finding } from '../../core/identity/work-item.ts';
import type { PairAnswer } from './oracle-links.ts';
import { type KnownIdentity, strengthOf } from './oracle-world.ts';

/** Identities that belong together so far. */
export type IdentitySet = readonly KnownIdentity[];

/** Sets of identities that the pairs connect; everybody is in one. */
export function setsOf(
  identities: readonly KnownIdentity[],
  pairs: readonly Pick<PairAnswer, 'a' | 'b'>[],
): readonly IdentitySet[] {
  let sets: readonly IdentitySet[] = identities.map((one) => [one]);
  for (const { a, b } of pairs) {
    const touched = sets.filter((set) => set.includes(a) || set.includes(b));
    const others = sets.filter((set) => !touched.includes(set));
    sets = [...others, touched.flat()];
  }
  return sets;
}

/**
 * What becomes of joins between weaker numbers that belong together and stronger ones.
 *
 * @param isDisputed whether those who claim the weaker numbers cannot all have them. Then they belong to none, or to whom the latest decision names.
 */
export function settleClaims(
  weaker: IdentitySet,
  claims: readonly PairAnswer[],
  sets: readonly IdentitySet[],
  isDisputed: (claimants: readonly IdentitySet[]) => boolean,
): { readonly kept: readonly PairAnswer[]; readonly findings: readonly Finding[] } {
  const ends = claims
    .map((claim) => ({ claim, weak: weakerOf(claim), strong: strongerOf(claim) }))
    .filter(({ weak }) => weaker.includes(weak));
  const claimants = sets.filter((set) => ends.some(({ strong }) => set.includes(strong)));
  if (!isDisputed(claimants)) return { kept: ends.map(({ claim }) => claim), findings: [] };
  const [decided] = ends
    .filter(({ claim }) => claim.joinedBy !== undefined)
    .sort((x, y) => ((x.claim.joinedBy?.id ?? 0n) > (y.claim.joinedBy?.id ?? 0n) ? -1 : 1));
  if (decided !== undefined) {
    const winner = claimants.find((set) => set.includes(decided.strong)) ?? [];
    const kept = ends.filter(({ strong }) => winner.includes(strong));
    return { kept: kept.map(({ claim }) => claim), findings: [] };
  }
  const findings = ends.map(
    ({ weak, strong }): Finding => ({
      kind: 'identity-claimed-twice',
      subject: weak.key,
      other: strong.key,
    }),
  );
  return { kept: [], findings };
}

function weakerOf({ a, b }: PairAnswer): KnownIdentity {
  return strengthOf(a.identity) < strengthOf(b.identity) ? a : b;
}

function strongerOf({ a, b }: PairAnswer): KnownIdentity {
  return strengthOf(a.identity) < strengthOf(b.identity) ? b : a;
}
