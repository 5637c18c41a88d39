import type { IdentityClassifier } from '../person/classify-identity.ts';
import { type Identity, identityText } from '../person/person-identifier.ts';
import type { SourceRow } from '../sync/source-record.ts';
import { ADDRESS_ORDER, CHANNEL_ORDER, inOrder, type Ranked } from './canonical-order.ts';
import type { AddressKind, ContactPoint, PostalAddress, StatedLink } from './person-evidence.ts';
import type { PuCodes } from './pu-mapping.ts';
import type { PuChild } from './pu-record.ts';
import { readDeclaredIdentity } from './read-declared-identity.ts';
import { readPostalAddress } from './read-postal-address.ts';
import { readPuChannel } from './read-pu-channel.ts';
import type { RowReader, RowRules } from './row-reader.ts';

/** The rows beside the person's, by kind. */
export type PuRows = Readonly<Partial<Record<PuChild, readonly SourceRow[]>>>;

export interface PuChildMapper {
  readAddresses(reader: RowReader, rows: PuRows): readonly PostalAddress[];
  readContacts(reader: RowReader, rows: PuRows): readonly ContactPoint[];
  readLinks(reader: RowReader, rows: PuRows, own: Identity): readonly StatedLink[];
}

const rulesOf = (child: PuChild, ...required: string[]): RowRules => ({
  prefix: `${child}.`,
  required,
});
const ADDRESSES = rulesOf('addresses', 'kind');
const CONTACTS = rulesOf('contacts', 'contactType');
const LINKED = rulesOf('linkedIdentities', 'identityRoot', 'identity');
const REFERRED = rulesOf('referredIdentities', 'identityRoot', 'identity');

/** The adapters write the hub's own words. */
const ADDRESS_KINDS = new Map(
  Object.keys(ADDRESS_ORDER).map((kind) => [kind, kind as AddressKind]),
);
const LINK_ORDER: Readonly<Record<StatedLink['kind'], number>> = {
  linked: 0,
  referred: 1,
  ended: 2,
};

export function createPuChildMapper(codes: PuCodes, classifier: IdentityClassifier): PuChildMapper {
  const contactTypes = new Map(Object.entries(codes.contactType));
  const referredStatuses = new Map(Object.entries(codes.referredIdentityStatus));

  return {
    readAddresses(reader, { addresses = [] }) {
      const ranked: Ranked<PostalAddress>[] = [];
      for (const row of addresses) {
        reader.read(row, ADDRESSES);
        const item = readPostalAddress(reader, reader.code('kind', ADDRESS_KINDS));
        if (item !== null) ranked.push({ rank: ADDRESS_ORDER[item.kind], sequence: 0, item });
      }
      return inOrder(ranked);
    },

    readContacts(reader, { contacts = [] }) {
      const ranked: Ranked<ContactPoint>[] = [];
      for (const row of contacts) {
        reader.read(row, CONTACTS);
        const item = readContact(reader);
        if (item === null) continue;
        ranked.push({ rank: CHANNEL_ORDER[item.channel], sequence: readRank(reader), item });
      }
      return inOrder(ranked);
    },

    readLinks(reader, { linkedIdentities = [], referredIdentities = [] }, own) {
      if (linkedIdentities.length + referredIdentities.length === 0) return [];
      const links = new Map<string, Ranked<StatedLink>>();
      const ownText = identityText(own);
      const add = (kind: StatedLink['kind'], isPrimary: boolean | null): void => {
        const identity = readDeclaredIdentity(reader, classifier, 'as-stated');
        if (identity === null) return;
        const text = identityText(identity);
        // A record that refers to itself says nothing.
        if (text === ownText) return;
        const key = `${kind} ${text}`;
        // Of two rows about one identity neither takes back what the other says.
        const primary = eitherStated(links.get(key)?.item.primary, isPrimary);
        const item = { kind, identity, ...(primary !== undefined && { primary }) };
        links.set(key, { rank: LINK_ORDER[kind], sequence: 0, item });
      };
      for (const row of linkedIdentities) {
        reader.read(row, LINKED);
        add('linked', reader.statedFlag('primaryIdentity'));
      }
      for (const row of referredIdentities) {
        reader.read(row, REFERRED);
        add(reader.code('status', referredStatuses) === 'ended' ? 'ended' : 'referred', null);
      }
      return inOrder([...links.values()]);
    },
  };

  /** That PU has it means that the person shares it: PU has no consent beside that (IS 5.1). */
  function readContact(reader: RowReader): ContactPoint | null {
    const channel = readPuChannel(reader, contactTypes);
    if (channel === null) return null;
    const digitalNotification = reader.statedFlag('digitalNotification');
    const contact = { ...channel, consent: 'shared' } as const;
    return digitalNotification === null ? contact : { ...contact, digitalNotification };
  }
}

/** 1 is what the person prefers; what has no rank comes after what has one. */
function readRank(reader: RowReader): number {
  return reader.wholeNumber('rank') ?? Number.POSITIVE_INFINITY;
}

function eitherStated(a: boolean | undefined, b: boolean | null): boolean | undefined {
  return a === true ? a : (b ?? a);
}
