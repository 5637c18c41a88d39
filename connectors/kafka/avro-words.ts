/** What the Avro schemas of the hub and of consumers call things: both families have the same words and shapes. */
import type { GoldenIdentity, Membership } from '../../core/golden-record/golden-record.ts';
import type {
  ContactPerson,
  ContactPoint,
  Deregistration,
  MaritalStatus,
  PostalAddress,
  Relation,
} from '../../core/mapping/person-evidence.ts';
import type { PartialDate } from '../../core/person/partial-date.ts';

/** Civil status by the words of the schema: an Avro symbol cannot be `Ä`. */
const MARITAL_STATUS = {
  OG: 'UNMARRIED',
  G: 'MARRIED',
  Ä: 'WIDOWED',
  S: 'DIVORCED',
  RP: 'REGISTERED_PARTNER',
  SP: 'DIVORCED_PARTNER',
  EP: 'SURVIVING_PARTNER',
} as const;

const SYMBOLS = new Map<string, string>();

/** The Avro symbol of one of our words: `moved-in` is `MOVED_IN`. */
export function symbol(word: string): string {
  let found = SYMBOLS.get(word);
  if (found === undefined) {
    found = word.toUpperCase().replaceAll('-', '_');
    SYMBOLS.set(word, found);
  }
  return found;
}

/** A record `PartialDate`. */
export function partialDate(
  date: PartialDate | null,
): { readonly precision: string; readonly value: string } | null {
  return date === null ? null : { precision: symbol(date.precision), value: date.value };
}

/** A symbol of the enum `MaritalStatus`. */
export function maritalStatusSymbol(status: MaritalStatus | null): string | null {
  return status === null ? null : MARITAL_STATUS[status];
}

/** A record `Identity`. */
export function identityFields({ root, extension, type, main }: GoldenIdentity) {
  return { root, extension, type, main };
}

/** A record `Deregistration`. */
export function deregistrationFields(deregistration: Deregistration | null) {
  return deregistration === null
    ? null
    : {
        reason: deregistration.reason,
        date: partialDate(deregistration.date),
        foundDeadAt: partialDate(deregistration.foundDeadAt),
      };
}

/** A record `Membership`. */
export function membershipFields(membership: Membership | null) {
  return membership === null
    ? null
    : {
        ...membership,
        level: symbol(membership.level),
        reason: symbol(membership.reason),
        from: partialDate(membership.from),
      };
}

/** A record `CountyMembership`: field by field, so that nothing narrower than the county gets in. */
export function countyMembershipFields(
  membership: { readonly countyCode: string; readonly from: PartialDate | null } | null,
) {
  return membership === null
    ? null
    : { countyCode: membership.countyCode, from: partialDate(membership.from) };
}

/** A record `PostalAddress`. */
export function addressFields(address: PostalAddress) {
  return { ...address, kind: symbol(address.kind) };
}

/** A record `ContactPoint`. */
export function contactFields({ channel, value, consent, digitalNotification }: ContactPoint) {
  return {
    channel: symbol(channel),
    value,
    consent: consent === null ? null : symbol(consent),
    digitalNotification: digitalNotification ?? null,
  };
}

/** A record `Relation`. */
export function relationFields({ kind, identity, birthDate, name, from, to }: Relation) {
  return {
    kind: symbol(kind),
    identity,
    birthDate: partialDate(birthDate),
    name,
    from: partialDate(from),
    to: partialDate(to),
  };
}

/** A record `ContactPerson`. */
export function contactPersonFields({ relationship, priority, name, contacts }: ContactPerson) {
  return {
    relationship,
    priority,
    name,
    contacts: contacts.map(({ channel, value }) => ({ channel: symbol(channel), value })),
  };
}
