import type { ErrorCode } from '../../core/errors/error-codes.ts';
import type { IdentityHash } from '../../core/person/person-identifier.ts';
import type { ParkedRecord } from '../../core/sync/ports.ts';
import type { SourceName } from '../../core/sync/source-record.ts';
import { type SqlRunner, statement } from './database.ts';
import type { PayloadCipher } from './payload-cipher.ts';
import { plainArray } from './sql-arrays.ts';

/** A parked record as an operator sees it. */
export interface ParkedEntry extends ParkedRecord {
  readonly id: bigint;
  readonly attempts: number;
  /** Milliseconds since 1970. */
  readonly firstParkedAt: number;
}

const CLEAR = statement(
  'clear-parked',
  `UPDATE parked SET resolved_at = now(), payload = NULL
   WHERE identity_hash = ANY ($1::text[]) AND resolved_at IS NULL`,
);

const PARK = statement(
  'park',
  `INSERT INTO parked (code, source, identity_hash, topic, partition, record_offset, field, payload)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
   ON CONFLICT (topic, partition, record_offset) DO UPDATE
   SET code = excluded.code, field = excluded.field, payload = excluded.payload, attempts = parked.attempts + 1,
       last_parked_at = now(), resolved_at = NULL`,
);

const COUNT_BY_CODE = statement<{ code: string; waiting: string }>(
  'count-parked',
  'SELECT code, count(*) AS waiting FROM parked WHERE resolved_at IS NULL GROUP BY code ORDER BY code',
);

const LIST = statement<{
  id: string;
  code: string;
  source: string;
  identity_hash: string;
  topic: string;
  partition: string;
  record_offset: string;
  field: string | null;
  payload: string;
  attempts: string;
  first_parked_at: string;
}>(
  'list-parked',
  `SELECT id, code, source, identity_hash, topic, partition, record_offset, field, payload, attempts,
          extract(epoch FROM first_parked_at) * 1000 AS first_parked_at
   FROM parked WHERE resolved_at IS NULL AND id > $1 ORDER BY id LIMIT $2`,
);

/** Closes what is parked of these identities and forgets the payloads: a good record of them came. */
export async function clearParked(
  runner: SqlRunner,
  cleared: readonly IdentityHash[],
): Promise<void> {
  if (cleared.length > 0) await runner.execute(CLEAR, [plainArray(cleared)]);
}

/** Parks records, payload encrypted. They are few, so each is a statement of its own. */
export async function park(
  runner: SqlRunner,
  records: readonly ParkedRecord[],
  cipher: PayloadCipher,
): Promise<void> {
  for (const record of records) {
    await runner.execute(PARK, [
      record.code,
      record.source,
      record.identityHash,
      record.topic,
      record.partition,
      record.offset,
      record.field,
      cipher.encrypt(record.payload, placeOf(record)),
    ]);
  }
}

/** What an operator asks about parked records. */
export class ParkedRecords {
  readonly #runner: SqlRunner;
  readonly #cipher: PayloadCipher;

  constructor(runner: SqlRunner, cipher: PayloadCipher) {
    this.#runner = runner;
    this.#cipher = cipher;
  }

  /** How many are open, by error code. */
  async countByCode(): Promise<readonly { readonly code: ErrorCode; readonly waiting: number }[]> {
    const rows = await this.#runner.query(COUNT_BY_CODE);
    return rows.map((row) => ({ code: row.code as ErrorCode, waiting: Number(row.waiting) }));
  }

  /** Open records in the order of parking, a page at a time. @param afterId zero for the first page. */
  async list(afterId: bigint, limit: number): Promise<readonly ParkedEntry[]> {
    const rows = await this.#runner.query(LIST, [afterId, limit]);
    return rows.map((row) => {
      const place = {
        topic: row.topic,
        partition: Number(row.partition),
        offset: Number(row.record_offset),
      };
      return {
        ...place,
        id: BigInt(row.id),
        code: row.code as ErrorCode,
        source: row.source as SourceName,
        identityHash: row.identity_hash as IdentityHash,
        field: row.field,
        payload: this.#cipher.decrypt(bytesOf(row.payload), placeOf(place)),
        attempts: Number(row.attempts),
        firstParkedAt: Number(row.first_parked_at),
      };
    });
  }
}

function placeOf(record: Pick<ParkedRecord, 'topic' | 'partition' | 'offset'>): string {
  return `${record.topic}/${record.partition}/${record.offset}`;
}

/** PostgreSQL writes bytea as `\x` and hex. */
function bytesOf(hex: string): Uint8Array {
  return Buffer.from(hex.slice(2), 'hex');
}
