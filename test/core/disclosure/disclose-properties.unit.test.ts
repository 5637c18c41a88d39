import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { disclose } from '../../../core/disclosure/disclose.ts';
import {
  overfullProtectedPersons,
  profiles,
  protectedPersons,
  SECRET,
  SECRET_MUNICIPALITY,
  standings,
  unprotectedPersons,
} from './disclosure-arbitraries.ts';
import { FIELDS_OF, HIDDEN_FIELDS, MASKED_GROUPS } from './disclosure-builder.ts';

const goldens = fc.oneof(unprotectedPersons, protectedPersons, fc.constant(null));

describe('whatever the person and the profile', () => {
  it('nothing is told but the groups of the profile, and each of them as it is', () => {
    fc.assert(
      fc.property(unprotectedPersons, profiles, standings, (golden, profile, standing) => {
        const disclosure = disclose(golden, profile, standing);
        if (disclosure.kind === 'left-out') return;
        if (disclosure.kind !== 'person') return expect.fail(disclosure.kind);
        const fields = [...profile.groups].flatMap((group) => FIELDS_OF[group]);
        const { identities, contacts, relations, ...person } = disclosure.person;
        expect(Object.keys(disclosure.person).toSorted()).toEqual(
          ['identities', 'testPerson', ...fields].toSorted(),
        );
        expect(golden).toMatchObject(person);
        for (const contact of contacts ?? []) {
          expect(golden.contacts).toContain(contact);
          expect(['shared', null]).toContain(contact.consent);
          expect(profile.contacts?.channels.has(contact.channel)).toBe(true);
          if (profile.contacts?.needsNotification) expect(contact.digitalNotification).toBe(true);
        }
        for (const relation of relations ?? []) {
          expect(golden.relations).toContain(relation);
          expect(profile.relations.has(relation.kind)).toBe(true);
        }
      }),
    );
  });

  it('nothing that is hidden of a protected person is told, even if the record had it', () => {
    fc.assert(
      fc.property(overfullProtectedPersons, profiles, standings, (golden, profile, standing) => {
        const disclosure = disclose(golden, profile, standing);
        if (disclosure.kind === 'left-out') return;
        if (disclosure.kind !== 'protected-person') return expect.fail(disclosure.kind);
        const told = Object.keys(disclosure.person);
        const fields = MASKED_GROUPS.filter((group) => profile.groups.has(group)).flatMap(
          (group) => FIELDS_OF[group],
        );
        const always = ['identities', 'testPerson', 'protectedPerson', 'protectedPopulationRecord'];
        expect(told.toSorted()).toEqual([...always, ...fields].toSorted());
        expect(told.filter((field) => HIDDEN_FIELDS.some((hidden) => hidden === field))).toEqual(
          [],
        );
        const text = JSON.stringify(disclosure);
        expect(text).not.toContain(SECRET);
        expect(text).not.toContain(SECRET_MUNICIPALITY);
      }),
    );
  });

  it('a profile without protected persons gets none', () => {
    fc.assert(
      fc.property(protectedPersons, profiles, standings, (golden, profile, standing) => {
        const without = { ...profile, protectedPersons: 'left-out' as const };
        expect(disclose(golden, without, standing)).toEqual({
          kind: 'left-out',
          reason: 'protected',
        });
      }),
    );
  });

  it('all identities are told, and one that the consumer can use is the main one', () => {
    fc.assert(
      fc.property(goldens, profiles, standings, (golden, profile, standing) => {
        const disclosure = disclose(golden, profile, standing);
        if (disclosure.kind === 'left-out') return;
        const { identities } = disclosure.person;
        const bare = identities.map(({ main, ...identity }) => identity);
        expect(bare).toEqual(golden?.identities.map(({ main, ...identity }) => identity));
        const [main, ...others] = identities.filter((identity) => identity.main);
        expect(others).toEqual([]);
        const { mainIdentity } = profile;
        expect(mainIdentity.length === 0 || mainIdentity.some((kind) => kind === main?.type)).toBe(
          true,
        );
      }),
    );
  });

  it('the same is told again, whatever the order in the profile, and nothing given is changed', () => {
    fc.assert(
      fc.property(goldens, profiles, standings, (golden, profile, standing) => {
        const given = structuredClone({ golden, profile, standing });
        const text = JSON.stringify(disclose(golden, profile, standing));
        const turned = { ...profile, groups: new Set([...profile.groups].toReversed()) };
        expect(JSON.stringify(disclose(golden, profile, standing))).toBe(text);
        expect(JSON.stringify(disclose(golden, turned, standing))).toBe(text);
        expect({ golden, profile, standing }).toEqual(given);
      }),
    );
  });

  it('whom a consumer gets when it is new to it, it gets when it has the person already', () => {
    fc.assert(
      fc.property(goldens, profiles, standings, (golden, profile, standing) => {
        const first = disclose(golden, profile, { ...standing, wasSent: false });
        if (first.kind === 'left-out') return;
        expect(disclose(golden, profile, { ...standing, wasSent: true })).toEqual(first);
      }),
    );
  });
});
