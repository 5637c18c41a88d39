import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import {
  type Identity,
  type IdentityHash,
  identityText,
} from '../../core/person/person-identifier.ts';
import type { RefusedRecord } from '../../core/sync/batch-changes.ts';
import type { ErasedIdentities, ErasedQuestion } from '../../core/sync/ports.ts';
import { type SqlRunner, statement } from './database.ts';
import { plainArray } from './sql-arrays.ts';

/** One look at an index: all that a hub that refuses nobody pays for a batch. */
const IS_ANYBODY = statement<{ is_anybody: string }>(
  'is-anybody-erased',
  'SELECT EXISTS (SELECT FROM erased_identities) AS is_anybody',
);

const FIND = statement<{ hash: string }>(
  'find-erased-identities',
  'SELECT hash FROM erased_identities WHERE hash = ANY ($1::text[])',
);

const KEEP = statement(
  'keep-erased-identities',
  `INSERT INTO erased_identities (hash, person_key)
   SELECT n.hash, $2::uuid FROM (SELECT unnest($1::text[]) AS hash) n ORDER BY n.hash COLLATE "C" ON CONFLICT DO NOTHING`,
);

/** Locked in one order first: two partitions may refuse the same person at once. */
const COUNT_REFUSED = statement(
  'count-refused',
  `WITH n AS (SELECT unnest($1::text[]) AS hash, unnest($2::bigint[]) AS refused),
        held AS MATERIALIZED (
          SELECT e.hash FROM erased_identities e WHERE e.hash = ANY ($1::text[]) ORDER BY e.hash FOR UPDATE)
   UPDATE erased_identities e SET refused = e.refused + n.refused, last_refused_at = now()
   FROM held JOIN n USING (hash) WHERE e.hash = held.hash`,
);

/**
 * The key of raw records of which only the key tells whose they are: learned when a record of the person comes that can be read, so that one that cannot be
 * read is refused as well.
 */
const LEARN = statement(
  'learn-erased-hashes',
  `INSERT INTO erased_identities (hash, person_key)
   SELECT n.raw_hash, e.person_key FROM (SELECT unnest($1::text[]) AS hash, unnest($2::text[]) AS raw_hash) n
   JOIN erased_identities e ON e.hash = n.hash
   ORDER BY n.raw_hash COLLATE "C" ON CONFLICT DO NOTHING`,
);

/** Whose return is refused, by keyed hashes. */
export class ErasedIdentityHashes {
  readonly #key: KeyObject;

  /** @param key of the HMAC: 32 bytes, secret. */
  constructor(key: Uint8Array) {
    this.#key = createSecretKey(key);
  }

  /** `PersonTransaction.findErased`. */
  async find(runner: SqlRunner, ask: () => ErasedQuestion): Promise<ErasedIdentities | undefined> {
    const [row] = await runner.query(IS_ANYBODY);
    if (row?.is_anybody !== 't') return undefined;
    const { identities, hashes } = ask();
    const texts = new Map(identities.map((identity) => [this.#hash(identity), identity]));
    const rows = await runner.query(FIND, [plainArray([...texts.keys(), ...hashes])]);
    const found = new Set(rows.map(({ hash }) => hash));
    return {
      identities: new Set(
        [...texts].flatMap(([hash, identity]) => (found.has(hash) ? identityText(identity) : [])),
      ),
      hashes: new Set(hashes.filter((hash) => found.has(hash))),
    };
  }

  /** Keeps the hashes of somebody who is erased. */
  async keep(
    runner: SqlRunner,
    personKey: string,
    identities: readonly Identity[],
    rawHashes: readonly IdentityHash[],
  ): Promise<void> {
    const hashes = [...identities.map((identity) => this.#hash(identity)), ...rawHashes];
    await runner.execute(KEEP, [plainArray(hashes), personKey]);
  }

  /** Counts what was refused, and learns by which keys more of it will come. */
  async countRefused(runner: SqlRunner, refused: readonly RefusedRecord[]): Promise<void> {
    if (refused.length === 0) return;
    const counts = new Map<string, number>();
    const learned: { readonly hash: string; readonly rawHash: IdentityHash }[] = [];
    for (const { identity, identityHash } of refused) {
      const hash = identity === null ? identityHash : this.#hash(identity);
      counts.set(hash, (counts.get(hash) ?? 0) + 1);
      if (identity !== null && identityHash !== '') learned.push({ hash, rawHash: identityHash });
    }
    // First, since of what cannot be read there is nothing else to count on.
    if (learned.length > 0) {
      await runner.execute(LEARN, [
        plainArray(learned.map(({ hash }) => hash)),
        plainArray(learned.map(({ rawHash }) => rawHash)),
      ]);
    }
    await runner.execute(COUNT_REFUSED, [
      plainArray([...counts.keys()]),
      plainArray([...counts.values()]),
    ]);
  }

  /** Of something that was searched for of a person: what two persons share has two hashes. */
  ofSought(personKey: string, value: string): string {
    return this.#hashText(`sought\u0000${personKey}\u0000${value}`);
  }

  /** Apart from every key of a raw record by what stands before it. */
  #hash(identity: Identity): string {
    return this.#hashText(`erased\u0000${identityText(identity)}`);
  }

  /** 128 bits, base64url. */
  #hashText(text: string): string {
    return createHmac('sha256', this.#key).update(text).digest('base64url').slice(0, 22);
  }
}
