/** From what PostgreSQL and its driver throw to a code of ours: by SQLSTATE, system code or class, never by message text. */
import type { ErrorCode } from '../../core/errors/error-codes.ts';
import { HubError } from '../../core/errors/hub-error.ts';
import { safeWord } from '../../core/errors/log-safe.ts';

type StoreCode = Extract<ErrorCode, `HUB_STORE_${string}`>;

const BY_SQLSTATE: Readonly<Record<string, StoreCode>> = {
  '08P01': 'HUB_STORE_FAILED', // protocol violation: a bug, not the network
  '23505': 'HUB_STORE_CONFLICT', // unique violation: somebody else stored it first
  '25006': 'HUB_STORE_UNAVAILABLE', // read only: a standby, or the server that was the primary before a failover
  '25P03': 'HUB_STORE_UNAVAILABLE', // idle in transaction for too long
  '25P04': 'HUB_STORE_UNAVAILABLE', // transaction timeout
  '40001': 'HUB_STORE_CONFLICT', // serialisation failure
  '40003': 'HUB_STORE_UNAVAILABLE', // nobody knows whether the statement was completed
  '40P01': 'HUB_STORE_CONFLICT', // deadlock
  '42501': 'HUB_STORE_DENIED',
  '42703': 'HUB_STORE_NOT_MIGRATED', // unknown column
  '42P01': 'HUB_STORE_NOT_MIGRATED', // unknown table
  '3D000': 'HUB_STORE_DENIED', // unknown database
  '55P03': 'HUB_STORE_CONFLICT', // lock not available
  '57014': 'HUB_STORE_UNAVAILABLE', // statement timeout
};

/** The first two characters of a SQLSTATE. */
const BY_SQLSTATE_CLASS: Readonly<Record<string, StoreCode>> = {
  '08': 'HUB_STORE_UNAVAILABLE', // connection
  '28': 'HUB_STORE_DENIED', // login
  '53': 'HUB_STORE_FULL', // insufficient resources
  '57': 'HUB_STORE_UNAVAILABLE', // operator intervention: shutdown, starting up
  '58': 'HUB_STORE_UNAVAILABLE', // system error outside PostgreSQL itself
};

const BY_SYSTEM_CODE: Readonly<Record<string, StoreCode>> = {
  EAI_AGAIN: 'HUB_STORE_UNAVAILABLE',
  ECONNABORTED: 'HUB_STORE_UNAVAILABLE',
  ECONNREFUSED: 'HUB_STORE_UNAVAILABLE',
  ECONNRESET: 'HUB_STORE_UNAVAILABLE',
  EHOSTUNREACH: 'HUB_STORE_UNAVAILABLE',
  ENETUNREACH: 'HUB_STORE_UNAVAILABLE',
  ENOTFOUND: 'HUB_STORE_UNAVAILABLE',
  EPIPE: 'HUB_STORE_UNAVAILABLE',
  ETIMEDOUT: 'HUB_STORE_UNAVAILABLE',
};

const SQLSTATE = /^[0-9A-Z]{5}$/;

/**
 * What the server said, without its words: they quote values (`invalid input syntax for type uuid: "…"`), and those may be
 * somebody's identity. The SQLSTATE and the time find the full text in the server's own log.
 */
export class PostgresRefusal extends Error {
  override readonly name = 'PostgresRefusal';
  readonly sqlstate: string;

  constructor(sqlstate: string) {
    super(`PostgreSQL answered SQLSTATE ${sqlstate}`);
    this.sqlstate = sqlstate;
  }
}

/** Wraps what a statement or a connection attempt threw. Bugs (TypeError and the like) come back as they are. */
export function storeError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof HubError) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const systemCode = code === undefined ? undefined : BY_SYSTEM_CODE[code];
  if (systemCode !== undefined && code !== undefined) {
    return HubError.wrap(systemCode, error, { system: safeWord(code) });
  }
  if (code !== undefined && SQLSTATE.test(code)) {
    const ours =
      BY_SQLSTATE[code] ?? BY_SQLSTATE_CLASS[code.slice(0, 2)] ?? ('HUB_STORE_FAILED' as const);
    return HubError.wrap(ours, new PostgresRefusal(code), {
      sqlstate: safeWord(code),
      table: nameIn(error, 'table'),
      constraint: nameIn(error, 'constraint'),
    });
  }
  // The driver throws a bare Error, with no code, for one reason: the connection is gone or did not answer in time.
  if (code === undefined && error.constructor === Error) {
    return HubError.wrap('HUB_STORE_UNAVAILABLE', error);
  }
  return error;
}

function nameIn(error: Error, field: 'table' | 'constraint') {
  const value: unknown = Reflect.get(error, field);
  return typeof value === 'string' ? safeWord(value) : undefined;
}
