import type { ErrorCode } from '../../core/errors/error-codes.ts';
import type { IdentityHash } from '../../core/person/person-identifier.ts';
import type { ParkedRecord } from '../../core/sync/batch-changes.ts';
import type { SourceName } from '../../core/sync/source-record.ts';
import { type SqlRunner, statement } from './database.ts';
import type { PayloadCipher } from './payload-cipher.ts';
import { plainArray, textArray } from './sql-arrays.ts';

/** A record that comes after what is parked of its identity, good or not. */
type OvertakingRecord = Pick<ParkedRecord, 'identityHash' | 'position'>;

/** A parked record as an operator sees it. */
export interface ParkedEntry extends ParkedRecord {
  readonly id: bigint;
  readonly attempts: number;
  /** Milliseconds since 1970. */
  readonly firstParkedAt: number;
}

/** What could not be read has no position: whatever comes of the identity is newer for all that is known. */
const CLEAR = statement(
  'clear-parked',
  `UPDATE parked p SET resolved_at = now(), payload = NULL
   FROM (SELECT unnest($1::text[]) AS identity_hash, unnest($2::int[]) AS epoch, unnest($3::bigint[]) AS version) n
   WHERE p.identity_hash = n.identity_hash AND p.resolved_at IS NULL
     AND (p.epoch IS NULL OR (p.epoch, p.version) <= (n.epoch, n.version))`,
);

/** Another identity at the same place is another record: the topic was made anew. */
const PARK = statement(
  'park',
  `INSERT INTO parked AS p (code, source, identity_hash, topic, partition, record_offset, field, payload, epoch, version)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
   ON CONFLICT (topic, partition, record_offset) DO UPDATE
   SET code = excluded.code, source = excluded.source, identity_hash = excluded.identity_hash, field = excluded.field,
       payload = excluded.payload, epoch = excluded.epoch, version = excluded.version,
       attempts = CASE WHEN p.identity_hash = excluded.identity_hash THEN p.attempts + 1 ELSE 1 END,
       first_parked_at = CASE WHEN p.identity_hash = excluded.identity_hash THEN p.first_parked_at ELSE now() END,
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
  epoch: string | null;
  version: string | null;
  attempts: string;
  first_parked_at: string;
}>(
  'list-parked',
  `SELECT id, code, source, identity_hash, topic, partition, record_offset, field, payload, epoch, version, attempts,
          extract(epoch FROM first_parked_at) * 1000 AS first_parked_at
   FROM parked WHERE resolved_at IS NULL AND id > $1 ORDER BY id LIMIT $2`,
);

/**
 * Closes what is parked of these identities, unless it is newer, and forgets the payloads. Bytes without a key are nobody's: they stay
 * for an operator.
 */
export async function clearParked(
  runner: SqlRunner,
  overtaking: readonly OvertakingRecord[],
): Promise<void> {
  const named = overtaking.filter(({ identityHash }) => identityHash.length > 0);
  if (named.length === 0) return;
  await runner.execute(CLEAR, [
    textArray(named.map(({ identityHash }) => identityHash)),
    plainArray(named.map(({ position }) => position?.epoch ?? 'NULL')),
    plainArray(named.map(({ position }) => position?.version ?? 'NULL')),
  ]);
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
      record.position?.epoch ?? null,
      record.position?.version ?? null,
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

  /** Open records in the order of parking, a page at a time, for the operator's console. @param afterId zero for the first page. */
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
        position:
          row.epoch === null || row.version === null
            ? null
            : { epoch: Number(row.epoch), version: BigInt(row.version) },
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
