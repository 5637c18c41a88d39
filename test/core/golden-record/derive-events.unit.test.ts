import { describe, expect, it } from 'vitest';
import { deriveEvents } from '../../../core/golden-record/derive-events.ts';
import { FIELD_GROUPS, type GoldenRecord } from '../../../core/golden-record/golden-record.ts';
import type { EventContext } from '../../../core/golden-record/person-change.ts';
import type {
  ContactPerson,
  PersonEvidence,
  Relation,
} from '../../../core/mapping/person-evidence.ts';
import { evidence } from '../../support/person-builder.ts';
import {
  derive,
  goldenOf as golden,
  known,
  LRID,
  master,
  NRID,
  OTHER_PNR,
  PNR,
} from './golden-input-builder.ts';

const rules = { homeCounties: new Set(['03']) };

const types = (
  before: GoldenRecord | null,
  after: GoldenRecord | null,
  context?: Partial<EventContext>,
) =>
  deriveEvents(before, after, rules, {
    merged: false,
    split: false,
    byRelative: false,
    hiddenRelatives: new Set(),
    ...context,
  }).map((event) => event.type);

const base = evidence();
const day = (value: string) => ({ precision: 'day', value }) as const;
const dead = { reason: 'AV', date: day('2020-02-02'), foundDeadAt: null } as const;
const emigrated = { reason: 'UV', date: day('2019-03-03'), foundDeadAt: null } as const;
const inUppsala = base.locality;
const inStockholm = inUppsala && { ...inUppsala, countyCode: '01', municipalityCode: '0180' };
const inEnkoping = inUppsala && { ...inUppsala, municipalityCode: '0381' };

const relationWith = (kind: Relation['kind']): Relation => ({
  kind,
  identity: OTHER_PNR,
  birthDate: null,
  name: null,
  from: null,
  to: null,
});
const friend: ContactPerson = {
  relationship: 'friend',
  priority: null,
  name: { givenName: 'Prov', middleName: null, surname: 'Provsson' },
  contacts: [],
};
const answered = (consent: 'shared' | 'this-care-giver' | null) => ({
  contacts: base.contacts.map((c) => ({ ...c, consent })),
});
const phone = (value: string) => ({ channel: 'mobile', value, consent: 'shared' }) as const;

