import { HubError } from '../../../core/errors/hub-error.ts';
import { type LogSafeFields, type SafeText, safeText } from '../../../core/errors/log-safe.ts';
import { pause, withRetry } from '../../waiting/with-retry.ts';
import { createCircuitBreaker } from './circuit-breaker.ts';
import type { PuClientOptions, PuClientSettings } from './pu-client-options.ts';
import { createPuClock } from './pu-clock.ts';
import { openPuTransport, type PuRequest, type PuResponse } from './pu-transport.ts';

/** A call that can be made again. */
export interface PuCall extends Pick<PuRequest, 'method' | 'url' | 'headers'> {
  /** Made for each attempt: a stream that a failed one was given is closed with it. */
  readonly openBody: () => PuRequest['body'];
  readonly contract: SafeText;
  /** How long the answer may take from its head to its end, when that is not the usual time. */
  readonly longestMs?: number;
  /** Aborted: it cannot be made again, for example since its body was read. */
  readonly isFinal?: AbortSignal;
}

export interface PuCallAnswer {
  readonly response: PuResponse;
  /** Milliseconds since 1970, by the earlier of both clocks. */
  readonly askedAt: number;
}

export interface PuCaller extends AsyncDisposable {
  /** Makes a call in its turn, and again when it fails in a way that may pass. `read` belongs to the call: when it fails, so did the call. */
  call<T>(call: PuCall, read: (answer: PuCallAnswer) => Promise<T>): Promise<T>;
}

/**
 * Everything that holds for each call whatever it asks: its turn in the budget of all instances, the circuit breaker, retries with back-off, and the
 * wait that PU asks for.
 */
export function openPuCaller(options: PuClientOptions, settings: PuClientSettings): PuCaller {
  const { budget, signal, now, random, observe } = options;
  const transport = openPuTransport({ ...settings, certificate: options.certificate, now });
  const clock = createPuClock(settings.clockSkewSeconds, observe.onClockSkew);
  const circuit = createCircuitBreaker({
    failures: settings.circuitFailures,
    openMs: settings.circuitOpenMs,
    now,
    onChange: observe.onCircuit,
  });
  const originalConsumer: Readonly<Record<string, string>> =
    options.originalConsumer === undefined
      ? {}
      : { 'x-rivta-original-serviceconsumer-hsaid': options.originalConsumer };
  /** PU asked to be left alone until then, by all calls. */
  let notBefore = 0;

  async function attempt<T>(call: PuCall, read: (answer: PuCallAnswer) => Promise<T>): Promise<T> {
    if (now() < notBefore) await pause(notBefore - now(), signal);
    await budget.takeTurn(signal);
    signal.throwIfAborted();
    const context = { contract: call.contract };
    const sentAt = now();
    const tooLong = new AbortController();
    const response = await transport.send({
      method: call.method,
      url: call.url,
      headers: { ...originalConsumer, ...call.headers },
      body: call.openBody(),
      signal: AbortSignal.any([signal, tooLong.signal]),
      context,
    });
    const askedAt = clock.askedAt(sentAt, now(), headerOf(response, 'date'));
    refuseThrottled(response, context);
    const timer = setTimeout(() => {
      const reason = safeText('the answer takes too long');
      tooLong.abort(new HubError('HUB_PU_UNAVAILABLE', { ...context, reason }));
    }, call.longestMs ?? settings.answerMs);
    try {
      return await read({ response, askedAt });
    } finally {
      clearTimeout(timer);
    }
  }

  /** 429 always means it, 503 only when it says how long to wait. */
  function refuseThrottled(response: PuResponse, context: LogSafeFields): void {
    const { status } = response;
    if (status !== 429 && status !== 503) return;
    const wait = retryAfterMs(headerOf(response, 'retry-after'), now());
    if (wait === undefined && status === 503) return;
    response.discard();
    const waitMs = Math.min(wait ?? settings.retryMs, settings.longestThrottleMs);
    notBefore = Math.max(notBefore, now() + waitMs);
    throw new HubError('HUB_PU_THROTTLED', { ...context, status, waitMs });
  }

  return {
    call: (call, read) =>
      withRetry(() => circuit.run(() => attempt(call, read)), {
        retries: settings.retries,
        retryMs: settings.retryMs,
        signal: call.isFinal === undefined ? signal : AbortSignal.any([signal, call.isFinal]),
        random,
        onRetry: observe.onRetry,
      }),
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  };
}

/** The first value of a header. */
export function headerOf(response: PuResponse, name: string): string | undefined {
  const value = response.headers[name];
  return typeof value === 'string' ? value : value?.[0];
}

/** Seconds, or a date (RFC 9110 ch. 10.2.3). */
function retryAfterMs(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const until = Date.parse(value);
  return Number.isNaN(until) ? undefined : Math.max(0, until - now);
}

/** The REST part has no contracts, but its calls have names. */
export const GET_PERSONS_BY_FILE = safeText('GetPersonsByFile');
export const DOWNLOAD = safeText('download');
