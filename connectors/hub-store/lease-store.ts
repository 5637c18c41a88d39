import type { Lease, LeaseStore } from '../../core/sync/ports.ts';
import { type SqlRunner, statement } from './database.ts';

/**
 * One row when the lease `$1` of owner `$2` with token `$3` still holds. The row stays share-locked until the transaction
 * ends: a take-over waits for what is written under the lease.
 */
export const LEASE_HELD = `
  SELECT 1 FROM leases WHERE name = $1 AND owner = $2 AND token = $3 AND expires_at > clock_timestamp() FOR SHARE`;

/** A new token also for the same owner: what it did under its earlier lease is fenced off too. The row stays for ever. */
const ACQUIRE = statement<{ token: string }>(
  'acquire-lease',
  `INSERT INTO leases AS l (name, owner, token, expires_at)
   VALUES ($1, $2, 1, clock_timestamp() + $3 * interval '1 millisecond')
   ON CONFLICT (name) DO UPDATE
   SET owner = excluded.owner, token = l.token + 1, expires_at = clock_timestamp() + $3 * interval '1 millisecond'
   WHERE l.owner = excluded.owner OR l.expires_at <= clock_timestamp()
   RETURNING token`,
);

const RENEW = statement(
  'renew-lease',
  `UPDATE leases SET expires_at = clock_timestamp() + $4 * interval '1 millisecond'
   WHERE name = $1 AND owner = $2 AND token = $3 AND expires_at > clock_timestamp()`,
);

const RELEASE = statement(
  'release-lease',
  `UPDATE leases SET expires_at = '-infinity' WHERE name = $1 AND owner = $2 AND token = $3`,
);

const HELD = statement<{ name: string; owner: string; expires_in_ms: string }>(
  'held-leases',
  `SELECT name, owner, extract(epoch FROM expires_at - clock_timestamp()) * 1000 AS expires_in_ms
   FROM leases WHERE starts_with(name, $1) AND expires_at > clock_timestamp() ORDER BY name`,
);

/** Leases by the clock of the database, so that the clocks of the instances do not matter. */
export class PostgresLeaseStore implements LeaseStore {
  readonly #runner: SqlRunner;

  constructor(runner: SqlRunner) {
    this.#runner = runner;
  }

  async acquire(name: string, owner: string, ttlMs: number): Promise<Lease | undefined> {
    const [row] = await this.#runner.query(ACQUIRE, [name, owner, ttlMs]);
    return row === undefined ? undefined : { name, owner, token: BigInt(row.token) };
  }

  async renew(lease: Lease, ttlMs: number): Promise<boolean> {
    return (await this.#runner.execute(RENEW, [...valuesOf(lease), ttlMs])) === 1;
  }

  async release(lease: Lease): Promise<void> {
    await this.#runner.execute(RELEASE, valuesOf(lease));
  }

  async held(prefix: string) {
    const rows = await this.#runner.query(HELD, [prefix]);
    return rows.map((row) => ({
      name: row.name,
      owner: row.owner,
      expiresInMs: Number(row.expires_in_ms),
    }));
  }
}

function valuesOf(lease: Lease) {
  return [lease.name, lease.owner, lease.token] as const;
}
