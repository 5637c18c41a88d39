import type { AddressRow, IdTyp, LegacyRows, PersonRow } from './legacy-rows.ts';
import type { PopulationShares } from './population-shares.ts';
import type { SeededRandom } from './seeded-random.ts';
import { makeContacts } from './synthetic-contacts.ts';
import { type MadeName, makeName } from './synthetic-names.ts';
import {
  type MadeAddress,
  type Municipality,
  makeAddressAbroad,
  makeHomeAddress,
  makePostalAddress,
  makeProperty,
} from './synthetic-places.ts';

/** An identity that was given out, with what its number says. */
export interface MadeIdentity {
  readonly IdTyp: IdTyp;
  readonly number: string;
  /** `YYYYMMDD`; null: the number says nothing of it. */
  readonly birthDate: string | null;
  readonly sex: 'male' | 'female' | null;
}

interface LifeState {
  readonly reason: string | null;
  readonly date: string | null;
}
const LIVING: LifeState = { reason: null, date: null };

/** Makes the rows of somebody who is registered in one of the municipalities. */
export function makeRegistered(
  random: SeededRandom,
  identity: MadeIdentity,
  municipalities: readonly Municipality[],
  shares: PopulationShares,
): LegacyRows {
  const municipality = random.pickEarly(municipalities);
  const name = makeName(random, identity.sex ?? 'female', shares.names);
  const life = makeLife(random, identity, shares);
  const isProtected = random.chance(shares.protectedPerson);
  const isHidden = !isProtected && random.chance(shares.protectedPopulationRecord);
  const emigrated = life.reason === 'UV';
  const person: PersonRow = {
    ...blank(identity, name),
    Fodelsedatum: identity.birthDate,
    Sekretess: isProtected,
    SkyddadFolkbokforing: isHidden,
    AvregOrsak: life.reason,
    AvregDatum: life.date,
    Civilstand: makeCivilStatus(random),
    Lan: municipality.code.slice(0, 2),
    // The column holds both ways of writing it: two digits, and four with the county first.
    Kommun: random.chance(0.1) ? municipality.code : municipality.code.slice(2),
    Forsamling: random.chance(0.8) ? `0${random.between(1, 9)}` : null,
    Fastighet: isHidden ? null : makeProperty(random, municipality),
    FolkbokfDatum: makeDate(random, 1990, 2024),
    Testperson: random.chance(shares.testPerson),
  };
  const addresses: AddressRow[] = [];
  if (isHidden) addresses.push(address(identity, 'SP', makePostalAddress(random, municipality)));
  else if (!emigrated) {
    addresses.push(address(identity, 'FB', makeHomeAddress(random, municipality)));
    if (random.chance(shares.specialPostalAddress)) {
      addresses.push(address(identity, 'SP', makePostalAddress(random, municipality)));
    }
  } else if (random.chance(shares.addressAbroad)) {
    addresses.push(address(identity, 'UT', makeAddressAbroad(random)));
  }
  const contacts = life.reason === null ? makeContacts(random, identity, shares) : [];
  return { person, addresses, contacts };
}

/** Makes the rows of a samordningsnummer: nobody with one is registered, at most there is a postal address. */
export function makeUnregistered(
  random: SeededRandom,
  identity: MadeIdentity,
  municipalities: readonly Municipality[],
  shares: PopulationShares,
): LegacyRows {
  const name = makeName(random, identity.sex ?? 'female', shares.names);
  const municipality = random.pick(municipalities);
  return {
    person: {
      ...blank(identity, name),
      Fodelsedatum: makeBirthDate(random, identity, shares),
      Sekretess: random.chance(shares.protectedPerson),
    },
    addresses: random.chance(0.5)
      ? [address(identity, 'SP', makePostalAddress(random, municipality))]
      : [],
    contacts: makeContacts(random, identity, shares),
  };
}

/** Makes the rows of a reserve number. Its county and municipality may say who pays and not where somebody lives. */
export function makeReserve(
  random: SeededRandom,
  identity: MadeIdentity,
  municipalities: readonly Municipality[],
  shares: PopulationShares,
): LegacyRows {
  const sex = identity.sex ?? random.pick(['male', 'female'] as const);
  const name = makeName(random, sex, shares.names);
  const saysSex = identity.sex !== null || identity.IdTyp === 'RES';
  const pays = random.chance(shares.payerCode);
  const municipality = random.pick(municipalities);
  return {
    person: {
      ...blank(identity, name),
      Kon: saysSex ? (sex === 'male' ? 'M' : 'K') : 'O',
      Fodelsedatum: makeBirthDate(random, identity, shares),
      Lan: pays ? '99' : null,
      Kommun: pays ? `0${random.between(1, 9)}` : null,
    },
    addresses: random.chance(0.4)
      ? [address(identity, 'SP', makePostalAddress(random, municipality))]
      : [],
    contacts: random.chance(0.3) ? makeContacts(random, identity, shares) : [],
  };
}

