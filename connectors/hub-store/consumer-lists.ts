import type { Identity, PersonKey } from '../../core/person/person-identifier.ts';
import { touchPersons } from './consumer-touches.ts';
import { type Database, type SqlRunner, statement } from './database.ts';
import { plainArray } from './sql-arrays.ts';

/** What became of one identity that a consumer named. `already`: it was listed before. `unknown`: the hub has never seen it; nothing was stored. */
export type ListAddition = 'added' | 'already' | 'unknown';

/** What became of one identity that a consumer names no more. `absent`: it was not listed. */
export type ListRemoval = 'removed' | 'absent' | 'unknown';

/**
 * Share-locked in the order of the primary key, the one order in which these locks are waited for: a merge that is under way ends first, and one
 * that comes after it finds the list as it is then. So a touch never names a key that the person has left meanwhile.
 */
const HOLD_NAMED = statement<{ place: string; identity_key: string; person_key: string }>(
  'hold-listed-identities',
  `SELECT n.place, i.identity_key, i.person_key
   FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS n (root, extension, place)
   JOIN identities i ON i.root = n.root AND i.extension = n.extension
   ORDER BY i.root, i.extension FOR SHARE OF i`,
);

const ADD = statement<{ identity_key: string }>(
  'add-to-consumer-list',
  `INSERT INTO consumer_lists (consumer_id, identity_key)
   SELECT $1::int, n.key FROM unnest($2::uuid[]) AS n (key) ORDER BY n.key
   ON CONFLICT (consumer_id, identity_key) DO NOTHING RETURNING identity_key`,
);

const REMOVE = statement<{ identity_key: string }>(
  'remove-from-consumer-list',
  'DELETE FROM consumer_lists WHERE consumer_id = $1 AND identity_key = ANY ($2::uuid[]) RETURNING identity_key',
);

const COUNT = statement<{ listed: string }>(
  'count-consumer-list',
  'SELECT count(*) AS listed FROM consumer_lists WHERE consumer_id = $1',
);

/** Whom a consumer has named, for profiles whose persons are a list. By identity, so that who is merged stays listed. */
export class ConsumerLists {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Names persons by identities. Whom it adds is delivered without an event.
   * @returns what became of each, in the same order.
   */
  async add(consumerId: number, identities: readonly Identity[]): Promise<readonly ListAddition[]> {
    const changed = await this.#change(ADD, consumerId, identities);
    return changed.map((isChanged) => outcomeOf(isChanged, 'added', 'already'));
  }

  /**
   * Takes persons off the list. Who is named by no other identity leaves, without an event.
   * @returns what became of each, in the same order.
   */
  async remove(
    consumerId: number,
    identities: readonly Identity[],
  ): Promise<readonly ListRemoval[]> {
    const changed = await this.#change(REMOVE, consumerId, identities);
    return changed.map((isChanged) => outcomeOf(isChanged, 'removed', 'absent'));
  }

  /** How many identities are listed. */
  async count(consumerId: number): Promise<number> {
    const [row] = await this.#database.query(COUNT, [consumerId]);
    return Number(row?.listed ?? 0);
  }

  /** @returns for each identity whether it changed the list; undefined: nobody knows it. */
  async #change(
    what: typeof ADD,
    consumerId: number,
    identities: readonly Identity[],
  ): Promise<readonly (boolean | undefined)[]> {
    if (identities.length === 0) return [];
    return await this.#database.transact(async (runner) => {
      const named = await holdNamed(runner, identities);
      const keys = [...new Set(named.map((row) => row.identity_key))];
      const rows = await runner.query(what, [consumerId, plainArray(keys)]);
      const changed = new Set(rows.map((row) => row.identity_key));
      const persons = named.filter((row) => changed.has(row.identity_key));
      const touched = new Set(persons.map((row) => row.person_key as PersonKey));
      await touchPersons(runner, consumerId, [...touched], false);
      const byPlace = new Map(
        named.map((row) => [Number(row.place) - 1, changed.has(row.identity_key)]),
      );
      return identities.map((_, place) => byPlace.get(place));
    });
  }
}

async function holdNamed(runner: SqlRunner, identities: readonly Identity[]) {
  return await runner.query(HOLD_NAMED, [
    identities.map(({ root }) => root),
    identities.map(({ extension }) => extension),
  ]);
}

function outcomeOf<Changed, Unchanged>(
  isChanged: boolean | undefined,
  changed: Changed,
  unchanged: Unchanged,
): Changed | Unchanged | 'unknown' {
  if (isChanged === undefined) return 'unknown';
  return isChanged ? changed : unchanged;
}
