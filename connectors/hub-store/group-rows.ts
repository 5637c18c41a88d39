import type { Join } from '../../core/identity/form-clusters.ts';
import {
  type Decision,
  type DecisionChoice,
  type Finding,
  FOUND_ONCE,
  type WorkItemKind,
} from '../../core/identity/work-item.ts';
import type { Identity, IdentityKey, Oid, PersonKey } from '../../core/person/person-identifier.ts';
import type { IdentityGroup, StoredIdentity } from '../../core/sync/stored-group.ts';
import { type SqlRow, type SqlRunner, statement } from './database.ts';
import { type EvidenceRow, storedEvidence } from './evidence-rows.ts';
import { readPersons } from './person-rows.ts';
import { plainArray } from './sql-arrays.ts';

/** SQL for the group of an identity: called after its first-seen identity, which names none. */
export const groupKeyOf = (table: string) => `coalesce(${table}.group_key, ${table}.identity_key)`;

/** SQL for when an identity was first seen, in microseconds since 1970. */
export const firstSeenOf = (table: string) =>
  `(extract(epoch FROM ${table}.first_seen) * 1000000)::bigint AS first_seen`;

/** The groups of the identities `$1`, `$2`. */
export const GROUPS_OF_NAMED = `
  SELECT ${groupKeyOf('k')} FROM unnest($1::text[], $2::text[]) AS n (root, extension)
  JOIN identities k ON k.root = n.root AND k.extension = n.extension`;

/** An identity with one of its evidence, or with none. */
export interface GroupRow extends EvidenceRow {
  readonly root: string;
  readonly extension: string;
  readonly identity_key: string;
  readonly person_key: string;
  readonly group_key: string;
  readonly is_protected: string;
  readonly first_seen: string;
}

const READ_GROUPS = statement<GroupRow>(
  'read-groups',
  `SELECT i.root, i.extension, i.identity_key, i.person_key, ${groupKeyOf('i')} AS group_key, i.is_protected, ${firstSeenOf('i')},
          e.source, e.epoch, e.version, e.content, e.content_hash
   FROM identities i LEFT JOIN evidence e ON e.identity_key = i.identity_key
   WHERE ${groupKeyOf('i')} IN (${GROUPS_OF_NAMED})
   ORDER BY ${groupKeyOf('i')}, i.root, i.extension, e.source`,
);

interface FindingRow extends SqlRow {
  readonly kind: string;
  readonly subject: string;
  readonly other: string | null;
}

/** An open item is always about identities of one group, so its subject finds it. */
const OPEN_ITEMS = statement<FindingRow>(
  'open-items-of-groups',
  'SELECT kind, subject, other FROM work_items WHERE subject = ANY ($1::uuid[]) AND closed_at IS NULL ORDER BY id',
);

interface DecisionRow extends FindingRow {
  readonly id: string;
  readonly choice: string;
  readonly flagged_since: string | null;
}

/** A decision outlives what it was about: its two identities may be in two groups by now, and it belongs to both. */
const DECISION_COLUMNS = 'id, kind, subject, other, choice, flagged_since';
const DECISIONS = statement<DecisionRow>(
  'decisions-of-groups',
  `SELECT ${DECISION_COLUMNS} FROM decisions WHERE subject = ANY ($1::uuid[])
   UNION SELECT ${DECISION_COLUMNS} FROM decisions WHERE other = ANY ($1::uuid[])
   ORDER BY id`,
);

const JOINS = statement<{ from_key: string; to_key: string; source: string }>(
  'joins-of-groups',
  'SELECT from_key, to_key, source FROM link_periods WHERE from_key = ANY ($1::uuid[]) AND until IS NULL',
);

/** The rows of the groups of these identities: roots and extensions in two lists of one length. */
export async function readGroupRows(
  runner: SqlRunner,
  roots: readonly string[],
  extensions: readonly string[],
): Promise<readonly GroupRow[]> {
  return await runner.query(READ_GROUPS, [roots, extensions]);
}

