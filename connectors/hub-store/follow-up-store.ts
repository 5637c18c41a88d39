import { type Finding, FOUND_ONCE } from '../../core/identity/work-item.ts';
import type { ContentHash, Identity, IdentityKey } from '../../core/person/person-identifier.ts';
import type { DueFollowUp, FollowUps } from '../../core/sync/ports.ts';
import { type SqlRunner, statement } from './database.ts';
import { findingOf, identityOf } from './group-rows.ts';
import { plainArray } from './sql-arrays.ts';

/**
 * The first look. Whoever sees a follow-up here sees its protection committed, and so does every transaction that begins from now on. The
 * others have a number below the horizon: a transaction that decides has one before it reads who is protected, since it holds the phase by a
 * row lock.
 */
const STAMP = statement(
  'stamp-follow-ups',
  `UPDATE follow_ups SET seen_horizon = pg_snapshot_xmax(pg_current_snapshot())
   WHERE id IN (SELECT id FROM follow_ups WHERE seen_horizon IS NULL ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED)`,
);

/** A later look: everything below the horizon has ended. Transactions that write in any database of the server count, so a long one delays it. */
const DUE = statement<{
  id: string;
  identity_key: string;
  is_protected: string;
  address_hash: string | null;
}>(
  'due-follow-ups',
  `SELECT id, identity_key, is_protected, address_hash FROM follow_ups
   WHERE seen_horizon <= pg_snapshot_xmin(pg_current_snapshot()) ORDER BY id LIMIT $1`,
);

const RELATIVES = statement<{ root: string; extension: string }>(
  'relatives',
  `SELECT i.root, i.extension FROM identities s
   JOIN relations r ON r.root = s.root AND r.extension = s.extension
   JOIN identities i ON i.identity_key = r.identity_key
   WHERE s.identity_key = $1 ORDER BY i.root, i.extension`,
);

const NEIGHBOURS = statement<{ person_key: string }>(
  'neighbours',
  `SELECT person_key FROM persons
   WHERE address_hash = $1 AND person_key <> (SELECT person_key FROM identities WHERE identity_key = $2::uuid)
   ORDER BY person_key LIMIT $3`,
);

const OPEN_ABOUT = statement<{ kind: string; subject: string; other: string | null }>(
  'open-items-about',
  `SELECT kind, subject, other FROM work_items
   WHERE other = $1::uuid AND kind = ANY ($2::text[]) AND closed_at IS NULL ORDER BY id`,
);

const DONE = statement('follow-up-done', 'DELETE FROM follow_ups WHERE id = $1');

const COUNT = statement<{ waiting: string }>(
  'count-follow-ups',
  'SELECT count(*) AS waiting FROM follow_ups',
);

/** Follow-ups on PostgreSQL, with its own snapshots as the horizon. */
export class PostgresFollowUps implements FollowUps {
  readonly #runner: SqlRunner;

  constructor(runner: SqlRunner) {
    this.#runner = runner;
  }

  async due(limit: number): Promise<readonly DueFollowUp[]> {
    const rows = await this.#runner.query(DUE, [limit]);
    await this.#runner.execute(STAMP, [limit]);
    return rows.map((row) => ({
      id: BigInt(row.id),
      identityKey: row.identity_key as IdentityKey,
      isProtected: row.is_protected === 't',
      addressHash: row.address_hash as ContentHash | null,
    }));
  }

  async findRelatives(identityKey: IdentityKey): Promise<readonly Identity[]> {
    return (await this.#runner.query(RELATIVES, [identityKey])).map(identityOf);
  }

  async findOpenAbout(identityKey: IdentityKey): Promise<readonly Finding[]> {
    const rows = await this.#runner.query(OPEN_ABOUT, [identityKey, plainArray([...FOUND_ONCE])]);
    return rows.map(findingOf);
  }

  /** How many wait, due or not. */
  async countWaiting(): Promise<number> {
    const [row] = await this.#runner.query(COUNT);
    return Number(row?.waiting ?? 0);
  }
}

/** `PersonTransaction.findNeighbours`. */
export async function findNeighbours(
  runner: SqlRunner,
  addressHash: ContentHash,
  identityKey: IdentityKey,
  limit: number,
): Promise<readonly IdentityKey[]> {
  const rows = await runner.query(NEIGHBOURS, [addressHash, identityKey, limit]);
  return rows.map((row) => row.person_key as IdentityKey);
}

/** `PersonTransaction.finishFollowUp`: of two instances the second one waits for the first, and finds nothing. */
export async function finishFollowUp(runner: SqlRunner, id: bigint): Promise<boolean> {
  return (await runner.execute(DONE, [id])) > 0;
}
