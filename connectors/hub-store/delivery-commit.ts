import type { DeliveryCommit } from '../../core/disclosure/delivery-ports.ts';
import { HubError } from '../../core/errors/hub-error.ts';
import type { Lease } from '../../core/sync/ports.ts';
import { type SqlRunner, statement } from './database.ts';
import { leaveIntent } from './delivery-intents.ts';
import { fieldGroupBits } from './field-group-bits.ts';
import { LEASE_HELD } from './lease-store.ts';
import { plainArray } from './sql-arrays.ts';

const HOLD_LEASE = statement('hold-consumer-lease', LEASE_HELD);

/** A walk is known by when it began, in the milliseconds that `listConsumers` reads. */
const IS_THE_WALK =
  'consumer_id = $1 AND (extract(epoch FROM started_at) * 1000)::bigint = $2::bigint';

/** Before the walk, as every command locks them: then the end of a walk and a command that takes its place do not wait for each other. */
const HOLD_CONSUMER = statement(
  'hold-consumer',
  'SELECT 1 FROM consumers WHERE id = $1 FOR NO KEY UPDATE',
);

/** Locked, so that no command puts another walk in its place before this transaction ends. */
const HOLD_WALK = statement(
  'hold-consumer-walk',
  `SELECT 1 FROM consumer_walks WHERE ${IS_THE_WALK} FOR UPDATE`,
);

const MOVE_WALK = statement(
  'move-consumer-walk',
  `UPDATE consumer_walks SET cursor = $3, done = $4 WHERE ${IS_THE_WALK}`,
);

/** From now on the walk's generation and profile hold for everybody. */
const END_WALK = statement(
  'complete-consumer-walk',
  `WITH ended AS (DELETE FROM consumer_walks WHERE ${IS_THE_WALK} RETURNING generation, profile)
   UPDATE consumers c SET generation = e.generation, profile = e.profile, changed_at = now() FROM ended e WHERE c.id = $1`,
);

const MOVE_POSITION = statement(
  'move-consumer-position',
  `UPDATE consumer_positions SET next_offset = $4, updated_at = now()
   WHERE consumer_id = $1 AND partition = $2 AND next_offset = $3`,
);

/** A row that says more already is left as it is. */
const PUT_DELIVERED = statement(
  'put-delivered',
  `INSERT INTO deliveries AS d
     (consumer_id, person_key, generation, version, kind, told, content_hash, partition, record_offset)
   SELECT $1::int, unnest($2::uuid[]), unnest($3::bigint[]), unnest($4::bigint[]), unnest($5::text[]), unnest($6::int[]),
          unnest($7::text[]), unnest($8::int[]), unnest($9::bigint[])
   ON CONFLICT (consumer_id, person_key) DO UPDATE
   SET generation = excluded.generation, version = excluded.version, kind = excluded.kind, told = excluded.told,
       content_hash = excluded.content_hash, partition = excluded.partition, record_offset = excluded.record_offset,
       sent_at = now()
   WHERE (d.generation, d.version) <= (excluded.generation, excluded.version)`,
);

/** How far the consumer's state topic is known to reach: read at each start, when the ledger would be gone through for it. */
const PUT_ENDS = statement(
  'put-consumer-topic-ends',
  `INSERT INTO consumer_topic_ends AS e (consumer_id, partition, last_offset)
   SELECT $1::int, unnest($2::int[]), unnest($3::bigint[])
   ON CONFLICT (consumer_id, partition) DO UPDATE SET last_offset = excluded.last_offset
   WHERE e.last_offset < excluded.last_offset`,
);

const CLEAR_REFUSED = statement(
  'clear-consumer-refusals',
  'DELETE FROM consumer_refusals WHERE consumer_id = $1 AND person_key = ANY ($2::uuid[])',
);

/** Since when goes on: the person was told nothing in between. */
const PUT_REFUSED = statement(
  'put-consumer-refusals',
  `INSERT INTO consumer_refusals (consumer_id, person_key, code)
   SELECT $1::int, unnest($2::uuid[]), unnest($3::text[])
   ON CONFLICT (consumer_id, person_key) DO UPDATE SET code = excluded.code`,
);

/** Stands between the words of a list in an element of an array; no name of a field group has one. */
const AND = '+';

/** Of which nothing is left to forget is settled at once: nobody was told, and nobody answers. */
const PUT_PURGES = statement(
  'put-consumer-purges',
  `INSERT INTO consumer_purges
     (id, consumer, consumer_id, person_key, order_id, reason, fields, up_to_generation, up_to_version, acknowledged_at)
   SELECT n.id, c.name, c.id, n.person_key, n.order_id, n.reason, string_to_array(n.fields, '${AND}'),
          n.up_to_generation, n.up_to_version, CASE WHEN n.fields = '' THEN now() END
   FROM consumers c CROSS JOIN (
     SELECT unnest($2::uuid[]) AS id, unnest($3::uuid[]) AS person_key, unnest($4::uuid[]) AS order_id,
            unnest($5::text[]) AS reason, unnest($6::text[]) AS fields, unnest($7::bigint[]) AS up_to_generation,
            unnest($8::bigint[]) AS up_to_version) n
   WHERE c.id = $1
   ON CONFLICT DO NOTHING`,
);

