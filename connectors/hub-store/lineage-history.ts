/** What once was of a person: decisions, memberships that are over, changes in the registers. */
import type { Membership } from '../../core/golden-record/golden-record.ts';
import type { Decision, DecisionChoice } from '../../core/identity/work-item.ts';
import type { IdentityKey, PersonKey } from '../../core/person/person-identifier.ts';
import type { SourceName, SourcePosition } from '../../core/sync/source-record.ts';
import { type SqlRunner, statement } from './database.ts';
import { findingOf } from './group-rows.ts';
import { plainArray } from './sql-arrays.ts';

/** A decision with who and why. */
export interface MadeDecision extends Omit<Decision, 'flaggedSince'> {
  readonly reason: string;
  readonly decidedBy: string;
  /** Milliseconds since 1970. */
  readonly decidedAt: number;
}

/** A membership that is over. */
export interface EndedMembership {
  /** Null: there was none in this time. */
  readonly membership:
    | (Pick<Membership, 'level' | 'reason' | 'municipalityCode'> & {
        readonly countyCode: string;
        /** ISO text of any precision. */
        readonly validFrom: string | null;
      })
    | null;
  readonly fromVersion: number;
  readonly untilVersion: number;
  /** ISO text of any precision; null: nobody says. */
  readonly endedOn: string | null;
}

/** One change of the evidence, without values. */
export interface JournalEntry {
  readonly identityKey: IdentityKey;
  readonly source: SourceName;
  readonly position: SourcePosition;
  /** Names of fields, or the one word `all`, `removed` or `unknown`. */
  readonly changed: readonly string[];
  /** Milliseconds since 1970. */
  readonly recordedAt: number;
}

const DECISIONS = statement<{
  id: string;
  kind: string;
  subject: string;
  other: string | null;
  choice: string;
  reason: string;
  decided_by: string;
  decided_at: string;
}>(
  'lineage-decisions',
  `SELECT id, kind, subject, other, choice, reason, decided_by, (extract(epoch FROM decided_at) * 1000)::bigint AS decided_at
   FROM (SELECT * FROM decisions WHERE subject = ANY ($1::uuid[])
         UNION SELECT * FROM decisions WHERE other = ANY ($1::uuid[])) d
   ORDER BY id`,
);

const MEMBERSHIPS = statement<{
  from_version: string;
  until_version: string;
  level: string | null;
  county_code: string | null;
  municipality_code: string | null;
  reason: string | null;
  valid_from: string | null;
  ended_on: string | null;
}>(
  'lineage-memberships',
  `SELECT from_version, until_version, level, county_code, municipality_code, reason, valid_from, ended_on
   FROM memberships WHERE person_key = $1::uuid ORDER BY until_version`,
);

const JOURNAL = statement<{
  identity_key: string;
  source: string;
  epoch: string;
  version: string;
  changed: string;
  recorded_at: string;
}>(
  'lineage-journal',
  `SELECT identity_key, source, epoch, version, array_to_json(changed) AS changed,
          (extract(epoch FROM recorded_at) * 1000)::bigint AS recorded_at
   FROM evidence_journal WHERE identity_key = ANY ($1::uuid[])
   ORDER BY evidence_journal.recorded_at DESC, identity_key, source LIMIT 100`,
);

/** Decisions about any of these identities, oldest first. */
export async function readDecisionsOf(
  runner: SqlRunner,
  identityKeys: readonly IdentityKey[],
): Promise<readonly MadeDecision[]> {
  const rows = await runner.query(DECISIONS, [plainArray(identityKeys)]);
  return rows.map((row) => ({
    ...findingOf(row),
    id: BigInt(row.id),
    choice: row.choice as DecisionChoice,
    reason: row.reason,
    decidedBy: row.decided_by,
    decidedAt: Number(row.decided_at),
  }));
}

/** Memberships that are over, oldest first. */
export async function readMembershipsOf(
  runner: SqlRunner,
  personKey: PersonKey,
): Promise<readonly EndedMembership[]> {
  const rows = await runner.query(MEMBERSHIPS, [personKey]);
  return rows.map((row) => ({
    membership:
      row.level === null || row.county_code === null
        ? null
        : {
            level: row.level as Membership['level'],
            countyCode: row.county_code,
            municipalityCode: row.municipality_code,
            reason: row.reason as Membership['reason'],
            validFrom: row.valid_from,
          },
    fromVersion: Number(row.from_version),
    untilVersion: Number(row.until_version),
    endedOn: row.ended_on,
  }));
}

/** The latest hundred changes of these identities, newest first. */
export async function readJournalOf(
  runner: SqlRunner,
  identityKeys: readonly IdentityKey[],
): Promise<readonly JournalEntry[]> {
  const rows = await runner.query(JOURNAL, [plainArray(identityKeys)]);
  return rows.map((row) => ({
    identityKey: row.identity_key as IdentityKey,
    source: row.source as SourceName,
    position: { epoch: Number(row.epoch), version: BigInt(row.version) },
    changed: JSON.parse(row.changed) as readonly string[],
    recordedAt: Number(row.recorded_at),
  }));
}
