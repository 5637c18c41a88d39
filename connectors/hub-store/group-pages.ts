import type { Identity, IdentityKey } from '../../core/person/person-identifier.ts';
import type { GroupPage } from '../../core/sync/ports.ts';
import { type SqlRunner, statement } from './database.ts';
import { groupKeyOf, identityOf, readGroupRows, readGroups } from './group-rows.ts';
import { lockKnownGroups } from './lock-groups.ts';

interface PageRow {
  readonly [column: string]: string | null;
  readonly group_key: string;
  readonly root: string;
  readonly extension: string;
}

const READ_PAGE = statement<PageRow>(
  'page-of-groups',
  `SELECT ${groupKeyOf('i')} AS group_key, i.root, i.extension FROM identities i
   WHERE ${groupKeyOf('i')} > $1::uuid ORDER BY ${groupKeyOf('i')} LIMIT $2`,
);

/** Before every key: those of ours have version and variant bits. */
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** Reads all groups page by page, without a lock: for counting what would change. A group that changes meanwhile is read as it was or is. */
export class GroupReader {
  readonly #runner: SqlRunner;

  constructor(runner: SqlRunner) {
    this.#runner = runner;
  }

  /** @param limit identities on a page; a larger group is a page of its own. */
  async readPage(after: IdentityKey | null, limit: number): Promise<GroupPage> {
    const { identities, next } = await findPage(this.#runner, after, limit);
    const roots = identities.map(({ root }) => root);
    const extensions = identities.map(({ extension }) => extension);
    const rows = await readGroupRows(this.#runner, roots, extensions);
    return { groups: await readGroups(this.#runner, rows), next };
  }
}

/** `PersonTransaction.lockGroupPage`: the page is found without a lock, then locked by its identities and read again. */
export async function lockGroupPage(
  runner: SqlRunner,
  after: IdentityKey | null,
  limit: number,
): Promise<GroupPage> {
  const { identities, next } = await findPage(runner, after, limit);
  return { groups: identities.length === 0 ? [] : await lockKnownGroups(runner, identities), next };
}

interface FoundPage {
  /** At least one identity of each group. */
  readonly identities: readonly Identity[];
  readonly next: IdentityKey | null;
}

async function findPage(
  runner: SqlRunner,
  after: IdentityKey | null,
  limit: number,
): Promise<FoundPage> {
  const rows = await runner.query(READ_PAGE, [after ?? BEFORE_ALL, limit + 1]);
  const beyond = rows[limit];
  if (beyond === undefined) return { identities: rows.map(identityOf), next: null };
  // The last group may go on after the limit: it is left to the next page, unless the page would be empty.
  const whole = rows.filter((row) => row.group_key !== beyond.group_key);
  const last = whole.at(-1) ?? beyond;
  return {
    identities: (whole.length > 0 ? whole : [beyond]).map(identityOf),
    next: last.group_key as IdentityKey,
  };
}
