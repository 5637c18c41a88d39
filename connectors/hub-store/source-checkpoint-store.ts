import type { Lease, SourceCheckpointStore } from '../../core/sync/ports.ts';
import type { SourceName } from '../../core/sync/source-record.ts';
import { type SqlRunner, statement } from './database.ts';
import { LEASE_HELD } from './lease-store.ts';

const LOAD = statement<{ checkpoint: string }>(
  'load-checkpoint',
  'SELECT checkpoint FROM source_checkpoints WHERE source = $1',
);

const SAVE = statement(
  'save-checkpoint',
  `WITH held AS MATERIALIZED (${LEASE_HELD})
   INSERT INTO source_checkpoints (source, checkpoint, lease_token) SELECT $4, $5, $3 FROM held
   ON CONFLICT (source) DO UPDATE
   SET checkpoint = excluded.checkpoint, lease_token = excluded.lease_token, updated_at = now()`,
);

/** Checkpoints of source connectors on PostgreSQL, fenced by the lease on reading the source. */
export class PostgresSourceCheckpointStore implements SourceCheckpointStore {
  readonly #runner: SqlRunner;

  constructor(runner: SqlRunner) {
    this.#runner = runner;
  }

  async load(source: SourceName): Promise<string | undefined> {
    const [row] = await this.#runner.query(LOAD, [source]);
    return row?.checkpoint;
  }

  async save(lease: Lease, source: SourceName, checkpoint: string): Promise<boolean> {
    const values = [lease.name, lease.owner, lease.token, source, checkpoint];
    return (await this.#runner.execute(SAVE, values)) === 1;
  }
}