/** The same person's old number after it was replaced: it keeps the name and points at the new number. */
export function asOldNumber(
  random: SeededRandom,
  rows: LegacyRows,
  replacement: MadeIdentity,
): LegacyRows {
  const person: PersonRow = {
    ...rows.person,
    // GS is the code that was used for an old samordningsnummer until it was taken away.
    AvregOrsak: rows.person.IdTyp === 'SNR' ? 'GS' : 'GN',
    AvregDatum: makeDate(random, 2005, 2024),
    Lan: null,
    Kommun: null,
    Forsamling: null,
    Fastighet: null,
    FolkbokfDatum: null,
    HanvisningTyp: replacement.IdTyp,
    HanvisningId: replacement.number,
  };
  return { person, addresses: [], contacts: [] };
}

/** The same person under the number that replaced the old one. */
export function asReplacement(rows: LegacyRows, replacement: MadeIdentity): LegacyRows {
  const identity = { IdTyp: replacement.IdTyp, PersonId: replacement.number };
  return {
    person: {
      ...rows.person,
      ...identity,
      Kon: codeOfSex(replacement.sex),
      Fodelsedatum: replacement.birthDate,
    },
    addresses: rows.addresses.map((row) => ({ ...row, ...identity })),
    contacts: rows.contacts.map((row) => ({ ...row, ...identity })),
  };
}

/** A date of the years, as `YYYYMMDD`. */
export function makeDate(random: SeededRandom, firstYear: number, lastYear: number): string {
  const twoDigits = (value: number): string => String(value).padStart(2, '0');
  const month = twoDigits(random.between(1, 12));
  return `${random.between(firstYear, lastYear)}${month}${twoDigits(random.between(1, 28))}`;
}

function blank(identity: MadeIdentity, name: MadeName): PersonRow {
  return {
    IdTyp: identity.IdTyp,
    PersonId: identity.number,
    Fornamn: name.given,
    Tilltalsmarkering: name.calledName,
    Mellannamn: name.middle,
    Efternamn: name.surname,
    Aviseringsnamn: name.notification,
    Kon: codeOfSex(identity.sex),
    Fodelsedatum: null,
    Sekretess: false,
    SkyddadFolkbokforing: false,
    AvregOrsak: null,
    AvregDatum: null,
    Civilstand: null,
    Lan: null,
    Kommun: null,
    Forsamling: null,
    Fastighet: null,
    FolkbokfDatum: null,
    HanvisningTyp: null,
    HanvisningId: null,
    Testperson: false,
  };
}

function codeOfSex(sex: MadeIdentity['sex']): string {
  return sex === null ? 'O' : sex === 'male' ? 'M' : 'K';
}

function makeLife(
  random: SeededRandom,
  { birthDate }: MadeIdentity,
  shares: PopulationShares,
): LifeState {
  const life = random.pickByShare([
    ['AV', shares.deceased],
    ['UV', shares.emigrated],
    ['other', shares.otherwiseDeregistered],
    ['living', 1],
  ]);
  if (life === 'living') return LIVING;
  const reason = life === 'other' ? random.pick(['OB', 'TA', 'AN', 'OO', 'AS']) : life;
  const born = Number(birthDate?.slice(0, 4) ?? POPULATION_BORN);
  const date = makeDate(random, Math.max(1950, born + 50), Math.max(1960, born + 105));
  // Of some deaths only the month is known.
  return { reason, date: random.chance(0.02) ? `${date.slice(0, 6)}00` : date };
}
const POPULATION_BORN = 1875;

function makeBirthDate(
  random: SeededRandom,
  { birthDate }: MadeIdentity,
  shares: PopulationShares,
): string | null {
  if (birthDate === null) return random.chance(0.5) ? makeDate(random, 1850, 1898) : null;
  if (!random.chance(shares.partialBirthDate)) return birthDate;
  return random.chance(0.5) ? `${birthDate.slice(0, 6)}00` : `${birthDate.slice(0, 4)}0000`;
}

function makeCivilStatus(random: SeededRandom): string {
  // A is an older way of writing Ä.
  return random.pickByShare([
    ['OG', 0.48],
    ['G', 0.34],
    ['S', 0.1],
    ['Ä', 0.05],
    ['A', 0.01],
    ['RP', 0.01],
    ['SP', 0.005],
    ['EP', 1],
  ]);
}

function address(
  { IdTyp, number }: MadeIdentity,
  AdressTyp: AddressRow['AdressTyp'],
  made: MadeAddress,
): AddressRow {
  return {
    IdTyp,
    PersonId: number,
    AdressTyp,
    CareOf: made.careOf,
    Rad1: made.line1,
    Rad2: made.line2,
    Rad3: made.line3,
    Postnr: made.postalCode,
    Ort: made.city,
    Land: made.country,
  };
}