const CASES: readonly {
  name: string;
  from: Partial<PersonEvidence>;
  to: Partial<PersonEvidence>;
  events: readonly string[];
}[] = [
  { name: 'nothing', from: {}, to: {}, events: [] },
  {
    name: 'a new surname',
    from: {},
    to: { name: { ...base.name, surname: 'Provsson' } },
    events: ['name-changed'],
  },
  {
    name: 'a new street',
    from: {},
    to: { addresses: base.addresses.map((a) => ({ ...a, lines: ['Provgatan 2'] })) },
    events: ['address-changed'],
  },
  {
    name: 'a move within the county',
    from: {},
    to: { locality: inEnkoping },
    events: ['membership-changed'],
  },
  {
    name: 'a move out of the region',
    from: {},
    to: { locality: inStockholm },
    events: ['membership-changed', 'moved-out'],
  },
  {
    name: 'a move into the region',
    from: { locality: inStockholm },
    to: {},
    events: ['membership-changed', 'moved-in'],
  },
  {
    name: 'a protection that hides even the county',
    from: {},
    to: { protectedPerson: true, locality: null },
    events: ['protection-raised', 'membership-changed'],
  },
  {
    name: 'the end of a protection that hid even the county',
    from: { protectedPerson: true, locality: null },
    to: {},
    events: ['protection-lifted', 'membership-changed'],
  },
  {
    name: 'a death',
    from: {},
    to: { deregistration: dead },
    events: ['died', 'membership-changed'],
  },
  {
    name: 'an annulled death',
    from: { deregistration: dead },
    to: {},
    events: ['death-annulled', 'membership-changed'],
  },
  {
    name: 'a new number for the person',
    from: {},
    to: { deregistration: { ...emigrated, reason: 'GN' } },
    events: ['deregistered', 'membership-changed'],
  },
  {
    name: 'an emigration',
    from: {},
    to: { deregistration: emigrated },
    events: ['deregistered', 'membership-changed', 'moved-out'],
  },
  {
    name: 'a return from abroad',
    from: { deregistration: emigrated },
    to: {},
    events: ['registered', 'membership-changed', 'moved-in'],
  },
  {
    name: 'death abroad',
    from: { deregistration: emigrated },
    to: { deregistration: dead },
    events: ['died'],
  },
  {
    name: 'a corrected date of death',
    from: { deregistration: dead },
    to: { deregistration: { ...dead, date: day('2020-02-03') } },
    events: ['details-changed'],
  },
  {
    name: 'protection raised',
    from: {},
    to: { protectedPerson: true },
    events: ['protection-raised', 'membership-changed'],
  },
  {
    name: 'protection lifted',
    from: { protectedPerson: true },
    to: {},
    events: ['protection-lifted', 'membership-changed'],
  },
  {
    name: 'another kind of protection',
    from: { protectedPerson: true },
    to: { protectedPopulationRecord: true },
    events: ['details-changed'],
  },
  {
    name: 'an address change of a protected person',
    from: { protectedPerson: true },
    to: { protectedPerson: true, addresses: [] },
    events: [],
  },
  {
    name: 'a new phone number',
    from: {},
    to: { contacts: [{ channel: 'mobile', value: '+46701740606', consent: 'shared' }] },
    events: ['contact-changed'],
  },
  {
    name: 'a phone number taken away',
    from: {},
    to: { contacts: [] },
    events: ['contact-withdrawn'],
  },
  {
    name: 'a consent withdrawn',
    from: {},
    to: { contacts: base.contacts.map((c) => ({ ...c, consent: 'no' as const })) },
    events: ['contact-withdrawn'],
  },
  {
    name: 'a consent narrowed to this care giver',
    from: {},
    to: { contacts: base.contacts.map((c) => ({ ...c, consent: 'this-care-giver' as const })) },
    events: ['contact-withdrawn', 'contact-changed'],
  },
  {
    name: 'a consent widened from this care giver to all',
    from: answered('this-care-giver'),
    to: answered('shared'),
    events: ['contact-changed'],
  },
  {
    name: 'a consent that the other register does not state',
    from: answered('shared'),
    to: answered(null),
    events: ['contact-changed'],
  },
  {
    name: 'a consent narrowed from what was shared unsaid',
    from: answered(null),
    to: answered('this-care-giver'),
    events: ['contact-withdrawn', 'contact-changed'],
  },
  {
    name: 'a consent narrowed, beside a new number',
    from: answered('shared'),
    to: { contacts: [...answered('this-care-giver').contacts, phone('+46701740606')] },
    events: ['contact-withdrawn', 'contact-changed'],
  },
  {
    name: 'one of two phone numbers taken away',
    from: { contacts: [phone('+46701740605'), phone('+46701740606')] },
    to: { contacts: [phone('+46701740605')] },
    events: ['contact-withdrawn'],
  },
  {
    name: 'a phone number that may be used for notices from now on',
    from: { contacts: [phone('+46701740605')] },
    to: { contacts: [{ ...phone('+46701740605'), digitalNotification: true }] },
    events: ['contact-changed'],
  },
  {
    name: 'another contact person',
    from: {},
    to: { contactPersons: [friend] },
    events: ['contact-changed'],
  },
  {
    name: 'paper no more',
    from: {},
    to: { paperOptOut: true },
    events: ['paper-preference-changed'],
  },
  {
    name: 'custody of a child',
    from: {},
    to: { relations: [relationWith('custody-of')] },
    events: ['custody-changed'],
  },
  {
    name: 'the end of custody',
    from: { relations: [relationWith('custodian'), relationWith('mother')] },
    to: { relations: [relationWith('mother')] },
    events: ['custody-changed'],
  },
  {
    name: 'a spouse',
    from: { relations: [relationWith('custodian')] },
    to: { relations: [relationWith('custodian'), relationWith('spouse')] },
    events: ['details-changed'],
  },
  {
    name: 'protection raised, with everything that it hides',
    from: {
      relations: [relationWith('custodian')],
      contactPersons: [friend],
      paperOptOut: true,
      maritalStatus: 'G',
    },
    to: { protectedPerson: true },
    events: ['protection-raised', 'membership-changed'],
  },
  { name: 'a corrected sex', from: {}, to: { sex: 'male' }, events: ['details-changed'] },
  { name: 'marriage', from: {}, to: { maritalStatus: 'G' }, events: ['details-changed'] },
  { name: 'a test mark', from: {}, to: { testPerson: true }, events: ['details-changed'] },
];

