import type {
  Consumer,
  ConsumerTouch,
  DeliveryCommit,
  DeliveryStore,
  OpenOrder,
} from '../../core/disclosure/delivery-ports.ts';
import type { ErrorCode } from '../../core/errors/error-codes.ts';
import type { PersonKey } from '../../core/person/person-identifier.ts';
import type { Lease } from '../../core/sync/ports.ts';
import { listConsumers } from './consumer-rows.ts';
import { type Database, statement } from './database.ts';
import { commitDelivery, holdConsumerLease } from './delivery-commit.ts';
import { readDeliveryFacts } from './delivery-facts.ts';
import { putIntent, readIntent } from './delivery-intents.ts';
import { plainArray } from './sql-arrays.ts';

const POSITIONS = statement<{ partition: string; next_offset: string; replay_until: string }>(
  'consumer-positions',
  'SELECT partition, next_offset, replay_until FROM consumer_positions WHERE consumer_id = $1 ORDER BY partition',
);

const BEGIN = statement(
  'begin-consumer-positions',
  `INSERT INTO consumer_positions (consumer_id, partition, next_offset)
   SELECT $1::int, unnest($2::int[]), unnest($3::bigint[]) ON CONFLICT (consumer_id, partition) DO NOTHING`,
);

/**
 * UUIDs in the order of their bytes. Their text in small letters has the same order, and whoever compares a key with a cursor as text relies on
 * it.
 */
const NEXT_PERSONS = statement<{ person_key: string }>(
  'next-persons',
  'SELECT person_key FROM persons WHERE person_key > $1::uuid ORDER BY person_key LIMIT $2',
);

const NEXT_DELIVERED = statement<{ person_key: string }>(
  'next-delivered',
  `SELECT person_key FROM deliveries WHERE consumer_id = $1 AND person_key > $2::uuid AND kind <> 'gone'
   ORDER BY person_key LIMIT $3`,
);

const NEXT_IN_LEDGER = statement<{ person_key: string }>(
  'next-in-ledger',
  `SELECT person_key FROM deliveries WHERE consumer_id = $1 AND person_key > $2::uuid ORDER BY person_key LIMIT $3`,
);

const TOUCHES = statement<{ id: string; person_key: string; is_forced: string }>(
  'consumer-touches',
  'SELECT id, person_key, is_forced FROM consumer_touches WHERE consumer_id = $1 ORDER BY id LIMIT $2',
);

const LAST_OFFSETS = statement<{ partition: string; last_offset: string }>(
  'last-consumer-offsets',
  'SELECT partition, last_offset FROM consumer_topic_ends WHERE consumer_id = $1',
);

/** What the topic held before says nothing about the one that is filled now. */
const FORGET_ENDS = statement(
  'forget-consumer-topic-ends',
  'DELETE FROM consumer_topic_ends WHERE consumer_id = $1',
);

/**
 * It begins at another time, so that a commit for the walk as it was is refused. Whoever it has told already would be taken to have what is lost:
 * under a higher generation nobody does. A replay tells everybody in any case.
 */
const RESTART_WALK = statement(
  'restart-consumer-walk',
  `UPDATE consumer_walks
   SET cursor = NULL, done = 0, generation = generation + CASE WHEN kind = 'replay' OR cursor IS NULL THEN 0 ELSE 1 END,
       started_at = greatest(clock_timestamp(), started_at + interval '1 millisecond')
   WHERE consumer_id = $1`,
);

/** A walk that somebody asked for at this moment goes through everybody as well. */
const BEGIN_REPLAY = statement(
  'replay-lost-consumer',
  `INSERT INTO consumer_walks (consumer_id, kind, generation, profile, total)
   SELECT c.id, 'replay', c.generation, c.profile,
          (SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = 'persons'::regclass)
   FROM consumers c WHERE c.id = $1 ON CONFLICT (consumer_id) DO NOTHING`,
);

const FORGET_DELIVERED = statement(
  'forget-delivered',
  'DELETE FROM deliveries WHERE consumer_id = $1 AND person_key = ANY ($2::uuid[])',
);

/** Position, walk, list and touches go with it. */
const FORGET_CONSUMER = statement('forget-consumer', 'DELETE FROM consumers WHERE id = $1');

const OPEN_ORDERS = statement<{
  id: string;
  person_key: string;
  order_id: string | null;
  reason: string;
  fields: string;
  up_to_generation: string;
  up_to_version: string;
}>(
  'open-orders-of-consumer',
  `SELECT id, person_key, order_id, reason, array_to_json(fields) AS fields, up_to_generation, up_to_version
   FROM consumer_purges WHERE consumer_id = $1 AND acknowledged_at IS NULL AND id > $2 ORDER BY id LIMIT $3`,
);

/** Since when stays while the fault does. */
const NOTE_FAULT = statement(
  'note-consumer-fault',
  `UPDATE consumers SET fault = $2, fault_since = CASE WHEN $2::text IS NOT NULL THEN coalesce(fault_since, clock_timestamp()) END
   WHERE id = $1 AND fault IS DISTINCT FROM $2`,
);

const WAITED_FOR = statement(
  'consumer-is-waited-for',
  `SELECT id FROM consumer_purges
   WHERE consumer_id = $1 AND acknowledged_at IS NULL AND due_at > clock_timestamp() LIMIT 1`,
);

/** Before every key: those of ours have version and variant bits. */
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** Rows of the ledger that one transaction deletes. */
const FORGET_ROWS = 10_000;

