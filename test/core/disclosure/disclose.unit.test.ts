import { describe, expect, expectTypeOf, it } from 'vitest';
import { disclose } from '../../../core/disclosure/disclose.ts';
import type {
  DisclosedPerson,
  DisclosedProtectedPerson,
} from '../../../core/disclosure/disclosed-person.ts';
import { FIELD_GROUPS } from '../../../core/golden-record/golden-record.ts';
import { HIDDEN_GROUPS } from '../../../core/golden-record/hidden-groups.ts';
import {
  ALL_GROUPS,
  FIELDS_OF,
  MASKED_GROUPS,
  NEW,
  personOf,
  profileOf,
  protectedOf,
  relationOf,
} from './disclosure-builder.ts';

const groupsOf = (...groups: typeof ALL_GROUPS) => ({ groups: new Set(groups) });
const FLAGS = ['protectedPerson', 'protectedPopulationRecord'];

describe('the groups of a profile', () => {
  it('are all field groups but those that everybody gets and the one that nobody gets', () => {
    const others = ['identities', 'protection', 'paper-preference'];
    const all: readonly string[] = [...ALL_GROUPS, ...others];
    expect(all.toSorted()).toEqual(FIELD_GROUPS.toSorted());
  });

  it('without any of them a consumer gets the identities and the test mark', () => {
    const { identities, testPerson } = personOf();
    expect(disclose(personOf(), profileOf(groupsOf()), NEW)).toEqual({
      kind: 'person',
      person: { identities, testPerson },
    });
  });

  it('all of them are everything but the wish about paper', () => {
    const { kind, paperOptOut, ...told } = personOf();
    expect(disclose(personOf(), profileOf(), NEW)).toEqual({ kind, person: told });
  });

  it.each(ALL_GROUPS)('%s alone tells its own fields as they are', (group) => {
    const golden = personOf();
    const told = Object.fromEntries(FIELDS_OF[group].map((field) => [field, golden[field]]));
    const { identities, testPerson } = golden;
    expect(disclose(golden, profileOf(groupsOf(group)), NEW)).toStrictEqual({
      kind: 'person',
      person: { identities, testPerson, ...told },
    });
  });

  it.each(ALL_GROUPS)('%s alone is left out, and no key of it is there', (group) => {
    const profile = profileOf(groupsOf(...ALL_GROUPS.filter((other) => other !== group)));
    const disclosure = disclose(personOf(), profile, NEW);
    const { kind, paperOptOut, ...told } = personOf();
    const rest = Object.entries(told).filter(
      ([field]) => !FIELDS_OF[group].some((own) => own === field),
    );
    expect(disclosure).toStrictEqual({ kind: 'person', person: Object.fromEntries(rest) });
  });

  it('what the hub does not know is null or empty, and not left out', () => {
    const golden = personOf({
      birthDate: null,
      maritalStatus: null,
      membership: null,
      addresses: [],
      contacts: [],
    });
    const profile = profileOf(
      groupsOf('birth', 'marital-status', 'membership', 'addresses', 'contacts'),
    );
    expect(disclose(golden, profile, NEW)).toMatchObject({
      person: {
        birthDate: null,
        maritalStatus: null,
        membership: null,
        addresses: [],
        contacts: [],
      },
    });
  });

  it('a test person is told with the mark', () => {
    const person = { testPerson: true };
    expect(disclose(personOf(person), profileOf(groupsOf()), NEW)).toMatchObject({ person });
    expect(disclose(protectedOf(person), profileOf(groupsOf()), NEW)).toMatchObject({ person });
  });
});

describe('relations', () => {
  const relations = (['mother', 'custodian', 'spouse', 'custodian'] as const).map((kind) =>
    relationOf(kind),
  );

  it('are those of the kinds that the profile names, in their order', () => {
    const profile = profileOf({ relations: new Set(['spouse', 'custodian']) });
    expect(disclose(personOf({ relations }), profile, NEW)).toMatchObject({
      person: { relations: relations.slice(1) },
    });
  });

  it('are none when nobody is of such a kind', () => {
    const profile = profileOf({ relations: new Set(['child']) });
    expect(disclose(personOf({ relations }), profile, NEW)).toMatchObject({
      person: { relations: [] },
    });
  });
});

describe('of a protected person', () => {
  it('a consumer that may see everything gets what PU gives in its profile 1', () => {
    const { kind, ...told } = protectedOf();
    expect(disclose(protectedOf(), profileOf(), NEW)).toStrictEqual({ kind, person: told });
  });

  it.each(ALL_GROUPS)(
    'the group %s tells its own field, or nothing where it is hidden',
    (group) => {
      const golden = protectedOf();
      const isTold = MASKED_GROUPS.includes(group);
      const fields = isTold ? FIELDS_OF[group] : [];
      const disclosure = disclose(golden, profileOf(groupsOf(group)), NEW);
      if (disclosure.kind !== 'protected-person') return expect.fail(disclosure.kind);
      expect(Object.keys(disclosure.person).toSorted()).toEqual(
        ['identities', 'testPerson', ...FLAGS, ...fields].toSorted(),
      );
      expect(HIDDEN_GROUPS.has(group)).toBe(!isTold);
    },
  );

  it.each([
    [true, false],
    [false, true],
    [true, true],
  ])('both flags are told as they are: %s, %s', (protectedPerson, protectedPopulationRecord) => {
    const flags = { protectedPerson, protectedPopulationRecord };
    expect(disclose(protectedOf(flags), profileOf(groupsOf()), NEW)).toMatchObject({
      person: flags,
    });
  });

  it('without a county there is no membership', () => {
    expect(disclose(protectedOf({ membership: null }), profileOf(), NEW)).toMatchObject({
      person: { membership: null },
    });
  });

  it('the type has no place for what is hidden', () => {
    type Hidden = Exclude<keyof DisclosedPerson, keyof DisclosedProtectedPerson>;
    expectTypeOf<Hidden>().toEqualTypeOf<
      | 'maritalStatus'
      | 'parishCode'
      | 'propertyDesignation'
      | 'addresses'
      | 'contacts'
      | 'relations'
      | 'contactPersons'
    >();
    type Place = keyof NonNullable<DisclosedProtectedPerson['membership']>;
    expectTypeOf<Place>().toEqualTypeOf<'level' | 'countyCode' | 'reason' | 'from'>();
  });
});