describe('business events', () => {
  it.each(CASES)('$name: $events', ({ from, to, events }) => {
    expect(types(golden(from), golden(to))).toEqual(events);
  });

  it('begin with registered and end with erased', () => {
    expect(types(null, golden())).toEqual(['registered']);
    expect(types(golden(), null)).toEqual(['erased']);
    expect(types(null, null)).toEqual([]);
  });

  it('carry names of fields and a date, and no value of a person', () => {
    const events = deriveEvents(
      golden(),
      golden({ deregistration: dead, name: { ...base.name, surname: 'Provsson' } }),
      rules,
    );
    expect(events.find((event) => event.type === 'died')).toEqual({
      type: 'died',
      effectiveDate: day('2020-02-02'),
      changed: ['deregistration'],
    });
    expect(JSON.stringify(events)).not.toContain('Provsson');
  });

  it('are at most one of a type, since the id is made of person, version and type', () => {
    const all = deriveEvents(
      golden(),
      golden({ sex: 'male', maritalStatus: 'G', birthDate: null, testPerson: true }),
      rules,
    );
    expect(all.map((event) => event.type)).toEqual(['details-changed']);
    expect(all[0]?.changed).toEqual(['sex', 'birth', 'marital-status']);
  });

  it('name every group that somebody gets at once', () => {
    const full = golden({
      relations: [relationWith('spouse')],
      contactPersons: [friend],
      paperOptOut: false,
      deregistration: dead,
    });
    const visible = FIELD_GROUPS.filter(
      (group) => group !== 'protection' && group !== 'membership',
    );
    expect(deriveEvents(null, full, rules)).toEqual([
      { type: 'registered', effectiveDate: null, changed: visible },
    ]);
  });
});

describe('when a relative became, or is no longer, protected', () => {
  it('custody that goes out of sight has not changed', () => {
    const before = golden({ relations: [relationWith('custodian')] });
    expect(types(before, golden(), { byRelative: true })).toEqual(['details-changed']);
    expect(types(golden(), before, { byRelative: true })).toEqual(['details-changed']);
    expect(types(before, golden())).toEqual(['custody-changed']);
  });
});

describe('when persons were merged or split', () => {
  const merged = { merged: true };
  const split = { split: true };

  it('that is told, with what changed, and is no move, no return and no first time', () => {
    const elsewhere = golden({ locality: inStockholm });
    expect(types(golden(), elsewhere, merged)).toEqual(['persons-merged', 'membership-changed']);
    expect(types(elsewhere, golden(), split)).toEqual(['persons-split', 'membership-changed']);
    expect(types(golden({ deregistration: emigrated }), golden(), merged)).toEqual([
      'persons-merged',
      'details-changed',
      'membership-changed',
    ]);
    expect(types(null, golden(), split)).toEqual(['persons-split']);
    expect(types(null, golden(), merged)).toEqual(['persons-merged']);
    expect(types(null, null, split)).toEqual(['persons-split']);
  });

  it('is told although nothing else differs, and alone of a key that nobody is left under', () => {
    expect(types(golden(), golden(), split)).toEqual(['persons-split']);
    expect(types(golden(), null, split)).toEqual(['persons-split']);
    expect(types(golden(), null, merged)).toEqual(['persons-merged']);
    expect(types(golden(), golden(), { merged: true, split: true })).toEqual([
      'persons-merged',
      'persons-split',
    ]);
  });

  it('is no move in or out when a real number takes the lead of a reserve number', () => {
    const nowhere = { locality: null };
    for (const reserve of [LRID, NRID]) {
      const before = derive('shadow', [known(reserve, master(nowhere))]).golden;
      const after = derive('shadow', [
        known(reserve, master(nowhere)),
        known(PNR, master()),
      ]).golden;
      expect(types(before, after)).toEqual([
        'identity-superseded',
        'identity-linked',
        'membership-changed',
        'details-changed',
      ]);
      const away = derive('shadow', [known(reserve, master()), known(PNR, master(nowhere))]).golden;
      const home = derive('shadow', [known(reserve, master())]).golden;
      expect(types(home, away)).not.toContain('moved-out');
      expect(types(before, home)).toContain('moved-in');
    }
  });

  it('death and protection are told all the same', () => {
    expect(types(golden(), golden({ deregistration: dead }), merged)).toEqual([
      'persons-merged',
      'died',
      'membership-changed',
    ]);
    expect(types(golden(), golden({ protectedPerson: true }), merged)).toEqual([
      'persons-merged',
      'protection-raised',
      'membership-changed',
    ]);
  });

  it('the identities that came, went or lead are told', () => {
    const alone = golden();
    const linked = derive('shadow', [known(PNR, master()), known(NRID)]).golden;
    const reserve = derive('shadow', [known(NRID, master())]).golden;
    expect(types(alone, linked, merged)).toEqual(['persons-merged', 'identity-linked']);
    expect(types(linked, alone, split)).toEqual(['persons-split', 'identity-unlinked']);
    expect(types(reserve, linked, merged)).toEqual([
      'persons-merged',
      'identity-superseded',
      'identity-linked',
    ]);
  });
});
