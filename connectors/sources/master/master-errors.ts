import { HubError } from '../../../core/errors/hub-error.ts';
import { type LogSafeFields, safeWord } from '../../../core/errors/log-safe.ts';

/** The codes that a failed statement can have. */
type StatementCode =
  | 'HUB_MASTER_UNAVAILABLE'
  | 'HUB_MASTER_BUSY'
  | 'HUB_MASTER_TIMEOUT'
  | 'HUB_MASTER_LOGIN_REFUSED'
  | 'HUB_MASTER_PERMISSION'
  | 'HUB_MASTER_TABLE_MISSING'
  | 'HUB_MASTER_COLUMN_MISSING'
  | 'HUB_MASTER_COLUMN_TYPE'
  | 'HUB_MASTER_NOT_TRACKED'
  | 'HUB_MASTER_MODE_UNSUPPORTED'
  | 'HUB_MASTER_QUERY_REFUSED';

/** SQL Server's error numbers. */
export const MSSQL_NUMBERS: Readonly<Record<number, StatementCode>> = {
  // A victim, a conflict, a lock not released in time, DDL while a snapshot was open: the same read again.
  1205: 'HUB_MASTER_BUSY',
  1222: 'HUB_MASTER_BUSY',
  3960: 'HUB_MASTER_BUSY',
  3961: 'HUB_MASTER_BUSY',
  3957: 'HUB_MASTER_BUSY',
  3958: 'HUB_MASTER_BUSY',
  3966: 'HUB_MASTER_BUSY',
  601: 'HUB_MASTER_BUSY',
  // Change tracking's own clean-up holds the side table.
  22122: 'HUB_MASTER_BUSY',
  // No memory, no worker, or throttled.
  701: 'HUB_MASTER_BUSY',
  802: 'HUB_MASTER_BUSY',
  1204: 'HUB_MASTER_BUSY',
  8645: 'HUB_MASTER_BUSY',
  8651: 'HUB_MASTER_BUSY',
  10928: 'HUB_MASTER_BUSY',
  10929: 'HUB_MASTER_BUSY',
  40501: 'HUB_MASTER_BUSY',
  49918: 'HUB_MASTER_BUSY',
  49919: 'HUB_MASTER_BUSY',
  49920: 'HUB_MASTER_BUSY',
  // Going down, coming up, failing over, or the session was ended.
  596: 'HUB_MASTER_UNAVAILABLE',
  921: 'HUB_MASTER_UNAVAILABLE',
  922: 'HUB_MASTER_UNAVAILABLE',
  924: 'HUB_MASTER_UNAVAILABLE',
  927: 'HUB_MASTER_UNAVAILABLE',
  942: 'HUB_MASTER_UNAVAILABLE',
  952: 'HUB_MASTER_UNAVAILABLE',
  976: 'HUB_MASTER_UNAVAILABLE',
  978: 'HUB_MASTER_UNAVAILABLE',
  982: 'HUB_MASTER_UNAVAILABLE',
  983: 'HUB_MASTER_UNAVAILABLE',
  4221: 'HUB_MASTER_UNAVAILABLE',
  6005: 'HUB_MASTER_UNAVAILABLE',
  17142: 'HUB_MASTER_UNAVAILABLE',
  18401: 'HUB_MASTER_UNAVAILABLE',
  40197: 'HUB_MASTER_UNAVAILABLE',
  40613: 'HUB_MASTER_UNAVAILABLE',
  // The database cannot be opened: also while it recovers after a restart, so this is not a refused login.
  4060: 'HUB_MASTER_UNAVAILABLE',
  18452: 'HUB_MASTER_LOGIN_REFUSED',
  18456: 'HUB_MASTER_LOGIN_REFUSED',
  18470: 'HUB_MASTER_LOGIN_REFUSED',
  18486: 'HUB_MASTER_LOGIN_REFUSED',
  18487: 'HUB_MASTER_LOGIN_REFUSED',
  18488: 'HUB_MASTER_LOGIN_REFUSED',
  229: 'HUB_MASTER_PERMISSION',
  230: 'HUB_MASTER_PERMISSION',
  262: 'HUB_MASTER_PERMISSION',
  297: 'HUB_MASTER_PERMISSION',
  300: 'HUB_MASTER_PERMISSION',
  371: 'HUB_MASTER_PERMISSION',
  916: 'HUB_MASTER_PERMISSION',
  207: 'HUB_MASTER_COLUMN_MISSING',
  208: 'HUB_MASTER_TABLE_MISSING',
  206: 'HUB_MASTER_COLUMN_TYPE',
  245: 'HUB_MASTER_COLUMN_TYPE',
  // Change tracking is off for a table, or this is a secondary replica, which does not answer about it.
  22105: 'HUB_MASTER_NOT_TRACKED',
  22117: 'HUB_MASTER_NOT_TRACKED',
  // ALLOW_SNAPSHOT_ISOLATION was turned off after the start.
  3952: 'HUB_MASTER_MODE_UNSUPPORTED',
};

