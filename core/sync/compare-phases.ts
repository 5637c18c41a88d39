import type { GoldenRules, Phase } from '../golden-record/authority.ts';
import { deriveGolden } from '../golden-record/derive-golden.ts';
import { changedGroups } from '../golden-record/diff-golden-record.ts';
import { FIELD_GROUPS, type FieldGroup } from '../golden-record/golden-record.ts';
import { formClusters } from '../identity/form-clusters.ts';
import type { IdentityGroup } from './stored-group.ts';

/** What a switch of the phase would change, in persons. */
export interface PhaseComparison {
  /** Looked at. */
  readonly persons: number;
  readonly changed: number;
  /** Are published only in the phase that is switched to. */
  readonly appear: number;
  /** Are published only in the phase of now. */
  readonly vanish: number;
  readonly becomeProtected: number;
  readonly noLongerProtected: number;
  /** In the phase that is switched to the register that decides has no record of them, so the other one does. */
  readonly fallsBack: number;
  /** Of those who are published in both: how many have other content, by field group. */
  readonly byGroup: Readonly<Record<FieldGroup, number>>;
}

const NO_GROUPS = Object.fromEntries(FIELD_GROUPS.map((group) => [group, 0])) as Record<
  FieldGroup,
  number
>;

export const NO_COMPARISON: PhaseComparison = {
  persons: 0,
  changed: 0,
  appear: 0,
  vanish: 0,
  becomeProtected: 0,
  noLongerProtected: 0,
  fallsBack: 0,
  byGroup: NO_GROUPS,
};

/**
 * Derives every person of the groups in both phases, and counts the differences. Writes nothing. By evidence, not by what is published, so it says
 * the same while a walk is under way.
 *
 * @param isProtected relatives who are protected (`identityText`).
 */
export function comparePhases(
  groups: readonly IdentityGroup[],
  isProtected: ReadonlySet<string>,
  from: Phase,
  to: Phase,
  rules: GoldenRules,
): PhaseComparison {
  const byGroup = { ...NO_GROUPS };
  const counts = { ...NO_COMPARISON, byGroup };
  for (const { identities, decisions } of groups) {
    for (const cluster of formClusters(identities, decisions).clusters) {
      const input = { ...cluster, decisions, hiddenRelatives: isProtected };
      const before = deriveGolden(input, rules, from);
      const after = deriveGolden(input, rules, to);
      if (before.golden === null && after.golden === null) continue;
      counts.persons += 1;
      if (after.fallsBack) counts.fallsBack += 1;
      const isSame = JSON.stringify(before.golden) === JSON.stringify(after.golden);
      if (!isSame) counts.changed += 1;
      if (before.golden === null) counts.appear += 1;
      else if (after.golden === null) counts.vanish += 1;
      else if (!isSame) {
        if (before.golden.kind !== after.golden.kind) {
          counts[after.isProtected ? 'becomeProtected' : 'noLongerProtected'] += 1;
        }
        for (const group of changedGroups(before.golden, after.golden)) byGroup[group] += 1;
      }
    }
  }
  return counts;
}

/** The sum of two parts. */
export function addComparisons(a: PhaseComparison, b: PhaseComparison): PhaseComparison {
  const byGroup = { ...NO_GROUPS };
  for (const group of FIELD_GROUPS) byGroup[group] = a.byGroup[group] + b.byGroup[group];
  return {
    persons: a.persons + b.persons,
    changed: a.changed + b.changed,
    appear: a.appear + b.appear,
    vanish: a.vanish + b.vanish,
    becomeProtected: a.becomeProtected + b.becomeProtected,
    noLongerProtected: a.noLongerProtected + b.noLongerProtected,
    fallsBack: a.fallsBack + b.fallsBack,
    byGroup,
  };
}
