import { DAY, makeBox, makeDay } from './household-traits.ts';
import type { PopulationShares } from './population-shares.ts';
import type { SeededRandom } from './seeded-random.ts';
import { localTimestamp } from './swedish-time.ts';
import { makeConsent, makeContacts } from './synthetic-contacts.ts';
import { makeName, makeSurname } from './synthetic-names.ts';
import type { HeldIdentity, SyntheticPerson } from './synthetic-person.ts';
import type { Municipality } from './synthetic-places.ts';

/** What is known of somebody without a personnummer before the rest is made up. */
export interface Unregistered {
  /** What the number says. */
  readonly birthDate: string | null;
  readonly sex: 'male' | 'female' | null;
  readonly shares: PopulationShares;
  readonly municipalities: readonly Municipality[];
  readonly baseMoment: number;
}

/** Makes up the rest of somebody with a samordningsnummer or reserve numbers: registered nowhere, at most with a postal address. */
export function makeUnregistered(
  random: SeededRandom,
  index: number,
  identities: readonly HeldIdentity[],
  { birthDate, sex, shares, municipalities, baseMoment }: Unregistered,
): SyntheticPerson {
  const isCoordination = identities.some(({ kind }) => kind === 'SNR');
  const saysNoSex = sex === null && identities.some(({ kind }) => kind === 'NRID');
  const bodySex = sex ?? random.pick(['male', 'female'] as const);
  const name = makeName(random, bodySex, makeSurname(random, shares.names), shares.names);
  const hasAddress = random.chance(isCoordination ? 0.5 : 0.4);
  const contacts = random.chance(isCoordination ? 1 : 0.3) ? makeContacts(random, shares) : [];
  const pays = !isCoordination && random.chance(shares.payerCode);
  return {
    index,
    identities,
    name,
    sex: saysNoSex ? 'unknown' : bodySex,
    birthDate: makeBirthDate(random, birthDate, shares),
    protectedPerson: isCoordination && random.chance(shares.protectedPerson),
    protectedPopulationRecord: false,
    deregistration: null,
    maritalStatus: null,
    residence: null,
    former: [],
    ...(hasAddress ? { postalAddress: makeBox(random, random.pick(municipalities)) } : {}),
    addressAbroad: null,
    contacts,
    masterConsent: makeConsent(random, contacts, shares),
    contactPersons: [],
    optoutPaper: false,
    relations: [],
    isTestPerson: false,
    payerCode: pays ? { county: '99', municipality: `0${random.between(1, 9)}` } : null,
    isStaleInMaster: false,
    version: localTimestamp(baseMoment - 1000 * random.between(1, (365 * DAY) / 1000)),
  };
}

function makeBirthDate(
  random: SeededRandom,
  birthDate: string | null,
  shares: PopulationShares,
): string | null {
  if (birthDate === null) return random.chance(0.5) ? makeDay(random, 1850, 1898) : null;
  if (!random.chance(shares.partialBirthDate)) return birthDate;
  return birthDate.slice(0, random.chance(0.5) ? 7 : 4);
}
