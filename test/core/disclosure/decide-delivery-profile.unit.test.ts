import { describe, expect, it } from 'vitest';
import { narrowedGroups } from '../../../core/disclosure/narrowed-groups.ts';
import {
  elsewhere,
  HIDDEN,
  MASKED,
  masked,
  OneLedger,
  ofUppsala,
  person,
  raised,
  rulesOf,
  sorted,
  stored,
  told,
  toldOrders,
  withGroups,
  withoutProtected,
} from './delivery-builder.ts';
import { profileOf } from './disclosure-builder.ts';

describe('a profile that changes', () => {
  const wide = withGroups('name', 'addresses', 'membership');
  const first = rulesOf({ profile: wide });
  const next = (profile: typeof wide, generation = 2) => rulesOf({ profile, generation });
  const current = stored(1, person);

  it('and is wider tells everybody again at the same version, with nothing to forget', () => {
    const ledger = told(rulesOf({ profile: withGroups('name') }));
    const decision = ledger.take({ current }, next(wide));
    expect(decision).toMatchObject({ state: { kind: 'person' }, version: 1, purges: [] });
    expect(ledger.last).toMatchObject({ generation: 2, version: 1 });
    expect(ledger.last?.told).toContain('addresses');
  });

  it('and is the same, as in a repair, tells everybody again with nothing to forget', () => {
    const ledger = told(first);
    expect(ledger.take({ current }, next(wide))).toMatchObject({ state: {}, purges: [] });
    expect(ledger.take({ current }, next(wide))).toBeUndefined();
  });

  it('and lost a group has that group forgotten under everything that was told by the old one', () => {
    const ledger = told(first);
    const decision = ledger.take(
      { current: stored(3, person) },
      next(withGroups('name', 'membership')),
    );
    expect(toldOrders(decision)).toMatchObject([
      { reason: 'profile-changed', fields: ['addresses'], upToGeneration: 1, orderId: null },
    ]);
    // Also what it looked up by the old profile since.
    expect(toldOrders(decision)[0]?.upToVersion).toBe(3);
    expect(ledger.last?.told).not.toContain('addresses');
    expect(toldOrders(ledger.take({ current }, next(withGroups('name'), 3)))).toMatchObject([
      { fields: ['membership'], upToGeneration: 2 },
    ]);
  });

  it('and tells less of a group has it forgotten, and comes with what is left', () => {
    const before = profileOf();
    const after = profileOf({ relations: new Set(['mother']) });
    const ledger = told(rulesOf({ profile: before }));
    const narrowed = narrowedGroups(before, after);
    const decision = ledger.take({ current }, rulesOf({ profile: after, generation: 2, narrowed }));
    expect(toldOrders(decision)).toMatchObject([
      { reason: 'profile-changed', fields: ['relations'] },
    ]);
    expect(decision?.state).toMatchObject({ person: { relations: [{ kind: 'mother' }] } });
    expect(ledger.last?.told).toContain('relations');
  });

  it('and has other persons sends a tombstone and has everything forgotten', () => {
    const ledger = told(first);
    const others = { ...wide, persons: { kind: 'membership', counties: new Set(['12']) } } as const;
    const decision = ledger.take({ current }, next(others));
    expect(decision?.state).toBeNull();
    expect(toldOrders(decision)).toMatchObject([{ reason: 'profile-changed', upToGeneration: 1 }]);
    expect(sorted(toldOrders(decision)[0]?.fields)).toEqual(
      sorted(['name', 'addresses', 'membership', 'identities', 'protection']),
    );
    expect(ledger.last).toMatchObject({ generation: 2, kind: 'gone', told: new Set() });
  });

  it('and leaves out protected persons sends a tombstone and has the masked record forgotten', () => {
    const ledger = new OneLedger();
    ledger.take({ current: stored(1, masked) });
    const rules = rulesOf({ profile: withoutProtected.profile, generation: 2 });
    const decision = ledger.take({ current: stored(1, masked) }, rules);
    expect(decision).toMatchObject({ state: null, purges: [{ reason: 'no-longer-disclosed' }] });
    expect(sorted(toldOrders(decision)[0]?.fields)).toEqual(sorted(MASKED));
  });

  it('has a lost group forgotten also of who left before, and nothing else', () => {
    const persons = ofUppsala.profile.persons;
    const rules = rulesOf({ profile: { ...wide, persons } });
    const ledger = told(rules);
    ledger.take({ current: stored(2, elsewhere) }, rules);
    const after = next({ ...withGroups('name', 'membership'), persons });
    const decision = ledger.take({ current: stored(2, elsewhere) }, after);
    expect(decision?.state).toBeNull();
    expect(toldOrders(decision)).toMatchObject([
      { reason: 'profile-changed', fields: ['addresses'] },
    ]);
    expect(ledger.last?.told).toContain('name');
    const back = ledger.take({ current: stored(3, person) }, after);
    expect(toldOrders(back)).toEqual([]);
  });

  it('while the person becomes protected names each hidden group in one order', () => {
    const ledger = told();
    const question = { current: stored(2, masked), orders: [raised(1)] };
    const decision = ledger.take(question, rulesOf({ generation: 2 }));
    const fields = toldOrders(decision).flatMap((order) => order.fields);
    expect(sorted(fields)).toEqual(sorted([...HIDDEN, 'membership']));
    for (const order of toldOrders(decision)) expect(order.upToGeneration).toBe(1);
  });
});
