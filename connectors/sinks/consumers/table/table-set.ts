/** The tables that a consumer finds in its own database, as data: what is made, checked and written comes from here. */

/**
 * `key`: a UUID. `code`: a short word of a fixed list, or a number of a person. `text`: anything. `date`: ISO text of as much as is known of a date:
 * `1954`, `1954-01` or `1954-01-31`.
 */
export type ColumnType = 'key' | 'count' | 'small' | 'code' | 'date' | 'text' | 'flag' | 'time';

export interface Column {
  readonly type: ColumnType;
  readonly isRequired: boolean;
}
export type Columns = Readonly<Record<string, Column>>;

export interface Table<C extends Columns = Columns, N extends string = string> {
  readonly name: N;
  readonly columns: C;
  readonly primaryKey: readonly string[];
  readonly indexes: readonly (readonly string[])[];
  /** SQL that PostgreSQL and SQL Server both understand, by the name of the constraint. */
  readonly checks: Readonly<Record<string, string>>;
}

/** Rises with each change of the tables. */
export const TABLE_SET_VERSION = 1;

const must = (type: ColumnType): Column => ({ type, isRequired: true });
const may = (type: ColumnType): Column => ({ type, isRequired: false });

function table<const N extends string, C extends Columns>(
  name: N,
  columns: C,
  primaryKey: readonly (keyof C & string)[],
  more: {
    readonly indexes?: readonly (readonly (keyof C & string)[])[];
    readonly checks?: Readonly<Record<string, string>>;
  } = {},
): Table<C, N> {
  return { name, columns, primaryKey, indexes: more.indexes ?? [], checks: more.checks ?? {} };
}

/** Of a person who is not protected alone (TKB 5.1 ch. 6.3 rule 3). */
export const HIDDEN_COLUMNS = [
  'marital_status',
  'membership_municipality',
  'parish_code',
  'property_designation',
] as const;

const PERSON_VALUES = {
  test_person: may('flag'),
  protected_person: may('flag'),
  protected_population_record: may('flag'),
  given_name: may('text'),
  given_name_indicator: may('small'),
  middle_name: may('text'),
  surname: may('text'),
  notification_name: may('text'),
  sex: may('code'),
  birth_date: may('date'),
  deregistration_reason: may('code'),
  deregistration_date: may('date'),
  found_dead_at: may('date'),
  membership_level: may('code'),
  membership_county: may('code'),
  membership_municipality: may('code'),
  membership_reason: may('code'),
  membership_from: may('date'),
  marital_status: may('code'),
  parish_code: may('text'),
  property_designation: may('text'),
} as const satisfies Columns;

/** The database's own second lock on what the types forbid: a masked row with a hidden value is refused, whoever writes it. */
const NOTHING_HIDDEN = `kind <> 'protected-person' OR (${allNull(HIDDEN_COLUMNS)})`;
const NOTHING_LEFT = `left_at IS NULL OR (kind IS NULL AND ${allNull(Object.keys(PERSON_VALUES))})`;

function allNull(columns: readonly string[]): string {
  return columns.map((column) => `${column} IS NULL`).join(' AND ');
}

/** One row for each person that the consumer may see; of one who left, a row without values where the profile says `mark`. */
export const PERSON = table(
  'hub_person',
  {
    person_key: must('key'),
    generation: must('count'),
    version: must('count'),
    kind: may('code'),
    left_at: may('time'),
    written_at: must('time'),
    ...PERSON_VALUES,
  },
  ['person_key'],
  {
    checks: {
      // With `IS NOT NULL`: a check that comes out as unknown lets a row in.
      hub_person_kind:
        "(kind IS NOT NULL AND kind IN ('person', 'protected-person')) OR left_at IS NOT NULL",
      hub_person_hidden: NOTHING_HIDDEN,
      hub_person_left: NOTHING_LEFT,
    },
  },
);

const OF_A_PERSON = { person_key: must('key'), place: must('small') } as const;
const IN_ORDER = ['person_key', 'place'] as const;

/** Every identity of a person, protected or not; `main` on the one that the consumer wants to know the person by. */
export const IDENTITY = table(
  'hub_identity',
  {
    ...OF_A_PERSON,
    root: must('code'),
    extension: must('code'),
    type: must('code'),
    main: must('flag'),
  },
  IN_ORDER,
  { indexes: [['extension', 'root']] },
);

