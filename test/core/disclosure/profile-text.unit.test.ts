import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConsumerProfile } from '../../../core/disclosure/consumer-profile.ts';
import { parseProfile, printProfile } from '../../../core/disclosure/profile-text.ts';
import { profiles } from './disclosure-arbitraries.ts';
import { profileOf } from './disclosure-builder.ts';

const text = fc.string({ unit: 'grapheme' });

/** Profiles that differ in every field. */
const anyProfile: fc.Arbitrary<ConsumerProfile> = fc
  .tuple(
    profiles,
    fc.record({
      name: text,
      version: fc.nat(),
      title: text,
      owner: text,
      legalGround: text,
      careGiver: text,
      delivery: fc.oneof(
        fc.record({
          kind: fc.constant('topic' as const),
          format: fc.constantFrom('avro', 'fhir-patient'),
          content: fc.constantFrom('full-state', 'thin-signal'),
        }),
        fc.record({
          kind: fc.constant('table' as const),
          onLeaving: fc.constantFrom('delete', 'mark'),
        }),
      ),
      lookUp: fc.option(
        fc.record({ isSystemOnly: fc.boolean(), seesProtectedRelations: fc.boolean() }),
      ),
      retentionDays: fc.nat(),
    }),
  )
  .map(([profile, rest]) => ({ ...profile, ...rest }));

/** The same profile, with every set and every object in another order. */
function turned(profile: ConsumerProfile): ConsumerProfile {
  const { persons, contacts, delivery, lookUp, groups, relations } = profile;
  return reversed({
    ...profile,
    persons:
      persons.kind === 'membership'
        ? reversed({ ...persons, counties: new Set([...persons.counties].toReversed()) })
        : persons,
    groups: new Set([...groups].toReversed()),
    relations: new Set([...relations].toReversed()),
    contacts:
      contacts && reversed({ ...contacts, channels: new Set([...contacts.channels].toReversed()) }),
    delivery: reversed(delivery),
    lookUp: lookUp && reversed(lookUp),
  });
}

function reversed<T extends object>(given: T): T {
  return Object.fromEntries(Object.entries(given).toReversed()) as T;
}

describe('a profile as text', () => {
  it('comes back as it was, whatever is in it', () => {
    fc.assert(
      fc.property(anyProfile, (profile) => {
        expect(parseProfile(printProfile(profile))).toEqual(profile);
      }),
    );
  });

  it('is the same text for the same profile, in whatever order it was written or read', () => {
    fc.assert(
      fc.property(anyProfile, (profile) => {
        const printed = printProfile(profile);
        expect(printProfile(turned(profile))).toBe(printed);
        expect(printProfile(parseProfile(printed))).toBe(printed);
      }),
    );
  });

  it('is another text when the consumer wants another number first', () => {
    const first = profileOf({ mainIdentity: ['LRID', 'PNR'] });
    const second = profileOf({ mainIdentity: ['PNR', 'LRID'] });
    expect(printProfile(first)).not.toBe(printProfile(second));
  });
});
