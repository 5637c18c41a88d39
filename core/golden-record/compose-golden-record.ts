import type { Locality, PersonEvidence } from '../mapping/person-evidence.ts';
import { classifyRoot, STRENGTH_OF } from '../person/identity-type.ts';
import { type Identity, identityText } from '../person/person-identifier.ts';
import type { SourceName, SourcePosition } from '../sync/source-record.ts';
import type {
  CountyMembership,
  FieldGroup,
  GoldenIdentity,
  GoldenRecord,
  Membership,
} from './golden-record.ts';

/** One piece of evidence of a cluster: what one source says about one of its identities. */
export interface ClusterEvidence {
  readonly identity: Identity;
  readonly source: SourceName;
  readonly position: SourcePosition;
  readonly content: PersonEvidence;
}

/** Which rule chose a field group, and from where; what `hub explain` prints. */
export interface Provenance {
  readonly source: SourceName;
  readonly position: SourcePosition;
  /** The id of the rule, explained in docs/glossary.md. */
  readonly rule: 'main-identity' | 'any-flag-protects' | 'all-identities';
}

/** Whose evidence golden records follow. The other source's is kept, and its flags protect all the same. */
const LEADING_SOURCE: SourceName = 'master';

/**
 * The golden record of a cluster: a pure function of its evidence. The order in which the evidence is given, or came, makes no
 * difference.
 *
 * @returns null when the leading source has no evidence: it has removed the person, or never had one.
 */
export function composeGoldenRecord(evidence: readonly ClusterEvidence[]): GoldenRecord | null {
  const leading = evidence.filter(isLeading);
  const main = chooseMain(leading);
  if (main === undefined) return null;
  const { content } = main;
  // Protection outranks recency and authority: any source's flag on any identity of the cluster.
  const protectedPerson = evidence.some((e) => e.content.protectedPerson);
  const protectedPopulationRecord = evidence.some((e) => e.content.protectedPopulationRecord);
  const common = {
    identities: goldenIdentities(leading, main.identity),
    name: content.name,
    sex: content.sex,
    birthDate: content.birthDate,
    deregistration: content.deregistration,
    testPerson: content.testPerson,
  };
  if (protectedPerson || protectedPopulationRecord) {
    return {
      kind: 'protected-person',
      ...common,
      protectedPerson,
      protectedPopulationRecord,
      membership: protectedMembership(content, evidence),
    };
  }
  return {
    kind: 'person',
    ...common,
    maritalStatus: content.maritalStatus,
    membership: membership(content),
    parishCode: content.locality?.parishCode ?? null,
    propertyDesignation: content.locality?.propertyDesignation ?? null,
    addresses: content.addresses,
    // "No" removes the value everywhere; the other answers travel with it.
    contacts: content.contacts.filter((contact) => contact.consent !== 'no'),
  };
}

/** Where each field group of the golden record came from, and by which rule. Empty when there is no golden record. */
export function explainGoldenRecord(
  evidence: readonly ClusterEvidence[],
): Readonly<Partial<Record<FieldGroup, Provenance>>> {
  const leading = evidence.filter(isLeading);
  const main = chooseMain(leading);
  if (main === undefined) return {};
  const fromMain: Provenance = {
    source: main.source,
    position: main.position,
    rule: 'main-identity',
  };
  const flagged = chooseMain(leading.filter(isFlagged)) ?? chooseMain(evidence.filter(isFlagged));
  const provenance: Partial<Record<FieldGroup, Provenance>> = {
    identities: { ...fromMain, rule: 'all-identities' },
    name: fromMain,
    sex: fromMain,
    birth: fromMain,
    protection: {
      source: (flagged ?? main).source,
      position: (flagged ?? main).position,
      rule: 'any-flag-protects',
    },
    deregistration: fromMain,
    membership: fromMain,
  };
  if (flagged !== undefined) return provenance;
  return {
    ...provenance,
    'marital-status': fromMain,
    locality: fromMain,
    addresses: fromMain,
    contacts: fromMain,
  };
}

function isLeading({ source }: ClusterEvidence): boolean {
  return source === LEADING_SOURCE;
}

function isFlagged({ content }: ClusterEvidence): boolean {
  return content.protectedPerson || content.protectedPopulationRecord;
}

/** The strongest identity leads (LRID → NRID → SNR → PNR, TKB 5.1 ch. 6.13); equals are told apart by their text. */
function chooseMain(evidence: readonly ClusterEvidence[]): ClusterEvidence | undefined {
  if (evidence.length <= 1) return evidence[0];
  return evidence.reduce((best, candidate) => {
    const stronger =
      STRENGTH_OF[classifyRoot(candidate.identity.root)] -
      STRENGTH_OF[classifyRoot(best.identity.root)];
    if (stronger !== 0) return stronger > 0 ? candidate : best;
    return identityText(candidate.identity) < identityText(best.identity) ? candidate : best;
  });
}

function goldenIdentities(
  evidence: readonly ClusterEvidence[],
  main: Identity,
): readonly GoldenIdentity[] {
  const byText = new Map(evidence.map((e) => [identityText(e.identity), e.identity]));
  const mainText = identityText(main);
  return [...byText]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([text, identity]) => ({
      root: identity.root,
      extension: identity.extension,
      type: classifyRoot(identity.root),
      main: text === mainText,
    }));
}

/** A person belongs where the register says that they are registered; a deregistered person belongs nowhere. */
function membership({ locality, deregistration }: PersonEvidence): Membership | null {
  if (!hasCounty(locality) || deregistration !== null) return null;
  return {
    level: locality.municipalityCode === null ? 'county' : 'municipality',
    countyCode: locality.countyCode,
    municipalityCode: locality.municipalityCode,
    reason: 'registered',
    from: locality.registrationDate,
  };
}

/**
 * PU gives only the county of a protected person; booking must still be possible, so the county becomes the membership. A
 * municipality that the legacy register has never gets around this rule, nor does the date of the last move. Where PU protects a person and
 * gives no county at all, the legacy register's would say more than PU does.
 */
function protectedMembership(
  { locality, deregistration }: PersonEvidence,
  evidence: readonly ClusterEvidence[],
): CountyMembership | null {
  if (!hasCounty(locality) || deregistration !== null) return null;
  const pu = evidence.filter(({ source }) => source === 'pu');
  if (pu.some(isFlagged) && !pu.some(({ content }) => hasCounty(content.locality))) return null;
  return {
    level: 'county',
    countyCode: locality.countyCode,
    reason: 'protected-county-only',
    from: null,
  };
}

function hasCounty(
  locality: Locality | null,
): locality is Locality & { readonly countyCode: string } {
  return locality !== null && locality.countyCode !== null;
}
