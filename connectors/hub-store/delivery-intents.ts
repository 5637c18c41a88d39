import type { PersonKey } from '../../core/person/person-identifier.ts';
import type { Lease } from '../../core/sync/ports.ts';
import { type SqlRunner, statement } from './database.ts';
import { LEASE_HELD } from './lease-store.ts';
import { plainArray } from './sql-arrays.ts';

const PUT_INTENT = statement(
  'put-delivery-intent',
  `WITH held AS (${LEASE_HELD})
   INSERT INTO consumer_intents (consumer_id, person_keys) SELECT $4::int, $5::uuid[] FROM held
   ON CONFLICT (consumer_id) DO UPDATE SET person_keys = excluded.person_keys`,
);

const LEAVE_INTENT = statement(
  'leave-delivery-intent',
  'UPDATE consumer_intents SET person_keys = $2::uuid[] WHERE consumer_id = $1 AND person_keys <> $2::uuid[]',
);

const READ_INTENT = statement<{ person_key: string }>(
  'read-delivery-intent',
  'SELECT unnest(person_keys) AS person_key FROM consumer_intents WHERE consumer_id = $1',
);

/** `DeliveryStore.intend`: one statement, since it comes before nearly every send. */
export async function putIntent(
  runner: SqlRunner,
  { name, owner, token }: Lease,
  consumerId: number,
  keys: readonly PersonKey[],
): Promise<boolean> {
  const values = [name, owner, token, consumerId, plainArray(keys)];
  return (await runner.execute(PUT_INTENT, values)) === 1;
}

/** What was intended is stored now, but for what is said to be left. */
export async function leaveIntent(
  runner: SqlRunner,
  consumerId: number,
  unsettled: readonly PersonKey[],
): Promise<void> {
  await runner.execute(LEAVE_INTENT, [consumerId, plainArray(unsettled)]);
}

/** `DeliveryStore.intended`. */
export async function readIntent(
  runner: SqlRunner,
  consumerId: number,
): Promise<readonly PersonKey[]> {
  const rows = await runner.query(READ_INTENT, [consumerId]);
  return rows.map((row) => row.person_key as PersonKey);
}
