import { describe, expect, it } from 'vitest';
import { composeGoldenRecord } from '../../../core/golden-record/compose-golden-record.ts';
import { deriveEvents } from '../../../core/golden-record/derive-events.ts';
import type { GoldenRecord } from '../../../core/golden-record/golden-record.ts';
import type { PersonEvidence } from '../../../core/mapping/person-evidence.ts';
import { at, evidence } from '../../support/person-builder.ts';

const rules = { homeCounties: new Set(['03']) };

function golden(change: Partial<PersonEvidence> = {}): GoldenRecord {
  const content = evidence(change);
  const record = composeGoldenRecord([
    { identity: content.identity, source: 'master', position: at(1), content },
  ]);
  if (record === null) throw new Error('evidence makes a record');
  return record;
}

const types = (before: GoldenRecord | null, after: GoldenRecord | null) =>
  deriveEvents(before, after, rules).map((event) => event.type);

const base = evidence();
const day = (value: string) => ({ precision: 'day', value }) as const;
const dead = { reason: 'AV', date: day('2020-02-02'), foundDeadAt: null } as const;
const emigrated = { reason: 'UV', date: day('2019-03-03'), foundDeadAt: null } as const;
const inUppsala = base.locality;
const inStockholm = inUppsala && { ...inUppsala, countyCode: '01', municipalityCode: '0180' };
const inEnkoping = inUppsala && { ...inUppsala, municipalityCode: '0381' };

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
});
