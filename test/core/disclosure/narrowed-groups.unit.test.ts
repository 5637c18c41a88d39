import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { disclose } from '../../../core/disclosure/disclose.ts';
import { narrowedGroups } from '../../../core/disclosure/narrowed-groups.ts';
import { profiles, unprotectedPersons } from './disclosure-arbitraries.ts';
import { profileOf } from './disclosure-builder.ts';

const contacts = (
  channels: readonly ('phone' | 'mobile' | 'email')[],
  needsNotification: boolean,
) => profileOf({ contacts: { channels: new Set(channels), needsNotification } });
const relations = (...kinds: readonly ('mother' | 'custodian' | 'spouse')[]) =>
  profileOf({ relations: new Set(kinds) });
const without = (group: 'contacts' | 'relations') => {
  const { groups, ...profile } = profileOf();
  const kept = new Set([...groups].filter((one) => one !== group));
  return group === 'contacts'
    ? { ...profile, groups: kept, contacts: null }
    : { ...profile, groups: kept, relations: new Set<never>() };
};

describe('the groups that a later profile tells less of', () => {
  it.each([
    [
      'a channel that is gone',
      contacts(['phone', 'mobile'], false),
      contacts(['mobile'], false),
      ['contacts'],
    ],
    [
      'another channel instead',
      contacts(['phone'], false),
      contacts(['mobile'], false),
      ['contacts'],
    ],
    [
      'only what is for notices',
      contacts(['mobile'], false),
      contacts(['mobile'], true),
      ['contacts'],
    ],
    ['one more channel', contacts(['phone'], false), contacts(['phone', 'mobile'], false), []],
    ['also what is not for notices', contacts(['mobile'], true), contacts(['mobile'], false), []],
    [
      'a kind of relation that is gone',
      relations('mother', 'spouse'),
      relations('mother'),
      ['relations'],
    ],
    ['one more kind of relation', relations('mother'), relations('mother', 'spouse'), []],
    ['contacts that are gone as a group', profileOf(), without('contacts'), []],
    ['contacts that come as a group', without('contacts'), contacts(['phone'], true), []],
    ['relations that are gone as a group', profileOf(), without('relations'), []],
    ['relations that come as a group', without('relations'), relations('mother'), []],
    ['the same profile', profileOf(), profileOf(), []],
  ] as const)('%s', (_, before, after, expected) => {
    expect([...narrowedGroups(before, after)]).toEqual(expected);
  });

  it('are all in which anybody is told less, of those that both have', () => {
    fc.assert(
      fc.property(unprotectedPersons, profiles, profiles, (golden, before, after) => {
        const all = { persons: { kind: 'all' }, mainIdentity: [] } as const;
        const standing = { isListed: false, wasSent: false };
        const was = disclose(golden, { ...before, ...all }, standing);
        const is = disclose(golden, { ...after, ...all }, standing);
        if (was.kind !== 'person' || is.kind !== 'person') return expect.fail('left out');
        const narrowed = narrowedGroups(before, after);
        for (const group of ['contacts', 'relations'] as const) {
          const told = is.person[group];
          if (told === undefined || narrowed.has(group)) continue;
          for (const one of was.person[group] ?? []) expect(told).toContainEqual(one);
        }
      }),
    );
  });
});
