import { Readable } from 'node:stream';
import { Agent, buildConnector, request } from 'undici';
import type { LogSafeFields } from '../../../core/errors/log-safe.ts';
import { type CertificateCheck, checkCertificate, type PuCertificate } from './pu-certificate.ts';
import { transportError } from './pu-errors.ts';

export interface PuTransportOptions {
  readonly certificate: PuCertificate;
  readonly connectTimeoutMs: number;
  /** The longest silence before the head of an answer, and between two pieces of its body. */
  readonly headersTimeoutMs: number;
  readonly bodyTimeoutMs: number;
  /** Calls that are under way at one time; the rate is limited elsewhere. */
  readonly connections: number;
  readonly now: () => number;
}

export interface PuRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | AsyncIterable<Uint8Array> | undefined;
  readonly signal: AbortSignal;
  /** For errors: the contract. */
  readonly context: LogSafeFields;
}

export interface PuResponse {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Rejects with HubErrors like the call itself. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Lets go of an answer whose body nobody reads to its end, without waiting for any of it. */
  discard(): void;
}

/** The one thing that talks to PU over the network: HTTPS with the hub's certificate. Redirects are not followed. */
export interface PuTransport extends AsyncDisposable {
  /** @throws HubError by the code of whatever failed; the signal's reason when it is aborted. */
  send(request: PuRequest): Promise<PuResponse>;
}

export function openPuTransport(options: PuTransportOptions): PuTransport {
  const certificate = checkCertificate(options.certificate);
  const agent = new Agent({
    connect: connectorOf(options, certificate),
    connections: options.connections,
    pipelining: 1,
    allowH2: false,
    headersTimeout: options.headersTimeoutMs,
    bodyTimeout: options.bodyTimeoutMs,
  });
  return {
    send: async ({ method, url, headers, body, signal, context }) => {
      certificate.check(options.now());
      const known = (error: unknown): unknown =>
        signal.aborted ? signal.reason : transportError(error, context, certificate.description);
      try {
        const answer = await request(url, {
          dispatcher: agent,
          method,
          headers,
          signal,
          ...(body === undefined
            ? {}
            : {
                body: typeof body === 'string' ? body : Readable.from(body, { objectMode: false }),
              }),
        });
        return {
          status: answer.statusCode,
          headers: answer.headers,
          body: withKnownErrors(answer.body, known),
          discard: () => {
            // That it was not read to its end is what was wanted.
            answer.body.on('error', () => undefined).destroy();
          },
        };
      } catch (error) {
        throw known(error);
      }
    },
    [Symbol.asyncDispose]: () => agent.destroy(),
  };
}

/** Each connection is made with a certificate that is valid at that moment, and never without knowing the other side. */
function connectorOf(
  options: PuTransportOptions,
  certificate: CertificateCheck,
): buildConnector.connector {
  const { cert, key, ca } = options.certificate;
  const connect = buildConnector({
    cert,
    key,
    ...(ca === undefined ? {} : { ca }),
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    timeout: options.connectTimeoutMs,
    allowH2: false,
  });
  return (target, callback) => {
    try {
      certificate.check(options.now());
    } catch (error) {
      callback(error instanceof Error ? error : new Error('not an error'), null);
      return;
    }
    connect(target, callback);
  };
}

async function* withKnownErrors(
  body: AsyncIterable<Uint8Array>,
  known: (error: unknown) => unknown,
): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw known(error);
  }
}
