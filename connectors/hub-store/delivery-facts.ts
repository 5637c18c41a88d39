import type { Delivered, DeliveredKind } from '../../core/disclosure/delivery.ts';
import type { DeliveryFacts } from '../../core/disclosure/delivery-ports.ts';
import type { HubOrder } from '../../core/disclosure/delivery-question.ts';
import type { FieldGroup } from '../../core/golden-record/golden-record.ts';
import type { ContentHash, PersonKey } from '../../core/person/person-identifier.ts';
import { type SqlRunner, statement } from './database.ts';
import { fieldGroupsOf } from './field-group-bits.ts';
import { readPersons } from './person-rows.ts';
import { plainArray } from './sql-arrays.ts';

const READ_DELIVERED = statement<{
  person_key: string;
  generation: string;
  version: string;
  kind: string;
  told: string;
  content_hash: string;
}>(
  'read-delivered',
  `SELECT person_key, generation, version, kind, told, content_hash FROM deliveries
   WHERE consumer_id = $1 AND person_key = ANY ($2::uuid[])`,
);

/**
 * Whom an identity of the list leads to now: also somebody whose key was another one when the identity was listed. `OFFSET 0` keeps the planner from
 * beginning at the other end, with the whole list, while the tables are small; so below.
 */
const READ_LISTED = statement<{ person_key: string }>(
  'read-listed',
  `SELECT i.person_key FROM identities i
   WHERE i.person_key = ANY ($2::uuid[])
     AND EXISTS (SELECT FROM consumer_lists l WHERE l.consumer_id = $1 AND l.identity_key = i.identity_key OFFSET 0)`,
);

/** Also of persons of whom the ledger has nothing: something may have been sent that was not stored. */
const READ_ORDERS = statement<{
  person_key: string;
  id: string;
  reason: string;
  fields: string;
  up_to_version: string;
}>(
  'read-orders-for-consumer',
  `SELECT o.person_key, o.id, o.reason, array_to_json(o.fields) AS fields, o.up_to_version FROM purge_orders o
   WHERE o.person_key = ANY ($2::uuid[])
     AND NOT EXISTS (SELECT FROM consumer_purges c WHERE c.order_id = o.id AND c.consumer_id = $1 OFFSET 0)
   ORDER BY o.ordered_at, o.id`,
);

/**
 * `DeliveryStore.facts`. Each statement has its own view of the store: what is written in between has an event that is still to come, and is seen
 * whole with that one.
 */
export async function readDeliveryFacts(
  runner: SqlRunner,
  consumerId: number,
  keys: readonly PersonKey[],
  needsList: boolean,
): Promise<DeliveryFacts> {
  if (keys.length === 0) return NO_FACTS;
  const values = [consumerId, plainArray(keys)];
  const [persons, delivered, listed, orders] = await Promise.all([
    readPersons(runner, keys),
    readDelivered(runner, values),
    needsList ? runner.query(READ_LISTED, values) : [],
    readOrders(runner, values),
  ]);
  return {
    persons: new Map(persons.map((person) => [person.personKey, person])),
    delivered: new Map(delivered.map((last) => [last.personKey, last])),
    listed: new Set(listed.map((row) => row.person_key as PersonKey)),
    orders,
  };
}

const NO_FACTS: DeliveryFacts = {
  persons: new Map(),
  delivered: new Map(),
  listed: new Set(),
  orders: new Map(),
};

type Values = readonly (string | number)[];

/** Trusts the rows: only this program writes them. */
async function readDelivered(runner: SqlRunner, values: Values): Promise<readonly Delivered[]> {
  return (await runner.query(READ_DELIVERED, values)).map((row) => ({
    personKey: row.person_key as PersonKey,
    generation: Number(row.generation),
    version: Number(row.version),
    kind: row.kind as DeliveredKind,
    told: fieldGroupsOf(Number(row.told)),
    contentHash: row.content_hash as ContentHash,
  }));
}

async function readOrders(
  runner: SqlRunner,
  values: Values,
): Promise<ReadonlyMap<PersonKey, readonly HubOrder[]>> {
  const orders = new Map<PersonKey, HubOrder[]>();
  for (const row of await runner.query(READ_ORDERS, values)) {
    const key = row.person_key as PersonKey;
    const ofPerson = orders.get(key) ?? [];
    orders.set(key, ofPerson);
    ofPerson.push({
      id: row.id,
      reason: row.reason as HubOrder['reason'],
      fields: JSON.parse(row.fields) as readonly FieldGroup[],
      upToVersion: Number(row.up_to_version),
    });
  }
  return orders;
}
