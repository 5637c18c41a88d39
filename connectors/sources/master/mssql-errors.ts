/** What only the `mssql` driver has, before its errors meet the table in master-errors.ts. Never by message text. */
import { HubError } from '../../../core/errors/hub-error.ts';
import { type LogSafeFields, safeWord } from '../../../core/errors/log-safe.ts';
import { MSSQL_NUMBERS, masterError } from './master-errors.ts';

/** From this severity on the server ends the connection itself. */
const FATAL_CLASS = 20;

/** The connection was gone before or while the driver used it: the same statement on a new one may do. */
const CONNECTION_GONE = new Set(['EABORT', 'ECANCEL', 'EINSTLOOKUP', 'EINVALIDSTATE', 'ENOTBEGUN']);

/** Classes: no connection could be opened, or the pool could not lend one in time. */
const NO_CONNECTION = new Set(['ConnectionError', 'TimeoutError']);

/** A TLS handshake that waiting does not cure. They stand in the cause of an ESOCKET. */
const TLS_REFUSED = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'EENCRYPT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/**
 * What the server said, without its words: they quote values (`Conversion failed when converting the varchar value …`), and those
 * may be somebody's identity. Number and time find the full text in the server's own log.
 */
export class SqlServerRefusal extends Error {
  override readonly name = 'SqlServerRefusal';
  readonly number: number;

  constructor(number: number) {
    super(`SQL Server answered error ${number}`);
    this.number = number;
  }
}

/**
 * Wraps what the driver threw. Bugs (TypeError and the like) come back as they are.
 * @param loginNumber the number of the error that ended a login: the driver leaves it out of what it throws.
 */
export function mssqlError(error: unknown, loginNumber?: number): unknown {
  if (!(error instanceof Error) || error instanceof HubError) return error;
  const chain = chainOf(error);
  const refusal = chain.find(({ number }) => typeof number === 'number');
  const number = refusal?.number ?? loginNumber;
  if (typeof number === 'number') return refused(number, refusal);
  const codes = chain.map(({ code }) => code).filter((code) => typeof code === 'string');
  const tls = codes.find((code) => TLS_REFUSED.has(code));
  if (tls !== undefined) {
    return HubError.wrap('HUB_MASTER_TLS_REFUSED', error, { reason: safeWord(tls) });
  }
  if (codes.includes('ELOGIN')) return masterError(error);
  const gone = codes.find((code) => CONNECTION_GONE.has(code));
  if (gone !== undefined || NO_CONNECTION.has(error.name)) {
    const reason = safeWord(gone ?? codes[0] ?? error.name);
    return HubError.wrap('HUB_MASTER_UNAVAILABLE', error, { reason });
  }
  return masterError(error);
}

function refused(number: number, { state, class: severity }: DriverError = {}): unknown {
  const cause = new SqlServerRefusal(number);
  const context: LogSafeFields = { state: asNumber(state), class: asNumber(severity) };
  const endedConnection = typeof severity === 'number' && severity >= FATAL_CLASS;
  if (endedConnection && MSSQL_NUMBERS[number] === undefined) {
    const reason = safeWord(`mssql ${number}`);
    return HubError.wrap('HUB_MASTER_UNAVAILABLE', cause, { ...context, reason });
  }
  return masterError(cause, context);
}

interface DriverError {
  readonly code?: unknown;
  readonly number?: unknown;
  readonly state?: unknown;
  readonly class?: unknown;
}

/** The error and what is behind it. The driver uses `originalError` beside `cause`, and bundles several in one. */
function chainOf(error: Error): readonly DriverError[] {
  const chain: DriverError[] = [];
  const queue: unknown[] = [error];
  while (queue.length > 0 && chain.length < 16) {
    const next = queue.shift();
    if (!(next instanceof Error)) continue;
    chain.push(next as DriverError);
    queue.push(Reflect.get(next, 'originalError') ?? next.cause);
    if (next instanceof AggregateError) queue.push(...(next.errors as unknown[]));
  }
  return chain;
}

function asNumber(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
