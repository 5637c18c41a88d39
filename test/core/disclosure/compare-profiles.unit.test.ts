import { describe, expect, it } from 'vitest';
import { compareProfiles } from '../../../core/disclosure/compare-profiles.ts';
import { FIELD_GROUPS } from '../../../core/golden-record/golden-record.ts';
import { personOf, profileOf, protectedOf } from './disclosure-builder.ts';

const ALL = profileOf();
const NEW = { isListed: false, wasSent: false, told: new Set<never>() };
const TOLD = {
  isListed: false,
  wasSent: true,
  told: new Set(FIELD_GROUPS.filter((group) => group !== 'paper-preference')),
};
const NAMES = profileOf({
  groups: new Set(['name', 'birth']),
  contacts: null,
  relations: new Set(),
});
const ELSEWHERE = profileOf({ persons: { kind: 'membership', counties: new Set(['25']) } });
const WITHOUT_PROTECTED = profileOf({ protectedPersons: 'left-out' });

describe('another profile', () => {
  it('takes in whom the consumer did not have, and lets go whom it had', () => {
    expect(compareProfiles(personOf(), NEW, ELSEWHERE, ALL)).toEqual({ kind: 'comes-in' });
    expect(compareProfiles(personOf(), TOLD, ALL, ELSEWHERE)).toEqual({ kind: 'goes-out' });
    expect(compareProfiles(protectedOf(), TOLD, ALL, WITHOUT_PROTECTED)).toEqual({
      kind: 'goes-out',
    });
    expect(compareProfiles(null, TOLD, ALL, ALL)).toEqual({ kind: 'goes-out' });
  });

  it('does not concern whom the consumer has under neither', () => {
    expect(compareProfiles(personOf(), NEW, ALL, ELSEWHERE)).toEqual({ kind: 'not-concerned' });
    expect(compareProfiles(null, NEW, ALL, ALL)).toEqual({ kind: 'not-concerned' });
  });

  it('says which fields go, and which come', () => {
    expect(compareProfiles(personOf(), TOLD, ALL, NAMES)).toEqual({
      kind: 'stays',
      isChanged: true,
      loses: [
        'sex',
        'deregistration',
        'marital-status',
        'membership',
        'locality',
        'addresses',
        'contacts',
        'relations',
        'contact-persons',
      ],
      gains: [],
    });
    const told = new Set(['identities', 'protection', 'name', 'birth'] as const);
    expect(compareProfiles(protectedOf(), { ...TOLD, told }, NAMES, ALL)).toMatchObject({
      kind: 'stays',
      isChanged: true,
      loses: [],
      gains: ['sex', 'deregistration', 'membership'],
    });
  });

  it('says that fields go of which less is told', () => {
    const contacts = { channels: new Set(['email'] as const), needsNotification: false };
    const relations = new Set(['mother'] as const);
    expect(
      compareProfiles(personOf(), TOLD, ALL, profileOf({ contacts, relations })),
    ).toMatchObject({
      loses: ['contacts', 'relations'],
      gains: [],
    });
  });

  it('leaves as it is whoever has the same content', () => {
    expect(compareProfiles(personOf(), TOLD, ALL, profileOf({ version: 2 }))).toEqual({
      kind: 'stays',
      isChanged: false,
      loses: [],
      gains: [],
    });
  });
});
