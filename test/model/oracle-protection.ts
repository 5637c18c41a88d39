import type { Finding } from '../../core/identity/work-item.ts';
import { contentOf, type KnownIdentity, kindOf, type OracleWorld } from './oracle-world.ts';

export interface OracleProtection {
  readonly protectedPerson: boolean;
  readonly protectedPopulationRecord: boolean;
  readonly findings: readonly Finding[];
}

/**
 * Any flag of any record of any member protects, and of those who may be the same person; a flag of Master's is over by PU's newer word, or when
 * somebody says so.
 */
export function protectionOf(
  world: OracleWorld,
  members: readonly KnownIdentity[],
  inDoubt: readonly KnownIdentity[] = [],
): OracleProtection {
  const counting = [...members, ...inDoubt].flatMap((member) => [
    contentOf(member, 'pu'),
    countsForMaster(world, member) ? contentOf(member, 'master') : undefined,
  ]);
  return {
    protectedPerson: counting.some((record) => record?.protectedPerson === true),
    protectedPopulationRecord: counting.some((record) => record?.protectedPopulationRecord),
    findings: members.flatMap((member) => doubtAbout(world, member)),
  };
}

export function isFlagged(record: ReturnType<typeof contentOf>): boolean {
  return record !== undefined && (record.protectedPerson || record.protectedPopulationRecord);
}

function countsForMaster(world: OracleWorld, member: KnownIdentity): boolean {
  const decided = decidedAbout(world, member);
  if (decided !== undefined) return decided === 'keep-protection';
  const unflagged = unflaggedByAuthority(world, member);
  const since = contentOf(member, 'master')?.protectedSince ?? null;
  return unflagged === undefined || since === null || unflagged <= BigInt(since);
}

/** The second of PU's record that has no flag, where PU decides about the kind of number. */
function unflaggedByAuthority({ phase }: OracleWorld, member: KnownIdentity): bigint | undefined {
  const kind = kindOf(member.identity);
  const puDecides =
    phase === 'step-2' || (phase === 'step-1' && (kind === 'PNR' || kind === 'SNR'));
  const record = contentOf(member, 'pu');
  if (!puDecides || record === undefined || isFlagged(record)) return undefined;
  return member.records.pu?.position.version;
}

function decidedAbout({ decisions }: OracleWorld, member: KnownIdentity) {
  const [latest] = decisions
    .filter(({ choice }) => choice === 'lift-protection' || choice === 'keep-protection')
    .filter(({ subject }) => subject === member.key)
    .sort((x, y) => (x.id > y.id ? -1 : 1));
  const since = contentOf(member, 'master')?.protectedSince ?? null;
  // A flag that was set again is another flag.
  const isOutdated = latest?.choice === 'lift-protection' && since !== latest.flaggedSince;
  return isOutdated ? undefined : latest?.choice;
}

/** Master flags whom PU, which decides, does not: somebody should look, whether the flag still counts or not, unless somebody did. */
function doubtAbout(world: OracleWorld, member: KnownIdentity): readonly Finding[] {
  const unflagged = unflaggedByAuthority(world, member);
  const record = contentOf(member, 'master');
  if (unflagged === undefined || !isFlagged(record)) return [];
  if (decidedAbout(world, member) !== undefined) return [];
  const since = record?.protectedSince ?? null;
  const isOneSecond = since !== null && unflagged === BigInt(since);
  const finding: Finding = {
    kind: isOneSecond ? 'protection-contradicts' : 'protection-kept-by-master',
    subject: member.key,
    other: null,
  };
  return [finding];
}
