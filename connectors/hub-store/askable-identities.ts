import type { Identity, Oid } from '../../core/person/person-identifier.ts';
import {
  type SqlRow,
  type SqlRunner,
  type SqlValue,
  type Statement,
  statement,
} from './database.ts';

/** What decides which pull finds an identity; the same for all pages of a run. */
export interface PullScope {
  /** Roots that PU can be asked about by identity. */
  readonly askableRoots: readonly Oid[];
  /** Roots that the pull of reserve identities searches for. */
  readonly reserveRoots: readonly Oid[];
  /** Counties that the pull of the own region asks for as a whole, two digits. */
  readonly wholeCounties: readonly string[];
  /** Places that it asks for by name: `0380`, `03-protected`. */
  readonly places: readonly string[];
}

/** See connectors/sources/pu/pu-known-store.ts. */
export interface IdentityPageRequest {
  readonly selection: 'in-master' | 'unanswered' | 'elsewhere' | 'everyone';
  readonly after: Identity | null;
  readonly through: Identity | null;
  readonly askedBefore: number | null;
}

export interface IdentityPage {
  readonly identities: readonly Identity[];
  readonly next: Identity | null;
}

interface PageRow extends SqlRow {
  readonly root: string;
  readonly extension: string;
  readonly is_wanted: string;
  /** How many rows the statement looked at. */
  readonly size: string;
}

/**
 * One page: a span of so many rows in key order, then those of it that are wanted, and its last row in any case, where the next page begins. So a
 * statement takes the same time whether all are wanted or nobody is, however many rows there are.
 */
function pageOf(
  name: string,
  table: 'identities' | 'pu_known',
  wanted: string,
): Statement<PageRow> {
  const known =
    table === 'pu_known'
      ? ''
      : 'LEFT JOIN pu_known k ON k.root = s.root AND k.extension = s.extension';
  return statement<PageRow>(
    name,
    `WITH span AS MATERIALIZED (
       SELECT * FROM ${table} WHERE (root, extension) > ($1, $2) AND (root, extension) <= ($3, $4)
       ORDER BY root, extension LIMIT $5
     ), placed AS (
       SELECT s.*, row_number() OVER (ORDER BY s.root, s.extension) AS n, count(*) OVER () AS size FROM span s
     )
     SELECT s.root, s.extension, coalesce(${wanted}, false) AS is_wanted, s.size
     FROM placed s ${known} WHERE coalesce(${wanted}, false) OR s.n = s.size ORDER BY s.n`,
  );
}

const IN_MASTER = pageOf(
  'page-of-identities-in-master',
  'identities',
  `(s.root = ANY ($6::text[]) AND ($7::bigint IS NULL OR k.root IS NULL OR k.asked_at < $7)
    AND EXISTS (SELECT FROM evidence e WHERE e.identity_key = s.identity_key AND e.source = 'master' AND e.content IS NOT NULL))`,
);

const UNANSWERED = pageOf(
  'page-of-identities-unanswered',
  'identities',
  `(s.root = ANY ($6::text[]) AND ($7::bigint IS NULL OR k.root IS NULL OR k.asked_at < $7)
    AND coalesce(k.state, 'unknown') <> 'sent')`,
);

const EVERYONE = pageOf(
  'page-of-identities-in-pu',
  'pu_known',
  `(s.state = 'sent' AND ($6::bigint IS NULL OR s.asked_at < $6))`,
);

const ELSEWHERE = pageOf(
  'page-of-identities-elsewhere',
  'pu_known',
  `(s.state = 'sent' AND ($6::bigint IS NULL OR s.asked_at < $6) AND s.root <> ALL ($7::text[])
    AND (s.place IS NULL OR NOT (s.place = ANY ($8::text[]) OR left(s.place, 2) = ANY ($9::text[]))))`,
);

const ESTIMATE = statement<{ n: string }>(
  'count-askable-identities',
  'SELECT count(*) AS n FROM identities WHERE root = ANY ($1::text[])',
);

/** After every object identifier. */
const END: Identity = { root: '~' as Oid, extension: '' };
const START: Identity = { root: '' as Oid, extension: '' };

/** Whom PU can be asked about by identity, page by page in key order, from what the hub knows. */
export class PostgresAskableIdentities {
  readonly #runner: SqlRunner;
  readonly #scope: PullScope;
  readonly #pageRows: number;

  /** @param pageRows rows that one statement looks at. */
  constructor(runner: SqlRunner, scope: PullScope, pageRows: number) {
    this.#runner = runner;
    this.#scope = scope;
    this.#pageRows = pageRows;
  }

  async page(request: IdentityPageRequest): Promise<IdentityPage> {
    const after = request.after ?? START;
    const through = request.through ?? END;
    const bounds = [after.root, after.extension, through.root, through.extension, this.#pageRows];
    const [what, values] = this.#select(request);
    const rows = await this.#runner.query(what, [...bounds, ...values]);
    const last = rows.at(-1);
    const isFull = Number(last?.size ?? 0) === this.#pageRows;
    return {
      identities: rows.filter((row) => row.is_wanted === 't').map(identityOf),
      next: last !== undefined && isFull ? identityOf(last) : null,
    };
  }

  /** Roughly how many identities of askable roots there are. */
  async estimate(): Promise<number> {
    const [row] = await this.#runner.query(ESTIMATE, [this.#scope.askableRoots]);
    return Number(row?.n);
  }

  #select({
    selection,
    askedBefore,
  }: IdentityPageRequest): readonly [Statement<PageRow>, readonly SqlValue[]] {
    const { askableRoots, reserveRoots, places, wholeCounties } = this.#scope;
    switch (selection) {
      case 'in-master':
        return [IN_MASTER, [askableRoots, askedBefore]];
      case 'unanswered':
        return [UNANSWERED, [askableRoots, askedBefore]];
      case 'everyone':
        return [EVERYONE, [askedBefore]];
      case 'elsewhere':
        return [ELSEWHERE, [askedBefore, reserveRoots, places, wholeCounties]];
    }
  }
}

function identityOf({ root, extension }: PageRow): Identity {
  return { root: root as Oid, extension };
}
