/** What a consumer is told of a person, as rows of the table set. */
import type { DisclosedRecord } from '../../../../core/disclosure/delivery.ts';
import type {
  DisclosedPerson,
  DisclosedProtectedPerson,
} from '../../../../core/disclosure/disclosed-person.ts';
import type { PartialDate } from '../../../../core/person/partial-date.ts';
import type { PersonKey } from '../../../../core/person/person-identifier.ts';
import type {
  ADDRESS,
  CHILD_TABLES,
  CONTACT,
  CONTACT_PERSON,
  CONTACT_PERSON_CHANNEL,
  HIDDEN_COLUMNS,
  IDENTITY,
  PERSON,
  RELATION,
  Table,
} from './table-set.ts';

/** What a column can hold on its way: every row travels as JSON. */
type CellValue = string | number | boolean | null;

/** A row has all columns of its table, and no other. */
type RowOf<T extends Table> = { readonly [C in keyof T['columns']]: CellValue };
export type Row = Readonly<Record<string, CellValue>>;

type PersonRow = RowOf<typeof PERSON>;
/** There is no way to put a value into a hidden column of it. */
type ProtectedPersonRow = Omit<PersonRow, (typeof HIDDEN_COLUMNS)[number]> & {
  readonly [C in (typeof HIDDEN_COLUMNS)[number]]: null;
};
/** Somebody who left, where the row stays: key, generation, version and when. */
type LeftPersonRow = {
  readonly [C in keyof PersonRow]: C extends
    | 'person_key'
    | 'generation'
    | 'version'
    | 'left_at'
    | 'written_at'
    ? CellValue
    : null;
};

interface ChildRows {
  readonly hub_identity: readonly RowOf<typeof IDENTITY>[];
  readonly hub_address: readonly RowOf<typeof ADDRESS>[];
  readonly hub_contact: readonly RowOf<typeof CONTACT>[];
  readonly hub_relation: readonly RowOf<typeof RELATION>[];
  readonly hub_contact_person: readonly RowOf<typeof CONTACT_PERSON>[];
  readonly hub_contact_person_channel: readonly RowOf<typeof CONTACT_PERSON_CHANNEL>[];
}
type ChildName = (typeof CHILD_TABLES)[number]['name'] & keyof ChildRows;

/** All rows of one person. Of somebody protected there is no place for any but the identities. */
export type PersonRows =
  | { readonly kind: 'person'; readonly person: PersonRow; readonly children: ChildRows }
  | {
      readonly kind: 'protected-person';
      readonly person: ProtectedPersonRow;
      readonly children: Pick<ChildRows, 'hub_identity'>;
    };

/** What a row has beside what is told. */
export interface RowHead {
  readonly personKey: PersonKey;
  readonly generation: number;
  readonly version: number;
  /** ISO text. */
  readonly writtenAt: string;
}

export function personRows(head: RowHead, record: DisclosedRecord): PersonRows {
  return record.kind === 'person'
    ? openRows(head, record.person)
    : protectedRows(head, record.person);
}

/** The row that stays of somebody who left. */
export function leftRow({ personKey, generation, version, writtenAt }: RowHead): LeftPersonRow {
  return {
    ...BLANK,
    person_key: personKey,
    generation,
    version,
    left_at: writtenAt,
    written_at: writtenAt,
  };
}

/** The rows of one child table; none where the kind of person has no place for them. */
export function childRows(rows: PersonRows, name: ChildName): readonly Row[] {
  if (rows.kind === 'person') return rows.children[name];
  return name === 'hub_identity' ? rows.children[name] : [];
}

function openRows(head: RowHead, person: DisclosedPerson): PersonRows {
  const {
    membership,
    maritalStatus = null,
    parishCode = null,
    propertyDesignation = null,
  } = person;
  return {
    kind: 'person',
    person: {
      ...sharedColumns(head, person),
      kind: 'person',
      protected_person: false,
      protected_population_record: false,
      membership_level: membership?.level ?? null,
      membership_county: membership?.countyCode ?? null,
      membership_municipality: membership?.municipalityCode ?? null,
      membership_reason: membership?.reason ?? null,
      membership_from: dateText(membership?.from),
      marital_status: maritalStatus,
      parish_code: parishCode,
      property_designation: propertyDesignation,
    },
    children: { ...identityRows(head, person), ...openChildren(head, person) },
  };
}

