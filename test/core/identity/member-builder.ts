import {
  explainLinks,
  type Formation,
  formClusters,
  type Member,
} from '../../../core/identity/form-clusters.ts';
import type { Decision, DecisionChoice, Finding } from '../../../core/identity/work-item.ts';
import type { PersonEvidence, StatedLink } from '../../../core/mapping/person-evidence.ts';
import type { DatePrecision } from '../../../core/person/partial-date.ts';
import {
  type ContentHash,
  type Identity,
  type IdentityKey,
  type IdentityType,
  OID_NRID,
  OID_PNR,
  OID_SNR,
  type Oid,
} from '../../../core/person/person-identifier.ts';
import type { SourceName } from '../../../core/sync/source-record.ts';
import type { StoredEvidence } from '../../../core/sync/stored-group.ts';

const ROOTS: Readonly<Record<IdentityType, Oid>> = {
  PNR: OID_PNR,
  SNR: OID_SNR,
  NRID: OID_NRID,
  LRID: '1.2.752.97.3.1.3' as Oid,
};

/** `PNR1`, `LRID2`: the kind and a number. Such an extension is impossible, so it is nobody's. */
export type Name = `${IdentityType}${number}`;

export function identityOf(name: Name): Identity {
  const type = name.replace(/\d+$/, '') as IdentityType;
  return { root: ROOTS[type], extension: `impossible-${name}` };
}

/** A key that reads like the name, so that findings and clusters read well. */
export function keyOf(name: Name): IdentityKey {
  return name as string as IdentityKey;
}

/** A record of a register, by what clusters are formed from. */
export interface Says {
  /** Where the record stands in its source. */
  readonly at?: number;
  readonly linked?: readonly Name[];
  /** Linked, and named as the main identity. */
  readonly main?: readonly Name[];
  readonly referred?: readonly Name[];
  readonly ended?: readonly Name[];
  readonly birth?: string | null;
  readonly isReplaced?: boolean;
}

export interface MemberParts {
  readonly firstSeen?: number;
  /** Null: removed, or unknown to PU. */
  readonly master?: Says | null;
  readonly pu?: Says | null;
}

/** An identity with its evidence; without any it is one that only links speak of. First seen in the order of the numbers in the names. */
export function member(name: Name, parts: MemberParts = {}): Member {
  const { master, pu, firstSeen = Number(/\d+$/.exec(name)?.[0]) } = parts;
  const evidence: StoredEvidence[] = [];
  if (master !== undefined) evidence.push(stored(name, 'master', master));
  if (pu !== undefined) evidence.push(stored(name, 'pu', pu));
  return { identity: identityOf(name), identityKey: keyOf(name), firstSeen, evidence };
}

function stored(name: Name, source: SourceName, says: Says | null): StoredEvidence {
  return {
    source,
    position: { epoch: 1, version: BigInt(says?.at ?? 1) },
    content: says && contentOf(name, says),
    contentHash: 'not-looked-at' as ContentHash,
  };
}

/** Mapped content with these links. */
export function contentOf(name: Name, says: Says): PersonEvidence {
  const birth = says.birth === undefined ? '1890-01-01' : says.birth;
  return {
    identity: identityOf(name),
    name: {
      givenName: null,
      givenNameIndicator: null,
      middleName: null,
      surname: null,
      notificationName: null,
    },
    sex: 'unknown',
    birthDate: birth === null ? null : { precision: precisionOf(birth), value: birth },
    protectedPerson: false,
    protectedPopulationRecord: false,
    deregistration: says.isReplaced ? { reason: 'GN', date: null, foundDeadAt: null } : null,
    maritalStatus: null,
    locality: null,
    addresses: [],
    contacts: [],
    links: linksOf(says),
    testPerson: false,
    relations: [],
    contactPersons: [],
    paperOptOut: null,
    protectedSince: null,
  };
}

function precisionOf(date: string): DatePrecision {
  const parts = date.split('-').length;
  return parts === 1 ? 'year' : parts === 2 ? 'month' : 'day';
}

function linksOf({ linked = [], main = [], referred = [], ended = [] }: Says): StatedLink[] {
  const as =
    (kind: StatedLink['kind']) =>
    (name: Name): StatedLink => ({ kind, identity: identityOf(name) });
  return [
    ...linked.map(as('linked')),
    ...main.map((name) => ({ ...as('linked')(name), primary: true })),
    ...referred.map(as('referred')),
    ...ended.map(as('ended')),
  ];
}

let decisions = 0n;

/** A decision about two identities; later than those that were made before it. */
export function decide(
  choice: DecisionChoice,
  subject: Name,
  other: Name | null,
  kind: Decision['kind'] = 'identity-claimed-twice',
): Decision {
  decisions += 1n;
  return {
    id: decisions,
    kind,
    subject: keyOf(subject),
    other: other && keyOf(other),
    choice,
    flaggedSince: null,
  };
}

/** The persons as lists of names: `['LRID1 PNR1', 'PNR2']`. */
export function persons({ clusters }: Formation): readonly string[] {
  return clusters
    .map(({ members }) =>
      members
        .map(({ identityKey }) => identityKey)
        .sort()
        .join(' '),
    )
    .sort();
}

/** Findings as texts: `identity-claimed-twice LRID1 PNR1`. */
export function findings({ findings: found }: { readonly findings: readonly Finding[] }) {
  return found.map(({ kind, subject, other }) => `${kind} ${subject} ${other}`);
}

/** Persons and findings of these members. */
export function formed(members: readonly Member[], decided: readonly Decision[] = []) {
  const formation = formClusters(members, decided);
  return { persons: persons(formation), findings: findings(formation) };
}

/** `PNR1 referred PNR2: joins`, for every link. */
export function verdicts(members: readonly Member[], decided: readonly Decision[] = []) {
  return explainLinks(members, decided).map(
    ({ from, to, kind, verdict }) => `${from} ${kind} ${to}: ${verdict}`,
  );
}