/** What feeding a consumer needs, on PostgreSQL. */
export class PostgresDeliveryStore implements DeliveryStore {
  readonly #database: Database;
  readonly #forgetRows: number;

  /** @param forgetRows rows of the ledger that one transaction deletes when a consumer is forgotten. */
  constructor(database: Database, forgetRows = FORGET_ROWS) {
    this.#database = database;
    this.#forgetRows = forgetRows;
  }

  async consumers(): Promise<readonly Consumer[]> {
    return await listConsumers(this.#database);
  }

  async positions(consumerId: number) {
    const rows = await this.#database.query(POSITIONS, [consumerId]);
    return rows.map((row) => ({
      partition: Number(row.partition),
      nextOffset: Number(row.next_offset),
      replayUntil: Number(row.replay_until),
    }));
  }

  async begin(
    consumerId: number,
    nextOffsets: readonly { readonly partition: number; readonly nextOffset: number }[],
  ): Promise<void> {
    if (nextOffsets.length === 0) return;
    await this.#database.execute(BEGIN, [
      consumerId,
      plainArray(nextOffsets.map(({ partition }) => partition)),
      plainArray(nextOffsets.map(({ nextOffset }) => nextOffset)),
    ]);
  }

  async facts(consumerId: number, keys: readonly PersonKey[], needsList: boolean) {
    return await readDeliveryFacts(this.#database, consumerId, keys, needsList);
  }

  async nextPersons(after: PersonKey | null, limit: number): Promise<readonly PersonKey[]> {
    return keysOf(await this.#database.query(NEXT_PERSONS, [after ?? BEFORE_ALL, limit]));
  }

  async nextDelivered(
    consumerId: number,
    after: PersonKey | null,
    limit: number,
  ): Promise<readonly PersonKey[]> {
    const values = [consumerId, after ?? BEFORE_ALL, limit];
    return keysOf(await this.#database.query(NEXT_DELIVERED, values));
  }

  async touches(consumerId: number, limit: number): Promise<readonly ConsumerTouch[]> {
    const rows = await this.#database.query(TOUCHES, [consumerId, limit]);
    return rows.map((row) => ({
      id: BigInt(row.id),
      personKey: row.person_key as PersonKey,
      isForced: row.is_forced === 't',
    }));
  }

  async commit(lease: Lease, changes: DeliveryCommit): Promise<boolean> {
    return await this.#database.transact((runner) => commitDelivery(runner, lease, changes));
  }

  async lastOffsets(consumerId: number): Promise<ReadonlyMap<number, number>> {
    const rows = await this.#database.query(LAST_OFFSETS, [consumerId]);
    return new Map(rows.map((row) => [Number(row.partition), Number(row.last_offset)]));
  }

  async tellAgain(lease: Lease, consumerId: number): Promise<boolean> {
    return await this.#database.transact(async (runner) => {
      if (!(await holdConsumerLease(runner, lease))) return false;
      await runner.execute(FORGET_ENDS, [consumerId]);
      const restarted = await runner.execute(RESTART_WALK, [consumerId]);
      if (restarted === 0) await runner.execute(BEGIN_REPLAY, [consumerId]);
      return true;
    });
  }

  async intend(lease: Lease, consumerId: number, keys: readonly PersonKey[]): Promise<boolean> {
    return await putIntent(this.#database, lease, consumerId, keys);
  }

  async intended(consumerId: number): Promise<readonly PersonKey[]> {
    return await readIntent(this.#database, consumerId);
  }

  async openOrders(consumerId: number, after: string | null, limit: number) {
    const rows = await this.#database.query(OPEN_ORDERS, [consumerId, after ?? BEFORE_ALL, limit]);
    return rows.map(
      (row): OpenOrder => ({
        id: row.id,
        personKey: row.person_key as PersonKey,
        orderId: row.order_id,
        reason: row.reason as OpenOrder['reason'],
        fields: JSON.parse(row.fields) as OpenOrder['fields'],
        upToGeneration: Number(row.up_to_generation),
        upToVersion: Number(row.up_to_version),
      }),
    );
  }

  async noteFault(consumerId: number, code: ErrorCode | 'bug' | null): Promise<void> {
    await this.#database.execute(NOTE_FAULT, [consumerId, code]);
  }

  async isWaitedFor(consumerId: number): Promise<boolean> {
    return (await this.#database.query(WAITED_FOR, [consumerId])).length > 0;
  }

  /** The ledger goes in transactions of its own, the row of the consumer last: cut short, it is begun again. */
  async forget(lease: Lease, consumerId: number): Promise<boolean> {
    for (let after = BEFORE_ALL; ; ) {
      const values = [consumerId, after, this.#forgetRows];
      const keys = keysOf(await this.#database.query(NEXT_IN_LEDGER, values));
      const last = keys.at(-1);
      const what = last === undefined ? FORGET_CONSUMER : FORGET_DELIVERED;
      const rows = last === undefined ? [consumerId] : [consumerId, plainArray(keys)];
      const isDone = await this.#database.transact(async (runner) => {
        if (!(await holdConsumerLease(runner, lease))) return false;
        await runner.execute(what, rows);
        return true;
      });
      if (!isDone || last === undefined) return isDone;
      after = last;
    }
  }
}

const keysOf = (rows: readonly { readonly person_key: string }[]) =>
  rows.map((row) => row.person_key as PersonKey);
