import type { PartialDate } from '../person/partial-date.ts';
import type { Identity } from '../person/person-identifier.ts';

/** kv_kön (IS 6.4): 1 man, 2 kvinna, 0 okänt, 9 ej tillämpligt. */
export type Sex = 'male' | 'female' | 'unknown' | 'not-applicable';

export interface PersonName {
  readonly givenName: string | null;
  /** Tilltalsnamnsmarkering, 10..99: first digit is the position of the called name, second its second part or 0 (IS Namn). */
  readonly givenNameIndicator: number | null;
  readonly middleName: string | null;
  readonly surname: string | null;
  /** Aviseringsnamn. */
  readonly notificationName: string | null;
}

/** Skatteverket's term code 01006 as PU 5.1 has it, with older codes mapped to it. */
export type DeregistrationReason = 'AV' | 'UV' | 'GN' | 'AN' | 'FI' | 'OB' | 'TA';

export interface Deregistration {
  readonly reason: DeregistrationReason;
  readonly date: PartialDate | null;
  /** Anträffad död: stands in when the day of death is not known. */
  readonly foundDeadAt: PartialDate | null;
}

/** Where the person is registered (folkbokförd). Codes are real ones: a payer code never gets here. */
export interface Locality {
  /** Two digits, a county of the code table. */
  readonly countyCode: string | null;
  /** Four digits, county + municipality, of the code table. */
  readonly municipalityCode: string | null;
  readonly parishCode: string | null;
  readonly propertyDesignation: string | null;
  readonly registrationDate: PartialDate | null;
}

export type AddressKind = 'residential' | 'special-postal' | 'given' | 'abroad';

export interface PostalAddress {
  readonly kind: AddressKind;
  readonly careOf: string | null;
  readonly lines: readonly string[];
  /** Five digits for a Swedish address; as stated for an address abroad. */
  readonly postalCode: string | null;
  readonly city: string | null;
  /** In full text, for an address abroad (XSD 5.0 `AddressAbroadType.countryCode`). */
  readonly country: string | null;
}

export type ContactChannel = 'phone' | 'mobile' | 'email';
/** The three answers that a person can give about a channel. `null`: the source does not say. */
export type ContactConsent = 'shared' | 'this-care-giver' | 'no';

export interface ContactPoint {
  readonly channel: ContactChannel;
  readonly value: string;
  readonly consent: ContactConsent | null;
  /** Whether it may be used for notices (digitalNotification, IS 4.2.12). Absent: the source does not say. */
  readonly digitalNotification?: boolean;
}

export type MaritalStatus = 'OG' | 'G' | 'Ä' | 'S' | 'RP' | 'SP' | 'EP';

/**
 * Who says that two identities are the same person, and how. Kept as evidence; what follows from it is decided in core/identity.
 * `linked`: PU's own link (linkedIdentity). `referred`: a reference of Skatteverket (referredPersonalIdentities), or Master's.
 * `ended`: a reference of Skatteverket that is said to have ended (status AS).
 */
export interface StatedLink {
  readonly kind: 'linked' | 'referred' | 'ended';
  readonly identity: Identity;
  /** True when PU says that the other identity is the main one (LinkedIdentityType.primaryIdentity). Absent: not said. */
  readonly primary?: boolean;
}

/**
 * What the other one is to this person: Skatteverket's relation codes (term code 02003, TKB 5.1, IS Relation). `custodian`: the other has custody
 * of this person; `custody-of`: this person has custody of the other.
 */
export const RELATION_KINDS = [
  'child',
  'mother',
  'father',
  'parent',
  'custodian',
  'custody-of',
  'spouse',
  'partner',
] as const;
export type RelationKind = (typeof RELATION_KINDS)[number];

/** A name as the registers have it of a relative or a contact person. */
export interface ShortName {
  readonly givenName: string | null;
  readonly middleName: string | null;
  readonly surname: string | null;
}

/** A relation that holds: what is ended or annulled by its status (term code 02008) is left out by the mapper. */
export interface Relation {
  readonly kind: RelationKind;
  /** Null: the relative never had a number. Normally nothing else is given (IS Relation). */
  readonly identity: Identity | null;
  readonly birthDate: PartialDate | null;
  readonly name: ShortName | null;
  readonly from: PartialDate | null;
  /** "Datum för avslutad vårdnad": a day in the future of the record when custody ends. */
  readonly to: PartialDate | null;
}

/** Contact persons are what the person has said, apart from legal relations (IS Kontaktperson). */
export interface ContactPerson {
  /** The SNOMED code of `contactRelationshipType`, in words (mappings/pu.json): `spouse`, `god-man`, `friend` … */
  readonly relationship: string;
  /** 1 comes first; null: not said. */
  readonly priority: number | null;
  readonly name: ShortName;
  readonly contacts: readonly {
    readonly channel: ContactChannel;
    readonly value: string;
  }[];
}

/** One source record after mapping: normalised, code tables applied, everything that the hub knows from it. */
export interface PersonEvidence {
  readonly identity: Identity;
  readonly name: PersonName;
  readonly sex: Sex;
  readonly birthDate: PartialDate | null;
  /** Sekretessmarkering (01003). */
  readonly protectedPerson: boolean;
  /** Skyddad folkbokföring (01020). */
  readonly protectedPopulationRecord: boolean;
  readonly deregistration: Deregistration | null;
  readonly maritalStatus: MaritalStatus | null;
  readonly locality: Locality | null;
  readonly addresses: readonly PostalAddress[];
  readonly contacts: readonly ContactPoint[];
  readonly links: readonly StatedLink[];
  readonly testPerson: boolean;
  /** Only PU states them. Empty for Master and for protected persons. */
  readonly relations: readonly Relation[];
  readonly contactPersons: readonly ContactPerson[];
  /** Optout of paper (IS 4.2.12). Null: the source does not say. */
  readonly paperOptOut: boolean | null;
  /**
   * Since when the hub has seen a flag of protection without a break in this source's records of this identity: the second (UTC, since 1970) at
   * which the first of them was read. Master has no date of its flags, so this is the earliest that is known, and later than the truth: on the
   * safe side, since a flag ends only by something newer. Null: no flag, or a record from before the hub kept it. Set by the main path, not by a mapper.
   */
  readonly protectedSince: number | null;
  /** True when nothing but the flags of protection is known, since the only record of the source is parked: it decides no field. */
  readonly isOnlyFlags?: true;
}
