/** What goes wrong with PU, as HubErrors: by class, code and number, never by the text of a library. Nothing of an answer gets into an error. */
import { HubError } from '../../../core/errors/hub-error.ts';
import { type LogSafeFields, type SafeText, safeWord } from '../../../core/errors/log-safe.ts';

const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/i;

/** The first UUID of a text: log ids and order ids, by which PU's support finds a call (TKB 5.1 ch. 4). A UUID tells nothing about anybody. */
export function uuidIn(text: string): SafeText | undefined {
  return UUID.exec(text)?.[0] as SafeText | undefined;
}

/** An answer that ends too early or is not the contract's. `what` is a word of our own. */
export function unreadable(what: SafeText, context: LogSafeFields = {}): HubError {
  return new HubError('HUB_PU_ANSWER_UNREADABLE', { ...context, what });
}

/** An answer that no honest server gives. */
export function forbidden(what: SafeText, context: LogSafeFields = {}): HubError {
  return new HubError('HUB_PU_ANSWER_FORBIDDEN', { ...context, what });
}

/** A SOAP 1.1 fault. */
export interface SoapFault {
  readonly side: 'client' | 'server';
  /** May be looked into, never passed on: a technical fault must not hold personal data, which is no promise that it does not. */
  readonly text: string;
  readonly logId: SafeText | undefined;
}

/** The contract has no other mark for it than this text (TKB 5.1 ch. 6). */
const TOO_MANY_HITS = 'förfrågans maxgräns överskriden';

/**
 * Codes that the national service platform begins its texts with: no such sender, no receiver, not allowed, address or header of the sender refused.
 */
const CALLER_CODES = /^VP0(?:02|03|04|07|11|13)\b/;

/** Client faults mean the question, server faults PU itself (TKB 5.1 ch. 4). */
export function faultError(fault: SoapFault, contract: SafeText): HubError {
  const context = { contract, logId: fault.logId };
  const text = fault.text.trim();
  if (CALLER_CODES.test(text)) return new HubError('HUB_PU_CALLER_REFUSED', context);
  if (fault.side === 'server') return new HubError('HUB_PU_UNAVAILABLE', context);
  const isTooMany = text.normalize('NFC').toLowerCase().includes(TOO_MANY_HITS);
  return new HubError(isTooMany ? 'HUB_PU_TOO_MANY_HITS' : 'HUB_PU_REQUEST_REFUSED', context);
}

/** What a status without a SOAP fault means; undefined: it is no failure. */
export function statusError(status: number, context: LogSafeFields): HubError | undefined {
  if (status >= 200 && status < 300) return undefined;
  const fields = { ...context, status };
  if (status === 401 || status === 403) return new HubError('HUB_PU_CALLER_REFUSED', fields);
  if (status === 429) return new HubError('HUB_PU_THROTTLED', fields);
  if (status >= 500 || status === 408) return new HubError('HUB_PU_UNAVAILABLE', fields);
  return new HubError('HUB_PU_REQUEST_REFUSED', fields);
}

type TransportCode =
  | 'HUB_PU_UNAVAILABLE'
  | 'HUB_PU_CERTIFICATE_REFUSED'
  | 'HUB_PU_SERVER_UNTRUSTED';

/** Codes of Node's sockets, of OpenSSL and of undici. */
export const TRANSPORT_CODES: Readonly<Record<string, TransportCode>> = {
  ECONNREFUSED: 'HUB_PU_UNAVAILABLE',
  ECONNRESET: 'HUB_PU_UNAVAILABLE',
  ECONNABORTED: 'HUB_PU_UNAVAILABLE',
  EPIPE: 'HUB_PU_UNAVAILABLE',
  ETIMEDOUT: 'HUB_PU_UNAVAILABLE',
  EHOSTUNREACH: 'HUB_PU_UNAVAILABLE',
  EHOSTDOWN: 'HUB_PU_UNAVAILABLE',
  ENETUNREACH: 'HUB_PU_UNAVAILABLE',
  ENETDOWN: 'HUB_PU_UNAVAILABLE',
  ENOTFOUND: 'HUB_PU_UNAVAILABLE',
  EAI_AGAIN: 'HUB_PU_UNAVAILABLE',
  EPROTO: 'HUB_PU_UNAVAILABLE',
  ERR_SOCKET_CLOSED: 'HUB_PU_UNAVAILABLE',
  ERR_SOCKET_CONNECTION_TIMEOUT: 'HUB_PU_UNAVAILABLE',
  ERR_STREAM_PREMATURE_CLOSE: 'HUB_PU_UNAVAILABLE',
  ERR_TLS_HANDSHAKE_TIMEOUT: 'HUB_PU_UNAVAILABLE',
  UND_ERR_CONNECT_TIMEOUT: 'HUB_PU_UNAVAILABLE',
  UND_ERR_HEADERS_TIMEOUT: 'HUB_PU_UNAVAILABLE',
  UND_ERR_BODY_TIMEOUT: 'HUB_PU_UNAVAILABLE',
  UND_ERR_HEADERS_OVERFLOW: 'HUB_PU_UNAVAILABLE',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'HUB_PU_UNAVAILABLE',
  UND_ERR_SOCKET: 'HUB_PU_UNAVAILABLE',
  UND_ERR_INFO: 'HUB_PU_UNAVAILABLE',
  UND_ERR_DESTROYED: 'HUB_PU_UNAVAILABLE',
  UND_ERR_CLOSED: 'HUB_PU_UNAVAILABLE',
  // What our side finds wrong with the server's certificate (X509_V_ERR_… of OpenSSL).
  UNABLE_TO_GET_ISSUER_CERT: 'HUB_PU_SERVER_UNTRUSTED',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'HUB_PU_SERVER_UNTRUSTED',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'HUB_PU_SERVER_UNTRUSTED',
  UNABLE_TO_DECRYPT_CERT_SIGNATURE: 'HUB_PU_SERVER_UNTRUSTED',
  UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY: 'HUB_PU_SERVER_UNTRUSTED',
  CERT_SIGNATURE_FAILURE: 'HUB_PU_SERVER_UNTRUSTED',
  CERT_NOT_YET_VALID: 'HUB_PU_SERVER_UNTRUSTED',
  CERT_HAS_EXPIRED: 'HUB_PU_SERVER_UNTRUSTED',
  ERROR_IN_CERT_NOT_BEFORE_FIELD: 'HUB_PU_SERVER_UNTRUSTED',
  ERROR_IN_CERT_NOT_AFTER_FIELD: 'HUB_PU_SERVER_UNTRUSTED',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'HUB_PU_SERVER_UNTRUSTED',
  SELF_SIGNED_CERT_IN_CHAIN: 'HUB_PU_SERVER_UNTRUSTED',
  CERT_CHAIN_TOO_LONG: 'HUB_PU_SERVER_UNTRUSTED',
  CERT_REVOKED: 'HUB_PU_SERVER_UNTRUSTED',
  CERT_UNTRUSTED: 'HUB_PU_SERVER_UNTRUSTED',
  CERT_REJECTED: 'HUB_PU_SERVER_UNTRUSTED',
  INVALID_CA: 'HUB_PU_SERVER_UNTRUSTED',
  INVALID_PURPOSE: 'HUB_PU_SERVER_UNTRUSTED',
  PATH_LENGTH_EXCEEDED: 'HUB_PU_SERVER_UNTRUSTED',
  HOSTNAME_MISMATCH: 'HUB_PU_SERVER_UNTRUSTED',
  ERR_TLS_CERT_ALTNAME_INVALID: 'HUB_PU_SERVER_UNTRUSTED',
  ERR_TLS_CERT_ALTNAME_FORMAT: 'HUB_PU_SERVER_UNTRUSTED',
};

