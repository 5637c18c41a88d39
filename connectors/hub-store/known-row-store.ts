import type { SourceName } from '../../core/sync/source-record.ts';
import { type SqlRow, type SqlRunner, type SqlValue, statement } from './database.ts';

/** A row that a source had when its connector last looked. The key, column by column, is personal data. */
export interface KnownRow {
  readonly key: readonly string[];
  /** Null where the connector does not compare contents. */
  readonly contentHash: string | null;
}

interface KnownRowRow extends SqlRow {
  readonly key: string;
  readonly content_hash: string | null;
}

const HASHES = statement<{ place: string; content_hash: string | null }>(
  'known-row-hashes',
  `SELECT n.place, k.content_hash
   FROM unnest($2::text[]) WITH ORDINALITY AS n (key, place) JOIN known_rows k ON k.source = $1 AND k.key = n.key`,
);

/** In key order, so that two connectors that should not be there both still do not deadlock. An empty hash stands for none. */
const PUT = statement(
  'put-known-rows',
  `INSERT INTO known_rows (source, key, content_hash)
   SELECT $1, n.key, nullif(n.content_hash, '')
   FROM (SELECT unnest($2::text[]) AS key, unnest($3::text[]) AS content_hash) n ORDER BY n.key COLLATE "C"
   ON CONFLICT (source, key) DO UPDATE SET content_hash = excluded.content_hash`,
);

const REMOVE = statement(
  'remove-known-rows',
  'DELETE FROM known_rows WHERE source = $1 AND key = ANY ($2::text[])',
);

const PAGE = statement<KnownRowRow>(
  'page-of-known-rows',
  `SELECT key, content_hash FROM known_rows WHERE source = $1 AND key > $2 ORDER BY key LIMIT $3`,
);

const COUNT = statement<{ count: string }>(
  'count-known-rows',
  'SELECT count(*) AS count FROM known_rows WHERE source = $1',
);

/** What a connector has sent of one source, to find out what the source no longer has. */
export class PostgresKnownRowStore {
  readonly #runner: SqlRunner;
  readonly #source: SourceName;

  constructor(runner: SqlRunner, source: SourceName) {
    this.#runner = runner;
    this.#source = source;
  }

  /** The content hashes of those keys that are known, by place in `keys`. */
  async hashes(keys: readonly (readonly string[])[]): Promise<ReadonlyMap<number, string | null>> {
    if (keys.length === 0) return new Map();
    const rows = await this.#runner.query(HASHES, [this.#source, keyTexts(keys)]);
    return new Map(rows.map((row) => [Number(row.place) - 1, row.content_hash]));
  }

  /** Adds rows, or replaces the hash of known ones. No key stands twice in one call. */
  async put(rows: readonly KnownRow[]): Promise<void> {
    if (rows.length === 0) return;
    const hashes = rows.map(({ contentHash }) => contentHash ?? '');
    await this.#runner.execute(PUT, [this.#source, keyTexts(rows.map(({ key }) => key)), hashes]);
  }

  async remove(keys: readonly (readonly string[])[]): Promise<void> {
    if (keys.length > 0) await this.#runner.execute(REMOVE, [this.#source, keyTexts(keys)]);
  }

  /** The next rows after the cursor of the page before; undefined: from the beginning. The last page has no cursor. */
  async page(
    after: string | undefined,
    limit: number,
  ): Promise<{ readonly rows: readonly KnownRow[]; readonly next: string | undefined }> {
    const rows = await this.#runner.query(PAGE, [this.#source, after ?? '', limit]);
    return {
      rows: rows.map((row) => ({
        key: JSON.parse(row.key) as readonly string[],
        contentHash: row.content_hash,
      })),
      next: rows.length < limit ? undefined : rows.at(-1)?.key,
    };
  }

  async count(): Promise<number> {
    const [row] = await this.#runner.query(COUNT, [this.#source]);
    return Number(row?.count);
  }
}

/** A key of several columns as one text. Its order means nothing, as no order is promised. */
function keyTexts(keys: readonly (readonly string[])[]): SqlValue {
  return keys.map((key) => JSON.stringify(key));
}
