/**
 * Master's rows of a person: the legacy register knows people later than PU, by other codes, and not by all of their numbers. docs/sandbox.md
 * says what differs.
 */
import { birthDateInNumber } from './birth-numbers.ts';
import type { AddressRow, ContactRow, LegacyRows, PersonRow } from './legacy-rows.ts';
import type { Population } from './population.ts';
import { STREAM } from './random-streams.ts';
import { SeededRandom } from './seeded-random.ts';
import { asNational } from './synthetic-contacts.ts';
import { type FaultKind, faultOf, spoil } from './synthetic-faults.ts';
import type {
  HeldIdentity,
  PostalAddress,
  Residence,
  SyntheticPerson,
} from './synthetic-person.ts';

export type PersonKind =
  | 'resident'
  | 'out-of-county'
  | 'coordination-number'
  | 'stockholm-reserve'
  | 'unstated-reserve'
  | 'national-reserve'
  | 'old-number';

/** The rows of one identity, and what was meant by them. */
export interface MasterRows extends LegacyRows {
  readonly kind: PersonKind;
  /** What was made wrong on purpose; null: proper rows. */
  readonly fault: FaultKind | null;
}

/** What the view needs of a population. */
export type PopulationOfMaster = Pick<Population, 'options' | 'shares' | 'size'>;

/** Master's rows of a person, one set for each identity that Master has. */
export function masterRowsOf(
  person: SyntheticPerson,
  population: PopulationOfMaster,
): readonly MasterRows[] {
  const { options, shares, size } = population;
  const known = asMasterKnows(person);
  const random = new SeededRandom(options.seed, STREAM.masterView + person.index);
  const spelling: Spelling = {
    fourDigits: random.chance(0.1),
    oldWidowCode: random.chance(0.15),
    oldReasonCode: random.chance(0.4),
  };
  return known.identities
    .filter(({ inMaster }) => inMaster)
    .map((identity): MasterRows => {
      const rows = rowsOf(known, identity, spelling);
      const kind = kindOf(known, identity, options.region.homeCounty);
      const isMain = identity === known.identities.at(-1);
      const fault = isMain && person.index < size ? faultOf(person.index, shares.malformed) : null;
      return { kind, fault, ...(fault === null ? rows : spoil(rows, fault)) };
    });
}

/** The codes of a column that has two for the same thing. */
interface Spelling {
  /** A municipality with the county before it. */
  readonly fourDigits: boolean;
  /** A for Ä. */
  readonly oldWidowCode: boolean;
  /** AS for TA, OO for AN. */
  readonly oldReasonCode: boolean;
}

/** The person without the last change when Master has not got it yet. */
function asMasterKnows(person: SyntheticPerson): SyntheticPerson {
  return person.isStaleInMaster ? { ...person, ...person.replaced } : person;
}

function rowsOf(person: SyntheticPerson, identity: HeldIdentity, spelling: Spelling): LegacyRows {
  const isReserve = identity.kind === 'NRID' || identity.kind === 'LRID';
  if (identity.replacedBy !== null) return oldNumberRows(person, identity, spelling);
  const blank = blankRow(person, identity);
  if (isReserve) {
    const isOnlyKnownBy = person.identities.at(-1)?.kind === identity.kind;
    const { payerCode } = person;
    return {
      person: {
        ...blank,
        Sekretess: false,
        SkyddadFolkbokforing: false,
        Lan: payerCode?.county ?? null,
        Kommun: payerCode?.municipality ?? null,
      },
      addresses: isOnlyKnownBy ? addressesOf(person, identity) : [],
      contacts: isOnlyKnownBy ? contactsOf(person, identity) : [],
    };
  }
  const place = lastKnownPlace(person);
  return {
    person: {
      ...blank,
      ...deregistrationOf(person, spelling),
      Civilstand: civilStatusOf(person, spelling),
      ...placeOf(place, spelling),
    },
    addresses: addressesOf(person, identity),
    contacts: contactsOf(person, identity),
  };
}

/** An old number keeps the name and points at the new one. */
function oldNumberRows(
  person: SyntheticPerson,
  identity: HeldIdentity,
  spelling: Spelling,
): LegacyRows {
  const next = person.identities.find(({ extension }) => extension === identity.replacedBy);
  return {
    person: {
      ...blankRow(person, identity),
      Fodelsedatum: asColumn(birthDateInNumber(identity.extension)),
      Civilstand: civilStatusOf(person, spelling),
      // GS is the code that was used for an old samordningsnummer until it was taken away.
      AvregOrsak: identity.kind === 'SNR' ? 'GS' : 'GN',
      AvregDatum: asColumn(identity.replacedOn ?? null),
      HanvisningTyp: next?.masterType ?? null,
      HanvisningId: next?.extension ?? null,
    },
    addresses: [],
    contacts: [],
  };
}

