import type { GoldenIdentity } from '../golden-record/golden-record.ts';
import type { IdentityType } from '../person/person-identifier.ts';

/**
 * The same identities, with `main` on the one that a consumer wants to know the person by: some systems know local reserve numbers alone.
 *
 * @param identities of a golden record: in its order, with the hub's main one among them.
 * @param wanted kinds of numbers, the one that the consumer wants first; empty: the hub's own choice.
 * @returns undefined when the person has none of the kinds.
 */
export function nameMainIdentity(
  identities: readonly GoldenIdentity[],
  wanted: readonly IdentityType[],
): readonly GoldenIdentity[] | undefined {
  const chosen = chooseWanted(identities, wanted);
  if (chosen === undefined) return undefined;
  if (chosen.main) return identities;
  return identities.map((identity) => ({ ...identity, main: identity === chosen }));
}

/** Within a kind the hub's main identity, else the first: golden records have them in one order, so it stays the same one. */
function chooseWanted(
  identities: readonly GoldenIdentity[],
  wanted: readonly IdentityType[],
): GoldenIdentity | undefined {
  if (wanted.length === 0) return identities.find(({ main }) => main);
  for (const kind of wanted) {
    const ofKind = identities.filter(({ type }) => type === kind);
    const chosen = ofKind.find(({ main }) => main) ?? ofKind[0];
    if (chosen !== undefined) return chosen;
  }
  return undefined;
}
