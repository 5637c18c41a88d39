import type { Identity, Oid, PersonKey } from '../../core/person/person-identifier.ts';
import type {
  ErasedPerson,
  ErasureStore,
  ErasureTransaction,
  NamedPerson,
} from '../../core/sync/erasure-ports.ts';
import type { SourceName } from '../../core/sync/source-record.ts';
import { type Database, type SqlRow, type SqlRunner, statement } from './database.ts';
import { deletePerson } from './delete-person.ts';
import type { ErasedIdentityHashes } from './erased-identities.ts';
import { identityOf } from './group-rows.ts';
import type { PostgresPersonStore } from './person-store.ts';
import { holdPhaseAlone } from './phase-store.ts';
import { plainArray, textArray } from './sql-arrays.ts';

/**
 * How far an erasure has come. `telling`: gone from the tables but for the empty golden record, and consumers are being told. `compacting`: everybody was told, and
 * what topics still hold leaves them by their settings. `proved`: a search of every topic and table found nothing.
 */
export type ErasureState = 'telling' | 'compacting' | 'proved';

/** One erasure. Log-safe. */
export interface Erasure {
  readonly personKey: PersonKey;
  /** Everything that the person was ever known by, the key itself too. */
  readonly keys: readonly PersonKey[];
  readonly state: ErasureState;
  readonly keepsHash: boolean;
  /** Milliseconds since 1970. */
  readonly erasedAt: number;
  /** Records that came again and were refused. */
  readonly refused: number;
  /** Consumers that were told of the person and have not been told to forget. */
  readonly untold: readonly string[];
}

/** Of what a search found before an erasure: the values of now have all of it or less, or nobody has searched before. */
export type SoughtBefore = 'all' | 'less' | 'unknown';

const FIND_PERSON = statement<{ person_key: string; root: string; extension: string }>(
  'find-person-to-erase',
  `SELECT i.person_key, i.root, i.extension FROM identities i
   WHERE i.person_key = (SELECT k.person_key FROM identities k WHERE k.identity_key = $1::uuid)
   ORDER BY i.first_seen, i.identity_key`,
);

const WAS_ERASED_BY = statement<{ was_erased: string }>(
  'was-erased-by',
  'SELECT EXISTS (SELECT FROM erasures WHERE command_id = $1) AS was_erased',
);

const RELATIVES = statement<{ root: string; extension: string }>(
  'relatives-of-erased',
  `SELECT DISTINCT i.root, i.extension FROM unnest($1::text[], $2::text[]) AS n (root, extension)
   JOIN relations r ON r.root = n.root AND r.extension = n.extension
   JOIN identities i ON i.identity_key = r.identity_key`,
);

/** A consumer with a record in the ledger is told when its record is gone and it has its order, or never needed one. */
const UNTOLD = `
  SELECT 1 FROM deliveries d WHERE d.person_key = ANY (e.keys) AND (d.kind <> 'gone' OR EXISTS (
    SELECT FROM purge_orders o WHERE o.person_key = d.person_key AND o.reason = 'erased' AND NOT EXISTS (
      SELECT FROM consumer_purges p WHERE p.order_id = o.id AND p.consumer_id = d.consumer_id)))`;

const ERASURES = `
  SELECT e.person_key, array_to_json(e.keys) AS keys, e.state, e.keeps_hash, (extract(epoch FROM e.erased_at) * 1000)::bigint AS erased_at,
         (SELECT coalesce(sum(h.refused), 0) FROM erased_identities h WHERE h.person_key = e.person_key) AS refused,
         (SELECT coalesce(json_agg(DISTINCT c.name), '[]') FROM consumers c WHERE EXISTS (${UNTOLD} AND d.consumer_id = c.id)) AS untold
  FROM erasures e`;

interface ErasureRow extends SqlRow {
  readonly person_key: string;
  readonly keys: string;
  readonly state: string;
  readonly keeps_hash: string;
  readonly erased_at: string;
  readonly refused: string;
  readonly untold: string;
}

const LIST = statement<ErasureRow>(
  'list-erasures',
  `${ERASURES} ORDER BY e.erased_at DESC LIMIT $1`,
);
const FIND = statement<ErasureRow>('find-erasure', `${ERASURES} WHERE $1::uuid = ANY (e.keys)`);

/**
 * The golden record was needed to publish that nobody is there; the publisher finds it by the outbox. What a consumer is being sent at this moment may be older, and has no
 * row in the ledger yet.
 */
