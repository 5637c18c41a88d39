import type { SourceRow } from '../sync/source-record.ts';
import type { MasterMapping } from './master-mapping.ts';
import type {
  AddressKind,
  ContactChannel,
  ContactPoint,
  PostalAddress,
} from './person-evidence.ts';
import { type RowReader, rowRules } from './row-reader.ts';

/** What the tables beside the person's say. */
export interface MappedChildren {
  readonly addresses: readonly PostalAddress[];
  readonly contacts: readonly ContactPoint[];
}

export interface ChildMapper {
  read(reader: RowReader, rows: Readonly<Record<string, readonly SourceRow[]>>): MappedChildren;
}

/** In this order they stand in evidence, whatever the order they were read in. */
const ADDRESS_ORDER: Readonly<Record<AddressKind, number>> = {
  residential: 0,
  'special-postal': 1,
  given: 2,
  abroad: 3,
};
const CHANNEL_ORDER: Readonly<Record<ContactChannel, number>> = { phone: 0, mobile: 1, email: 2 };

/** An address or contact with what it is sorted by. */
interface Ranked<T> {
  readonly rank: number;
  readonly sequence: number;
  readonly item: T;
}

export function createChildMapper(mapping: MasterMapping): ChildMapper {
  const rulesOf = (name: string) => {
    const table = mapping.children.find((child) => child.name === name);
    return table === undefined ? undefined : rowRules(table, `${name}.`);
  };
  const addressRules = rulesOf('addresses');
  const contactRules = rulesOf('contacts');
  const addressKinds = new Map(Object.entries(mapping.codes.addressKind));
  const channels = new Map(Object.entries(mapping.codes.contactChannel));
  const consents = new Map(Object.entries(mapping.codes.contactConsent));

  return {
    read(reader, rows) {
      const addresses: Ranked<PostalAddress>[] = [];
      if (addressRules !== undefined) {
        for (const row of rows['addresses'] ?? []) {
          reader.read(row, addressRules);
          const item = readAddress(reader);
          if (item !== null) addresses.push({ rank: ADDRESS_ORDER[item.kind], sequence: 0, item });
        }
      }
      const contacts: Ranked<ContactPoint>[] = [];
      if (contactRules !== undefined) {
        for (const row of rows['contacts'] ?? []) {
          reader.read(row, contactRules);
          const sequence = Number(reader.value('sequence') ?? 0);
          const item = readContact(reader);
          if (item !== null) contacts.push({ rank: CHANNEL_ORDER[item.channel], sequence, item });
        }
      }
      return { addresses: inOrder(addresses), contacts: inOrder(contacts) };
    },
  };

  function readAddress(reader: RowReader): PostalAddress | null {
    const kind = reader.code('addressKind', addressKinds);
    const careOf = reader.text('careOf');
    const lines = ADDRESS_LINES.map((field) => reader.text(field)).filter((line) => line !== null);
    const postalCode =
      kind === 'abroad' ? reader.text('postalCode') : readSwedishPostalCode(reader);
    const city = reader.text('city');
    const country = reader.text('country');
    const isEmpty = careOf === null && lines.length === 0 && city === null && country === null;
    if (kind === null || (isEmpty && postalCode === null)) return null;
    return { kind, careOf, lines, postalCode, city, country };
  }

  function readContact(reader: RowReader): ContactPoint | null {
    const channel = reader.code('channel', channels);
    const value = reader.text('value');
    const consent = reader.code('consent', consents);
    return channel === null || value === null ? null : { channel, value, consent };
  }
}

const ADDRESS_LINES = ['line1', 'line2', 'line3'] as const;
const NO_POSTAL_CODE = /^0+$/;
const FIVE_DIGITS = /^\d{5}$/;

/** `753 10` and `75310` are the same; 0 is how registers write that there is none. */
function readSwedishPostalCode(reader: RowReader): string | null {
  const value = reader.value('postalCode')?.replaceAll(' ', '') ?? null;
  if (value === null || NO_POSTAL_CODE.test(value)) return null;
  return FIVE_DIGITS.test(value)
    ? value
    : reader.reject('HUB_PERSON_POSTAL_CODE_INVALID', 'postalCode');
}

function inOrder<T>(ranked: Ranked<T>[]): readonly T[] {
  if (ranked.length > 1) ranked.sort(compareRanked);
  return ranked.map(({ item }) => item);
}

/** By kind or channel, then by the source's own number, then by content: a total order, so that reading order never shows. */
function compareRanked<T>(a: Ranked<T>, b: Ranked<T>): number {
  if (a.rank !== b.rank) return a.rank - b.rank;
  if (a.sequence !== b.sequence) return a.sequence - b.sequence;
  const [textA, textB] = [JSON.stringify(a.item), JSON.stringify(b.item)];
  return textA < textB ? -1 : textA > textB ? 1 : 0;
}