/** Reads what else belongs to the groups of the rows: a statement for each kind, however many groups there are. */
export async function readGroups(
  runner: SqlRunner,
  rows: readonly GroupRow[],
): Promise<readonly IdentityGroup[]> {
  if (rows.length === 0) return [];
  const groupOf = new Map<string, string>();
  for (const row of rows) groupOf.set(row.identity_key, row.group_key);
  const keys = [...groupOf.keys()] as readonly string[] as readonly IdentityKey[];
  const persons = Map.groupBy(await readPersons(runner, keys), ({ personKey }) =>
    groupOf.get(personKey),
  );
  const items = Map.groupBy(await readOpenItems(runner, keys), ({ subject }) =>
    groupOf.get(subject),
  );
  const joins = Map.groupBy(await readJoins(runner, rows), ({ from }) => groupOf.get(from));
  const decisions = Map.groupBy(
    (await readDecisions(runner, keys)).flatMap((decision) => {
      const { subject, other } = decision;
      const about = new Set([
        groupOf.get(subject),
        other === null ? undefined : groupOf.get(other),
      ]);
      return [...about].map((group) => ({ group, decision }));
    }),
    ({ group }) => group,
  );
  return [...Map.groupBy(rows, (row) => row.group_key)].map(([groupKey, members]) => ({
    groupKey: groupKey as IdentityKey,
    identities: storedIdentities(members),
    persons: persons.get(groupKey) ?? [],
    decisions: (decisions.get(groupKey) ?? []).map(({ decision }) => decision),
    openItems: items.get(groupKey) ?? [],
    joins: joins.get(groupKey) ?? [],
  }));
}

/** The identity of a row with the columns of one. */
export function identityOf(row: { readonly root: string; readonly extension: string }): Identity {
  return { root: row.root as Oid, extension: row.extension };
}

function storedIdentities(rows: readonly GroupRow[]): readonly StoredIdentity[] {
  return [...Map.groupBy(rows, (row) => row.identity_key).values()].flatMap((ofIdentity) => {
    const row = ofIdentity[0];
    if (row === undefined) return [];
    return {
      identity: identityOf(row),
      identityKey: row.identity_key as IdentityKey,
      personKey: row.person_key as PersonKey,
      firstSeen: Number(row.first_seen),
      isProtected: row.is_protected === 't',
      evidence: ofIdentity.flatMap(storedEvidence),
    };
  });
}

async function readOpenItems(
  runner: SqlRunner,
  keys: readonly IdentityKey[],
): Promise<readonly Finding[]> {
  const rows = await runner.query(OPEN_ITEMS, [plainArray(keys)]);
  return rows.map(findingOf).filter(({ kind }) => !FOUND_ONCE.has(kind));
}

async function readDecisions(
  runner: SqlRunner,
  keys: readonly IdentityKey[],
): Promise<readonly Decision[]> {
  const rows = await runner.query(DECISIONS, [plainArray(keys)]);
  return rows.map((row) => ({
    ...findingOf(row),
    id: BigInt(row.id),
    choice: row.choice as DecisionChoice,
    flaggedSince: row.flagged_since === null ? null : Number(row.flagged_since),
  }));
}

/** Links are between two, and nearly everybody is alone. */
async function readJoins(runner: SqlRunner, rows: readonly GroupRow[]): Promise<readonly Join[]> {
  const groups = Map.groupBy(rows, (row) => row.group_key).values();
  const linked = [...groups].flatMap((members) => {
    const keys = new Set(members.map((row) => row.identity_key));
    return keys.size > 1 ? [...keys] : [];
  });
  if (linked.length === 0) return [];
  const found = await runner.query(JOINS, [plainArray(linked)]);
  return found.map((row) => ({
    from: row.from_key as IdentityKey,
    to: row.to_key as IdentityKey,
    source: row.source as Join['source'],
  }));
}

export function findingOf(row: FindingRow): Finding {
  return {
    kind: row.kind as WorkItemKind,
    subject: row.subject as IdentityKey,
    other: row.other as IdentityKey | null,
  };
}