/** Column by column, so that whatever is added to the record of somebody protected has to be written here before it goes anywhere. */
function protectedRows(head: RowHead, person: DisclosedProtectedPerson): PersonRows {
  const { membership } = person;
  return {
    kind: 'protected-person',
    person: {
      ...sharedColumns(head, person),
      kind: 'protected-person',
      protected_person: person.protectedPerson,
      protected_population_record: person.protectedPopulationRecord,
      membership_level: membership?.level ?? null,
      membership_county: membership?.countyCode ?? null,
      membership_reason: membership?.reason ?? null,
      membership_from: dateText(membership?.from),
      membership_municipality: null,
      marital_status: null,
      parish_code: null,
      property_designation: null,
    },
    children: identityRows(head, person),
  };
}

function sharedColumns(
  { personKey, generation, version, writtenAt }: RowHead,
  person: Pick<DisclosedPerson, 'testPerson' | 'name' | 'sex' | 'birthDate' | 'deregistration'>,
) {
  const { testPerson, name, sex = null, birthDate, deregistration } = person;
  return {
    person_key: personKey,
    generation,
    version,
    left_at: null,
    written_at: writtenAt,
    test_person: testPerson,
    given_name: name?.givenName ?? null,
    given_name_indicator: name?.givenNameIndicator ?? null,
    middle_name: name?.middleName ?? null,
    surname: name?.surname ?? null,
    notification_name: name?.notificationName ?? null,
    sex,
    birth_date: dateText(birthDate),
    deregistration_reason: deregistration?.reason ?? null,
    deregistration_date: dateText(deregistration?.date),
    found_dead_at: dateText(deregistration?.foundDeadAt),
  };
}

function identityRows(
  { personKey }: RowHead,
  { identities }: Pick<DisclosedPerson, 'identities'>,
): Pick<ChildRows, 'hub_identity'> {
  return {
    hub_identity: identities.map(({ root, extension, type, main }, place) => ({
      person_key: personKey,
      place,
      root,
      extension,
      type,
      main,
    })),
  };
}

function openChildren(
  { personKey: person_key }: RowHead,
  { addresses = [], contacts = [], relations = [], contactPersons = [] }: DisclosedPerson,
): Omit<ChildRows, 'hub_identity'> {
  return {
    hub_address: addresses.map((address, place) => ({
      person_key,
      place,
      kind: address.kind,
      care_of: address.careOf,
      lines: address.lines.join('\n'),
      postal_code: address.postalCode,
      city: address.city,
      country: address.country,
    })),
    hub_contact: contacts.map(({ channel, value, consent, digitalNotification }, place) => ({
      person_key,
      place,
      channel,
      value,
      consent,
      digital_notification: digitalNotification ?? null,
    })),
    hub_relation: relations.map(({ kind, identity, birthDate, name, from, to }, place) => ({
      person_key,
      place,
      kind,
      root: identity?.root ?? null,
      extension: identity?.extension ?? null,
      birth_date: dateText(birthDate),
      given_name: name?.givenName ?? null,
      middle_name: name?.middleName ?? null,
      surname: name?.surname ?? null,
      valid_from: dateText(from),
      valid_to: dateText(to),
    })),
    hub_contact_person: contactPersons.map(({ relationship, priority, name }, place) => ({
      person_key,
      place,
      relationship,
      priority,
      given_name: name.givenName,
      middle_name: name.middleName,
      surname: name.surname,
    })),
    hub_contact_person_channel: contactPersons.flatMap((contact, contact_place) =>
      contact.contacts.map(({ channel, value }, place) => ({
        person_key,
        contact_place,
        place,
        channel,
        value,
      })),
    ),
  };
}

function dateText(date: PartialDate | null | undefined): string | null {
  return date?.value ?? null;
}

const BLANK = {
  kind: null,
  test_person: null,
  protected_person: null,
  protected_population_record: null,
  given_name: null,
  given_name_indicator: null,
  middle_name: null,
  surname: null,
  notification_name: null,
  sex: null,
  birth_date: null,
  deregistration_reason: null,
  deregistration_date: null,
  found_dead_at: null,
  membership_level: null,
  membership_county: null,
  membership_municipality: null,
  membership_reason: null,
  membership_from: null,
  marital_status: null,
  parish_code: null,
  property_designation: null,
} as const;
