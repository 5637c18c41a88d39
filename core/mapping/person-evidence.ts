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
 * `ended`: a reference of Skatteverket that is said to have ended (status AS); no mapper states it yet.
 */
export interface StatedLink {
  readonly kind: 'linked' | 'referred' | 'ended';
  readonly identity: Identity;
  /** True when PU says that the other identity is the main one (LinkedIdentityType.primaryIdentity). Absent: not said; no mapper states it yet. */
  readonly primary?: boolean;
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
}
