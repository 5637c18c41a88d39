import type { Decision, Finding, WorkItemKind } from '../identity/work-item.ts';
import type { PersonEvidence } from '../mapping/person-evidence.ts';
import { classifyRoot } from '../person/identity-type.ts';
import type { IdentityKey } from '../person/person-identifier.ts';
import type { AuthorityTable, Phase } from './authority.ts';
import { type GoldenMember, isRecord, type RegisterRecord, recordBy } from './choose-record.ts';
import type { GoldenInput } from './golden-input.ts';

/** What becomes of a flag: the first two protect, the others do not. */
export type FlagStanding =
  | 'counts'
  | 'kept-by-decision'
  | 'lifted-by-decision'
  | 'lifted-by-authority';

export interface JudgedFlag {
  readonly member: GoldenMember;
  /** The record with the flag. */
  readonly record: RegisterRecord;
  readonly standing: FlagStanding;
  /** Whether it is on an identity of somebody else, whom a link in doubt connects with this person. */
  readonly isInDoubt: boolean;
  /** The record that says otherwise about the same identity, when PU decides about it. */
  readonly against: RegisterRecord | undefined;
}

export interface Protection {
  readonly protectedPerson: boolean;
  readonly protectedPopulationRecord: boolean;
  readonly isProtected: boolean;
  readonly flags: readonly JudgedFlag[];
  readonly findings: readonly Finding[];
}

const NO_FLAG: Protection = {
  protectedPerson: false,
  protectedPopulationRecord: false,
  isProtected: false,
  flags: [],
  findings: [],
};

/** The kinds that a decision about protection answers. */
const ABOUT_FLAGS: ReadonlySet<WorkItemKind> = new Set([
  'protection-kept-by-master',
  'protection-contradicts',
]);

/**
 * Whether a person is protected: any flag of any register on any identity of the cluster protects the whole person, in every phase; and on any that
 * a link in doubt connects with it.
 *
 * A flag of PU ends only when PU takes it away. A flag of Master also ends when somebody decided so, and, where PU decides about the identity, by a
 * record of PU without a flag that is newer than Master's flag. While there is such a record that is not newer, somebody has to look.
 */
export function judgeProtection(
  input: GoldenInput,
  cells: AuthorityTable['cells'][Phase],
): Protection {
  const flags: JudgedFlag[] = [];
  const { members, inDoubt } = input;
  for (const member of members) flags.push(...judgeFlags(member, false, input, cells));
  for (const member of inDoubt) flags.push(...judgeFlags(member, true, input, cells));
  if (flags.length === 0) return NO_FLAG;
  const counting = flags.filter(protects);
  return {
    protectedPerson: counting.some(({ record }) => record.content.protectedPerson),
    protectedPopulationRecord: counting.some(
      ({ record }) => record.content.protectedPopulationRecord,
    ),
    isProtected: counting.length > 0,
    flags,
    // Of somebody else is asked there.
    findings: flags.filter(({ isInDoubt }) => !isInDoubt).flatMap(findingAbout),
  };
}

export function isFlagged(content: PersonEvidence): boolean {
  return content.protectedPerson || content.protectedPopulationRecord;
}

export function protects({ standing }: JudgedFlag): boolean {
  return standing === 'counts' || standing === 'kept-by-decision';
}

function judgeFlags(
  member: GoldenMember,
  isInDoubt: boolean,
  { decisions }: GoldenInput,
  cells: AuthorityTable['cells'][Phase],
): readonly JudgedFlag[] {
  return member.evidence.flatMap((record): readonly JudgedFlag[] => {
    if (!isRecord(record) || !isFlagged(record.content)) return [];
    if (record.source === 'pu') {
      return [{ member, record, standing: 'counts', isInDoubt, against: undefined }];
    }
    const against = recordWithoutFlag(member, cells);
    const standing = standingOf(member, record, against, decisions);
    return [{ member, record, standing, isInDoubt, against }];
  });
}

function standingOf(
  { identityKey }: GoldenMember,
  { content: { protectedSince } }: RegisterRecord,
  against: RegisterRecord | undefined,
  decisions: GoldenInput['decisions'],
): FlagStanding {
  const decided = latestDecision(decisions, identityKey);
  // A flag that Master took away and set again is another one, which nobody has looked at.
  if (decided?.choice === 'lift-protection' && decided.flaggedSince === protectedSince) {
    return 'lifted-by-decision';
  }
  if (decided?.choice === 'keep-protection') return 'kept-by-decision';
  // PU's version is the second of its record. Of a flag of unknown age nothing is newer.
  const isOver =
    against !== undefined && protectedSince !== null && against.position.version > protectedSince;
  return isOver ? 'lifted-by-authority' : 'counts';
}

/** PU's record of the identity, when PU decides about it and has set no flag. */
function recordWithoutFlag(
  member: GoldenMember,
  cells: AuthorityTable['cells'][Phase],
): RegisterRecord | undefined {
  const [first] = cells[classifyRoot(member.identity.root)].name;
  if (first !== 'pu') return undefined;
  const record = recordBy(member, 'pu');
  return record === undefined || isFlagged(record.content) ? undefined : record;
}

function latestDecision(
  decisions: GoldenInput['decisions'],
  subject: IdentityKey,
): Decision | undefined {
  let latest: Decision | undefined;
  for (const decision of decisions) {
    if (decision.subject !== subject || !ABOUT_FLAGS.has(decision.kind)) continue;
    if (latest === undefined || decision.id > latest.id) latest = decision;
  }
  return latest;
}

/** Master flags whom PU, which decides, does not: somebody has to look, whether the flag still counts or PU's record is newer (domain 8). */
function findingAbout({ member, record, standing, against }: JudgedFlag): readonly Finding[] {
  if (
    against === undefined ||
    standing === 'kept-by-decision' ||
    standing === 'lifted-by-decision'
  ) {
    return [];
  }
  const { protectedSince } = record.content;
  const isSameSecond =
    protectedSince !== null && against.position.version === BigInt(protectedSince);
  return [
    {
      kind: isSameSecond ? 'protection-contradicts' : 'protection-kept-by-master',
      subject: member.identityKey,
      other: null,
    },
  ];
}
