/** Final contents of the tables equal the profile applied to the golden records, compared row by row. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConsumerProfile } from '../../../core/disclosure/consumer-profile.ts';
import type { OutgoingDelivery } from '../../../core/disclosure/delivery.ts';
import { disclose } from '../../../core/disclosure/disclose.ts';
import type { DisclosedPerson, Disclosure } from '../../../core/disclosure/disclosed-person.ts';
import type { GoldenRecord, Membership } from '../../../core/golden-record/golden-record.ts';
import type { PartialDate } from '../../../core/person/partial-date.ts';
import type { PersonKey } from '../../../core/person/person-identifier.ts';
import { deliveryOf, freshKey } from '../../contracts/consumer-sink-under-test.ts';
import {
  overfullProtectedPersons,
  profiles,
  protectedPersons,
  SECRET,
  SECRET_MUNICIPALITY,
  unprotectedPersons,
} from '../../core/disclosure/disclosure-arbitraries.ts';
import { NEW, personOf, profileOf } from '../../core/disclosure/disclosure-builder.ts';
import { readScenarioVersions } from '../../core/disclosure/scenario-goldens.ts';
import { createEmptyDatabase } from '../../support/hub-database.ts';
import { type ReadPerson, readTableRows } from './read-table-rows.ts';
import { openTableUnderTest } from './table-under-test.ts';

/** Letters, and what means something in SQL, in JSON, to knex or in a row of text. */
const texts = fc.constantFrom(
  'Åsa',
  "O'Prov",
  'a?b',
  '{"x":1}',
  ':n',
  '😀',
  'b\\c',
  '$1',
  'x\ny',
  '',
);
const names = fc.record({
  givenName: fc.option(texts),
  givenNameIndicator: fc.option(fc.integer({ min: 10, max: 99 })),
  middleName: fc.option(texts),
  surname: fc.option(texts),
  notificationName: fc.option(texts),
});
const dates = fc.constantFrom<(PartialDate | null)[]>(
  null,
  { precision: 'year', value: '1890' },
  { precision: 'month', value: '1890-02' },
  { precision: 'day', value: '1890-02-28' },
);
const more = fc.record({
  name: names,
  birthDate: dates,
  sex: fc.constantFrom('male' as const, 'female' as const, 'unknown' as const),
});
const goldens: fc.Arbitrary<GoldenRecord> = fc
  .tuple(fc.oneof({ weight: 3, arbitrary: unprotectedPersons }, protectedPersons), more)
  .map(([golden, change]) => ({ ...golden, ...change }));

const SEED = 8;
const GENERATED = 300;
const PERSONS: readonly GoldenRecord[] = [
  ...fc.sample(goldens, { seed: SEED, numRuns: GENERATED }),
  ...readScenarioVersions().flatMap(({ golden }) => golden ?? []),
];
const PROFILES: readonly ConsumerProfile[] = [
  profileOf(),
  ...fc.sample(profiles, { seed: SEED, numRuns: 6 }),
];
const BATCH = 100;

