import { describe, expect, it } from 'vitest';
import {
  DEFAULT_SHARES,
  type PopulationShares,
} from '../../scripts/population/population-shares.ts';
import { puRecordsOf } from '../../scripts/population/pu-view.ts';
import type { HeldIdentity, SyntheticPerson } from '../../scripts/population/synthetic-person.ts';
import { populationOf } from './population-of.ts';

type Has = (person: SyntheticPerson) => boolean;

/** Each share is set this high, to be met often enough in few people. */
const HIGH = 0.09;
const FEW = 2_500;

const main = ({ identities }: SyntheticPerson): HeldIdentity | undefined => identities.at(-1);
const isPersonal: Has = (person) => main(person)?.kind === 'PNR';
const holds =
  (fits: (identity: HeldIdentity) => boolean): Has =>
  ({ identities }) =>
    identities.some(fits);
const isAlone =
  (masterType: string): Has =>
  (person) =>
    !isPersonal(person) && holds((one) => one.masterType === masterType)(person);
const hasContact =
  (use: string, type: string): Has =>
  ({ contacts }) =>
    contacts.some((one) => one.use === use && one.contactType === type);
const isFromHome: Has = ({ residence }) => residence?.municipality.startsWith('03') === true;

/** How somebody of whom the share holds is recognised. */
const SIGNS: Readonly<
  Record<Exclude<keyof PopulationShares, 'names' | 'consent' | 'moved' | 'malformed'>, Has>
> = {
  outOfCounty: (person) =>
    person.deregistration === null && person.residence !== null && !isFromHome(person),
  coordinationNumber: (person) => main(person)?.kind === 'SNR',
  stockholmReserve: isAlone('SLL'),
  unstatedReserve: isAlone('RES'),
  nationalReserve: isAlone('NRID'),
  nationalAfterLocal: ({ identities }) =>
    identities.length === 2 && identities[0]?.kind === 'LRID' && identities[1]?.kind === 'NRID',
  testPerson: ({ isTestPerson }) => isTestPerson,
  formerCoordinationNumber: holds(({ kind, replacedBy }) => kind === 'SNR' && replacedBy !== null),
  changedNumber: holds(({ kind, replacedBy }) => kind === 'PNR' && replacedBy !== null),
  reserveBeside: (person) =>
    isPersonal(person) && holds(({ kind, inMaster }) => kind === 'LRID' && inMaster)(person),
  otherRegionReserve: holds(({ kind, inMaster }) => kind === 'LRID' && !inMaster),
  linkedReserve: (person) =>
    isPersonal(person) && holds(({ kind, isLinked }) => kind === 'LRID' && isLinked)(person),
  localReserveInPu: (person) => main(person)?.kind === 'LRID' && main(person)?.inPu === true,
  payerCode: ({ payerCode }) => payerCode !== null,
  partialBirthDate: ({ birthDate }) => birthDate !== null && birthDate.length < 10,
  married: ({ relations }) => relations.some(({ type }) => type === 'M'),
  registeredPartner: ({ relations }) => relations.some(({ type }) => type === 'P'),
  deceased: ({ deregistration }) => deregistration?.reason === 'AV',
  foundDead: ({ deregistration }) => typeof deregistration?.foundDeadAt === 'string',
  emigrated: ({ deregistration }) => deregistration?.reason === 'UV',
  returned: ({ immigratedOn }) => immigratedOn !== undefined,
  otherwiseDeregistered: ({ deregistration }) =>
    ['OB', 'TA', 'AN'].includes(deregistration?.reason ?? ''),
  protectedPerson: ({ protectedPerson }) => protectedPerson,
  protectedPopulationRecord: ({ protectedPopulationRecord, residence }) =>
    protectedPopulationRecord && residence?.street === '' && residence.special !== null,
  protectedWithoutCounty: (person) =>
    isPersonal(person) &&
    person.deregistration === null &&
    person.protectedPerson &&
    person.residence === null,
  specialPostalAddress: ({ residence }) => (residence?.special ?? null) !== null,
  missingPostalCode: ({ residence }) => residence?.postalCode === null,
  addressAbroad: ({ addressAbroad }) => addressAbroad !== null,
  mobile: hasContact('mobile', 'phone'),
  phone: hasContact('home', 'phone'),
  email: hasContact('home', 'email'),
  digitalNotification: ({ contacts }) => contacts.some((one) => one.digitalNotification === true),
  optoutPaper: ({ optoutPaper }) => optoutPaper,
  contactPerson: ({ contactPersons }) => contactPersons.length > 0,
  onlyInPu: (person) => isPersonal(person) && main(person)?.inMaster === false,
  onlyInMaster: (person) => isPersonal(person) && main(person)?.inPu === false,
  stale: ({ isStaleInMaster }) => isStaleInMaster,
};
/** What each share is a share of when it is not of all people. */
const NEEDS: Readonly<Partial<Record<keyof PopulationShares, Partial<PopulationShares>>>> = {
  nationalAfterLocal: { stockholmReserve: 0.2 },
  linkedReserve: { reserveBeside: 0.5 },
  localReserveInPu: { stockholmReserve: 0.2 },
  payerCode: { stockholmReserve: 0.2 },
  partialBirthDate: { coordinationNumber: 0.2 },
  registeredPartner: { married: 1 },
  foundDead: { deceased: 0.5 },
  addressAbroad: { emigrated: 0.5 },
  protectedWithoutCounty: { protectedPerson: 0.5 },
  optoutPaper: { digitalNotification: 1, mobile: 1 },
  digitalNotification: { mobile: 1 },
};

