import { describe, expect, it } from 'vitest';
import { FIELD_GROUPS } from '../../../core/golden-record/golden-record.ts';
import { HIDDEN_GROUPS } from '../../../core/golden-record/hidden-groups.ts';
import {
  EVERYTHING,
  elsewhere,
  eventOf,
  HIDDEN,
  MASKED,
  masked,
  OneLedger,
  ofUppsala,
  orderOf,
  person,
  raised,
  renamed,
  rulesOf,
  sorted,
  stored,
  told,
  toldOrders,
  withGroups,
  withoutProtected,
} from './delivery-builder.ts';
import { profileOf, protectedOf } from './disclosure-builder.ts';

describe('a person who becomes protected', () => {
  const protection = {
    current: stored(2, masked),
    events: [
      eventOf('address-changed', 2, 'addresses'),
      eventOf('protection-raised', 2, 'protection', 'addresses'),
    ],
    orders: [raised(1)],
  };

  it('comes masked, with an order to forget what is hidden', () => {
    const ledger = told();
    const decision = ledger.take(protection);
    expect(decision).toMatchObject({ state: { kind: 'protected-person' }, version: 2 });
    const [order, ...others] = toldOrders(decision);
    expect(others).toEqual([]);
    expect(order).toMatchObject({ reason: 'protection-raised', upToGeneration: 1, upToVersion: 1 });
    expect(sorted(order?.fields)).toEqual(sorted([...HIDDEN, 'membership']));
    expect(decision?.events).toMatchObject([
      { type: 'protection-raised', changed: ['protection'] },
    ]);
    expect(ledger.last?.told).toEqual(MASKED);
  });

  it('is ordered to be forgotten once', () => {
    const ledger = told();
    ledger.take(protection);
    expect(ledger.take({ ...protection, events: [] })).toBeUndefined();
    const later = ledger.take({ current: stored(3, masked), orders: [raised(2)] });
    expect(later?.purges.flatMap(({ fields }) => fields)).not.toContain('addresses');
  });

  it('has to be forgotten only as far as the consumer was told', () => {
    const rules = rulesOf({ profile: withGroups('name', 'addresses') });
    const ledger = told(rules);
    expect(toldOrders(ledger.take(protection, rules))).toMatchObject([{ fields: ['addresses'] }]);
  });

  it('is an order that is settled and told nobody when nothing hidden was told', () => {
    const rules = rulesOf({ profile: withGroups('name') });
    const ledger = told(rules);
    const decision = ledger.take(protection, rules);
    expect(decision?.state?.kind).toBe('protected-person');
    expect(decision?.purges).toMatchObject([{ fields: [], orderId: protection.orders[0]?.id }]);
  });

  it('goes out of a profile without protected persons, with a tombstone and an order to forget everything', () => {
    const ledger = told(withoutProtected);
    const events = [...protection.events, eventOf('name-changed', 2, 'name')];
    const decision = ledger.take({ ...protection, events }, withoutProtected);
    expect(decision).toMatchObject({ state: null, version: 2, events: [] });
    const orders = toldOrders(decision);
    expect(orders).toMatchObject([{ reason: 'no-longer-disclosed', orderId: null }]);
    expect(sorted(orders[0]?.fields)).toEqual(sorted(EVERYTHING));
    expect(orders[0]?.upToVersion).toBeGreaterThanOrEqual(1);
    expect(decision?.purges.map(({ orderId }) => orderId)).toContain(protection.orders[0]?.id);
    expect(ledger.last).toMatchObject({ kind: 'gone' });
    expect(ledger.last?.told).toEqual(new Set());
  });

  it('is nothing any more to a profile without protected persons, whatever happens then', () => {
    const ledger = told(withoutProtected);
    ledger.take(protection, withoutProtected);
    const events = [eventOf('name-changed', 3, 'name')];
    const orders = [raised(1), raised(2)];
    const next = { current: stored(3, { ...masked, name: renamed.name }), events, orders };
    const decision = ledger.take(next, withoutProtected);
    expect(decision?.state).toBeUndefined();
    expect(decision?.events ?? []).toEqual([]);
    expect(toldOrders(decision)).toEqual([]);
  });

  it('has to be forgotten whole by a profile without protected persons that had the person before', () => {
    const rules = {
      ...withoutProtected,
      profile: { ...withoutProtected.profile, persons: ofUppsala.profile.persons },
    };
    const ledger = told(rules);
    expect(toldOrders(ledger.take({ current: stored(2, elsewhere) }, rules))).toEqual([]);
    const decision = ledger.take({ current: stored(3, masked), orders: [raised(2)] }, rules);
    expect(decision?.state).toBeUndefined();
    const orders = toldOrders(decision);
    expect(orders).toMatchObject([{ reason: 'no-longer-disclosed', orderId: null }]);
    expect(sorted(orders[0]?.fields)).toEqual(sorted(EVERYTHING));
  });

  it('has to be forgotten whole by a profile without protected persons when merged into somebody protected', () => {
    const ledger = told(withoutProtected);
    const events = [eventOf('persons-merged', 2, 'identities')];
    const question = { current: stored(2, null), events, orders: [raised(1)] };
    const decision = ledger.take(question, withoutProtected);
    expect(decision?.state).toBeNull();
    expect(sorted(toldOrders(decision).flatMap(({ fields }) => fields))).toEqual(
      sorted(EVERYTHING),
    );
    expect(toldOrders(decision).map(({ reason }) => reason)).not.toContain('protection-raised');
  });

  it('and moves away at once is ordered to be forgotten, and no hidden group is named in what happened', () => {
    const ledger = told(ofUppsala);
    const current = stored(
      2,
      protectedOf({ membership: masked.membership && { ...masked.membership, countyCode: '12' } }),
    );
    const decision = ledger.take({ ...protection, current }, ofUppsala);
    expect(decision?.state).toBeNull();
    expect(sorted(toldOrders(decision)[0]?.fields)).toEqual(sorted([...HIDDEN, 'membership']));
    const named = decision?.events.flatMap(({ changed }) => changed) ?? [];
    expect(named.filter((group) => HIDDEN_GROUPS.has(group))).toEqual([]);
  });

  it('is protected no more: comes whole again, and what is told again has to be forgotten with the next protection', () => {
    const ledger = told();
    ledger.take(protection);
    const events = [eventOf('protection-lifted', 3, 'protection')];
    const lifted = ledger.take({ current: stored(3, person), events });
    expect(lifted).toMatchObject({
      state: { kind: 'person' },
      events: [{ type: 'protection-lifted' }],
    });
    expect(ledger.last?.told).toEqual(EVERYTHING);
    const again = ledger.take({ current: stored(4, masked), orders: [raised(1), raised(3)] });
    expect(toldOrders(again)).toMatchObject([{ upToVersion: 3 }]);
    expect(toldOrders(again)[0]?.fields).toContain('addresses');
  });

  it('and is protected no more before it was told: what has to be forgotten is told again', () => {
    const ledger = told();
    const decision = ledger.take({ current: stored(3, person), orders: [raised(1)] });
    expect(toldOrders(decision)).toMatchObject([{ upToGeneration: 1, upToVersion: 1 }]);
    expect(decision).toMatchObject({ state: { kind: 'person' }, version: 3 });
    expect(ledger.last).toMatchObject({ version: 3, told: EVERYTHING });
  });

  it('and is protected no more: a profile without protected persons never learns why', () => {
    const ledger = told(withoutProtected);
    ledger.take(protection, withoutProtected);
    const events = [
      eventOf('protection-lifted', 3, 'protection'),
      eventOf('name-changed', 3, 'name'),
    ];
    const lifted = ledger.take({ current: stored(3, renamed), events }, withoutProtected);
    expect(lifted?.state?.kind).toBe('person');
    expect(lifted?.events).toMatchObject([{ type: 'name-changed' }]);

    const late = told(withoutProtected);
    const raising = [eventOf('protection-raised', 2, 'protection')];
    const both = { current: stored(3, person), orders: [raised(1)], events: raising };
    const decision = late.take(both, withoutProtected);
    expect(toldOrders(decision)).toMatchObject([{ reason: 'no-longer-disclosed' }]);
    expect(decision?.events.map(({ type }) => type)).not.toContain('protection-raised');
  });
});

