/** The only file that imports hono's server here: listens, with TLS or on this machine alone. */
import { createServer as createPlainServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { HubError } from '../../core/errors/hub-error.ts';
import type { createLookUpApp } from './look-up-app.ts';

/** PEM texts. */
export interface LookUpTls {
  readonly cert: string;
  readonly key: string;
  /** Who signs the certificates of callers; undefined: callers show tokens. */
  readonly ca: string | undefined;
}

export interface LookUpServerOptions {
  readonly app: ReturnType<typeof createLookUpApp>;
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Null: plain text, which only this machine may reach. */
  readonly tls: LookUpTls | null;
}

/** A running server. Dispose of it to let the calls end that are under way, and to close it. */
export interface LookUpServer extends AsyncDisposable {
  readonly port: number;
}

/** A call that takes longer than this to arrive is cut. */
const REQUEST_MS = 15_000;
const HEADERS_MS = 10_000;
/** How long calls have to end when the server closes: longer than PU is waited for. */
const CLOSE_MS = 6_000;

/**
 * Starts the look-up and returns when it listens.
 * @throws HubError `HUB_CONFIG_PORT_TAKEN`, `HUB_LOOKUP_CERTIFICATE_UNREADABLE`
 */
export async function startLookUpServer(options: LookUpServerOptions): Promise<LookUpServer> {
  const { port: wanted, host } = options;
  const server = openServer(options);
  server.requestTimeout = REQUEST_MS;
  server.headersTimeout = HEADERS_MS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(HubError.wrap('HUB_CONFIG_PORT_TAKEN', error, { port: wanted })),
    );
    server.listen(wanted, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    async [Symbol.asyncDispose]() {
      const cut = setTimeout(() => server.closeAllConnections(), CLOSE_MS);
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      });
      clearTimeout(cut);
    },
  };
}

function openServer({ app, tls }: LookUpServerOptions): Server {
  if (tls === null) {
    return createAdaptorServer({ fetch: app.fetch, createServer: createPlainServer }) as Server;
  }
  const { cert, key, ca } = tls;
  try {
    return createAdaptorServer({
      fetch: app.fetch,
      createServer: createTlsServer,
      serverOptions: {
        cert,
        key,
        minVersion: 'TLSv1.2',
        // A caller may show a token in place of a certificate, so one without is let in here and judged by the call.
        ...(ca !== undefined && { ca, requestCert: true, rejectUnauthorized: false }),
      },
    }) as Server;
  } catch (error) {
    throw HubError.wrap('HUB_LOOKUP_CERTIFICATE_UNREADABLE', error);
  }
}
