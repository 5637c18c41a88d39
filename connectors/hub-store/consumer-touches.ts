import type { PersonKey } from '../../core/person/person-identifier.ts';
import { type SqlRunner, statement } from './database.ts';
import { plainArray } from './sql-arrays.ts';

/** Nothing for a consumer that is gone. */
const TOUCH = statement(
  'touch-persons-of-consumer',
  `INSERT INTO consumer_touches (consumer_id, person_key, is_forced)
   SELECT c.id, n.key, $3 FROM consumers c CROSS JOIN unnest($2::uuid[]) WITH ORDINALITY AS n (key, place)
   WHERE c.id = $1 ORDER BY n.place`,
);

/** Has a consumer told of persons once more without an event, in this order. */
export async function touchPersons(
  runner: SqlRunner,
  consumerId: number,
  keys: readonly PersonKey[],
  isForced: boolean,
): Promise<void> {
  if (keys.length === 0) return;
  await runner.execute(TOUCH, [consumerId, plainArray(keys), isForced]);
}
