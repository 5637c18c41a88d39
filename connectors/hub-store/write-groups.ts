import type { Join } from '../../core/identity/form-clusters.ts';
import type { Finding } from '../../core/identity/work-item.ts';
import type { IdentityWrite } from '../../core/sync/batch-changes.ts';
import { type SqlRunner, type SqlValue, statement } from './database.ts';
import { plainArray } from './sql-arrays.ts';

/** An identity that the group is called after names none: then nothing that is indexed changes when only its protection does. */
const UPDATE_IDENTITIES = statement(
  'update-identities',
  `UPDATE identities i
   SET person_key = n.person_key, group_key = nullif(n.group_key, i.identity_key), is_protected = n.is_protected
   FROM (SELECT unnest($1::uuid[]) AS identity_key, unnest($2::uuid[]) AS person_key, unnest($3::uuid[]) AS group_key,
                unnest($4::boolean[]) AS is_protected) n
   WHERE i.identity_key = n.identity_key`,
);

const JOIN_ROWS =
  'SELECT unnest($1::uuid[]) AS from_key, unnest($2::uuid[]) AS to_key, unnest($3::text[]) AS source';

const BEGIN_LINKS = statement(
  'begin-links',
  `INSERT INTO link_periods (from_key, to_key, source) ${JOIN_ROWS}
   ON CONFLICT (from_key, to_key, source) WHERE until IS NULL DO NOTHING`,
);

/** The keys are named twice: a plan that was made while the table was small must not go through all of it for each row. */
const END_LINKS = statement(
  'end-links',
  `UPDATE link_periods p SET until = now() FROM (${JOIN_ROWS}) n
   WHERE p.from_key = n.from_key AND p.to_key = n.to_key AND p.source = n.source AND p.until IS NULL
     AND p.from_key = ANY ($1::uuid[])`,
);

const FINDING_ROWS =
  'SELECT unnest($1::text[]) AS kind, unnest($2::uuid[]) AS subject, unnest($3::uuid[]) AS other';

const OPEN_ITEMS = statement(
  'open-work-items',
  `INSERT INTO work_items (kind, subject, other) ${FINDING_ROWS}
   ON CONFLICT (subject, kind, other) WHERE closed_at IS NULL DO NOTHING`,
);

const CLOSE_ITEMS = statement(
  'close-work-items',
  `UPDATE work_items w SET closed_at = now() FROM (${FINDING_ROWS}) n
   WHERE w.subject = n.subject AND w.kind = n.kind AND w.other IS NOT DISTINCT FROM n.other AND w.closed_at IS NULL
     AND w.subject = ANY ($2::uuid[])`,
);

/** Puts identities where they belong now. Called while their groups are locked. */
export async function writeIdentities(
  runner: SqlRunner,
  writes: readonly IdentityWrite[],
): Promise<void> {
  if (writes.length === 0) return;
  const written = await runner.execute(UPDATE_IDENTITIES, [
    plainArray(writes.map(({ identityKey }) => identityKey)),
    plainArray(writes.map(({ personKey }) => personKey)),
    plainArray(writes.map(({ groupKey }) => groupKey)),
    plainArray(writes.map(({ isProtected }) => String(isProtected))),
  ]);
  if (written !== writes.length) throw new TypeError('an identity was written that is not stored');
}

/** Begins and ends periods of links. */
export async function writeLinks(
  runner: SqlRunner,
  links: { readonly begun: readonly Join[]; readonly ended: readonly Join[] },
): Promise<void> {
  if (links.ended.length > 0) await runner.execute(END_LINKS, joinValues(links.ended));
  if (links.begun.length > 0) await runner.execute(BEGIN_LINKS, joinValues(links.begun));
}

/** Opens and closes work items. */
export async function writeItems(
  runner: SqlRunner,
  items: { readonly opened: readonly Finding[]; readonly closed: readonly Finding[] },
): Promise<void> {
  if (items.closed.length > 0) await runner.execute(CLOSE_ITEMS, findingValues(items.closed));
  if (items.opened.length > 0) await runner.execute(OPEN_ITEMS, findingValues(items.opened));
}

function joinValues(joins: readonly Join[]): readonly SqlValue[] {
  return [
    plainArray(joins.map(({ from }) => from)),
    plainArray(joins.map(({ to }) => to)),
    plainArray(joins.map(({ source }) => source)),
  ];
}

function findingValues(findings: readonly Finding[]): readonly SqlValue[] {
  return [
    plainArray(findings.map(({ kind }) => kind)),
    plainArray(findings.map(({ subject }) => subject)),
    plainArray(findings.map(({ other }) => other ?? 'NULL')),
  ];
}