const FINISH = statement<{ told: string }>(
  'finish-erasures',
  `WITH told AS (
     UPDATE erasures e SET state = 'compacting', told_at = now()
     WHERE e.state = 'telling' AND NOT EXISTS (SELECT FROM outbox o WHERE o.person_key = ANY (e.keys)) AND NOT EXISTS (${UNTOLD})
       AND NOT EXISTS (SELECT FROM consumer_intents i WHERE i.person_keys && e.keys)
     RETURNING e.keys),
   gone AS (DELETE FROM persons p USING told WHERE p.person_key = ANY (told.keys))
   SELECT count(*) AS told FROM told`,
);

/** What was searched for before is of no more use, and says something of the person to whoever has the secret. */
const PROVE = statement<{ proved: string }>(
  'prove-erasure',
  `WITH proved AS (
     UPDATE erasures SET state = 'proved', proved_at = now() WHERE person_key = $1 AND state = 'compacting' RETURNING keys),
   gone AS (DELETE FROM erasure_sought s USING proved WHERE s.person_key = ANY (proved.keys))
   SELECT count(*) AS proved FROM proved`,
);

const FORGET_SOUGHT = statement(
  'forget-sought-of-erasure',
  'DELETE FROM erasure_sought WHERE person_key = $1',
);

const NOTE_SOUGHT = statement(
  'note-sought-of-erasure',
  'INSERT INTO erasure_sought (person_key, hash) SELECT $1::uuid, unnest($2::text[]) ON CONFLICT DO NOTHING',
);

const SOUGHT = statement<{ hash: string }>(
  'sought-of-erasure',
  'SELECT hash FROM erasure_sought WHERE person_key = ANY ($1::uuid[])',
);

const COUNT = statement<{ open: string; oldest_seconds: string }>(
  'count-open-erasures',
  `SELECT count(*) AS open, coalesce(extract(epoch FROM clock_timestamp() - min(erased_at)), 0) AS oldest_seconds
   FROM erasures WHERE state = 'telling'`,
);

const COUNT_REFUSED = statement<{ refused: string }>(
  'count-all-refused',
  'SELECT coalesce(sum(refused), 0) AS refused FROM erased_identities',
);

const READMIT = statement(
  'readmit-erased',
  'DELETE FROM erased_identities WHERE person_key = (SELECT person_key FROM erasures WHERE $1::uuid = ANY (keys))',
);

const KEEPS_NO_HASH = statement(
  'erasure-keeps-no-hash',
  'UPDATE erasures SET keeps_hash = false WHERE $1::uuid = ANY (keys) RETURNING person_key',
);

const KNOWN_ROWS_LIKE = statement<{ source: string; key: string }>(
  'known-rows-of-erased',
  `SELECT k.source, k.key FROM known_rows k
   WHERE EXISTS (SELECT FROM unnest($1::text[]) AS n (extension)
                 WHERE position(n.extension IN translate(upper(k.key), '-+ ', '')) > 0)`,
);

/** The erasures, on PostgreSQL. */
export class PostgresErasures implements ErasureStore {
  readonly #database: Database;
  readonly #persons: PostgresPersonStore;
  readonly #hashes: ErasedIdentityHashes;

  constructor(database: Database, persons: PostgresPersonStore, hashes: ErasedIdentityHashes) {
    this.#database = database;
    this.#persons = persons;
    this.#hashes = hashes;
  }

  async findPerson(key: PersonKey): Promise<NamedPerson | undefined> {
    const rows = await this.#database.query(FIND_PERSON, [key]);
    const [first] = rows;
    if (first === undefined) return undefined;
    return { personKey: first.person_key as PersonKey, identities: rows.map(identityOf) };
  }

  async wasErasedBy(commandId: bigint): Promise<boolean> {
    const [row] = await this.#database.query(WAS_ERASED_BY, [commandId]);
    return row?.was_erased === 't';
  }