describe('the rows in PostgreSQL', () => {
  it('has persons of both kinds to tell of', () => {
    for (const kind of ['person', 'protected-person']) {
      expect(PERSONS.filter((golden) => golden.kind === kind).length).toBeGreaterThan(50);
    }
  });

  it.each(PROFILES.map((profile, i) => [i, profile] as const))(
    'are the golden records seen through profile %i, whatever stood there before',
    { timeout: 60_000 },
    async (_, profile) => {
      await using database = await createEmptyDatabase();
      await using place = await openTableUnderTest(database.url);
      await using sink = await place.open();
      const keys = PERSONS.map(freshKey);
      const standing = { ...NEW, isListed: true };
      const disclosed = PERSONS.map((golden) => disclose(golden, profile, standing));
      // Everybody was somebody else before, of whom nothing may stay.
      const before = disclosed.toReversed();
      for (const [version, versions] of [before, disclosed].entries()) {
        const deliveries = keys.map((key, i) => tell(key, version + 1, versions[i]));
        for (let at = 0; at < deliveries.length; at += BATCH) {
          await sink.deliver(deliveries.slice(at, at + BATCH), at === 0);
        }
      }

      const found = await readTableRows(place.rows);
      const expected = new Map(
        keys.flatMap((key, i) => {
          const disclosure = disclosed[i];
          if (disclosure === undefined || disclosure.kind === 'left-out') return [];
          return [[key as string, asRead(disclosure)] as const];
        }),
      );
      expect([...found.keys()].toSorted()).toEqual([...expected.keys()].toSorted());
      for (const [key, person] of expected) expect(found.get(key)).toEqual(person);
    },
  );

  it('have nothing of what is hidden, even if the record of somebody protected had it', async () => {
    await using database = await createEmptyDatabase();
    await using place = await openTableUnderTest(database.url);
    await using sink = await place.open();
    const overfull = fc.sample(overfullProtectedPersons, { seed: SEED, numRuns: 100 });
    // Not through `disclose`, which masks it too: as if that had failed.
    const deliveries = overfull.map((person) =>
      deliveryOf(freshKey(), [1, 1], { state: { kind: 'protected-person', person } }),
    );
    await sink.deliver(deliveries, false);

    const found = await readTableRows(place.rows);
    expect(found.size).toBe(overfull.length);
    const text = JSON.stringify([...found.values()]);
    expect(JSON.stringify(overfull)).toContain(SECRET);
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain(SECRET_MUNICIPALITY);
  });

  it('hold up nobody by a character that no database stores', async () => {
    await using database = await createEmptyDatabase();
    await using place = await openTableUnderTest(database.url);
    await using sink = await place.open();
    const person = personOf({ name: { ...personOf().name, surname: 'A\u0000b\ud800c' } });
    const disclosure = disclose(person, profileOf(), NEW);
    await sink.deliver([tell(freshKey(), 1, disclosure)], false);
    const [found] = (await readTableRows(place.rows)).values();
    expect(found).toMatchObject({ name: { surname: 'A\ufffdb\ufffdc' } });
  });
});

function tell(
  key: PersonKey,
  version: number,
  disclosure: Disclosure | undefined,
): OutgoingDelivery {
  const state = disclosure === undefined || disclosure.kind === 'left-out' ? null : disclosure;
  return deliveryOf(key, [1, version], { state });
}

const NO_NAME = {
  givenName: null,
  givenNameIndicator: null,
  middleName: null,
  surname: null,
  notificationName: null,
};
const NO_SHORT_NAME = { givenName: null, middleName: null, surname: null };

/** Of both kinds, where a field may be missing for either reason. */
type Told = {
  readonly [F in Exclude<keyof DisclosedPerson, 'membership'>]?: DisclosedPerson[F] | undefined;
} & { readonly membership?: ToldMembership | null | undefined };
type ToldMembership = Omit<Membership, 'municipalityCode'> &
  Partial<Pick<Membership, 'municipalityCode'>>;

/** What the consumer should read: dates as their text, and null or an empty list for what is not there. */
function asRead(disclosure: Exclude<Disclosure, { kind: 'left-out' }>): ReadPerson {
  const { kind } = disclosure;
  const person: Told = disclosure.person;
  const flags = disclosure.kind === 'person' ? UNPROTECTED : disclosure.person;
  const { deregistration, membership } = person;
  return {
    kind,
    generation: 1,
    version: 2,
    testPerson: person.testPerson,
    protectedPerson: flags.protectedPerson,
    protectedPopulationRecord: flags.protectedPopulationRecord,
    name: person.name ?? NO_NAME,
    sex: person.sex ?? null,
    birthDate: person.birthDate?.value ?? null,
    deregistration: deregistration
      ? {
          reason: deregistration.reason,
          date: deregistration.date?.value ?? null,
          foundDeadAt: deregistration.foundDeadAt?.value ?? null,
        }
      : null,
    membership: membership
      ? {
          ...membership,
          municipalityCode: membership.municipalityCode ?? null,
          from: membership.from?.value ?? null,
        }
      : null,
    maritalStatus: person.maritalStatus ?? null,
    parishCode: person.parishCode ?? null,
    propertyDesignation: person.propertyDesignation ?? null,
    identities: person.identities,
    addresses: (person.addresses ?? []).map((one) => ({ ...one, lines: one.lines.join('\n') })),
    contacts: (person.contacts ?? []).map((one) => ({ digitalNotification: null, ...one })),
    relations: (person.relations ?? []).map((one) => ({
      ...one,
      birthDate: one.birthDate?.value ?? null,
      name: one.name ?? NO_SHORT_NAME,
      from: one.from?.value ?? null,
      to: one.to?.value ?? null,
    })),
    contactPersons: person.contactPersons ?? [],
  };
}

const UNPROTECTED = { protectedPerson: false, protectedPopulationRecord: false };
