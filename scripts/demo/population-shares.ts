import type { NameShares } from './synthetic-names.ts';

/**
 * What the made-up population is made of. Each number is a share from 0 to 1. Where no source is named the share is our choice:
 * large enough that a population of 20 000 shows the case, small enough to look like a register.
 */
export interface PopulationShares {
  readonly names: NameShares;
  /** People registered in another county whom the region has met (utomlänspatienter). Of all records; our choice. */
  readonly outOfCounty: number;
  /** Samordningsnummer, of all records; our choice. */
  readonly coordinationNumber: number;
  /** Reserve numbers of region Stockholm's form, of all records; our choice. */
  readonly stockholmReserve: number;
  /** Reserve numbers that Master stores without saying whose they are (IdTyp RES), of all records; our choice. */
  readonly unstatedReserve: number;
  /** National reserve identities, of all records; our choice. */
  readonly nationalReserve: number;
  /** Old numbers that point at the number that replaced them, of all records; our choice. */
  readonly oldNumber: number;
  /** Sekretessmarkering, of people with a personnummer or samordningsnummer; our choice, somewhat above the real share. */
  readonly protectedPerson: number;
  /** Skyddad folkbokföring, of people with a personnummer; our choice, somewhat above the real share. */
  readonly protectedPopulationRecord: number;
  /** Dead, of people with a personnummer: a register keeps them for years; our choice. */
  readonly deceased: number;
  /** Emigrated, of people with a personnummer; our choice. */
  readonly emigrated: number;
  /** Deregistered for another reason (OB, TA, AN and the old codes OO and AS), of people with a personnummer; our choice. */
  readonly otherwiseDeregistered: number;
  /** Test persons, of people with a personnummer; our choice. */
  readonly testPerson: number;
  /** A special postal address beside the registered one, of residents; our choice. */
  readonly specialPostalAddress: number;
  /** An address abroad, of the emigrated; our choice. */
  readonly addressAbroad: number;
  /** A mobile number, of the living; our choice. */
  readonly mobile: number;
  /** A telephone at home, of the living; our choice. */
  readonly phone: number;
  /** An e-mail address, of the living; our choice. */
  readonly email: number;
  /** The answers about a contact: shared, this care giver only, no; the rest was never asked. Our choice. */
  readonly consent: { readonly J: number; readonly V: number; readonly N: number };
  /** A county and municipality that say who pays, and no place, of reserve numbers (domain: VGR does so); our choice. */
  readonly payerCode: number;
  /** Only the year, or the year and month, of the birth date known, of samordningsnummer and reserve numbers; our choice. */
  readonly partialBirthDate: number;
  /** Rows that the hub must park, of all records; our choice: 7 in 20 000, placed evenly and not by chance. */
  readonly malformed: number;
}

export const DEFAULT_SHARES: PopulationShares = {
  names: {
    secondGivenName: 0.45,
    hyphenatedGivenName: 0.06,
    middleName: 0.12,
    doubleSurname: 0.06,
  },
  outOfCounty: 0.08,
  coordinationNumber: 0.02,
  stockholmReserve: 0.012,
  unstatedReserve: 0.008,
  nationalReserve: 0.005,
  oldNumber: 0.003,
  protectedPerson: 0.0035,
  protectedPopulationRecord: 0.0015,
  deceased: 0.07,
  emigrated: 0.03,
  otherwiseDeregistered: 0.002,
  testPerson: 0.001,
  specialPostalAddress: 0.03,
  addressAbroad: 0.6,
  mobile: 0.72,
  phone: 0.2,
  email: 0.45,
  consent: { J: 0.7, V: 0.12, N: 0.06 },
  payerCode: 0.3,
  partialBirthDate: 0.2,
  malformed: 7 / 20_000,
};
