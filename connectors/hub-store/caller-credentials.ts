import type { CallerCredential } from '../../core/disclosure/look-up-ports.ts';
import { type SqlRow, type SqlRunner, statement } from './database.ts';

/** A credential as an operator sees it. */
export interface ListedCredential extends Omit<CallerCredential, 'hash'> {
  readonly addedBy: string;
  /** Milliseconds since 1970. */
  readonly addedAt: number;
}

interface CredentialRow extends SqlRow {
  readonly id: string;
  readonly consumer: string;
  readonly kind: string;
  readonly hash: string;
  readonly valid_to: string;
  readonly is_revoked: string;
  readonly added_by: string;
  readonly added_at: string;
}

const COLUMNS = `id, consumer, kind, encode(hash, 'hex') AS hash, (extract(epoch FROM valid_to) * 1000)::bigint AS valid_to,
  revoked_at IS NOT NULL AS is_revoked, added_by, (extract(epoch FROM added_at) * 1000)::bigint AS added_at`;

const TOKEN = statement<CredentialRow>(
  'find-caller-token',
  `SELECT ${COLUMNS} FROM caller_credentials WHERE id = $1::uuid AND kind = 'token'`,
);

/** Of the same certificate registered anew after a revocation, the one that holds. */
const CERTIFICATE = statement<CredentialRow>(
  'find-caller-certificate',
  `SELECT ${COLUMNS} FROM caller_credentials WHERE hash = decode($1, 'hex') AND kind = 'certificate' AND revoked_at IS NULL`,
);

const LIST = statement<CredentialRow>(
  'list-caller-credentials',
  `SELECT ${COLUMNS} FROM caller_credentials WHERE consumer = $1 ORDER BY added_at, id`,
);

const ADD = statement<{ id: string }>(
  'add-caller-credential',
  `INSERT INTO caller_credentials (consumer, kind, hash, valid_to, added_by)
   VALUES ($1, $2, decode($3, 'hex'), to_timestamp($4::double precision / 1000), $5)
   ON CONFLICT (hash) WHERE kind = 'certificate' AND revoked_at IS NULL DO NOTHING RETURNING id`,
);

const REVOKE = statement(
  'revoke-caller-credential',
  `UPDATE caller_credentials SET revoked_at = now(), revoked_by = $3
   WHERE consumer = $1 AND id = $2::uuid AND revoked_at IS NULL`,
);

/** With what consumers show who they are when they look up. A row is never deleted: the access log names it. */
export class CallerCredentials {
  readonly #runner: SqlRunner;

  constructor(runner: SqlRunner) {
    this.#runner = runner;
  }

  /** @param id a UUID. */
  async findToken(id: string): Promise<CallerCredential | undefined> {
    const [row] = await this.#runner.query(TOKEN, [id]);
    return row && credentialOf(row);
  }

  /** @param fingerprint SHA-256 of the certificate in DER, hex in small letters. */
  async findCertificate(fingerprint: string): Promise<CallerCredential | undefined> {
    const [row] = await this.#runner.query(CERTIFICATE, [fingerprint]);
    return row && credentialOf(row);
  }

  /** @returns the id; undefined: the certificate is registered already. */
  async add(
    credential: Pick<CallerCredential, 'consumer' | 'kind' | 'hash' | 'validTo'>,
    addedBy: string,
  ): Promise<string | undefined> {
    const { consumer, kind, hash, validTo } = credential;
    const hex = Buffer.from(hash).toString('hex');
    const [row] = await this.#runner.query(ADD, [consumer, kind, hex, validTo, addedBy]);
    return row?.id;
  }

  /** Those of one consumer, oldest first. */
  async list(consumer: string): Promise<readonly ListedCredential[]> {
    return (await this.#runner.query(LIST, [consumer])).map((row) => {
      const { hash: _hash, ...credential } = credentialOf(row);
      return { ...credential, addedBy: row.added_by, addedAt: Number(row.added_at) };
    });
  }

  /** It opens nothing from the next call on. @returns whether there was one to revoke. */
  async revoke(consumer: string, id: string, revokedBy: string): Promise<boolean> {
    return (await this.#runner.execute(REVOKE, [consumer, id, revokedBy])) === 1;
  }
}

/** Trusts the row: only this program writes it. */
function credentialOf(row: CredentialRow): CallerCredential {
  return {
    id: row.id,
    consumer: row.consumer,
    kind: row.kind === 'certificate' ? 'certificate' : 'token',
    hash: Buffer.from(row.hash, 'hex'),
    validTo: Number(row.valid_to),
    isRevoked: row.is_revoked === 't',
  };
}