/** PostgreSQL's SQLSTATE, whole or its class of two characters; the whole one is looked up first. */
export const PG_STATES: Readonly<Record<string, StatementCode>> = {
  '40001': 'HUB_MASTER_BUSY',
  '40P01': 'HUB_MASTER_BUSY',
  '55P03': 'HUB_MASTER_BUSY',
  '53': 'HUB_MASTER_BUSY',
  '57014': 'HUB_MASTER_TIMEOUT',
  '25P03': 'HUB_MASTER_TIMEOUT',
  '25P04': 'HUB_MASTER_TIMEOUT',
  '08': 'HUB_MASTER_UNAVAILABLE',
  '57P01': 'HUB_MASTER_UNAVAILABLE',
  '57P02': 'HUB_MASTER_UNAVAILABLE',
  '57P03': 'HUB_MASTER_UNAVAILABLE',
  '57P05': 'HUB_MASTER_UNAVAILABLE',
  '28': 'HUB_MASTER_LOGIN_REFUSED',
  '3D000': 'HUB_MASTER_LOGIN_REFUSED',
  '42501': 'HUB_MASTER_PERMISSION',
  '42P01': 'HUB_MASTER_TABLE_MISSING',
  '3F000': 'HUB_MASTER_TABLE_MISSING',
  '42703': 'HUB_MASTER_COLUMN_MISSING',
  '42883': 'HUB_MASTER_COLUMN_TYPE',
  '42804': 'HUB_MASTER_COLUMN_TYPE',
  '22P02': 'HUB_MASTER_COLUMN_TYPE',
};

/** Codes of Node's sockets and name service, and of the drivers themselves. */
export const TRANSPORT_CODES: Readonly<Record<string, StatementCode>> = {
  ECONNREFUSED: 'HUB_MASTER_UNAVAILABLE',
  ECONNRESET: 'HUB_MASTER_UNAVAILABLE',
  ECONNABORTED: 'HUB_MASTER_UNAVAILABLE',
  EPIPE: 'HUB_MASTER_UNAVAILABLE',
  ETIMEDOUT: 'HUB_MASTER_UNAVAILABLE',
  EHOSTUNREACH: 'HUB_MASTER_UNAVAILABLE',
  ENETUNREACH: 'HUB_MASTER_UNAVAILABLE',
  ENOTFOUND: 'HUB_MASTER_UNAVAILABLE',
  EAI_AGAIN: 'HUB_MASTER_UNAVAILABLE',
  // tedious and mssql
  ESOCKET: 'HUB_MASTER_UNAVAILABLE',
  ECONNCLOSED: 'HUB_MASTER_UNAVAILABLE',
  ENOCONN: 'HUB_MASTER_UNAVAILABLE',
  ENOTOPEN: 'HUB_MASTER_UNAVAILABLE',
  ETIMEOUT: 'HUB_MASTER_TIMEOUT',
  ELOGIN: 'HUB_MASTER_LOGIN_REFUSED',
};

/**
 * What a driver threw, as a HubError: by its number, SQLSTATE or code along the cause chain, never by its text, which can hold the values of
 * a row. A bug of ours (TypeError and the like) passes through as it is.
 */
export function masterError(error: unknown, context: LogSafeFields = {}): unknown {
  if (error instanceof HubError) return error;
  for (const link of chainOf(error)) {
    const found = classify(link);
    if (found)
      return HubError.wrap(found.code, error, { ...context, reason: safeWord(found.reason) });
  }
  return error;
}

/** The error, its causes, and what an AggregateError or a driver's wrapper holds inside. */
function* chainOf(error: unknown): Generator<object> {
  let depth = 0;
  const queue: unknown[] = [error];
  while (queue.length > 0 && depth < 16) {
    depth += 1;
    const link = queue.shift();
    if (typeof link !== 'object' || link === null) continue;
    yield link;
    if ('originalError' in link) queue.push(link.originalError);
    if ('cause' in link) queue.push(link.cause);
    if ('errors' in link && Array.isArray(link.errors)) queue.push(...(link.errors as unknown[]));
  }
}

function classify(link: object): { code: StatementCode; reason: string } | undefined {
  if ('number' in link && typeof link.number === 'number' && link.number > 0) {
    return {
      code: MSSQL_NUMBERS[link.number] ?? 'HUB_MASTER_QUERY_REFUSED',
      reason: `mssql ${link.number}`,
    };
  }
  if (!('code' in link) || typeof link.code !== 'string') return undefined;
  const transport = TRANSPORT_CODES[link.code];
  if (transport) return { code: transport, reason: link.code };
  if (!/^[0-9A-Z]{5}$/.test(link.code) || !('severity' in link)) return undefined;
  return {
    code: PG_STATES[link.code] ?? PG_STATES[link.code.slice(0, 2)] ?? 'HUB_MASTER_QUERY_REFUSED',
    reason: `SQLSTATE ${link.code}`,
  };
}
