import type { Phase } from '../../core/golden-record/authority.ts';
import type { GoldenRecord } from '../../core/golden-record/golden-record.ts';
import type { Finding } from '../../core/identity/work-item.ts';
import type { PersonEvidence, Relation } from '../../core/mapping/person-evidence.ts';
import type { SourceName } from '../../core/sync/source-record.ts';
import { isAnswered } from './oracle-clusters.ts';
import { isFlagged, type OracleProtection } from './oracle-protection.ts';
import {
  contentOf,
  isReal,
  type Kind,
  type KnownIdentity,
  kindOf,
  type OracleWorld,
  strengthOf,
} from './oracle-world.ts';

export interface OracleGolden {
  readonly golden: GoldenRecord | null;
  readonly findings: readonly Finding[];
}

/** What is said of a cluster; `isHidden` tells which relatives nobody may see. */
export function goldenOf(
  world: OracleWorld,
  members: readonly KnownIdentity[],
  protection: OracleProtection,
  isHidden: (relation: Relation) => boolean,
): OracleGolden {
  const main = mainOf(world.phase, members);
  const leading = main && decidingRecord(world.phase, main);
  if (main === undefined || leading === undefined) return { golden: null, findings: [] };
  if (world.dropsTestPersons && leading.testPerson) return { golden: null, findings: [] };
  const onlyPu = contentOf(main, 'pu');
  // What only PU states: Master's record never fills it, but in `shadow`, where Master's is all there is.
  const own = world.phase === 'shadow' ? contentOf(main, 'master') : onlyPu;
  const common = {
    identities: identitiesOf(members, main),
    name: leading.name,
    sex: leading.sex,
    birthDate: leading.birthDate,
    deregistration: leading.deregistration,
    testPerson: leading.testPerson,
  };
  const county = leading.locality?.countyCode ?? null;
  const isThere = leading.deregistration === null;
  if (!protection.protectedPerson && !protection.protectedPopulationRecord) {
    const municipalityCode = leading.locality?.municipalityCode ?? null;
    return {
      findings: [],
      golden: {
        kind: 'person',
        ...common,
        maritalStatus: leading.maritalStatus,
        membership:
          county === null || !isThere
            ? null
            : {
                level: municipalityCode === null ? 'county' : 'municipality',
                countyCode: county,
                municipalityCode,
                reason: 'registered',
                from: leading.locality?.registrationDate ?? null,
              },
        parishCode: leading.locality?.parishCode ?? null,
        propertyDesignation: leading.locality?.propertyDesignation ?? null,
        addresses: leading.addresses,
        contacts: (own?.contacts ?? []).filter(({ consent }) => consent !== 'no'),
        relations: (own?.relations ?? []).filter((relation) => !isHidden(relation)),
        contactPersons: own?.contactPersons ?? [],
        paperOptOut: own?.paperOptOut ?? null,
      },
    };
  }
  const isTold = county !== null && isThere && !saysMoreThanPu(members);
  const noCounty: Finding = { kind: 'no-county', subject: main.key, other: null };
  return {
    findings: !isTold && isThere && !isAnswered(world, noCounty) ? [noCounty] : [],
    golden: {
      kind: 'protected-person',
      ...common,
      protectedPerson: protection.protectedPerson,
      protectedPopulationRecord: protection.protectedPopulationRecord,
      membership: isTold
        ? { level: 'county', countyCode: county, reason: 'protected-county-only', from: null }
        : null,
    },
  };
}

/** Whose record decides about a kind of number, first choice first. */
export function registersFor(phase: Phase, kind: Kind): readonly SourceName[] {
  if (phase === 'shadow') return ['master'];
  if (phase === 'step-2' || kind === 'PNR' || kind === 'SNR') return ['pu', 'master'];
  return kind === 'NRID' ? ['master', 'pu'] : ['master'];
}

function decidingRecord(phase: Phase, member: KnownIdentity): PersonEvidence | undefined {
  for (const source of registersFor(phase, kindOf(member.identity))) {
    const content = contentOf(member, source);
    if (content !== undefined) return content;
  }
  return undefined;
}

/** The strongest number that a register makes known; one in use before one that was given up; then the first by its text. */
function mainOf(phase: Phase, members: readonly KnownIdentity[]): KnownIdentity | undefined {
  const rank = (member: KnownIdentity): number => {
    const reason = decidingRecord(phase, member)?.deregistration?.reason;
    return strengthOf(member.identity) * 2 + (reason === 'GN' || reason === 'AN' ? 0 : 1);
  };
  const [main] = members
    .filter((member) => decidingRecord(phase, member) !== undefined)
    .sort((x, y) => rank(y) - rank(x) || (textOf(x) < textOf(y) ? -1 : 1));
  return main;
}

function identitiesOf(members: readonly KnownIdentity[], main: KnownIdentity) {
  return [...members]
    .sort((x, y) => (textOf(x) < textOf(y) ? -1 : 1))
    .map((member) => ({
      root: member.identity.root,
      extension: member.identity.extension,
      type: kindOf(member.identity),
      main: member === main,
    }));
}

function textOf({ identity }: KnownIdentity): string {
  return `${identity.root}|${identity.extension}`;
}

/** Where PU protects a number of Skatteverket's and gives no county, a county of Master's would say more than PU. */
function saysMoreThanPu(members: readonly KnownIdentity[]): boolean {
  const records = members
    .filter(({ identity }) => isReal(identity))
    .map((member) => contentOf(member, 'pu'));
  const hasCounty = records.some((record) => (record?.locality?.countyCode ?? null) !== null);
  return records.some(isFlagged) && !hasCounty;
}
