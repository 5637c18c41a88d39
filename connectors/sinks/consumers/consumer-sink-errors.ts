/**
 * From what a consumer's database and its driver throw to a code of ours: by SQLSTATE, number, system code or class, never by message
 * text. Each code has its disposition in core/errors/codes-consumers.ts.
 */
import type { ErrorCode } from '../../../core/errors/error-codes.ts';
import { HubError } from '../../../core/errors/hub-error.ts';
import { safeText, safeWord } from '../../../core/errors/log-safe.ts';

type DatabaseCode = Extract<
  ErrorCode,
  `HUB_CONSUMER_DATABASE_${string}` | 'HUB_CONSUMER_TABLES_GONE'
>;

/** PostgreSQL's SQLSTATE, whole or its class of two characters; the whole one is looked up first. */
const PG_STATES: Readonly<Record<string, DatabaseCode>> = {
  '08': 'HUB_CONSUMER_DATABASE_UNAVAILABLE', // connection
  '08P01': 'HUB_CONSUMER_DATABASE_REFUSED', // protocol violation: a bug, not the network
  '25006': 'HUB_CONSUMER_DATABASE_UNAVAILABLE', // read only: a standby, or the primary before a failover
  '25P03': 'HUB_CONSUMER_DATABASE_UNAVAILABLE', // idle in transaction for too long
  '25P04': 'HUB_CONSUMER_DATABASE_UNAVAILABLE', // transaction timeout
  '28': 'HUB_CONSUMER_DATABASE_DENIED', // login
  '3D000': 'HUB_CONSUMER_DATABASE_DENIED', // unknown database
  '40': 'HUB_CONSUMER_DATABASE_BUSY', // serialisation failure, deadlock
  '40003': 'HUB_CONSUMER_DATABASE_UNAVAILABLE', // nobody knows whether it was completed
  '42501': 'HUB_CONSUMER_DATABASE_DENIED',
  '42703': 'HUB_CONSUMER_TABLES_GONE', // unknown column
  '42P01': 'HUB_CONSUMER_TABLES_GONE', // unknown table
  '53': 'HUB_CONSUMER_DATABASE_FULL', // insufficient resources
  '55P03': 'HUB_CONSUMER_DATABASE_BUSY', // lock not available
  '57': 'HUB_CONSUMER_DATABASE_UNAVAILABLE', // shutdown, starting up, statement timeout
  '58': 'HUB_CONSUMER_DATABASE_UNAVAILABLE', // system error outside PostgreSQL itself
};

/** SQL Server's error numbers. */
const MSSQL_NUMBERS: Readonly<Record<number, DatabaseCode>> = {
  // A victim, a conflict, a lock not released in time.
  1205: 'HUB_CONSUMER_DATABASE_BUSY',
  1222: 'HUB_CONSUMER_DATABASE_BUSY',
  3960: 'HUB_CONSUMER_DATABASE_BUSY',
  // No disk, log, memory or worker, or throttled.
  701: 'HUB_CONSUMER_DATABASE_FULL',
  802: 'HUB_CONSUMER_DATABASE_FULL',
  1101: 'HUB_CONSUMER_DATABASE_FULL',
  1105: 'HUB_CONSUMER_DATABASE_FULL',
  1204: 'HUB_CONSUMER_DATABASE_FULL',
  8645: 'HUB_CONSUMER_DATABASE_FULL',
  8651: 'HUB_CONSUMER_DATABASE_FULL',
  9002: 'HUB_CONSUMER_DATABASE_FULL',
  10928: 'HUB_CONSUMER_DATABASE_FULL',
  10929: 'HUB_CONSUMER_DATABASE_FULL',
  40501: 'HUB_CONSUMER_DATABASE_FULL',
  // Going down, coming up, failing over, a readable secondary, or the session was ended.
  596: 'HUB_CONSUMER_DATABASE_UNAVAILABLE',
  921: 'HUB_CONSUMER_DATABASE_UNAVAILABLE',
  922: 'HUB_CONSUMER_DATABASE_UNAVAILABLE',
  924: 'HUB_CONSUMER_DATABASE_UNAVAILABLE',
  927: 'HUB_CONSUMER_DATABASE_UNAVAILABLE',
  942: 'HUB_CONSUMER_DATABASE_UNAVAILABLE',
  976: 'HUB_CONSUMER_DATABASE_UNAVAILABLE',
  978: 'HUB_CONSUMER_DATABASE_UNAVAILABLE',
  983: 'HUB_CONSUMER_DATABASE_UNAVAILABLE',
  3906: 'HUB_CONSUMER_DATABASE_UNAVAILABLE',
  6005: 'HUB_CONSUMER_DATABASE_UNAVAILABLE',
  17142: 'HUB_CONSUMER_DATABASE_UNAVAILABLE',
  18401: 'HUB_CONSUMER_DATABASE_UNAVAILABLE',
  40197: 'HUB_CONSUMER_DATABASE_UNAVAILABLE',
  40613: 'HUB_CONSUMER_DATABASE_UNAVAILABLE',
  // The database cannot be opened: also while it recovers after a restart, so this is not a refused login.
  4060: 'HUB_CONSUMER_DATABASE_UNAVAILABLE',
  18452: 'HUB_CONSUMER_DATABASE_DENIED',
  18456: 'HUB_CONSUMER_DATABASE_DENIED',
  18470: 'HUB_CONSUMER_DATABASE_DENIED',
  18486: 'HUB_CONSUMER_DATABASE_DENIED',
  18487: 'HUB_CONSUMER_DATABASE_DENIED',
  18488: 'HUB_CONSUMER_DATABASE_DENIED',
  229: 'HUB_CONSUMER_DATABASE_DENIED',
  230: 'HUB_CONSUMER_DATABASE_DENIED',
  262: 'HUB_CONSUMER_DATABASE_DENIED',
  916: 'HUB_CONSUMER_DATABASE_DENIED',
  207: 'HUB_CONSUMER_TABLES_GONE',
  208: 'HUB_CONSUMER_TABLES_GONE',
};

