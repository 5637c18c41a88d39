import type { PersonEvent } from '../../core/golden-record/person-event.ts';
import type { PersonKey } from '../../core/person/person-identifier.ts';
import type { Lease, Outbox, OutboxEntry } from '../../core/sync/ports.ts';
import type { CauseSource } from '../../core/sync/source-record.ts';
import type { StoredPerson } from '../../core/sync/stored-group.ts';
import { type SqlRunner, statement } from './database.ts';
import { LEASE_HELD } from './lease-store.ts';
import { type PersonRow, storedPerson } from './person-rows.ts';
import { plainArray } from './sql-arrays.ts';

interface OutboxRow {
  readonly [column: string]: string | null;
  readonly id: string;
  readonly person_key: string;
  readonly version: string;
  readonly events: string;
  readonly source: string;
  readonly epoch: string;
  readonly source_version: string;
  readonly read_at: string;
  readonly recorded_at: string;
  readonly person_version: string | null;
  readonly golden: string | null;
  readonly redirect_to: string | null;
  readonly content_hash: string | null;
}

/** One statement, so one view: a person in it is never older than an entry in it. */
const READ_OLDEST = statement<OutboxRow>(
  'read-outbox',
  `SELECT o.id, o.person_key, o.version, o.events, o.source, o.epoch, o.source_version,
          (extract(epoch FROM o.read_at) * 1000)::bigint AS read_at,
          (extract(epoch FROM o.recorded_at) * 1000)::bigint AS recorded_at,
          p.version AS person_version, p.golden, p.redirect_to, p.content_hash
   FROM (SELECT * FROM outbox WHERE partition = $1 ORDER BY id LIMIT $2) o
   LEFT JOIN persons p ON p.person_key = o.person_key
   ORDER BY o.id`,
);

/** The lease row stays share-locked to the end of the statement, so nobody takes the lease over in between. */
const DELETE_PUBLISHED = statement<{ held: string }>(
  'delete-published',
  `WITH held AS MATERIALIZED (${LEASE_HELD}),
        deleted AS (DELETE FROM outbox WHERE id = ANY ($4::bigint[]) AND EXISTS (SELECT FROM held))
   SELECT count(*) AS held FROM held`,
);

/** In the version and the state of this moment; only persons that were written before can have been sent. */
const REQUEUE_STATES = statement(
  'requeue-states',
  `INSERT INTO outbox (partition, person_key, version, events, source, epoch, source_version, read_at, recorded_at)
   SELECT n.partition, p.person_key, p.version, '[]', n.source, n.epoch, n.version, n.read_at, statement_timestamp()
   FROM (SELECT unnest($1::smallint[]) AS partition, unnest($2::uuid[]) AS person_key, unnest($3::text[]) AS source,
                unnest($4::int[]) AS epoch, unnest($5::bigint[]) AS version, unnest($6::timestamptz[]) AS read_at) n
   JOIN persons p ON p.person_key = n.person_key`,
);

const BACKLOG = statement<{ partition: string; waiting: string; oldest_seconds: string }>(
  'outbox-backlog',
  `SELECT b.partition, b.waiting, extract(epoch FROM clock_timestamp() - o.recorded_at) AS oldest_seconds
   FROM (SELECT partition, count(*) AS waiting, min(id) AS id FROM outbox GROUP BY partition) b
   JOIN outbox o ON o.id = b.id
   ORDER BY b.partition`,
);

export interface OutboxOptions {
  readonly partitionOfPerson: (personKey: PersonKey) => number;
  /** Called when something was put in the outbox, with the partitions of it. */
  readonly onOutboxWrite: (partitions: ReadonlySet<number>) => void;
}

/** The outbox on PostgreSQL: a thin queue without personal data. */
export class PostgresOutbox implements Outbox {
  readonly #runner: SqlRunner;
  readonly #options: OutboxOptions;

  constructor(runner: SqlRunner, options: OutboxOptions) {
    this.#runner = runner;
    this.#options = options;
  }

  async readOldest(partition: number, limit: number) {
    const rows = await this.#runner.query(READ_OLDEST, [partition, limit]);
    const persons = new Map<string, StoredPerson>();
    for (const row of rows) {
      if (!persons.has(row.person_key) && isPerson(row)) {
        persons.set(row.person_key, storedPerson({ ...row, version: row.person_version }));
      }
    }
    return { entries: rows.map(outboxEntry), persons: [...persons.values()] };
  }

  async deletePublished(lease: Lease, ids: readonly bigint[]): Promise<boolean> {
    const [row] = await this.#runner.query(DELETE_PUBLISHED, [
      lease.name,
      lease.owner,
      lease.token,
      plainArray(ids),
    ]);
    return row?.held === '1';
  }

  async requeueStates(sent: readonly Pick<OutboxEntry, 'personKey' | 'cause'>[]): Promise<void> {
    const { partitionOfPerson, onOutboxWrite } = this.#options;
    const entries = [...new Map(sent.map((entry) => [entry.personKey, entry])).values()];
    if (entries.length === 0) return;
    const partitions = entries.map(({ personKey }) => partitionOfPerson(personKey));
    await this.#runner.execute(REQUEUE_STATES, [
      plainArray(partitions),
      plainArray(entries.map(({ personKey }) => personKey)),
      plainArray(entries.map(({ cause }) => cause.source)),
      plainArray(entries.map(({ cause }) => cause.position.epoch)),
      plainArray(entries.map(({ cause }) => cause.position.version)),
      plainArray(entries.map(({ cause }) => cause.readAt)),
    ]);
    onOutboxWrite(new Set(partitions));
  }

  async backlog() {
    const rows = await this.#runner.query(BACKLOG);
    return rows.map((row) => ({
      partition: Number(row.partition),
      waiting: Number(row.waiting),
      oldestSeconds: Number(row.oldest_seconds),
    }));
  }
}

type OutboxRowWithPerson = OutboxRow & PersonRow & { readonly person_version: string };

function isPerson(row: OutboxRow): row is OutboxRowWithPerson {
  return row.person_version !== null && row.content_hash !== null;
}

function outboxEntry(row: OutboxRow): OutboxEntry {
  return {
    id: BigInt(row.id),
    personKey: row.person_key as PersonKey,
    version: Number(row.version),
    events: JSON.parse(row.events) as readonly PersonEvent[],
    recordedAt: Number(row.recorded_at),
    cause: {
      source: row.source as CauseSource,
      position: { epoch: Number(row.epoch), version: BigInt(row.source_version) },
      readAt: new Date(Number(row.read_at)).toISOString(),
    },
  };
}
