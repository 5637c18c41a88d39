import type { Oid } from '../person/person-identifier.ts';
import type {
  AddressKind,
  ContactChannel,
  ContactConsent,
  DeregistrationReason,
  MaritalStatus,
  Sex,
} from './person-evidence.ts';

/**
 * How a column's value becomes text in a source row. `date` gives ISO `YYYY-MM-DD`, `datetime` ISO without a zone, `flag` `1` or
 * `0`, `number` decimal text; `text` keeps the characters, without trailing blanks of char(n).
 */
export type ColumnType = 'text' | 'number' | 'date' | 'datetime' | 'flag';

export interface ColumnMapping {
  readonly column: string;
  readonly type: ColumnType;
  /** A null or empty value parks the record. Absent: false. */
  readonly required?: boolean;
  /** For a key column of type text: its SQL type, so that a parameter is declared alike and the index is used (`varchar(12)`). */
  readonly sqlType?: string;
}

/** A table of Master, its key in index order, and its columns by the hub's field name. */
export interface TableMapping {
  readonly schema: string;
  readonly table: string;
  /** Field names of the key, in the order of the primary key. */
  readonly key: readonly string[];
  /** The column that changes with every write, for mode `rowversion`. */
  readonly rowVersion?: string;
  readonly columns: Readonly<Record<string, ColumnMapping>>;
}

/** A table beside the person's: its key begins with the person's key, field by field. */
export interface ChildTableMapping extends TableMapping {
  /** `addresses` or `contacts`. */
  readonly name: string;
}

/** `mappings/master.json`: one region's Master. Everything that differs between regions is here and nowhere else. */
export interface MasterMapping {
  readonly version: number;
  readonly person: TableMapping;
  readonly children: readonly ChildTableMapping[];
  /**
   * The codes in the `identityType` field to the root. A code mapped to `classify` states no root: its value is classified only
   * when exactly one configured format fits.
   */
  readonly identityTypes: Readonly<Record<string, Oid | 'classify'>>;
  /**
   * What county and municipality mean on the row of a reserve number: true, a place; false, perhaps a payer code, so they are
   * never taken for one. Absent: false.
   */
  readonly reserveNumberAreaIsPlace?: boolean;
  readonly codes: {
    readonly sex: Readonly<Record<string, Sex>>;
    readonly deregistrationReason: Readonly<Record<string, DeregistrationReason>>;
    readonly maritalStatus: Readonly<Record<string, MaritalStatus>>;
    readonly addressKind: Readonly<Record<string, AddressKind>>;
    readonly contactChannel: Readonly<Record<string, ContactChannel>>;
    readonly contactConsent: Readonly<Record<string, ContactConsent>>;
  };
}

/**
 * The hub's field names that a mapping may use. A name outside this list is refused when the mapping is loaded: it would be read
 * and never used.
 */
export const PERSON_FIELDS = [
  'identityType',
  'identity',
  'givenName',
  'givenNameIndicator',
  'middleName',
  'surname',
  'notificationName',
  'sex',
  'birthDate',
  'protectedPerson',
  'protectedPopulationRecord',
  'deregistrationReason',
  'deregistrationDate',
  'foundDeadDate',
  'maritalStatus',
  'countyCode',
  'municipalityCode',
  'parishCode',
  'propertyDesignation',
  'registrationDate',
  'linkedIdentityType',
  'linkedIdentity',
  'testPerson',
] as const;

export const CHILD_FIELDS = {
  addresses: [
    'identityType',
    'identity',
    'addressKind',
    'careOf',
    'line1',
    'line2',
    'line3',
    'postalCode',
    'city',
    'country',
  ],
  contacts: ['identityType', 'identity', 'channel', 'sequence', 'value', 'consent'],
} as const;