/** From this severity on SQL Server ends the connection itself. */
const FATAL_CLASS = 20;

/** Codes of Node's sockets and name service, and of the driver for SQL Server. */
const TRANSPORT: Readonly<Record<string, DatabaseCode>> = {
  EAI_AGAIN: 'HUB_CONSUMER_DATABASE_UNAVAILABLE',
  ECONNABORTED: 'HUB_CONSUMER_DATABASE_UNAVAILABLE',
  ECONNREFUSED: 'HUB_CONSUMER_DATABASE_UNAVAILABLE',
  ECONNRESET: 'HUB_CONSUMER_DATABASE_UNAVAILABLE',
  EHOSTUNREACH: 'HUB_CONSUMER_DATABASE_UNAVAILABLE',
  ENETUNREACH: 'HUB_CONSUMER_DATABASE_UNAVAILABLE',
  ENOTFOUND: 'HUB_CONSUMER_DATABASE_UNAVAILABLE',
  EPIPE: 'HUB_CONSUMER_DATABASE_UNAVAILABLE',
  ETIMEDOUT: 'HUB_CONSUMER_DATABASE_UNAVAILABLE',
  // tedious
  EABORT: 'HUB_CONSUMER_DATABASE_UNAVAILABLE',
  ECANCEL: 'HUB_CONSUMER_DATABASE_UNAVAILABLE',
  ECLOSE: 'HUB_CONSUMER_DATABASE_UNAVAILABLE',
  EINSTLOOKUP: 'HUB_CONSUMER_DATABASE_UNAVAILABLE',
  EINVALIDSTATE: 'HUB_CONSUMER_DATABASE_UNAVAILABLE',
  ESOCKET: 'HUB_CONSUMER_DATABASE_UNAVAILABLE',
  ETIMEOUT: 'HUB_CONSUMER_DATABASE_UNAVAILABLE',
  ELOGIN: 'HUB_CONSUMER_DATABASE_DENIED',
};

const SQLSTATE = /^[0-9A-Z]{5}$/;

/**
 * What the database or its driver said, without its words: they quote values and, through knex, the whole statement, and those may be
 * somebody's identity. Number and time find the full text in the server's own log.
 */
class ConsumerDatabaseRefusal extends Error {
  override readonly name = 'ConsumerDatabaseRefusal';
}

/** Wraps what a statement or a connection attempt threw. Bugs (TypeError and the like) come back as they are. */
export function consumerDatabaseError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof HubError) return error;
  const { code, number, class: severity }: DriverError & Error = error;
  if (typeof number === 'number' && number > 0) {
    const ended = typeof severity === 'number' && severity >= FATAL_CLASS;
    const otherwise = ended ? 'HUB_CONSUMER_DATABASE_UNAVAILABLE' : 'HUB_CONSUMER_DATABASE_REFUSED';
    return told(MSSQL_NUMBERS[number] ?? otherwise, `mssql ${number}`);
  }
  if (typeof code === 'string') {
    const transport = TRANSPORT[code];
    if (transport !== undefined) return told(transport, code);
    if (SQLSTATE.test(code)) {
      const ours = PG_STATES[code] ?? PG_STATES[code.slice(0, 2)];
      return told(ours ?? 'HUB_CONSUMER_DATABASE_REFUSED', `SQLSTATE ${code}`);
    }
  }
  // The driver of PostgreSQL throws a bare Error for one reason: the connection is gone or did not answer. A pool that lends none is the same.
  if (error.constructor === Error || error.name === 'KnexTimeoutError') {
    return new HubError(
      'HUB_CONSUMER_DATABASE_UNAVAILABLE',
      { reason: safeText('no answer') },
      { cause: new ConsumerDatabaseRefusal('The connection is gone or did not answer in time.') },
    );
  }
  return error;
}

interface DriverError {
  readonly code?: unknown;
  readonly number?: unknown;
  readonly class?: unknown;
}

function told(code: DatabaseCode, reason: string): HubError {
  const cause = new ConsumerDatabaseRefusal(`The consumer's database answered ${reason}.`);
  return HubError.wrap(code, cause, { reason: safeWord(reason) });
}
