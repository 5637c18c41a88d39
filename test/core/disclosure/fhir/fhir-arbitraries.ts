import fc from 'fast-check';
import type { ConsumerProfile } from '../../../../core/disclosure/consumer-profile.ts';
import type { DisclosedRecord } from '../../../../core/disclosure/delivery.ts';
import { disclose } from '../../../../core/disclosure/disclose.ts';
import { fhirPatient } from '../../../../core/disclosure/fhir/fhir-patient.ts';
import type { FhirPatient } from '../../../../core/disclosure/fhir/fhir-types.ts';
import type { GoldenPerson, GoldenRecord } from '../../../../core/golden-record/golden-record.ts';
import {
  type AddressKind,
  type PersonName,
  RELATION_KINDS,
  type Relation,
} from '../../../../core/mapping/person-evidence.ts';
import type { PartialDate } from '../../../../core/person/partial-date.ts';
import type { PersonKey } from '../../../../core/person/person-identifier.ts';
import { mappingFiles } from '../../../support/test-rules.ts';
import { LRID, NRID, OTHER_PNR, SNR } from '../../golden-record/golden-input-builder.ts';
import {
  overfullProtectedPersons,
  profiles,
  protectedPersons,
  unprotectedPersons,
} from '../disclosure-arbitraries.ts';
import { profileOf } from '../disclosure-builder.ts';

export const KEY = '7b0c9a52-3f1d-4c55-9d0e-2b1f6a8c4e10' as PersonKey;

/** One of a person's values: no two have the same text. */
const word = (prefix: string) => fc.nat({ max: 999_999 }).map((n) => `${prefix}${n}`);
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null });

const partialDates: fc.Arbitrary<PartialDate> = fc.constantFrom(
  { precision: 'year', value: '1954' },
  { precision: 'month', value: '1954-02' },
  { precision: 'day', value: '1954-02-28' },
);

const givenNames = fc
  .array(
    fc.oneof(
      word('given'),
      fc.tuple(word('left'), word('right')).map((two) => two.join('-')),
    ),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map((names) => names.join(' '));
const shortNames = fc.record({
  givenName: maybe(givenNames),
  middleName: maybe(word('middle')),
  surname: maybe(word('surname')),
});
const names: fc.Arbitrary<PersonName> = fc
  .tuple(shortNames, maybe(fc.integer({ min: 10, max: 99 })), maybe(word('notified')))
  .map(([name, givenNameIndicator, notificationName]) => ({
    ...name,
    givenNameIndicator,
    notificationName,
  }));

const addresses = (kind: AddressKind) =>
  fc.record({
    kind: fc.constant(kind),
    careOf: maybe(word('careof')),
    lines: fc.array(word('street'), { maxLength: 3 }),
    postalCode: maybe(word('postcode')),
    city: maybe(word('city')),
    country: maybe(word('country')),
  });

const contacts = fc.record({
  channel: fc.constantFrom('phone', 'mobile', 'email'),
  value: word('contact'),
});

const relations: fc.Arbitrary<Relation> = fc.record({
  kind: fc.constantFrom(...RELATION_KINDS),
  identity: fc.constantFrom(OTHER_PNR, SNR, NRID, LRID, null),
  birthDate: maybe(partialDates),
  name: maybe(shortNames),
  from: maybe(partialDates),
  to: maybe(partialDates),
});

const contactPersons = fc.record({
  relationship: fc.constantFrom(
    ...['spouse', 'cohabitant', 'child', 'sibling', 'mother', 'father', 'custodian'],
    ...['friend', 'god-man', 'other', 'neighbour'],
  ),
  priority: maybe(fc.integer({ min: 1, max: 9 })),
  name: shortNames,
  contacts: fc.array(contacts, { maxLength: 2 }),
});

const common = fc.record({
  name: names,
  sex: fc.constantFrom('male', 'female', 'unknown', 'not-applicable'),
  birthDate: maybe(partialDates),
  deregistration: maybe(
    fc.record({
      reason: fc.constantFrom('AV', 'UV', 'GN', 'AN', 'FI', 'OB', 'TA'),
      date: maybe(partialDates),
      foundDeadAt: maybe(partialDates),
    }),
  ),
});

const fullPersons: fc.Arbitrary<GoldenPerson> = fc
  .tuple(
    unprotectedPersons,
    common,
    fc.record({
      maritalStatus: fc.constantFrom('OG', 'G', 'Ä', 'S', 'RP', 'SP', 'EP', null),
      addresses: fc
        .subarray(['residential', 'special-postal', 'given', 'abroad'] as const)
        .chain((kinds) => fc.tuple(...kinds.map(addresses))),
      contacts: fc.array(
        fc
          .record({ ...{ consent: fc.constantFrom('shared', null) }, point: contacts })
          .map(({ consent, point }) => ({ ...point, consent, digitalNotification: true })),
        { maxLength: 3 },
      ),
      relations: fc.array(relations, { maxLength: 4 }),
      contactPersons: fc.array(contactPersons, { maxLength: 3 }),
    }),
  )
  .map(([person, shared, fields]) => ({ ...person, ...shared, ...fields }));

const maskedPersons = fc
  .tuple(fc.oneof(protectedPersons, overfullProtectedPersons), common)
  .map(([person, fields]) => ({ ...person, ...fields }));

const everyProfile = fc.oneof(profiles, fc.constantFrom(...mappingFiles.consumers.values()));

/** What any profile, made up or shipped, lets through of a generated person; null when it leaves the person out. */
function told(golden: GoldenRecord, profile: ConsumerProfile): DisclosedRecord | null {
  const standing = { isListed: true, wasSent: true };
  const disclosure = disclose(golden, { ...profile, protectedPersons: 'masked' }, standing);
  return disclosure.kind === 'left-out' ? null : disclosure;
}

const toldOf = (goldens: fc.Arbitrary<GoldenRecord>) =>
  fc
    .tuple(goldens, everyProfile)
    .map(([golden, profile]) => told(golden, profile))
    .filter((record) => record !== null);

/** What a profile that asks for everything gets. */
export function everythingOf(golden: GoldenRecord): DisclosedRecord {
  const record = told(golden, profileOf());
  if (record === null) throw new Error('A profile that asks for everything leaves nobody out.');
  return record;
}

type Open = Extract<DisclosedRecord, { readonly kind: 'person' }>;
export const openRecords = toldOf(fullPersons).filter(
  (record): record is Open => record.kind === 'person',
);
type Masked = Exclude<DisclosedRecord, Open>;
export const maskedRecords = toldOf(maskedPersons).filter(
  (record): record is Masked => record.kind === 'protected-person',
);
export const records = fc.oneof(openRecords, maskedRecords);

export const patientOf = (record: DisclosedRecord): FhirPatient =>
  fhirPatient({ personKey: KEY, generation: 2, version: 14, record });