const DELETE_TOUCHES = statement(
  'delete-consumer-touches',
  'DELETE FROM consumer_touches WHERE consumer_id = $1 AND id = ANY ($2::bigint[])',
);

/** Whether the lease still holds; then also to the end of the transaction. */
export async function holdConsumerLease(runner: SqlRunner, lease: Lease): Promise<boolean> {
  return (await runner.query(HOLD_LEASE, [lease.name, lease.owner, lease.token])).length === 1;
}

/** `DeliveryStore.commit`, inside a transaction. What can be refused comes before the first write that would have to be taken back. */
export async function commitDelivery(
  runner: SqlRunner,
  lease: Lease,
  changes: DeliveryCommit,
): Promise<boolean> {
  if (!(await holdConsumerLease(runner, lease))) return false;
  if (!(await holdWalk(runner, changes))) return false;
  if (!(await movePosition(runner, changes))) return false;
  await putDelivered(runner, changes);
  await putRefused(runner, changes);
  await putPurges(runner, changes);
  await moveWalk(runner, changes);
  const { consumerId, touches, unsettled } = changes;
  await leaveIntent(runner, consumerId, unsettled);
  if (touches.length > 0) await runner.execute(DELETE_TOUCHES, [consumerId, plainArray(touches)]);
  return true;
}

async function holdWalk(runner: SqlRunner, { consumerId, walk }: DeliveryCommit): Promise<boolean> {
  if (walk === undefined) return true;
  if (walk.isOver) await runner.query(HOLD_CONSUMER, [consumerId]);
  return (await runner.query(HOLD_WALK, [consumerId, walk.startedAt])).length === 1;
}

async function moveWalk(runner: SqlRunner, { consumerId, walk }: DeliveryCommit): Promise<void> {
  if (walk === undefined) return;
  const { startedAt, cursor, done, isOver } = walk;
  if (isOver) await runner.execute(END_WALK, [consumerId, startedAt]);
  else await runner.execute(MOVE_WALK, [consumerId, startedAt, cursor, done]);
}

async function movePosition(
  runner: SqlRunner,
  { consumerId, position }: DeliveryCommit,
): Promise<boolean> {
  if (position === undefined) return true;
  const { partition, from, to } = position;
  return (await runner.execute(MOVE_POSITION, [consumerId, partition, from, to])) === 1;
}

async function putDelivered(
  runner: SqlRunner,
  { consumerId, delivered }: DeliveryCommit,
): Promise<void> {
  if (delivered.length === 0) return;
  const put = await runner.execute(PUT_DELIVERED, [
    consumerId,
    plainArray(delivered.map(({ personKey }) => personKey)),
    plainArray(delivered.map(({ generation }) => generation)),
    plainArray(delivered.map(({ version }) => version)),
    plainArray(delivered.map(({ kind }) => kind)),
    plainArray(delivered.map(({ told }) => fieldGroupBits(told))),
    plainArray(delivered.map(({ contentHash }) => orEmpty(contentHash))),
    plainArray(delivered.map(({ at }) => at?.partition ?? 'NULL')),
    plainArray(delivered.map(({ at }) => at?.offset ?? 'NULL')),
  ]);
  // A row that says more: then what was decided here was decided by less than the ledger knows, and must not be taken for told.
  if (put < delivered.length) throw new HubError('HUB_STORE_CONFLICT', { rows: put });
  const ends = endsOf(delivered);
  if (ends.size > 0) {
    const values = [consumerId, plainArray([...ends.keys()]), plainArray([...ends.values()])];
    await runner.execute(PUT_ENDS, values);
  }
}

/** The highest offset of each partition. */
function endsOf(delivered: DeliveryCommit['delivered']): ReadonlyMap<number, number> {
  const ends = new Map<number, number>();
  for (const { at } of delivered) {
    if (at !== null) ends.set(at.partition, Math.max(at.offset, ends.get(at.partition) ?? 0));
  }
  return ends;
}

async function putRefused(
  runner: SqlRunner,
  { consumerId, delivered, refused }: DeliveryCommit,
): Promise<void> {
  if (delivered.length > 0) {
    const told = plainArray(delivered.map(({ personKey }) => personKey));
    await runner.execute(CLEAR_REFUSED, [consumerId, told]);
  }
  if (refused.length === 0) return;
  await runner.execute(PUT_REFUSED, [
    consumerId,
    plainArray(refused.map(({ personKey }) => personKey)),
    plainArray(refused.map(({ code }) => code)),
  ]);
}

async function putPurges(runner: SqlRunner, { consumerId, purges }: DeliveryCommit): Promise<void> {
  if (purges.length === 0) return;
  await runner.execute(PUT_PURGES, [
    consumerId,
    plainArray(purges.map(({ id }) => id)),
    plainArray(purges.map(({ personKey }) => personKey)),
    plainArray(purges.map(({ orderId }) => orderId ?? 'NULL')),
    plainArray(purges.map(({ reason }) => reason)),
    plainArray(purges.map(({ fields }) => orEmpty(fields.join(AND)))),
    plainArray(purges.map(({ upToGeneration }) => upToGeneration)),
    plainArray(purges.map(({ upToVersion }) => upToVersion)),
  ]);
}

/** An empty text as an element of an array literal: without quotes it would be no element. */
const orEmpty = (text: string) => (text === '' ? '""' : text);
