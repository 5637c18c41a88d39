import type {
  ContactPerson,
  ContactPoint,
  Deregistration,
  MaritalStatus,
  PersonName,
  PostalAddress,
  Relation,
  Sex,
} from '../mapping/person-evidence.ts';
import type { PartialDate } from '../person/partial-date.ts';
import type { Identity, IdentityType } from '../person/person-identifier.ts';

export interface GoldenIdentity extends Identity {
  readonly type: IdentityType;
  /** The identity that the person is known by now. Exactly one of a person's identities has it. */
  readonly main: boolean;
}

/** The area that a person belongs to, with why. `protected-county-only` and the rest are explained in docs/glossary.md. */
export interface Membership {
  readonly level: 'municipality' | 'county';
  readonly countyCode: string;
  readonly municipalityCode: string | null;
  readonly reason: 'registered' | 'protected-county-only';
  readonly from: PartialDate | null;
}

interface GoldenCommon {
  readonly identities: readonly GoldenIdentity[];
  readonly name: PersonName;
  readonly sex: Sex;
  readonly birthDate: PartialDate | null;
  readonly deregistration: Deregistration | null;
  readonly testPerson: boolean;
}

/** The one view of a person who is not protected. */
export interface GoldenPerson extends GoldenCommon {
  readonly kind: 'person';
  readonly maritalStatus: MaritalStatus | null;
  readonly membership: Membership | null;
  readonly parishCode: string | null;
  readonly propertyDesignation: string | null;
  readonly addresses: readonly PostalAddress[];
  readonly contacts: readonly ContactPoint[];
  /** Read-only, and only for who may see them. Whoever is protected, at either end, is in none of them. */
  readonly relations: readonly Relation[];
  readonly contactPersons: readonly ContactPerson[];
  /** Null: nobody says. Paper is the default. */
  readonly paperOptOut: boolean | null;
}

/**
 * The one view of a protected person. A type of its own with no place for an address, a municipality, contact data or relations:
 * they cannot leak from what cannot hold them (TKB 5.1 ch. 6.3 rule 3 and ch. 8 profile 1).
 */
export interface GoldenProtectedPerson extends GoldenCommon {
  readonly kind: 'protected-person';
  readonly protectedPerson: boolean;
  readonly protectedPopulationRecord: boolean;
  /** County level only. */
  readonly membership: CountyMembership | null;
}

export interface CountyMembership {
  readonly level: 'county';
  readonly countyCode: string;
  readonly reason: 'protected-county-only';
  readonly from: PartialDate | null;
}

/** The one view of a person: a pure function of the evidence in its cluster, the rules and the phase. */
export type GoldenRecord = GoldenPerson | GoldenProtectedPerson;

/** Groups of fields that are decided, diffed and explained together. */
export const FIELD_GROUPS = [
  'identities',
  'name',
  'sex',
  'birth',
  'protection',
  'deregistration',
  'marital-status',
  'membership',
  'locality',
  'addresses',
  'contacts',
  'relations',
  'contact-persons',
  'paper-preference',
] as const;
export type FieldGroup = (typeof FIELD_GROUPS)[number];
