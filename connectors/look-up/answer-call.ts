import { randomUUID } from 'node:crypto';
import type { AccessedPerson, AccessLogCall } from '../../core/disclosure/look-up-ports.ts';
import { ERROR_CODES, type ErrorCode } from '../../core/errors/error-codes.ts';
import { findHubError, HubError } from '../../core/errors/hub-error.ts';
import { type SafeText, safeWord } from '../../core/errors/log-safe.ts';
import type { PersonKey } from '../../core/person/person-identifier.ts';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import {
  type Caller,
  findCaller,
  readUser,
  type ShownIdentity,
  type UserHeaders,
} from './caller.ts';
import type { LookUpFreshness, LookUpPorts } from './look-up-ports.ts';
import type { RateLimit } from './rate-limit.ts';
import { InvalidRequest } from './read-body.ts';

/** What a call asks for. */
export interface Operation {
  /** As it stands in the access log and in metrics. */
  readonly name: SafeText;
  readonly activityType: AccessLogCall['activityType'];
  /** Whom it is about, where the path says so. */
  readonly personKey?: PersonKey;
  /** Also a consumer that is being dropped may make it. */
  readonly whileDropping?: boolean;
}

/**
 * Commits a line in the access log that says what a call is about to change, of whom. Whoever changes anything awaits it first.
 * @throws HubError `HUB_LOOKUP_LOG_FAILED`: then nothing may be changed.
 */
export type LogIntent = (persons: readonly AccessedPerson[]) => Promise<void>;

/** A request without what HTTP has around it. */
export interface IncomingCall {
  readonly shown: ShownIdentity;
  readonly headers: UserHeaders;
  /** Null: in plain text. */
  readonly tls: { readonly version: string; readonly cipher: string } | null;
}

/** What is to be answered, and what of it stands in the access log. */
export interface CallResult {
  /** Put together with `logId` and `freshness`; or alone, when it is a resource of FHIR. */
  readonly body: object;
  readonly isFhir?: boolean;
  readonly persons: readonly AccessedPerson[];
}

/** An answer that may leave. */
export interface Reply {
  readonly status: number;
  readonly body: object;
  readonly isFhir: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

export interface AnswerCallOptions {
  readonly ports: Pick<LookUpPorts, 'callers' | 'freshness' | 'writeLog'>;
  /** For callers by name, and for all together whom nobody knows. */
  readonly limit: RateLimit;
  readonly strangers: RateLimit;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** HTTP status of each refusal; whatever is not here is a fault of ours. */
const STATUS_OF: Readonly<Partial<Record<ErrorCode, number>>> = {
  HUB_LOOKUP_CALLER_UNKNOWN: 401,
  HUB_LOOKUP_NOT_ALLOWED: 403,
  HUB_LOOKUP_USER_MISSING: 403,
  HUB_LOOKUP_NOT_IN_PROFILE: 403,
  HUB_LOOKUP_REQUEST_INVALID: 400,
  HUB_LOOKUP_TOO_LARGE: 413,
  HUB_LOOKUP_TOO_MANY: 429,
  HUB_LOOKUP_KEY_UNKNOWN: 404,
  HUB_LOOKUP_NOT_DISCLOSED: 404,
  HUB_LOOKUP_PURGE_UNKNOWN: 404,
  HUB_LOOKUP_NO_SUCH_PATH: 404,
  HUB_LOOKUP_NO_LIST: 409,
  HUB_LOOKUP_NOT_CHECKED: 503,
  HUB_LOOKUP_UNAVAILABLE: 503,
  HUB_LOOKUP_LOG_FAILED: 503,
};

const NO_CALLER = { systemId: null, careProvider: null, credentialId: null, user: null } as const;

/**
 * Answers calls: who calls, for whom, the work, the access log, the answer, in this order. The line in the access log is committed before the answer
 * leaves, for refused calls too; without the line there is no answer. A call that changes anything has a line before the work as well, with the outcome
 * `begun`. Calls over the limit alone are not logged: they are told nothing, and a flood of them would fill the log.
 */
export function createCallAnswerer(options: AnswerCallOptions) {
  const { ports, limit, strangers, metrics, log, now } = options;

  return async function answer(
    call: IncomingCall,
    { name, activityType, personKey, whileDropping = false }: Operation,
    work: (caller: Caller, logIntent: LogIntent) => Promise<CallResult>,
  ): Promise<Reply> {
    const startedAt = now();
    let line: Omit<AccessLogCall, 'outcome'> = {
      logId: randomUUID(),
      activityType,
      activityArgs: name,
      startedAt,
      certificateFingerprint: call.shown.certificate,
      tlsVersion: call.tls?.version ?? null,
      tlsCipher: call.tls?.cipher ?? null,
      ...NO_CALLER,
    };
    const { logId } = line;
    try {
      const found = await findCaller(call.shown, ports.callers, now(), whileDropping);
      if (found.kind === 'unknown') {
        line = { ...line, credentialId: found.credentialId };
        throw new HubError('HUB_LOOKUP_CALLER_UNKNOWN');
      }
      const { consumer, credential } = found;
      line = {
        ...line,
        systemId: consumer.name,
        careProvider: consumer.profile.careGiver,
        credentialId: credential.id,
      };
      refuseOverLimit(limit, consumer.name);
      const rule = consumer.profile.lookUp;
      if (rule === null) throw new HubError('HUB_LOOKUP_NOT_ALLOWED');
      const known = { ...line, user: readUser(call.headers, rule.isSystemOnly) };
      line = known;
      const logIntent: LogIntent = (persons) => writeLine({ ...known, outcome: 'begun' }, persons);
      const caller = { consumer, credential, rule };
      const [result, freshness] = await Promise.all([work(caller, logIntent), ports.freshness()]);
      await writeLine({ ...line, outcome: 'answered' }, result.persons);
      count(name, 'answered', startedAt);
      return replyOf(result, logId, freshness);
    } catch (error) {
      const code = refusalCode(error);
      if (code === 'HUB_LOOKUP_FAILED') {
        log.error('a look-up failed', error, { operation: name, logId: safeWord(logId) });
      }
      const told = await logRefusal({ ...line, outcome: code }, code, personKey);
      count(name, told, startedAt);
      return refusalOf(told, error, logId);
    }
  };

  /** @returns what the caller is told in the end. */
  async function logRefusal(
    line: AccessLogCall,
    code: ErrorCode,
    personKey: PersonKey | undefined,
  ): Promise<ErrorCode> {
    if (code === 'HUB_LOOKUP_TOO_MANY' || code === 'HUB_LOOKUP_LOG_FAILED') return code;
    if (code === 'HUB_LOOKUP_CALLER_UNKNOWN' && strangers.take('') > 0) {
      return 'HUB_LOOKUP_TOO_MANY';
    }
    try {
      await writeLine(line, personKey === undefined ? [] : [refusedPerson(personKey, code)]);
      return code;
    } catch {
      return 'HUB_LOOKUP_LOG_FAILED';
    }
  }

  async function writeLine(line: AccessLogCall, persons: readonly AccessedPerson[]): Promise<void> {
    try {
      await ports.writeLog(line, persons);
    } catch (error) {
      log.error('the access log could not be written', error);
      throw HubError.wrap('HUB_LOOKUP_LOG_FAILED', error);
    }
  }

  function count(operation: SafeText, outcome: string, startedAt: number): void {
    metrics.add('hub_lookup_calls_total', { operation, outcome: safeWord(outcome) });
    metrics.observe('hub_lookup_seconds', { operation }, (now() - startedAt) / 1_000);
  }
}

function refusedPerson(personKey: PersonKey, code: ErrorCode): AccessedPerson {
  return { personKey, patient: null, fields: [], outcome: code, origin: null };
}

/** After how many seconds a caller over its limit may come again. */
class OverLimit extends HubError {
  readonly seconds: number;