/** What else looks the same. */
const WITHOUT: Readonly<Partial<Record<keyof PopulationShares, Partial<PopulationShares>>>> = {
  nationalReserve: { stockholmReserve: 0, unstatedReserve: 0 },
  protectedPerson: { stale: 0 },
  linkedReserve: { otherRegionReserve: 0 },
  specialPostalAddress: { protectedPopulationRecord: 0 },
  missingPostalCode: { protectedPopulationRecord: 0 },
};

function countOf(has: Has, shares: PopulationShares): number {
  let count = 0;
  for (const person of populationOf(FEW, 11, shares).persons()) if (has(person)) count += 1;
  return count;
}

describe('a share of the population', () => {
  it.each(Object.entries(SIGNS))('shows, and does not when it is nought: %s', (name, has) => {
    const needed = { ...DEFAULT_SHARES, ...NEEDS[name as keyof PopulationShares] };
    expect(countOf(has, { ...needed, [name]: HIGH })).toBeGreaterThan(5);
    // The two published national reserve identities are there in any case.
    const least = name === 'nationalReserve' ? 2 : 0;
    const without = { ...needed, ...WITHOUT[name as keyof PopulationShares], [name]: 0 };
    expect(countOf(has, without)).toBe(least);
  });

  it('is about what was asked for, over all people', () => {
    const everybody = [...populationOf(30_000, 11).persons()];
    const isNear = (has: Has, share: number, of: Has = () => true): boolean => {
      const all = everybody.filter(of);
      const found = all.filter(has).length;
      return found > 0.75 * share * all.length && found < 1.25 * share * all.length;
    };
    const { consent, ...shares } = DEFAULT_SHARES;
    const isAdult: Has = (person) => isPersonal(person) && (person.birthDate ?? '') < '1880';
    expect(isNear(SIGNS.coordinationNumber, shares.coordinationNumber)).toBe(true);
    expect(isNear(SIGNS.deceased, shares.deceased, isAdult)).toBe(true);
    expect(isNear(SIGNS.emigrated, shares.emigrated, isAdult)).toBe(true);
    expect(
      isNear(SIGNS.outOfCounty, shares.outOfCounty, ({ residence }) => residence !== null),
    ).toBe(true);
    expect(isNear(SIGNS.protectedPerson, shares.protectedPerson, isPersonal)).toBe(true);
    expect(isNear(SIGNS.stale, shares.stale, isPersonal)).toBe(true);
    const hasContacts: Has = ({ contacts, index }) => contacts.length > 0 && index >= 0;
    expect(isNear(({ masterConsent }) => masterConsent === 'no', consent.no, hasContacts)).toBe(
      true,
    );
  });

  it('shows in PU, too: spellings of one cause, a postal code of nought, and a called-name marking', () => {
    const population = populationOf(20_000, 11, { ...DEFAULT_SHARES, coordinationNumber: 0.2 });
    const seen = new Set<string>();
    for (const person of population.persons()) {
      for (const record of puRecordsOf(person, population)) {
        const { personalIdentityStatus, name, addressInformation, maritalStatus } = record;
        if (personalIdentityStatus?.identityStatusCause)
          seen.add(personalIdentityStatus.identityStatusCause);
        if (maritalStatus?.maritalStatusCode) seen.add(maritalStatus.maritalStatusCode);
        if (name?.givenNameIndicator) seen.add(`called ${name.givenNameIndicator}`);
        if (addressInformation?.residentialAddress?.postalCode === 0) seen.add('no postal code');
      }
    }
    for (const one of [
      'FELAKTIGT_REGISTRERAT',
      'FELAKTIGT_REGISTERAT',
      'ERSATT',
      'TIDSFRIST',
      'Ä',
      'A',
    ]) {
      expect(seen).toContain(one);
    }
    for (const one of ['called 10', 'called 12', 'called 20', 'called 23', 'no postal code']) {
      expect(seen).toContain(one);
    }
  });
});
