import type { HouseholdPlace } from './household.ts';
import type { HouseholdTraits } from './household-traits.ts';
import type { PersonState } from './person-state.ts';
import type { SyntheticPerson } from './synthetic-person.ts';

/** One of the household, as the others see them. */
export interface Member {
  readonly index: number;
  readonly isChild: boolean;
  readonly sex: 'male' | 'female';
  readonly life: PersonState['life'];
}

/**
 * Who is whose child, parent, custodian and spouse, as the person's own record states it (SKV 02003): custody of a living parent only, and no
 * spouse where one of the two is dead.
 */
export function relationsOf(
  { index, isChild }: HouseholdPlace,
  members: readonly Member[],
  union: HouseholdTraits['union'],
): SyntheticPerson['relations'] {
  const self = members.find((member) => member.index === index);
  const parents = members.filter((member) => !member.isChild);
  if (isChild) {
    return parents.flatMap((parent, i) => {
      const relation = { index: parent.index, type: parentType(parent, parents[i - 1]) };
      return parent.life === 'dead' ? [relation] : [relation, { index: parent.index, type: 'V' }];
    });
  }
  const children = members.filter((member) => member.isChild);
  const isDead = self?.life === 'dead';
  const spouse = parents.find((parent) => parent.index !== index);
  const lives = spouse !== undefined && spouse.life !== 'dead' && !isDead;
  return [
    ...(union !== null && lives
      ? [{ index: spouse.index, type: union === 'married' ? 'M' : 'P' }]
      : []),
    ...children.flatMap((child) => {
      const relation = { index: child.index, type: 'B' };
      return isDead ? [relation] : [relation, { index: child.index, type: 'VF' }];
    }),
  ];
}

/** Mother or father; the second of two parents of the same sex is `F`, förälder. */
function parentType({ sex }: Member, before: Member | undefined): string {
  if (before?.sex === sex) return 'F';
  return sex === 'female' ? 'MO' : 'FA';
}
