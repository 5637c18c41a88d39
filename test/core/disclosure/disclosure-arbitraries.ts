import fc from 'fast-check';
import type { ConsumerProfile } from '../../../core/disclosure/consumer-profile.ts';
import type { Standing } from '../../../core/disclosure/left-out.ts';
import type {
  GoldenIdentity,
  GoldenPerson,
  GoldenProtectedPerson,
} from '../../../core/golden-record/golden-record.ts';
import { RELATION_KINDS } from '../../../core/mapping/person-evidence.ts';
import { LRID, NRID, OTHER_PNR, PNR, SNR } from '../golden-record/golden-input-builder.ts';
import {
  ALL_GROUPS,
  goldenIdentity,
  personOf,
  profileOf,
  protectedOf,
  relationOf,
} from './disclosure-builder.ts';

const COUNTIES = ['03', '12', '14'] as const;
const CHANNELS = ['phone', 'mobile', 'email'] as const;
const KINDS = ['LRID', 'NRID', 'SNR', 'PNR'] as const;
/** A word that a text is searched for: it stands in no field but those that are hidden. */
export const SECRET = 'hemlig';
/** No code, so that no number can hold it by chance. */
export const SECRET_MUNICIPALITY = 'kommun';

const county = fc.constantFrom(...COUNTIES);
const asSet = <T>(values: readonly T[], minLength = 0) =>
  fc.subarray([...values], { minLength }).map((some): ReadonlySet<T> => new Set(some));

const identities: fc.Arbitrary<readonly GoldenIdentity[]> = fc
  .tuple(fc.subarray([PNR, OTHER_PNR, SNR, NRID, LRID], { minLength: 1 }), fc.nat())
  .map(([some, main]) => some.map((one, i) => goldenIdentity(one, i === main % some.length)));

const deregistration = fc.option(
  fc.record({
    reason: fc.constantFrom('AV', 'UV', 'GN', 'AN', 'FI', 'OB', 'TA'),
    date: fc.constant(null),
    foundDeadAt: fc.constant(null),
  }),
);

const common = { identities, deregistration, testPerson: fc.boolean() };

const contact = fc.record({
  channel: fc.constantFrom(...CHANNELS),
  value: fc.nat({ max: 99 }).map((n) => `${SECRET}-${n}@example.se`),
  consent: fc.constantFrom('shared', 'this-care-giver', 'no', null),
});
const contacts = fc.array(
  fc
    .tuple(
      contact,
      fc.constantFrom({}, ...[true, false].map((it) => ({ digitalNotification: it }))),
    )
    .map(([point, notification]) => ({ ...point, ...notification })),
  { maxLength: 4 },
);

/** What only the record of somebody unprotected has. */
const unprotectedFields = fc.record({
  maritalStatus: fc.constantFrom('OG', 'G', null),
  parishCode: fc.constantFrom(SECRET, null),
  propertyDesignation: fc.constantFrom(`${SECRET} 1:1`, null),
  addresses: fc.constantFrom(
    [],
    personOf().addresses.map((address) => ({ ...address, city: SECRET })),
  ),
  contacts,
  relations: fc.array(
    fc.constantFrom(...RELATION_KINDS).map((kind) => relationOf(kind)),
    {
      maxLength: 5,
    },
  ),
  contactPersons: fc.constantFrom(
    [],
    personOf().contactPersons.map((one) => ({ ...one, relationship: SECRET })),
  ),
  paperOptOut: fc.constantFrom(true, false, null),
});

export const unprotectedPersons: fc.Arbitrary<GoldenPerson> = fc
  .tuple(
    fc.record(common),
    unprotectedFields,
    fc.option(
      fc.record({
        level: fc.constant('municipality'),
        countyCode: county,
        municipalityCode: fc.constant(SECRET_MUNICIPALITY),
        reason: fc.constant('registered'),
        from: fc.constant(null),
      }),
    ),
  )
  .map(([shared, fields, membership]) => personOf({ ...shared, ...fields, membership }));

export const protectedPersons: fc.Arbitrary<GoldenProtectedPerson> = fc
  .record({
    ...common,
    protectedPerson: fc.boolean(),
    protectedPopulationRecord: fc.boolean(),
    membership: fc.option(
      fc.record({
        level: fc.constant('county'),
        countyCode: county,
        reason: fc.constant('protected-county-only'),
        from: fc.constant(null),
      }),
    ),
  })
  .map(protectedOf);

/** As if a later version of the hub, or a damaged row of the store, had more in the record than its type says. */
export const overfullProtectedPersons: fc.Arbitrary<GoldenProtectedPerson> = fc
  .tuple(protectedPersons, unprotectedFields)
  .map(([golden, hidden]) => ({
    ...golden,
    ...hidden,
    membership: golden.membership && {
      ...golden.membership,
      municipalityCode: SECRET_MUNICIPALITY,
    },
  }));

export const profiles: fc.Arbitrary<ConsumerProfile> = fc
  .record({
    persons: fc.oneof(
      fc.constant({ kind: 'all' } as const),
      fc.constant({ kind: 'list' } as const),
      asSet(COUNTIES, 1).map((counties) => ({ kind: 'membership', counties }) as const),
    ),
    groups: asSet(ALL_GROUPS),
    mainIdentity: fc.shuffledSubarray([...KINDS]),
    protectedPersons: fc.constantFrom('masked', 'left-out'),
    rule: fc.record({ channels: asSet(CHANNELS, 1), needsNotification: fc.boolean() }),
    kinds: asSet(RELATION_KINDS, 1),
  })
  .map(({ rule, kinds, ...rest }) =>
    profileOf({
      ...rest,
      contacts: rest.groups.has('contacts') ? rule : null,
      relations: rest.groups.has('relations') ? kinds : new Set(),
    }),
  );

export const standings: fc.Arbitrary<Standing> = fc.record({
  isListed: fc.boolean(),
  wasSent: fc.boolean(),
});