function blankRow(person: SyntheticPerson, identity: HeldIdentity): PersonRow {
  const { name } = person;
  return {
    IdTyp: identity.masterType,
    PersonId: identity.extension,
    Fornamn: name.givenName ?? null,
    Tilltalsmarkering: name.givenNameIndicator ?? null,
    Mellannamn: name.middleName ?? null,
    Efternamn: name.surname ?? null,
    Aviseringsnamn: name.notificationName ?? null,
    Kon: person.sex === 'unknown' ? 'O' : person.sex === 'male' ? 'M' : 'K',
    Fodelsedatum: asColumn(person.birthDate),
    Sekretess: person.protectedPerson,
    SkyddadFolkbokforing: person.protectedPopulationRecord,
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
    Testperson: person.isTestPerson,
  };
}

/** Master keeps the place of who left, and of protected persons of whom PU does not even say the county. */
function lastKnownPlace({ residence, former }: SyntheticPerson): Residence | null {
  return residence ?? former[0]?.residence ?? null;
}

function placeOf(place: Residence | null, { fourDigits }: Spelling): Partial<PersonRow> {
  if (place === null) return {};
  const { municipality, parish, property, since } = place;
  return {
    Lan: municipality.slice(0, 2),
    Kommun: fourDigits ? municipality : municipality.slice(2),
    Forsamling: parish,
    Fastighet: property === '' ? null : property,
    FolkbokfDatum: asColumn(since),
  };
}

function deregistrationOf(
  { deregistration }: SyntheticPerson,
  { oldReasonCode }: Spelling,
): Partial<PersonRow> {
  if (deregistration === null) return {};
  const { reason, date, foundDeadAt } = deregistration;
  const old = reason === 'TA' ? 'AS' : reason === 'AN' ? 'OO' : reason;
  return { AvregOrsak: oldReasonCode ? old : reason, AvregDatum: asColumn(date ?? foundDeadAt) };
}

function civilStatusOf(
  { maritalStatus }: SyntheticPerson,
  { oldWidowCode }: Spelling,
): string | null {
  return maritalStatus === 'Ä' && oldWidowCode ? 'A' : maritalStatus;
}

function addressesOf(person: SyntheticPerson, identity: HeldIdentity): readonly AddressRow[] {
  const { addressAbroad, deregistration, postalAddress } = person;
  const key = { IdTyp: identity.masterType, PersonId: identity.extension };
  const addresses: AddressRow[] = [];
  const place = deregistration?.reason === 'UV' ? null : lastKnownPlace(person);
  if (place !== null && place.street !== '') {
    const { careOf, street, postalCode, city } = place;
    addresses.push({
      ...key,
      AdressTyp: 'FB',
      ...NO_LINES,
      CareOf: careOf,
      Rad2: street,
      Postnr: postalCode,
      Ort: city,
    });
  }
  const special = place?.special ?? postalAddress;
  if (special !== undefined) addresses.push(postalRow(key, special));
  if (addressAbroad !== null) {
    const [Rad1 = null, Rad2 = null, Rad3 = null] = addressAbroad.lines;
    const { country: Land } = addressAbroad;
    addresses.push({ ...key, AdressTyp: 'UT', ...NO_LINES, Rad1, Rad2, Rad3, Land });
  }
  return addresses;
}

const NO_LINES = {
  CareOf: null,
  Rad1: null,
  Rad2: null,
  Rad3: null,
  Postnr: null,
  Ort: null,
  Land: null,
} as const;

function postalRow(
  key: Pick<AddressRow, 'IdTyp' | 'PersonId'>,
  { street, postalCode, city }: PostalAddress,
): AddressRow {
  return { ...key, AdressTyp: 'SP', ...NO_LINES, Rad2: street, Postnr: postalCode, Ort: city };
}

const CONSENT = { shared: 'J', 'this-care-giver': 'V', no: 'N' } as const;

function contactsOf(
  { contacts, masterConsent }: SyntheticPerson,
  identity: HeldIdentity,
): readonly ContactRow[] {
  const used = { TE: 0, MO: 0, EP: 0 };
  return contacts.flatMap(({ contactType, use, value }) => {
    if (value === undefined) return [];
    const Kanal = contactType === 'email' ? 'EP' : use === 'mobile' ? 'MO' : 'TE';
    used[Kanal] += 1;
    return [
      {
        IdTyp: identity.masterType,
        PersonId: identity.extension,
        Kanal,
        Lopnr: used[Kanal],
        Varde: asNational(value),
        Samtycke: masterConsent === null ? null : CONSENT[masterConsent],
      },
    ];
  });
}

function kindOf(person: SyntheticPerson, identity: HeldIdentity, homeCounty: string): PersonKind {
  if (identity.replacedBy !== null) return 'old-number';
  switch (identity.masterType) {
    case 'SNR':
      return 'coordination-number';
    case 'SLL':
      return 'stockholm-reserve';
    case 'RES':
      return 'unstated-reserve';
    case 'NRID':
      return 'national-reserve';
    default: {
      const place = lastKnownPlace(person);
      return place?.municipality.startsWith(homeCounty) === false ? 'out-of-county' : 'resident';
    }
  }
}

/** `YYYY-MM-DD`, or a part of it, as `YYYYMMDD` with noughts for what is not known. */
function asColumn(date: string | null): string | null {
  return date === null ? null : date.replaceAll('-', '').padEnd(8, '0');
}
