import type { Join } from '../../core/identity/form-clusters.ts';
import type { IdentityKey } from '../../core/person/person-identifier.ts';
import { type SqlRunner, statement } from './database.ts';
import { plainArray } from './sql-arrays.ts';

/** A time during which a link counted. Milliseconds since 1970; `until` null: it counts now. */
export interface LinkPeriod extends Join {
  readonly since: number;
  readonly until: number | null;
}

const PERIODS = statement<{
  from_key: string;
  to_key: string;
  source: string;
  since: string;
  until: string | null;
}>(
  'link-periods-of-identities',
  `SELECT from_key, to_key, source, (extract(epoch FROM since) * 1000)::bigint AS since, (extract(epoch FROM until) * 1000)::bigint AS until
   FROM (SELECT * FROM link_periods WHERE from_key = ANY ($1::uuid[])
         UNION SELECT * FROM link_periods WHERE to_key = ANY ($1::uuid[])) p
   ORDER BY p.since, p.from_key, p.to_key, p.source`,
);

/** The history of links: among them the crosswalk between local and national numbers. */
export class LinkPeriods {
  readonly #runner: SqlRunner;

  constructor(runner: SqlRunner) {
    this.#runner = runner;
  }

  /** Those that begin or end at any of these identities, oldest first. */
  async periodsOf(identityKeys: readonly IdentityKey[]): Promise<readonly LinkPeriod[]> {
    const rows = await this.#runner.query(PERIODS, [plainArray(identityKeys)]);
    return rows.map((row) => ({
      from: row.from_key as IdentityKey,
      to: row.to_key as IdentityKey,
      source: row.source as Join['source'],
      since: Number(row.since),
      until: row.until === null ? null : Number(row.until),
    }));
  }
}
