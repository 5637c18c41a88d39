import type { ConsumerPurgeReason } from '../../core/disclosure/delivery.ts';
import type { FieldGroup } from '../../core/golden-record/golden-record.ts';
import type { PersonKey } from '../../core/person/person-identifier.ts';
import { type SqlRow, type SqlRunner, statement } from './database.ts';
import type { PostgresPersonStore } from './person-store.ts';

/** A consumer says that it forgot. */
export interface PurgeAck {
  /** As the sender names itself: not believed, only compared. */
  readonly consumer: string;
  /** The id of the order as it was told to the consumer (a UUID). */
  readonly orderId: string;
  /** Who or what says so: kept with the order, so without personal data. */
  readonly by: string;
}

/** `already`: it was acknowledged before. `unknown`: this consumer was never given such an order, and nothing was changed. */
export type PurgeAckOutcome = 'acknowledged' | 'already' | 'unknown';

/** `already` and `unknown` as in {@link PurgeAckOutcome}. */
export type PurgeStanding = 'open' | Exclude<PurgeAckOutcome, 'acknowledged'>;

/** What one consumer was told to forget and has not acknowledged. Log-safe. */
export interface OpenConsumerPurge {
  /** What it is acknowledged by: a UUID. */
  readonly id: string;
  readonly consumer: string;
  readonly personKey: PersonKey;
  readonly reason: ConsumerPurgeReason;
  readonly fields: readonly FieldGroup[];
  /** Milliseconds since 1970. */
  readonly orderedAt: number;
  readonly dueAt: number;
  readonly ageSeconds: number;
}

/** How many orders a consumer has open, and how old the oldest is; zeros when none is. */
export interface OpenPurgeCount {
  readonly consumer: string;
  readonly open: number;
  readonly oldestSeconds: number;
}

/** A run of records of one partition of the topic of acknowledgements. */
export interface PurgeAckBatch {
  readonly topic: string;
  readonly partition: number;
  /** Those that could be read, with their offsets. */
  readonly acks: readonly (PurgeAck & { readonly offset: number })[];
  readonly nextOffset: number;
}

const ACKNOWLEDGE = statement(
  'acknowledge-purge',
  `UPDATE consumer_purges SET acknowledged_at = now(), acknowledged_by = $3
   WHERE id = $1::uuid AND consumer = $2 AND acknowledged_at IS NULL`,
);

const STANDING = statement<{ is_open: string }>(
  'standing-of-purge',
  'SELECT acknowledged_at IS NULL AS is_open FROM consumer_purges WHERE id = $1::uuid AND consumer = $2',
);

interface OpenRow extends SqlRow {
  readonly id: string;
  readonly consumer: string;
  readonly person_key: string;
  readonly reason: string;
  readonly fields: string;
  readonly ordered_at: string;
  readonly due_at: string;
  readonly age_seconds: string;
}

const OPEN = statement<OpenRow>(
  'open-consumer-purges',
  `SELECT id, consumer, person_key, reason, array_to_json(fields) AS fields, (extract(epoch FROM ordered_at) * 1000)::bigint AS ordered_at,
          (extract(epoch FROM due_at) * 1000)::bigint AS due_at, extract(epoch FROM clock_timestamp() - ordered_at) AS age_seconds
   FROM consumer_purges WHERE acknowledged_at IS NULL AND ($2::text IS NULL OR consumer = $2)
   ORDER BY ordered_at, id LIMIT $1`,
);

/** Also consumers that have none open, so that what a metric says of them comes to an end. */
const COUNT = statement<{ consumer: string; open: string; oldest_seconds: string }>(
  'count-open-consumer-purges',
  `SELECT coalesce(c.name, p.consumer) AS consumer, coalesce(p.open, 0) AS open, coalesce(p.oldest_seconds, 0) AS oldest_seconds
   FROM consumers c FULL JOIN (
     SELECT consumer, count(*) AS open, extract(epoch FROM clock_timestamp() - min(ordered_at)) AS oldest_seconds
     FROM consumer_purges WHERE acknowledged_at IS NULL GROUP BY consumer) p ON p.consumer = c.name
   ORDER BY 1`,
);

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** No name of an office is longer. */
const LONGEST_BY = 200;

