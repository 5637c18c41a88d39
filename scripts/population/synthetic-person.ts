/**
 * One human of the synthetic population, as things really are: what both registers would say if they were prompt and complete. Plain
 * JSON, so that a change of it can be kept and sent. The registers' views are made of it: `master-view.ts`, `pu-view.ts`.
 */
import type { PuContactInformation, PuContactPerson, PuName } from './pu-record.ts';

export type IdentityKind = 'PNR' | 'SNR' | 'NRID' | 'LRID';

/** One identity that the person has or had, oldest first in the person's list. */
export interface HeldIdentity {
  readonly kind: IdentityKind;
  /** The root OID. */
  readonly root: string;
  readonly extension: string;
  /** The type that Master's column holds (`PNR`, `SNR`, `NRID`, `SLL`, `RES`). */
  readonly masterType: string;
  /** Replaced by a later identity of the list (SNR→PNR, a changed number): its record lives on with deregistration GN. */
  readonly replacedBy: string | null;
  /** When, `YYYY-MM-DD`. */
  readonly replacedOn?: string;
  /** PU links it to the person's main identity. */
  readonly isLinked: boolean;
  /** False: that register has never heard of it. */
  readonly inMaster: boolean;
  readonly inPu: boolean;
}

/** A postal address other than that of the residence. */
export interface PostalAddress {
  readonly street: string;
  readonly postalCode: string | null;
  readonly city: string;
}

export interface Deregistration {
  readonly reason: string;
  readonly date: string | null;
  readonly foundDeadAt: string | null;
}

export interface Residence {
  /** Four digits. */
  readonly municipality: string;
  readonly parish: string | null;
  /** Empty with skyddad folkbokföring: then the person is registered in a municipality and at no property. */
  readonly property: string;
  /** `YYYY-MM-DD`. */
  readonly since: string;
  readonly careOf: string | null;
  /** Empty with skyddad folkbokföring. */
  readonly street: string;
  /** Five digits; null: missing. */
  readonly postalCode: string | null;
  readonly city: string;
  readonly special: PostalAddress | null;
}

/** A former place, for PU's history and for rows of Master that are late. */
export interface FormerResidence {
  readonly residence: Residence;
  /** ISO 8601 with offset: when PU got to know that it ended. */
  readonly endedAt: string;
}

/** What a change put something else in the place of. */
export type ReplacedParts = Partial<
  Pick<
    SyntheticPerson,
    | 'name'
    | 'deregistration'
    | 'maritalStatus'
    | 'residence'
    | 'protectedPerson'
    | 'protectedPopulationRecord'
    | 'addressAbroad'
  >
>;

export interface SyntheticPerson {
  /** The place in the population; newcomers of a live run come after the last. */
  readonly index: number;
  readonly identities: readonly HeldIdentity[];
  readonly name: PuName;
  readonly sex: 'male' | 'female' | 'unknown';
  /** `YYYY-MM-DD`, `YYYY-MM` or `YYYY`. */
  readonly birthDate: string | null;
  readonly protectedPerson: boolean;
  readonly protectedPopulationRecord: boolean;
  readonly deregistration: Deregistration | null;
  readonly maritalStatus: string | null;
  /** Null: registered nowhere (samordningsnummer, reserve identities, emigrants, protected persons without a county). */
  readonly residence: Residence | null;
  /** The newest first. */
  readonly former: readonly FormerResidence[];
  /** Where letters reach somebody who is registered nowhere: PU's special postal, or for a reserve identity given, address. */
  readonly postalAddress?: PostalAddress;
  /** Came back to Sweden, `YYYY-MM-DD`: the newest of `former` ended when the person left. */
  readonly immigratedOn?: string;
  readonly addressAbroad: { readonly lines: readonly string[]; readonly country: string } | null;
  readonly contacts: readonly PuContactInformation[];
  /** What Master has of consent, by channel; PU has none: there presence is consent. */
  readonly masterConsent: 'shared' | 'this-care-giver' | 'no' | null;
  readonly contactPersons: readonly PuContactPerson[];
  readonly optoutPaper: boolean;
  /** Indexes of relatives with PU's relation code (SKV 02003), as this person's record states them. */
  readonly relations: readonly { readonly index: number; readonly type: string }[];
  readonly isTestPerson: boolean;
  /** What stands in Master's county and municipality of a reserve number: who pays, and no place. */
  readonly payerCode: { readonly county: string; readonly municipality: string } | null;
  /** Master has not yet got the last change (at most a week old): its rows are those from before it. */
  readonly isStaleInMaster: boolean;
  /** What the last change replaced, for Master's rows from before it. */
  readonly replaced?: ReplacedParts;
  /** `YYYYMMDDhhmmss`, Swedish local time: when PU's records last changed. */
  readonly version: string;
}
