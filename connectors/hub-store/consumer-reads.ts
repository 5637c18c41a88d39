import type { PersonKey } from '../../core/person/person-identifier.ts';
import { type SqlRunner, statement } from './database.ts';

/** How much telling a consumer everything again would be. Log-safe. */
export interface ReplaySize {
  /** About so many persons are gone through. */
  readonly persons: number;
  /** Of so many the consumer has a record, which is sent again. */
  readonly has: number;
  /** So many have left it: each gets its tombstone again. */
  readonly gone: number;
}

/** Somebody who could not be told. Log-safe. */
export interface ConsumerRefusal {
  readonly personKey: PersonKey;
  readonly code: string;
  /** Milliseconds since 1970. */
  readonly since: number;
}

/** Orders to forget that a consumer still has time to answer. */
export interface AwaitedAnswers {
  readonly orders: number;
  /** When the last of them is late; milliseconds since 1970, null when there is none. */
  readonly until: number | null;
}

/** Exact for a small table, whose statistics are not made yet; else what the statistics say. */
const COUNT_PERSONS = statement<{ persons: string }>(
  'count-persons-about',
  `SELECT CASE WHEN few.persons < 10000 THEN few.persons
               ELSE greatest(few.persons, (SELECT reltuples::bigint FROM pg_class WHERE oid = 'persons'::regclass)) END AS persons
   FROM (SELECT count(*) AS persons FROM (SELECT FROM persons LIMIT 10000) AS first) AS few`,
);

/** By the index on its key: never more than the consumer was sent. */
const COUNT_DELIVERED = statement<{ has: string; gone: string }>(
  'count-delivered-about',
  `SELECT count(*) FILTER (WHERE kind <> 'gone') AS has, count(*) FILTER (WHERE kind = 'gone') AS gone
   FROM deliveries WHERE consumer_id = $1`,
);

const REFUSALS = statement<{ person_key: string; code: string; since: string }>(
  'list-consumer-refusals',
  `SELECT person_key, code, (extract(epoch FROM since) * 1000)::bigint AS since
   FROM consumer_refusals WHERE consumer_id = $1 ORDER BY consumer_refusals.since, person_key LIMIT $2`,
);

const AWAITED = statement<{ orders: string; until: string | null }>(
  'awaited-answers-of-consumer',
  `SELECT count(*) AS orders, (extract(epoch FROM max(due_at)) * 1000)::bigint AS until
   FROM consumer_purges WHERE consumer_id = $1 AND acknowledged_at IS NULL AND due_at > clock_timestamp()`,
);

/** About so many persons there are. */
export async function countPersons(runner: SqlRunner): Promise<number> {
  const [row] = await runner.query(COUNT_PERSONS);
  return Number(row?.persons ?? 0);
}

/** Of how many persons a consumer has a record, and how many have left it. */
export async function countDelivered(
  runner: SqlRunner,
  consumerId: number,
): Promise<Omit<ReplaySize, 'persons'>> {
  const [row] = await runner.query(COUNT_DELIVERED, [consumerId]);
  return { has: Number(row?.has ?? 0), gone: Number(row?.gone ?? 0) };
}

/** Longest first. */
export async function listRefusals(
  runner: SqlRunner,
  consumerId: number,
  limit: number,
): Promise<readonly ConsumerRefusal[]> {
  const rows = await runner.query(REFUSALS, [consumerId, limit]);
  return rows.map((row) => ({
    personKey: row.person_key as PersonKey,
    code: row.code,
    since: Number(row.since),
  }));
}

/** What keeps a consumer that is dropped from being gone, once everything was taken back. */
export async function readAwaited(runner: SqlRunner, consumerId: number): Promise<AwaitedAnswers> {
  const [row] = await runner.query(AWAITED, [consumerId]);
  const until = row?.until ?? null;
  return { orders: Number(row?.orders ?? 0), until: until === null ? null : Number(until) };
}