/** What consumers were told to forget, and what they say of it. */
export class ConsumerPurges {
  readonly #runner: SqlRunner;
  readonly #persons: Pick<PostgresPersonStore, 'transactOn'>;

  constructor(runner: SqlRunner, persons: Pick<PostgresPersonStore, 'transactOn'>) {
    this.#runner = runner;
    this.#persons = persons;
  }

  /** Notes that a consumer has forgotten. Only of an order that was given to this consumer. */
  async acknowledge(consumer: string, orderId: string, by: string): Promise<PurgeAckOutcome> {
    return await acknowledge(this.#runner, { consumer, orderId, by });
  }

  /** What acknowledging would find. Changes nothing. */
  async standing(consumer: string, orderId: string): Promise<PurgeStanding> {
    return isOrder(consumer, orderId)
      ? await standingOf(this.#runner, consumer, orderId)
      : 'unknown';
  }

  /**
   * Notes what a run of records acknowledges, and that the run is done, in one transaction. Done again, it changes nothing.
   * @returns the outcome of each that was not done before.
   */
  async acknowledgeBatch({
    topic,
    partition,
    acks,
    nextOffset,
  }: PurgeAckBatch): Promise<readonly PurgeAckOutcome[]> {
    return await this.#persons.transactOn(async (transaction, runner) => {
      const done = await transaction.lockOffset(topic, partition);
      const outcomes: PurgeAckOutcome[] = [];
      for (const ack of acks) if (ack.offset >= done) outcomes.push(await acknowledge(runner, ack));
      if (nextOffset > done) await transaction.advanceOffset(topic, partition, nextOffset);
      return outcomes;
    });
  }

  /** The offset of the topic of acknowledgements to go on from; undefined: it was never read. */
  async nextOffset(topic: string, partition: number): Promise<number | undefined> {
    const offset = await this.#persons.transactOn((tx) => tx.lockOffset(topic, partition));
    return offset === 0 ? undefined : offset;
  }

  /** Oldest first. @param consumer only of this one. */
  async open(limit: number, consumer?: string): Promise<readonly OpenConsumerPurge[]> {
    const rows = await this.#runner.query(OPEN, [limit, consumer ?? null]);
    return rows.map((row) => ({
      id: row.id,
      consumer: row.consumer,
      personKey: row.person_key as PersonKey,
      reason: row.reason as ConsumerPurgeReason,
      fields: JSON.parse(row.fields) as readonly FieldGroup[],
      orderedAt: Number(row.ordered_at),
      dueAt: Number(row.due_at),
      ageSeconds: Number(row.age_seconds),
    }));
  }

  /** Of every consumer that is there, and of those that are gone and left some open. */
  async countOpen(): Promise<readonly OpenPurgeCount[]> {
    const rows = await this.#runner.query(COUNT);
    return rows.map((row) => ({
      consumer: row.consumer,
      open: Number(row.open),
      oldestSeconds: Number(row.oldest_seconds),
    }));
  }
}

async function acknowledge(
  runner: SqlRunner,
  { consumer, orderId, by }: PurgeAck,
): Promise<PurgeAckOutcome> {
  if (!isOrder(consumer, orderId)) return 'unknown';
  const said = by.replaceAll('\u0000', '').slice(0, LONGEST_BY);
  if ((await runner.execute(ACKNOWLEDGE, [orderId, consumer, said])) > 0) return 'acknowledged';
  return (await standingOf(runner, consumer, orderId)) === 'unknown' ? 'unknown' : 'already';
}

/** What comes from outside may be anything; PostgreSQL takes no NUL and no other text for a UUID. */
function isOrder(consumer: string, orderId: string): boolean {
  return UUID.test(orderId) && !consumer.includes('\u0000');
}

async function standingOf(
  runner: SqlRunner,
  consumer: string,
  orderId: string,
): Promise<PurgeStanding> {
  const [row] = await runner.query(STANDING, [orderId, consumer]);
  if (row === undefined) return 'unknown';
  return row.is_open === 't' ? 'open' : 'already';
}