describe('an order of the hub', () => {
  it('to forget a relation is told with the record that is left, also when that did not change for the consumer', () => {
    const rules = rulesOf({ profile: profileOf({ relations: new Set(['mother']) }) });
    const ledger = told(rules);
    const orders = [orderOf('relation-hidden', 3, 'relations')];
    const decision = ledger.take({ current: stored(4, person), orders }, rules);
    expect(toldOrders(decision)).toMatchObject([
      { reason: 'relation-hidden', fields: ['relations'] },
    ]);
    expect(decision).toMatchObject({ state: { kind: 'person' }, version: 4 });
  });

  it('about groups that were never told is settled without a word', () => {
    const rules = rulesOf({ profile: withGroups('name') });
    const ledger = told(rules);
    const orders = [orderOf('relation-hidden', 1, 'relations')];
    const decision = ledger.take({ current: stored(2, person), orders }, rules);
    expect(decision).toMatchObject({ state: undefined, purges: [{ fields: [] }] });
    expect(ledger.take({ current: stored(2, person), orders }, rules)).toBeUndefined();
  });

  it('from before the consumer was told of the person is not for the consumer', () => {
    const ledger = new OneLedger();
    const orders = [raised(2)];
    expect(toldOrders(ledger.take({ current: stored(4, person), orders }))).toEqual([]);
    expect(toldOrders(ledger.take({ current: stored(5, renamed), orders }))).toEqual([]);
    const protection = ledger.take({ current: stored(6, masked), orders: [...orders, raised(5)] });
    expect(toldOrders(protection)).toMatchObject([{ upToVersion: 5 }]);
  });
});

