import { describe, expect, it } from 'vitest';
import {
  CHANGE_SHARES,
  LiveChangePlan,
  type PlannedChange,
  type Subject,
} from '../../scripts/demo/live-change-plan.ts';
import { MUNICIPALITIES } from './demo-population.ts';

const REST = 25;

function planOf(seed: number, subjects = 400): LiveChangePlan {
  return new LiveChangePlan({
    seed,
    municipalities: MUNICIPALITIES,
    subjects: Array.from(
      { length: subjects },
      (_, index): Subject => ({
        PersonId: `person ${index}`,
        municipality: index % 5 === 0 ? '0180' : '0380',
        surname: 'Provmark',
        civilStatus: 'OG',
        street: null,
        mobile: index % 2 === 0 ? null : { Varde: '070-1740605', Samtycke: 'J' },
      }),
    ),
    newcomersBefore: 0,
    rest: REST,
  });
}

function changesOf(plan: LiveChangePlan, count: number): readonly PlannedChange[] {
  return Array.from({ length: count }, () => plan.next());
}

describe('a life of changes', () => {
  it('is the same for the same seed, and another one for another', () => {
    const first = changesOf(planOf(1), 300);
    expect(changesOf(planOf(1), 300)).toEqual(first);
    expect(changesOf(planOf(2), 300)).not.toEqual(first);
  });

  it('has every kind of change', () => {
    const kinds = new Set(changesOf(planOf(1), 1500).map((change) => change.kind));
    expect([...kinds].sort()).toEqual(Object.keys(CHANGE_SHARES).sort());
  });

  it('lets a person rest after a change', () => {
    const last = new Map<string, number>();
    changesOf(planOf(1, 200), 500).forEach((change, index) => {
      expect(index - (last.get(change.PersonId) ?? -REST)).toBeGreaterThanOrEqual(REST);
      last.set(change.PersonId, index);
    });
  });

  it('lifts only what was raised, annuls only what had died, and corrects all that it broke', () => {
    const plan = planOf(1);
    const open = {
      protected: new Set<string>(),
      dead: new Set<string>(),
      broken: new Set<string>(),
    };
    const closes = (set: Set<string>, change: PlannedChange): void => {
      expect(set.delete(change.PersonId)).toBe(true);
    };
    for (const change of [...changesOf(plan, 800), ...plan.corrections()]) {
      if (change.kind === 'protection-raised') open.protected.add(change.PersonId);
      if (change.kind === 'protection-lifted') closes(open.protected, change);
      if (change.kind === 'died') open.dead.add(change.PersonId);
      if (change.kind === 'death-annulled') closes(open.dead, change);
      if (change.kind === 'made-malformed') open.broken.add(change.PersonId);
      if (change.kind === 'corrected') closes(open.broken, change);
    }
    expect(open.broken.size).toBe(0);
    expect(open.dead.size).toBeGreaterThan(0);
  });

  it('says so when there are too few people for the rate', () => {
    expect(() => changesOf(planOf(1, 5), 300)).toThrow('too small');
  });
});
