import type { FieldGroup } from '../../core/golden-record/golden-record.ts';
import type { PersonKey } from '../../core/person/person-identifier.ts';
import type { PurgeOrder } from '../../core/sync/batch-changes.ts';
import { type SqlRunner, statement } from './database.ts';

/**
 * What consumers were told to forget. Done when every consumer that has a record of the person in its ledger was given the order and has acknowledged it. Log-safe.
 */
export interface OpenPurgeOrder extends PurgeOrder {
  /** A UUID. */
  readonly id: string;
  readonly personKey: PersonKey;
  /** Milliseconds since 1970. */
  readonly orderedAt: number;
  /** By when, in milliseconds since 1970: 24 hours later. */
  readonly dueAt: number;
}

/**
 * What concerns nobody is done: nobody was ever told of the person. An order of which a consumer had nothing left to forget stands with no fields and is acknowledged
 * from the start by whoever stores it. A consumer that was added later was told nothing that it says. One that is gone has no ledger; what it was given and did not
 * acknowledge stays open with it (`ConsumerPurges`).
 */
const IS_OPEN = `EXISTS (
     SELECT FROM deliveries d JOIN consumers c ON c.id = d.consumer_id AND c.added_at <= o.ordered_at
     LEFT JOIN consumer_purges p ON p.order_id = o.id AND p.consumer_id = d.consumer_id
     WHERE d.person_key = o.person_key AND p.acknowledged_at IS NULL)`;

const LIST = statement<{
  id: string;
  person_key: string;
  reason: string;
  fields: string;
  up_to_version: string;
  ordered_at: string;
  due_at: string;
}>(
  'list-purge-orders',
  `SELECT id, person_key, reason, array_to_json(fields) AS fields, up_to_version,
          (extract(epoch FROM ordered_at) * 1000)::bigint AS ordered_at, (extract(epoch FROM due_at) * 1000)::bigint AS due_at
   FROM purge_orders o WHERE ${IS_OPEN} ORDER BY ordered_at, id LIMIT $1`,
);

const COUNT = statement<{ open: string; oldest_seconds: string }>(
  'count-purge-orders',
  `SELECT count(*) AS open, coalesce(extract(epoch FROM clock_timestamp() - min(ordered_at)), 0) AS oldest_seconds
   FROM purge_orders o WHERE ${IS_OPEN}`,
);

/** The open purge orders. */
export class PurgeOrders {
  readonly #runner: SqlRunner;

  constructor(runner: SqlRunner) {
    this.#runner = runner;
  }

  /** Oldest first. */
  async list(limit: number): Promise<readonly OpenPurgeOrder[]> {
    const rows = await this.#runner.query(LIST, [limit]);
    return rows.map((row) => ({
      id: row.id,
      personKey: row.person_key as PersonKey,
      reason: row.reason as PurgeOrder['reason'],
      fields: JSON.parse(row.fields) as readonly FieldGroup[],
      upToVersion: Number(row.up_to_version),
      orderedAt: Number(row.ordered_at),
      dueAt: Number(row.due_at),
    }));
  }

  /** How many are open, and how old the oldest is; zero when none is. */
  async countOpen(): Promise<{ readonly open: number; readonly oldestSeconds: number }> {
    const [row] = await this.#runner.query(COUNT);
    return { open: Number(row?.open ?? 0), oldestSeconds: Number(row?.oldest_seconds ?? 0) };
  }
}
