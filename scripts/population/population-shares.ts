import type { NameShares } from './synthetic-names.ts';

/**
 * What the made-up population is made of. Each number is a share from 0 to 1. Where no source is named the share is our choice:
 * large enough that a population of 20 000 shows the case, small enough to look like a register. What is known of the real frequencies is
 * little: nobody publishes them for a regional register.
 */
export interface PopulationShares {
  readonly names: NameShares;

  // Who people are.
  /** Households in another county whom the region has met (utomlänspatienter), of all households; our choice. */
  readonly outOfCounty: number;
  /** People with a samordningsnummer and no personnummer, of all; our choice. */
  readonly coordinationNumber: number;
  /** People with nothing but a reserve number of region Stockholm's form, of all; our choice. */
  readonly stockholmReserve: number;
  /** People with nothing but a reserve number that Master stores without saying whose it is (IdTyp RES), of all; our choice. */
  readonly unstatedReserve: number;
  /** People with nothing but a national reserve identity, of all; our choice. */
  readonly nationalReserve: number;
  /** Local reserve numbers that were replaced by a national one and linked to it, of people with a local one alone; our choice. */
  readonly nationalAfterLocal: number;
  /** Test persons, of people with a personnummer (PU marks them in production, too; TKB 5.1 ch. 6.3 rule 4); our choice. */
  readonly testPerson: number;

  // Their numbers.
  /** A samordningsnummer before the personnummer, of people with a personnummer; our choice. */
  readonly formerCoordinationNumber: number;
  /** Another personnummer before this one, of people with a personnummer; at most 0.1. Our choice. */
  readonly changedNumber: number;
  /** A reserve number beside, of people with a personnummer; our choice. */
  readonly reserveBeside: number;
  /** A reserve number of another region that only PU has, of people with a personnummer; at most 0.1. Our choice. */
  readonly otherRegionReserve: number;
  /** Linked in PU, of reserve numbers beside a personnummer; our choice. */
  readonly linkedReserve: number;
  /** Known in PU, of local reserve numbers that nothing is linked to: regions register them there by UpdatePerson. Our choice. */
  readonly localReserveInPu: number;
  /** A county and municipality that say who pays, and no place, of reserve numbers (domain: VGR does so); our choice. */
  readonly payerCode: number;
  /** Only the year, or the year and month, of the birth date known, of samordningsnummer and reserve numbers; our choice. */
  readonly partialBirthDate: number;

  // Their lives.
  /** Married or registered partners, of couples; our choice. */
  readonly married: number;
  /** Registered partners, of those (the form ended in 2009, the partnerships did not); our choice. */
  readonly registeredPartner: number;
  /** Dead, of adults with a personnummer: a register keeps them for years; our choice. */
  readonly deceased: number;
  /** Only the day on which they were found known, of the dead (PU's foundDeadAtDate); our choice. */
  readonly foundDead: number;
  /** Emigrated, of adults with a personnummer; our choice. */
  readonly emigrated: number;
  /** Emigrated and came back, of households; our choice. */
  readonly returned: number;
  /** Deregistered for another reason (OB, TA, AN), of adults with a personnummer; our choice. */
  readonly otherwiseDeregistered: number;
  /** Moved in the last three years: PU's history reaches so far (IS 5.1, Historik). Of households; our choice. */
  readonly moved: {
    readonly withinMunicipality: number;
    readonly withinCounty: number;
    /** Into the county for those of the county, out of it for the others. */
    readonly betweenCounties: number;
  };

  // Protection.
  /** Sekretessmarkering, of people with a personnummer or samordningsnummer; our choice, somewhat above the real share. */
  readonly protectedPerson: number;
  /** Skyddad folkbokföring, of households; our choice, somewhat above the real share. */
  readonly protectedPopulationRecord: number;
  /** No county either, of people with a sekretessmarkering (a published record of PU is so); our choice. */
  readonly protectedWithoutCounty: number;

  // Addresses and contacts.
  /** A special postal address beside the registered one, of households; our choice. */
  readonly specialPostalAddress: number;
  /** No postal code: PU writes 0 for it (a consumer's report, INTYG-5573). Of households; our choice. */
  readonly missingPostalCode: number;
  /** An address abroad, of the emigrated; our choice. */
  readonly addressAbroad: number;
  /** A mobile number, of the living; our choice. */
  readonly mobile: number;
  /** A telephone at home, of the living; our choice. */
  readonly phone: number;
  /** An e-mail address, of the living; our choice. */
  readonly email: number;
  /** May be used for notices (digitalNotification), of mobile numbers and e-mail addresses; our choice. */
  readonly digitalNotification: number;
  /** The answers in Master: shared, this care giver only, no; the rest was never asked. Of people; our choice. */
  readonly consent: {
    readonly shared: number;
    readonly thisCareGiver: number;
    readonly no: number;
  };
  /** No letters on paper (optoutPaperNotification), of those who get digital notices; our choice. */
  readonly optoutPaper: number;
  /** A contact person, of people with a personnummer; our choice. */
  readonly contactPerson: number;

  // What the registers make of them.
  /** Only in PU: the region has never met them. Of people with a personnummer; our choice. */
  readonly onlyInPu: number;
  /** Only in Master: PU answers "unknown". Of people with a personnummer; our choice. */
  readonly onlyInMaster: number;
  /**
   * Master has not got the last change, of people; our choice. Registers are filled weekly in places (Gävleborg tells its residents so),
   * hence "at most a week old".
   */
  readonly stale: number;
  /** Rows that the hub must park, of all people: 7 in 20 000, placed evenly and not by chance; our choice. */
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
  nationalAfterLocal: 0.15,
  testPerson: 0.001,
  formerCoordinationNumber: 0.002,
  changedNumber: 0.001,
  reserveBeside: 0.008,
  otherRegionReserve: 0.001,
  linkedReserve: 0.6,
  localReserveInPu: 0.3,
  payerCode: 0.3,
  partialBirthDate: 0.2,
  married: 0.7,
  registeredPartner: 0.01,
  deceased: 0.1,
  foundDead: 0.03,
  emigrated: 0.04,
  returned: 0.01,
  otherwiseDeregistered: 0.002,
  moved: { withinMunicipality: 0.08, withinCounty: 0.05, betweenCounties: 0.04 },
  protectedPerson: 0.0035,
  protectedPopulationRecord: 0.0015,
  protectedWithoutCounty: 0.1,
  specialPostalAddress: 0.03,
  missingPostalCode: 0.01,
  addressAbroad: 0.6,
  mobile: 0.72,
  phone: 0.2,
  email: 0.45,
  digitalNotification: 0.6,
  consent: { shared: 0.7, thisCareGiver: 0.12, no: 0.06 },
  optoutPaper: 0.15,
  contactPerson: 0.1,
  onlyInPu: 0.004,
  onlyInMaster: 0.001,
  stale: 0.006,
  malformed: 7 / 20_000,
};
