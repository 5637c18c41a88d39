import type { Identity } from '../../core/person/person-identifier.ts';
import { type SqlRow, type SqlRunner, statement } from './database.ts';
import { plainArray, textArray } from './sql-arrays.ts';

/** What PU said last of an identity; see connectors/sources/pu/pu-known-store.ts. */
export interface KnownAnswer {
  readonly state: 'sent' | 'unknown' | 'test-person';
  readonly askedAt: number;
  readonly epoch: number;
  readonly second: number | null;
  readonly contentHash: string | null;
  readonly place: string | null;
}

interface AnswerRow extends SqlRow {
  readonly n: string;
  readonly state: string;
  readonly asked_at: string;
  readonly epoch: string;
  readonly second: string | null;
  readonly content_hash: string | null;
  readonly place: string | null;
}

const FIND = statement<AnswerRow>(
  'find-pu-answers',
  `SELECT n.n, k.state, k.asked_at, k.epoch, k.second, k.content_hash, k.place
   FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS n (root, extension, n)
   JOIN pu_known k ON k.root = n.root AND k.extension = n.extension`,
);

/**
 * In key order, so that two instances that should not both be there still do not deadlock. What was sent is not taken back by the one of them that
 * is late. Empty text and -1 stand for none.
 */
const PUT = statement(
  'put-pu-answers',
  `INSERT INTO pu_known (root, extension, state, asked_at, epoch, second, content_hash, place)
   SELECT n.root, n.extension, n.state, n.asked_at, n.epoch, nullif(n.second, -1), nullif(n.content_hash, ''), nullif(n.place, '')
   FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::integer[], $6::bigint[], $7::text[], $8::text[])
     AS n (root, extension, state, asked_at, epoch, second, content_hash, place)
   ORDER BY n.root COLLATE "C", n.extension COLLATE "C"
   ON CONFLICT (root, extension) DO UPDATE
   SET state = excluded.state, asked_at = excluded.asked_at, epoch = excluded.epoch, second = excluded.second,
       content_hash = excluded.content_hash, place = excluded.place
   WHERE pu_known.state <> 'sent'
     OR (excluded.state = 'sent' AND (excluded.epoch, excluded.second) >= (pu_known.epoch, pu_known.second))`,
);

const UNPLACE = statement(
  'unplace-pu-answers',
  `UPDATE pu_known k SET place = NULL
   FROM (SELECT * FROM unnest($1::text[], $2::text[]) AS n (root, extension) ORDER BY root COLLATE "C", extension COLLATE "C") n
   WHERE k.root = n.root AND k.extension = n.extension AND k.state = 'sent' AND k.place IS NOT NULL`,
);

const LATEST_EPOCH = statement<{ epoch: string }>(
  'latest-epoch-of-pu-answers',
  'SELECT coalesce(max(epoch), 1) AS epoch FROM pu_known',
);

/** What PU has answered, on PostgreSQL. */
export class PostgresPuKnownStore {
  readonly #runner: SqlRunner;

  constructor(runner: SqlRunner) {
    this.#runner = runner;
  }

  /** The answers of those identities that have one, by place in `identities`. */
  async find(identities: readonly Identity[]): Promise<ReadonlyMap<number, KnownAnswer>> {
    if (identities.length === 0) return new Map();
    const rows = await this.#runner.query(FIND, [
      textArray(identities.map(({ root }) => root)),
      textArray(identities.map(({ extension }) => extension)),
    ]);
    return new Map(rows.map((row) => [Number(row.n) - 1, answerOf(row)]));
  }

  /** Adds answers, or replaces them unless that would take something sent back. No identity stands twice in one call. */
  async put(answers: readonly (KnownAnswer & { readonly identity: Identity })[]): Promise<void> {
    if (answers.length === 0) return;
    await this.#runner.execute(PUT, [
      textArray(answers.map(({ identity }) => identity.root)),
      textArray(answers.map(({ identity }) => identity.extension)),
      textArray(answers.map(({ state }) => state)),
      plainArray(answers.map(({ askedAt }) => Math.floor(askedAt))),
      plainArray(answers.map(({ epoch }) => epoch)),
      plainArray(answers.map(({ second }) => second ?? -1)),
      textArray(answers.map(({ contentHash }) => contentHash ?? '')),
      textArray(answers.map(({ place }) => place ?? '')),
    ]);
  }

  /** Forgets the place of those identities of which a record was sent. */
  async unplace(identities: readonly Identity[]): Promise<void> {
    if (identities.length === 0) return;
    await this.#runner.execute(UNPLACE, [
      textArray(identities.map(({ root }) => root)),
      textArray(identities.map(({ extension }) => extension)),
    ]);
  }

  /** The latest epoch of any answer; 1 when there is none. */
  async latestEpoch(): Promise<number> {
    const [row] = await this.#runner.query(LATEST_EPOCH, []);
    return Number(row?.epoch ?? 1);
  }
}

function answerOf(row: AnswerRow): KnownAnswer {
  return {
    state: row.state === 'sent' || row.state === 'test-person' ? row.state : 'unknown',
    askedAt: Number(row.asked_at),
    epoch: Number(row.epoch),
    second: row.second === null ? null : Number(row.second),
    contentHash: row.content_hash,
    place: row.place,
  };
}
