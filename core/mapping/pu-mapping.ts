import type { Oid } from '../person/person-identifier.ts';
import type {
  ContactChannel,
  DeregistrationReason,
  MaritalStatus,
  RelationKind,
  Sex,
} from './person-evidence.ts';

/** How much a pull asks for (TKB 5.1 ch. 8). Less would be evidence with fewer fields, which erases those that it lacks. */
export type PullProfile = 'P4' | 'P5';

/** What the status of a samordningsnummer says of the number (term code 01308). `dormant`: it exists and is not in use now. */
export type IdentityStatus = 'active' | 'dormant' | 'deregistered';

/** `mappings/pu.json`: what a region has agreed with PU, and what PU's codes mean. */
export interface PuMapping {
  readonly version: number;
  readonly pulls: {
    /** Who is registered in the region's own counties. */
    readonly 'own-region': {
      readonly profile: PullProfile;
      /** Home counties that are asked for municipality by municipality, since one answer would be too large. */
      readonly splitByMunicipality: readonly string[];
    };
    /** Persons of other counties that the hub knows. */
    readonly 'known-elsewhere': { readonly profile: PullProfile };
    readonly 'reserve-identities': {
      readonly profile: PullProfile;
      /** Whose reserve identities are asked for. */
      readonly roots: readonly Oid[];
    };
    /** Who has left the home counties: known by the history of a person, which only P5 has. */
    readonly 'moved-out': { readonly profile: 'P5' };
  };
  /** The roots of identities that PU is asked about by the identity itself. Others are Master's alone. */
  readonly askableRoots: readonly Oid[];
  /** As in `master.json`: whether county and municipality on a reserve identity are a place. Absent: false. */
  readonly reserveNumberAreaIsPlace?: boolean;
  readonly codes: PuCodes;
}

/** PU's codes, in every spelling that occurs, by what the hub knows them as. */
export interface PuCodes {
  readonly gender: Readonly<Record<string, Sex>>;
  readonly deregistrationReason: Readonly<Record<string, DeregistrationReason>>;
  readonly maritalStatus: Readonly<Record<string, MaritalStatus>>;
  readonly identityStatus: Readonly<Record<string, IdentityStatus>>;
  /** The reason for deregistration that each cause of an identity status (term code 01310) amounts to. */
  readonly identityStatusCause: Readonly<Record<string, DeregistrationReason>>;
  readonly referredIdentityStatus: Readonly<Record<string, 'current' | 'ended'>>;
  /** `none`: no channel that the hub keeps. */
  readonly contactType: Readonly<Record<string, ContactChannel | 'none'>>;
  /** Skatteverket's 02003: what the other one is to the person. */
  readonly relationType: Readonly<Record<string, RelationKind>>;
  /** Skatteverket's 02008. `ended` is whatever does not hold any more, or never did. */
  readonly relationStatus: Readonly<Record<string, 'current' | 'ended'>>;
  /**
   * What a contact person is (IS 5.1), as a word of small letters and hyphens, with the SNOMED CT codes that say it. By word, since a code of
   * that length in the path of a fault looks like somebody's number and is withheld.
   */
  readonly contactPersonRelationship: Readonly<Record<string, readonly string[]>>;
}
