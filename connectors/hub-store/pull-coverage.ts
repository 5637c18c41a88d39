import { type PersonKey, parsePersonKey } from '../../core/person/person-identifier.ts';
import type { PullScope } from './askable-identities.ts';
import { type Database, type SqlRunner, type SqlValue, statement } from './database.ts';

/** Why no pull finds a person, from what mends itself to what does not. The order is that of the ranks in the statements. */
export const UNCOVERED_REASONS = [
  /** PU can be asked, and no answer has come yet. */
  'not-loaded-yet',
  /** PU does not know the identity. It is asked again at every run. */
  'unknown-in-pu',
  /** PU's record was thrown away: a test person in production. It is asked again at every run. */
  'test-person',
  /** A reserve number of a root that is pulled, which PU has not shown. */
  'reserve-not-in-pu',
  /** PU cannot be asked by this kind of identity, or it does not fit into a file, and no pull searches for its root. */
  'not-askable',
] as const;
export type UncoveredReason = (typeof UNCOVERED_REASONS)[number];

export interface UncoveredPersons {
  readonly persons: number;
  readonly byReason: Readonly<Record<UncoveredReason, number>>;
}

export interface UncoveredPage {
  readonly persons: readonly { readonly personKey: PersonKey; readonly reason: UncoveredReason }[];
  /** Where the next page begins; null: there is none. */
  readonly next: PersonKey | null;
}

/** 0: a pull finds the identity. A person whom one of several identities is found by is covered. */
const RANK = `CASE
  WHEN k.state = 'sent' THEN 0
  WHEN k.state = 'test-person' THEN 3
  WHEN i.root = ANY ($1::text[]) AND i.extension ~ '^[0-9A-Za-z-]{1,40}$' THEN CASE WHEN k.root IS NULL THEN 1 ELSE 2 END
  WHEN i.root = ANY ($2::text[]) THEN 4
  ELSE 5 END`;

const COUNT = statement<{ rank: string; persons: string }>(
  'count-uncovered-persons',
  `SELECT rank, count(*) AS persons FROM (
     SELECT min(${RANK}) AS rank FROM identities i LEFT JOIN pu_known k USING (root, extension) GROUP BY i.person_key) p
   GROUP BY rank`,
);

const PAGE = statement<{ person_key: string; rank: string }>(
  'page-of-uncovered-persons',
  `SELECT i.person_key, min(${RANK}) AS rank
   FROM identities i LEFT JOIN pu_known k ON k.root = i.root AND k.extension = i.extension
   WHERE i.person_key > $3::uuid GROUP BY i.person_key HAVING min(${RANK}) > 0 ORDER BY i.person_key LIMIT $4`,
);

/** The whole of two tables is read, which the limits and plans of the main path are not made for. */
const WHOLE_TABLES = statement(
  'allow-whole-tables',
  `SELECT set_config('enable_seqscan', 'on', true), set_config('enable_hashjoin', 'on', true),
     set_config('statement_timeout', '300s', true)`,
);

const START = '00000000-0000-0000-0000-000000000000';

/** Persons that no pull from PU covers, with the reason: counts, and person keys page by page. Never an identity. */
export class PullCoverage {
  readonly #database: Database;
  readonly #roots: readonly SqlValue[];

  constructor(database: Database, { askableRoots, reserveRoots }: PullScope) {
    this.#database = database;
    this.#roots = [askableRoots, reserveRoots];
  }

  async count(): Promise<UncoveredPersons & { readonly covered: number }> {
    const rows = await this.#withWholeTables((runner) => runner.query(COUNT, this.#roots));
    const byRank = new Map(rows.map((row) => [Number(row.rank), Number(row.persons)]));
    const counts = UNCOVERED_REASONS.map((reason, i) => [reason, byRank.get(i + 1) ?? 0] as const);
    return {
      covered: byRank.get(0) ?? 0,
      persons: counts.reduce((sum, [, n]) => sum + n, 0),
      byReason: Object.fromEntries(counts) as Record<UncoveredReason, number>,
    };
  }

  async page(after: PersonKey | null, limit: number): Promise<UncoveredPage> {
    const values = [...this.#roots, after ?? START, limit];
    const rows = await this.#withWholeTables((runner) => runner.query(PAGE, values));
    const persons = rows.flatMap((row) => {
      const personKey = parsePersonKey(row.person_key);
      const reason = UNCOVERED_REASONS[Number(row.rank) - 1];
      return personKey && reason ? [{ personKey, reason }] : [];
    });
    return { persons, next: rows.length < limit ? null : (persons.at(-1)?.personKey ?? null) };
  }

  async #withWholeTables<T>(work: (runner: SqlRunner) => Promise<T>): Promise<T> {
    return await this.#database.transact(async (runner) => {
      await runner.query(WHOLE_TABLES);
      return await work(runner);
    });
  }
}
