import { describe, expect, it } from 'vitest';
import { FIELD_GROUPS } from '../../../core/golden-record/golden-record.ts';
import {
  EVERYTHING,
  elsewhere,
  eventOf,
  masked,
  NOW,
  OneLedger,
  ofList,
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
import { personOf } from './disclosure-builder.ts';

describe('a person who is published', () => {
  it('comes to the consumer whole, and the ledger says what was told', () => {
    const ledger = new OneLedger();
    const decision = ledger.take({
      current: stored(4, person),
      events: [eventOf('registered', 4, ...FIELD_GROUPS)],
    });
    expect(decision).toMatchObject({ state: { kind: 'person' }, version: 4, purges: [] });
    expect(decision?.events.map(({ type }) => type)).toEqual(['registered']);
    expect(decision?.events[0]?.changed).not.toContain('paper-preference');
    expect(ledger.last).toMatchObject({ generation: 1, version: 4, kind: 'person' });
    expect(ledger.last?.told).toEqual(EVERYTHING);
  });

  it('is told with its change when the profile shows it', () => {
    const ledger = told();
    const change = { current: stored(2, renamed), events: [eventOf('name-changed', 2, 'name')] };
    const decision = ledger.take(change);
    expect(decision?.state).toMatchObject({ person: { name: { surname: 'Provman' } } });
    expect(decision).toMatchObject({ version: 2, events: [{ type: 'name-changed' }] });
    expect(ledger.last?.version).toBe(2);
  });

  it('is not told when what changed is not for the consumer: no state, no event', () => {
    const rules = rulesOf({ profile: withGroups('sex') });
    const ledger = told(rules);
    const before = ledger.last;
    const events = [eventOf('name-changed', 2, 'name')];
    expect(ledger.take({ current: stored(2, renamed), events }, rules)).toBeUndefined();
    expect(ledger.last).toBe(before);
  });

  it('is told only with the groups of a change that the consumer sees', () => {
    const rules = rulesOf({ profile: withGroups('sex') });
    const ledger = told(rules);
    const changed = personOf({ sex: 'male', maritalStatus: 'G' });
    const events = [eventOf('details-changed', 2, 'sex', 'marital-status')];
    const decision = ledger.take({ current: stored(2, changed), events }, rules);
    expect(decision?.events).toMatchObject([{ changed: ['sex'] }]);
  });

  it('is told of a merge and a split also when nothing that they changed is for the consumer', () => {
    const rules = rulesOf({ profile: withGroups('sex') });
    const ledger = told(rules);
    const events = [
      eventOf('persons-merged', 2, 'addresses'),
      eventOf('address-changed', 2, 'addresses'),
      eventOf('persons-split', 3, 'name'),
    ];
    const decision = ledger.take({ current: stored(3, renamed), events }, rules);
    expect(decision?.state).toBeUndefined();
    expect(decision?.events).toMatchObject([
      { type: 'persons-merged', changed: [] },
      { type: 'persons-split', changed: [] },
    ]);
  });

  it('is never told with a wish about paper', () => {
    const ledger = told();
    const events = [eventOf('paper-preference-changed', 2, 'paper-preference')];
    const current = stored(2, personOf({ paperOptOut: false }));
    expect(ledger.take({ current, events })).toBeUndefined();
  });

  it('is told of an event that comes after its state, without the state again', () => {
    const ledger = told();
    ledger.take({ current: stored(2, renamed) });
    const events = [eventOf('name-changed', 2, 'name')];
    const decision = ledger.take({ current: stored(2, renamed), events });
    expect(decision).toMatchObject({ state: undefined, delivered: undefined });
    expect(decision?.events).toHaveLength(1);
  });

  it('is told again under the same version when that is asked for', () => {
    const ledger = told();
    const again = { current: stored(1, person) };
    expect(ledger.take(again)).toBeUndefined();
    const decision = ledger.take({ ...again, isForced: true });
    expect(decision).toMatchObject({ version: 1, state: { kind: 'person' } });
    expect(ledger.last).toMatchObject({ generation: 1, version: 1 });
  });
});

describe('a person who is published no more', () => {
  it('leaves a tombstone once', () => {
    const ledger = told();
    const gone = { current: stored(2, null), events: [eventOf('erased', 2, 'name')] };
    const decision = ledger.take(gone);
    expect(decision).toMatchObject({ state: null, version: 2, events: [{ type: 'erased' }] });
    expect(ledger.last).toMatchObject({ kind: 'gone', version: 2 });
    expect(ledger.take({ current: stored(2, null) })).toBeUndefined();
    expect(ledger.take({ current: stored(2, null), isForced: true })?.state).toBeNull();
  });

  it('who was merged away, with what happened', () => {
    const ledger = told(rulesOf({ profile: withGroups() }));
    const events = [eventOf('persons-merged', 2, 'identities')];
    const decision = ledger.take({ current: stored(2, null), events });
    expect(decision).toMatchObject({
      state: null,
      purges: [],
      events: [{ type: 'persons-merged' }],
    });
  });

  it('is nothing to a consumer that was never sent the person', () => {
    const ledger = new OneLedger();
    const events = [eventOf('erased', 2, 'name')];
    const orders = [orderOf('erased', 2, ...FIELD_GROUPS)];
    const question = { current: stored(2, null), events, orders, isForced: true };
    expect(ledger.take(question)).toBeUndefined();
    expect(ledger.last).toBeUndefined();
  });

  it('who was erased has to be forgotten whole, above the last version that was told', () => {
    const ledger = told();
    const orders = [orderOf('erased', 1, ...FIELD_GROUPS)];
    const decision = ledger.take({ current: undefined, orders });
    expect(decision).toMatchObject({ state: null, version: 2 });
    expect(toldOrders(decision)).toMatchObject([{ reason: 'erased', orderId: orders[0]?.id }]);
    expect(sorted(toldOrders(decision)[0]?.fields)).toEqual(sorted(EVERYTHING));
    expect(ledger.last?.told).toEqual(new Set());
    expect(ledger.take({ current: undefined, orders })).toBeUndefined();
  });

  it('who was erased has to be forgotten also by who had the person before', () => {
    const ledger = told(ofUppsala);
    expect(ledger.take({ current: stored(2, elsewhere) }, ofUppsala)?.state).toBeNull();
    const orders = [orderOf('erased', 2, ...FIELD_GROUPS)];
    const decision = ledger.take({ current: undefined, orders }, ofUppsala);
    expect(decision?.state).toBeUndefined();
    expect(sorted(toldOrders(decision)[0]?.fields)).toEqual(sorted(EVERYTHING));
  });

  it('who is erased while the profile changes has to be forgotten by the order of the erasure', () => {
    const ledger = told();
    const orders = [orderOf('erased', 1, ...FIELD_GROUPS)];
    const decision = ledger.take({ current: undefined, orders }, rulesOf({ generation: 2 }));
    const erasing = toldOrders(decision).filter(({ reason }) => reason === 'erased');
    expect(erasing).toMatchObject([{ orderId: orders[0]?.id }]);
    expect(sorted(erasing[0]?.fields)).toEqual(sorted(EVERYTHING));
  });
});

describe('a person who leaves what the consumer gets', () => {
  it('by moving gets a tombstone and no order, and comes back whole', () => {
    const ledger = told(ofUppsala);
    const events = [eventOf('moved-out', 2, 'membership')];
    const left = ledger.take({ current: stored(2, elsewhere), events }, ofUppsala);
    expect(left).toMatchObject({ state: null, purges: [], events: [{ type: 'moved-out' }] });
    const later = [eventOf('name-changed', 3, 'name')];
    const there = personOf({ ...elsewhere, name: renamed.name });
    expect(ledger.take({ current: stored(3, there), events: later }, ofUppsala)).toBeUndefined();
    const back = ledger.take({ current: stored(4, person) }, ofUppsala);
    expect(back).toMatchObject({ state: { kind: 'person' }, version: 4 });
  });

  it('by the list gets a tombstone, and comes again by the list at the same version', () => {
    const ledger = told(ofList, person, true);
    const current = stored(1, person);
    expect(ledger.take({ current, isListed: true }, ofList)).toBeUndefined();
    const out = ledger.take({ current, isListed: false }, ofList);
    expect(out).toMatchObject({ state: null, version: 1, purges: [], events: [] });
    expect(ledger.take({ current, isListed: true }, ofList)?.state?.kind).toBe('person');
    expect(ledger.last).toMatchObject({ generation: 1, version: 1, told: EVERYTHING });
  });

  it('and was never in it is nothing to the consumer', () => {
    const ledger = new OneLedger();
    const events = [eventOf('name-changed', 2, 'name')];
    expect(
      ledger.take({ current: stored(2, person), events, isForced: true }, ofList),
    ).toBeUndefined();
  });
});

describe('a thin signal', () => {
  const thin = rulesOf({ isThin: true });
  const types = (decision: ReturnType<OneLedger['take']>) =>
    decision?.events.map(({ type }) => type);

  it('says that a person came and went when no event does', () => {
    const ledger = new OneLedger();
    const rules = { ...ofList, isThin: true };
    const current = stored(1, person);
    const came = ledger.take({ current, isListed: true }, rules);
    expect(came?.events).toEqual([
      { type: 'disclosed', version: 1, effectiveDate: null, changed: [], recordedAt: NOW },
    ]);
    expect(types(ledger.take({ current, isListed: false }, rules))).toEqual(['withdrawn']);
    expect(ledger.take({ current, isListed: false }, rules)).toBeUndefined();
  });

  it('says what happened, and nothing twice', () => {
    const ledger = told(thin);
    const events = [eventOf('name-changed', 2, 'name')];
    expect(types(ledger.take({ current: stored(2, renamed), events }, thin))).toEqual([
      'name-changed',
    ]);
    expect(ledger.take({ current: stored(2, renamed) }, thin)).toBeUndefined();
  });

  it('says nothing of a change that is not for the consumer', () => {
    const rules = rulesOf({ isThin: true, profile: withGroups('sex') });
    const ledger = told(rules);
    const events = [eventOf('name-changed', 2, 'name')];
    expect(ledger.take({ current: stored(2, renamed), events }, rules)).toBeUndefined();
  });

  it('of somebody who becomes protected says no more than that the person is gone', () => {
    const rules = { ...withoutProtected, isThin: true };
    const ledger = told(rules);
    const events = [eventOf('protection-raised', 2, 'protection')];
    const question = { current: stored(2, masked), events, orders: [raised(1)] };
    expect(types(ledger.take(question, rules))).toEqual(['withdrawn']);
  });

  it('has to be forgotten also as it was looked up since it was told', () => {
    const rules = { ...withoutProtected, isThin: true };
    const ledger = told(rules);
    const decision = ledger.take({ current: stored(5, masked), orders: [raised(4)] }, rules);
    expect(toldOrders(decision)[0]?.upToVersion).toBeGreaterThanOrEqual(4);
  });

  it('says under a new generation that there is something to look up', () => {
    const ledger = told(thin);
    expect(types(ledger.take({ current: stored(1, person) }, { ...thin, generation: 2 }))).toEqual([
      'disclosed',
    ]);
  });
});
