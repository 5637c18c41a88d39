/** PU's records of a person: one for each identity that PU has, complete (P5) and unmasked. What a contract may show of them is the sandbox's. */
import { birthDateInNumber } from './birth-numbers.ts';
import type { Population } from './population.ts';
import type { PuIdentity, PuRecord } from './pu-record.ts';
import { contactsActor, contactsInPu, RESERVE_RECORD_ACTOR } from './pu-view-contacts.ts';
import { coordinationParts } from './pu-view-coordination.ts';
import { addressesInPu, historyInPu, localityInPu } from './pu-view-places.ts';
import { STREAM } from './random-streams.ts';
import { SeededRandom } from './seeded-random.ts';
import { timestampAsDateTime } from './swedish-time.ts';
import type { HeldIdentity, SyntheticPerson } from './synthetic-person.ts';

/** What a view needs of a population: whose relatives' identities it has. */
export type PopulationOfView = Pick<Population, 'options' | 'mainIdentity'>;

/** PU's records of a person, the oldest identity's first. Old numbers, reserve identities and the main identity have one each. */
export function puRecordsOf(
  person: SyntheticPerson,
  population: PopulationOfView,
): readonly PuRecord[] {
  const known = person.identities.filter(({ inPu }) => inPu);
  const main = known.at(-1);
  if (main === undefined) return [];
  const linked = known.filter((identity) => identity.isLinked && identity !== main);
  const cluster = linked.length === 0 ? [] : [...linked, main];
  return known.map((identity) => {
    const random = new SeededRandom(population.options.seed, STREAM.puView + person.index);
    const own = ownParts(person, identity, identity === main, population, random);
    return {
      ...identityParts(person, identity, identity === main || !identity.isLinked),
      ...linkParts(identity, main, cluster),
      ...referenceParts(identity, known),
      ...own,
    };
  });
}

function identityParts(
  person: SyntheticPerson,
  identity: HeldIdentity,
  isPrimary: boolean,
): PuRecord {
  const isReserve = isReserveIdentity(identity);
  return {
    personalIdentity: idOf(identity),
    gender: GENDER[person.sex],
    // A reserve identity has no marking of its own: who reads it has to look at the identities that it is linked to (TKB 5.1 ch. 4.1.3).
    protectedPersonIndicator: !isReserve && person.protectedPerson,
    ...(person.protectedPopulationRecord && !isReserve ? { protectedPopulationRecord: true } : {}),
    testIndicator: person.isTestPerson,
    primaryIdentity: isPrimary,
    version: person.version,
    name: person.name,
  };
}

/** What only this identity's record says. */
function ownParts(
  person: SyntheticPerson,
  identity: HeldIdentity,
  isMain: boolean,
  population: PopulationOfView,
  random: SeededRandom,
): Partial<PuRecord> {
  if (isReserveIdentity(identity)) return reserveParts(person, isMain, random);
  if (identity.replacedBy !== null) return oldNumberParts(person, identity, random);
  return {
    ...birthParts(person, random),
    ...(identity.kind === 'SNR' ? coordinationParts(person, random) : {}),
    ...localityInPu(person),
    ...addressesInPu(person, 'special'),
    ...deregistrationParts(person),
    ...(person.maritalStatus === null
      ? {}
      : { maritalStatus: { maritalStatusCode: spellMaritalStatus(person.maritalStatus, random) } }),
    ...citizenshipParts(person, identity, random),
    ...relationParts(person, population),
    ...contactsInPu(person),
    ...contactsActor(person),
    populationRegistrationRecord: { ...registryOf(person), ...historyInPu(person) },
  };
}

/** A number that another one replaced keeps a record of its own, with reason GN (IS 5.1, Hänvisningar). */
function oldNumberParts(
  person: SyntheticPerson,
  { kind, extension, replacedOn }: HeldIdentity,
  random: SeededRandom,
): Partial<PuRecord> {
  return {
    populationRegistrationRecord: registryOf(person),
    birth: { dateOfBirth: birthDateInNumber(extension) },
    ...(kind === 'SNR' ? coordinationParts(person, random, replacedOn) : {}),
    deregistration: {
      deregistrationReasonCode: 'GN',
      ...(replacedOn === undefined ? {} : { deregistrationDate: replacedOn }),
    },
  };
}

function reserveParts(
  person: SyntheticPerson,
  isMain: boolean,
  random: SeededRandom,
): Partial<PuRecord> {
  const category = random.below(CATEGORIES.length);
  return {
    ...(person.birthDate === null ? {} : { birth: { dateOfBirth: person.birthDate } }),
    administrativeInformation: {
      categoryOfPerson: CATEGORIES[category] ?? '05',
      accountCode: ACCOUNTS[category] ?? '8888',
    },
    ...deregistrationParts(person),
    ...(isMain ? { ...addressesInPu(person, 'given'), ...contactsInPu(person) } : {}),
    updatePersonActor: RESERVE_RECORD_ACTOR,
    ...(isMain ? contactsActor(person) : {}),
  };
}