  async transact<T>(work: (transaction: ErasureTransaction) => Promise<T>): Promise<T> {
    return await this.#persons.transactOn((persons, runner) =>
      work({
        persons,
        holdOthers: () => holdPhaseAlone(runner),
        findRelatives: (identities) => findRelatives(runner, identities),
        erase: (person) => this.#erase(runner, person),
      }),
    );
  }

  /** Rows that a connector has seen whose key has the number of one of these somewhere in it. Goes through all of them. Personal data. */
  async knownRowsLike(
    identities: readonly Identity[],
  ): Promise<readonly { readonly source: SourceName; readonly key: string }[]> {
    const extensions = textArray(identities.map(({ extension }) => extension.toUpperCase()));
    const rows = await this.#database.query(KNOWN_ROWS_LIKE, [extensions]);
    return rows.map(({ source, key }) => ({ source: source as SourceName, key }));
  }

  /** Newest first. */
  async list(limit: number): Promise<readonly Erasure[]> {
    return (await this.#database.query(LIST, [limit])).map(erasure);
  }

  /** @param key any key that the person had. */
  async find(key: PersonKey): Promise<Erasure | undefined> {
    const [row] = await this.#database.query(FIND, [key]);
    return row === undefined ? undefined : erasure(row);
  }

  /**
   * Ends the telling where nothing of it waits any more: what is left of the person in `persons`, a key without content, goes.
   * @returns of how many.
   */
  async finishTold(): Promise<number> {
    const [row] = await this.#database.query(FINISH);
    return Number(row?.told ?? 0);
  }

  /** Notes that a search found nothing. Only of one of which everybody was told. */
  async noteProved(personKey: PersonKey): Promise<boolean> {
    const [row] = await this.#database.query(PROVE, [personKey]);
    return Number(row?.proved ?? 0) > 0;
  }

  /** Notes, as keyed hashes, what a search found of somebody who is not erased, in place of what the one before found. @param values in one spelling each. */
  async noteSought(personKey: PersonKey, values: readonly string[]): Promise<void> {
    const hashes = values.map((value) => this.#hashes.ofSought(personKey, value));
    await this.#database.transact(async (runner) => {
      await runner.execute(FORGET_SOUGHT, [personKey]);
      await runner.execute(NOTE_SOUGHT, [personKey, plainArray(hashes)]);
    });
  }

  /** Whether everything that was found before the erasure is among these values. @param keys all that the person had. */
  async wasSought(keys: readonly PersonKey[], values: readonly string[]): Promise<SoughtBefore> {
    const rows = await this.#database.query(SOUGHT, [plainArray(keys)]);
    if (rows.length === 0) return 'unknown';
    const hashes = new Set(
      keys.flatMap((key) => values.map((value) => this.#hashes.ofSought(key, value))),
    );
    return rows.every(({ hash }) => hashes.has(hash)) ? 'all' : 'less';
  }

  /** What comes again of the person is taken again. @param key any key that the person had. @returns false when nobody with it was erased. */
  async readmit(key: PersonKey): Promise<boolean> {
    return await this.#database.transact(async (runner) => {
      await runner.execute(READMIT, [key]);
      return (await runner.execute(KEEPS_NO_HASH, [key])) > 0;
    });
  }

  /** How many are being told, and how old the oldest is; zero when none is. */
  async countTelling(): Promise<{ readonly open: number; readonly oldestSeconds: number }> {
    const [row] = await this.#database.query(COUNT);
    return { open: Number(row?.open ?? 0), oldestSeconds: Number(row?.oldest_seconds ?? 0) };
  }

  /** Records of erased persons that were refused, ever. */
  async countRefused(): Promise<number> {
    const [row] = await this.#database.query(COUNT_REFUSED);
    return Number(row?.refused ?? 0);
  }

  async #erase(runner: SqlRunner, person: ErasedPerson): Promise<void> {
    await deletePerson(runner, person);
    if (!person.keepsHash) return;
    const { personKey, identities, traces } = person;
    await this.#hashes.keep(runner, personKey, identities, traces.rawHashes);
  }
}

async function findRelatives(
  runner: SqlRunner,
  identities: readonly Identity[],
): Promise<readonly Identity[]> {
  const rows = await runner.query(RELATIVES, [
    textArray(identities.map(({ root }) => root)),
    textArray(identities.map(({ extension }) => extension)),
  ]);
  return rows.map(({ root, extension }) => ({ root: root as Oid, extension }));
}

function erasure(row: ErasureRow): Erasure {
  return {
    personKey: row.person_key as PersonKey,
    keys: JSON.parse(row.keys) as readonly PersonKey[],
    state: row.state as ErasureState,
    keepsHash: row.keeps_hash === 't',
    erasedAt: Number(row.erased_at),
    refused: Number(row.refused),
    untold: JSON.parse(row.untold) as readonly string[],
  };
}