describe('what may have been sent and could not be stored', () => {
  it('is told again, also when the ledger says that the consumer has it', () => {
    const ledger = told();
    const decision = ledger.take({ current: stored(3, person), isUnsettled: true });
    expect(decision).toMatchObject({ state: { kind: 'person' }, version: 3, purges: [] });
  });

  it('is taken back from who may have come and is gone by now', () => {
    const ledger = new OneLedger();
    const decision = ledger.take({ current: stored(2, null), isUnsettled: true });
    expect(decision).toMatchObject({ state: null, version: 2 });
    expect(ledger.last).toMatchObject({ kind: 'gone', told: EVERYTHING });

    const left = told(ofUppsala);
    left.take({ current: stored(2, elsewhere) }, ofUppsala);
    const again = left.take({ current: stored(4, elsewhere), isUnsettled: true }, ofUppsala);
    expect(again).toMatchObject({ state: null, version: 4 });
  });

  it('has to be forgotten with the protection that comes next, which the ledger knows nothing of', () => {
    const ledger = new OneLedger();
    ledger.take({ current: stored(1, masked) });
    // Sent whole at version 2, and not stored.
    const question = { current: stored(3, masked), orders: [raised(2)], isUnsettled: true };
    const decision = ledger.take(question);
    expect(decision?.state?.kind).toBe('protected-person');
    expect(sorted(toldOrders(decision)[0]?.fields)).toEqual(sorted([...HIDDEN, 'membership']));
  });

  it('has to be forgotten under the generation that it was sent with', () => {
    const ledger = told();
    const question = { current: stored(3, masked), orders: [raised(2)], isUnsettled: true };
    const decision = ledger.take(question, rulesOf({ generation: 2 }));
    const [order] = toldOrders(decision).filter(({ orderId }) => orderId !== null);
    expect(order).toMatchObject({ upToGeneration: 2, upToVersion: 2 });
    expect(sorted(order?.fields)).toEqual(sorted([...HIDDEN, 'membership']));
  });

  it('stays to be forgotten after an order from before it', () => {
    const ledger = new OneLedger();
    const rules = rulesOf({ profile: profileOf({ mainIdentity: ['LRID'] }) });
    // Protected at version 2 and not any more at 3, when it was sent and not stored; nobody for this consumer at 4.
    const question = { current: stored(4, person), orders: [raised(1)], isUnsettled: true };
    expect(ledger.take(question, rules)?.state).toBeNull();
    const decision = ledger.take({ current: stored(5, masked), orders: [raised(4)] }, rules);
    expect(toldOrders(decision)).toMatchObject([{ upToVersion: 4 }]);
    expect(toldOrders(decision)[0]?.fields).toContain('addresses');
  });

  it('is below the tombstone of an erasure', () => {
    const ledger = told();
    const orders = [orderOf('erased', 6, ...FIELD_GROUPS)];
    const decision = ledger.take({ current: undefined, orders, isUnsettled: true });
    expect(decision).toMatchObject({ state: null, version: 7 });
  });
});