  constructor(seconds: number) {
    super('HUB_LOOKUP_TOO_MANY', { seconds });
    this.seconds = seconds;
  }
}

function refuseOverLimit(limit: RateLimit, name: string): void {
  const seconds = limit.take(name);
  if (seconds > 0) throw new OverLimit(seconds);
}

/** The store away is no fault of ours: the caller comes again. */
function refusalCode(error: unknown): ErrorCode {
  const known = findHubError(error);
  if (known === undefined) return 'HUB_LOOKUP_FAILED';
  if (STATUS_OF[known.code] !== undefined) return known.code;
  return known.disposition === 'retriable' ? 'HUB_LOOKUP_UNAVAILABLE' : 'HUB_LOOKUP_FAILED';
}

function replyOf(
  { body, isFhir = false }: CallResult,
  logId: string,
  freshness: LookUpFreshness,
): Reply {
  const headers = { 'cache-control': 'no-store', 'x-log-id': logId };
  if (!isFhir) return { status: 200, body: { logId, freshness, ...body }, isFhir, headers };
  // A resource of FHIR has no place for it.
  const fresh = { ...headers, 'x-freshness': JSON.stringify(freshness) };
  return { status: 200, body, isFhir, headers: fresh };
}

/** A refusal as it is told: by its code, in the words of the registry. */
export function refusalOf(code: ErrorCode, error: unknown, logId: string | null): Reply {
  const { happened, next } = ERROR_CODES[code];
  const details = error instanceof InvalidRequest ? error.problems : undefined;
  const header = code === 'HUB_LOOKUP_USER_MISSING' ? findHubError(error)?.context['header'] : null;
  return {
    status: STATUS_OF[code] ?? 500,
    isFhir: false,
    headers: {
      'cache-control': 'no-store',
      ...(code === 'HUB_LOOKUP_CALLER_UNKNOWN' && { 'www-authenticate': 'Bearer' }),
      // The rest of the body is not read, so nothing more can come on this connection.
      ...(code === 'HUB_LOOKUP_TOO_LARGE' && { connection: 'close' }),
      ...(code === 'HUB_LOOKUP_TOO_MANY' && {
        'retry-after': String(error instanceof OverLimit ? error.seconds : 1),
      }),
    },
    body: {
      logId,
      code,
      happened,
      next,
      ...(details && { details }),
      ...(typeof header === 'string' && {
        details: [{ path: header, problem: 'is missing or has another form' }],
      }),
    },
  };
}