/** `lines`: the lines of the address, one after the other with a line feed (U+000A) between them. */
export const ADDRESS = table(
  'hub_address',
  {
    ...OF_A_PERSON,
    kind: must('code'),
    care_of: may('text'),
    lines: must('text'),
    postal_code: may('text'),
    city: may('text'),
    country: may('text'),
  },
  IN_ORDER,
);

export const CONTACT = table(
  'hub_contact',
  {
    ...OF_A_PERSON,
    channel: must('code'),
    value: must('text'),
    consent: may('code'),
    digital_notification: may('flag'),
  },
  IN_ORDER,
);

export const RELATION = table(
  'hub_relation',
  {
    ...OF_A_PERSON,
    kind: must('code'),
    root: may('code'),
    extension: may('code'),
    birth_date: may('date'),
    given_name: may('text'),
    middle_name: may('text'),
    surname: may('text'),
    valid_from: may('date'),
    valid_to: may('date'),
  },
  IN_ORDER,
);

export const CONTACT_PERSON = table(
  'hub_contact_person',
  {
    ...OF_A_PERSON,
    relationship: must('text'),
    priority: may('small'),
    given_name: may('text'),
    middle_name: may('text'),
    surname: may('text'),
  },
  IN_ORDER,
);

/** How a contact person is reached. `contact_place`: the `place` in hub_contact_person. */
export const CONTACT_PERSON_CHANNEL = table(
  'hub_contact_person_channel',
  {
    person_key: must('key'),
    contact_place: must('small'),
    place: must('small'),
    channel: must('code'),
    value: must('text'),
  },
  ['person_key', 'contact_place', 'place'],
);

/** Who is gone leaves this for the delete retention, so that a late record raises nobody from the dead. */
export const DELETED_PERSON = table(
  'hub_deleted_person',
  {
    person_key: must('key'),
    generation: must('count'),
    version: must('count'),
    deleted_at: must('time'),
  },
  ['person_key'],
  { indexes: [['deleted_at']] },
);

/**
 * What the consumer has to forget in its own copies: the tables of the hub hold nothing of it any more. The consumer fills in `acknowledged_at`, and
 * `acknowledged_by` if it likes; `taken_at` is the hub's.
 */
export const PURGE_ORDER = table(
  'hub_purge_order',
  {
    id: must('key'),
    person_key: must('key'),
    reason: must('code'),
    fields: must('text'),
    up_to_generation: must('count'),
    up_to_version: must('count'),
    ordered_at: must('time'),
    due_at: must('time'),
    acknowledged_at: may('time'),
    acknowledged_by: may('text'),
    taken_at: may('time'),
  },
  ['id'],
  { indexes: [['taken_at', 'acknowledged_at']] },
);

/** What happened, without values. The consumer may delete rows that it has read. */
export const EVENT = table(
  'hub_event',
  {
    id: must('code'),
    person_key: must('key'),
    type: must('code'),
    generation: must('count'),
    version: must('count'),
    effective_date: may('date'),
    changed: must('text'),
    recorded_at: must('time'),
    received_at: must('time'),
  },
  ['id'],
  { indexes: [['received_at']] },
);

/** Ids of events and orders that were written, also of those whose rows the consumer has deleted since. */
export const INBOX = table('hub_inbox', { id: must('code'), received_at: must('time') }, ['id'], {
  indexes: [['received_at']],
});

/** One row. `instance_id` is made with the tables, so that others in their place are recognised; `used_since` comes with the first delivery. */
export const SCHEMA_VERSION = table(
  'hub_schema_version',
  {
    version: must('small'),
    instance_id: must('key'),
    created_at: must('time'),
    used_since: may('time'),
  },
  ['version'],
);

/** Rows that are replaced as a whole with their person. */
export const CHILD_TABLES = [
  IDENTITY,
  ADDRESS,
  CONTACT,
  RELATION,
  CONTACT_PERSON,
  CONTACT_PERSON_CHANNEL,
] as const satisfies readonly Table[];

/** All tables, in the order in which they are made. */
export const TABLE_SET: readonly Table[] = [
  PERSON,
  ...CHILD_TABLES,
  DELETED_PERSON,
  PURGE_ORDER,
  EVENT,
  INBOX,
  SCHEMA_VERSION,
];
