import type { SourceRow } from '../sync/source-record.ts';
import { ADDRESS_ORDER, CHANNEL_ORDER, inOrder, type Ranked } from './canonical-order.ts';
import type { MasterMapping } from './master-mapping.ts';
import type { ContactPoint, PostalAddress } from './person-evidence.ts';
import { readPostalAddress } from './read-postal-address.ts';
import { type RowReader, rowRules } from './row-reader.ts';

/** What the tables beside the person's say. */
export interface MappedChildren {
  readonly addresses: readonly PostalAddress[];
  readonly contacts: readonly ContactPoint[];
}

export interface ChildMapper {
  read(reader: RowReader, rows: Readonly<Record<string, readonly SourceRow[]>>): MappedChildren;
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
          const item = readPostalAddress(reader, reader.code('addressKind', addressKinds));
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

  function readContact(reader: RowReader): ContactPoint | null {
    const channel = reader.code('channel', channels);
    const value = reader.text('value');
    const consent = reader.code('consent', consents);
    return channel === null || value === null ? null : { channel, value, consent };
  }
}