/** Codes of PU's own (codes of IS 5.1): asylum seeker, anonymous, without papers, tourist, unknown, each with who pays. */
const CATEGORIES = ['01', '02', '03', '04', '05'] as const;
const ACCOUNTS = ['9901', '9909', '9908', '9903', '8888'] as const;

const GENDER = { male: '1', female: '2', unknown: '0' } as const;

/** When and by which case the record came from Skatteverket. */
function registryOf({
  index,
  version,
}: SyntheticPerson): NonNullable<PuRecord['populationRegistrationRecord']> {
  const number = String(index).padStart(9, '0');
  return {
    syncronizationTime: timestampAsDateTime(version),
    notificationCase: {
      recordId: `${version.slice(0, 4)}.${number.slice(0, 3)}.${number.slice(3, 6)}.${number.slice(6)}`,
      totalRecord: true,
    },
  };
}

/**
 * PU's own links. Those between numbers of Skatteverket have level 4, those that care givers made level 3 (IS 5.1, KoppladIdentitet).
 */
function linkParts(
  identity: HeldIdentity,
  main: HeldIdentity,
  cluster: readonly HeldIdentity[],
): Partial<PuRecord> {
  if (!cluster.includes(identity)) return {};
  return {
    linkedIdentity: cluster
      .filter((other) => other !== identity)
      .map((other) => ({
        referredPersonalIdentity: idOf(other),
        assuranceLevel:
          isReserveIdentity(identity) || isReserveIdentity(other) ? 'level3' : 'level4',
        primaryIdentity: other === main,
      })),
  };
}

/** Skatteverket's references, both ways between an old number and the one that replaced it. */
function referenceParts(identity: HeldIdentity, known: readonly HeldIdentity[]): Partial<PuRecord> {
  const referred = known.filter((other) =>
    identity.replacedBy === null
      ? other.replacedBy === identity.extension
      : other.extension === identity.replacedBy && other.replacedBy === null,
  );
  if (referred.length === 0) return {};
  return {
    referredPersonalIdentities: referred.map((other) => ({
      referredPersonalIdentity: idOf(other),
      referredPersonalIdentityStatus: 'NY',
    })),
  };
}

function birthParts(
  { birthDate, residence }: SyntheticPerson,
  random: SeededRandom,
): Partial<PuRecord> {
  const dateOfBirth = birthDate === null ? {} : { dateOfBirth: birthDate };
  const wasBornAbroad = residence === null || random.chance(0.15);
  return {
    birth: wasBornAbroad
      ? {
          ...dateOfBirth,
          birthAbroad: {
            placeOfBirthAbroad: random.pick(['ŁÓDŹ', 'MÁLAGA', 'TAMPERE']),
            countryOfBirth: random.pick(['POLEN', 'SPANIEN', 'FINLAND']),
          },
        }
      : {
          ...dateOfBirth,
          placeOfBirthSweden: {
            birthCountyCode: residence.municipality.slice(0, 2),
            birthParish: random.pick(['SAGOBY', 'ÖVERDIKT', 'PROVSTAD']),
          },
        },
  };
}

function deregistrationParts({ deregistration }: SyntheticPerson): Partial<PuRecord> {
  if (deregistration === null) return {};
  const { reason, date, foundDeadAt } = deregistration;
  return {
    deregistration: {
      deregistrationReasonCode: reason,
      ...(date === null ? {} : { deregistrationDate: date }),
      ...(foundDeadAt === null ? {} : { foundDeadAtDate: foundDeadAt }),
    },
  };
}

/** The specification writes A where Skatteverket's own list has Ä; answers have both. */
function spellMaritalStatus(code: string, random: SeededRandom): string {
  return code === 'Ä' && random.chance(0.2) ? 'A' : code;
}

function citizenshipParts(
  { immigratedOn }: SyntheticPerson,
  { kind }: HeldIdentity,
  random: SeededRandom,
): Partial<PuRecord> {
  const citizenshipCountryCode =
    kind === 'PNR' && random.chance(0.9) ? 'SE' : random.pick(['PL', 'FI', 'SY', 'DE']);
  return {
    citizenship: [{ citizenshipCountryCode }],
    ...(immigratedOn === undefined ? {} : { immigration: { immigrationDate: immigratedOn } }),
  };
}

/** Of relatives only the personnummer is given (IS 5.1, Relation). */
function relationParts(
  { relations }: SyntheticPerson,
  population: PopulationOfView,
): Partial<PuRecord> {
  if (relations.length === 0) return {};
  return {
    relationship: relations.map(({ index, type }) => ({
      relationshipId: { personalIdentity: population.mainIdentity(index) },
      relationshipType: type,
    })),
  };
}

function idOf({ root, extension }: HeldIdentity): PuIdentity {
  return { root, extension };
}

function isReserveIdentity({ kind }: HeldIdentity): boolean {
  return kind === 'NRID' || kind === 'LRID';
}