/**
 * The alerts by which a server refuses a client's certificate (RFC 8446 ch. 6.2). A server of TLS 1.2 says handshake_failure when it wants
 * another one. OpenSSL's names begin differently from version to version: `ERR_SSL_TLSV1_ALERT_UNKNOWN_CA`, `ERR_SSL_SSL/TLS_ALERT_…`.
 */
export const CERTIFICATE_ALERTS: ReadonlySet<string> = new Set([
  'HANDSHAKE_FAILURE',
  'NO_CERTIFICATE',
  'BAD_CERTIFICATE',
  'UNSUPPORTED_CERTIFICATE',
  'CERTIFICATE_REVOKED',
  'CERTIFICATE_EXPIRED',
  'CERTIFICATE_UNKNOWN',
  'CERTIFICATE_REQUIRED',
  'UNKNOWN_CA',
  'ACCESS_DENIED',
]);
const ALERT = /^ERR_SSL_.+_ALERT_([A-Z_]+)$/;

/** OpenSSL has more of them than the table names: about revocation lists, for example (X509_V_ERR_CRL_HAS_EXPIRED). */
const ABOUT_CERTIFICATE = /^(?!ERR_)(?:.*_)?(?:CERT|CRL)(?:_|$)/;
/** Any code of the operating system (EMFILE), of OpenSSL (about the connection) or of the HTTP parser (about the answer): the next call may go better. */
const MAY_PASS = /^(?:E(?!RR_)[A-Z0-9_]+|ERR_SSL_.+|HPE_.+)$/;

function transportCode(reason: string): TransportCode | undefined {
  const alert = ALERT.exec(reason)?.[1];
  if (alert !== undefined && CERTIFICATE_ALERTS.has(alert)) return 'HUB_PU_CERTIFICATE_REFUSED';
  const known = TRANSPORT_CODES[reason];
  if (known !== undefined) return known;
  if (ABOUT_CERTIFICATE.test(reason)) return 'HUB_PU_SERVER_UNTRUSTED';
  return MAY_PASS.test(reason) ? 'HUB_PU_UNAVAILABLE' : undefined;
}

/**
 * What a connection threw, as a HubError.
 *
 * @param certificate serial number and last day of the certificate that was shown, for the error that says that it was refused.
 * @returns the error itself when it is a bug of ours.
 */
export function transportError(
  error: unknown,
  context: LogSafeFields,
  certificate: LogSafeFields,
): unknown {
  if (error instanceof HubError) return error;
  for (const reason of codesOf(error)) {
    const code = transportCode(reason);
    if (code === undefined) continue;
    const fields = { ...context, reason: safeWord(reason) };
    return HubError.wrap(
      code,
      error,
      code === 'HUB_PU_CERTIFICATE_REFUSED' ? { ...fields, ...certificate } : fields,
    );
  }
  return error;
}

/** The codes along the cause chain, and of what an AggregateError holds. */
function* codesOf(error: unknown): Generator<string> {
  const queue: unknown[] = [error];
  for (let depth = 0; queue.length > 0 && depth < 16; depth += 1) {
    const link = queue.shift();
    if (typeof link !== 'object' || link === null) continue;
    if ('code' in link && typeof link.code === 'string') yield link.code;
    if ('cause' in link) queue.push(link.cause);
    if ('errors' in link && Array.isArray(link.errors)) queue.push(...(link.errors as unknown[]));
  }
}
