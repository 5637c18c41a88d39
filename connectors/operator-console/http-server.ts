/** The only file that imports hono and its server: /health and /metrics, on this machine only. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { HubError } from '../../core/errors/hub-error.ts';
import type { Health } from '../observability/health.ts';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';

/** A running server. Dispose of it to close it with its connections. */
export interface HttpServer extends AsyncDisposable {
  readonly port: number;
}

export interface HttpServerOptions {
  /** 0 takes a free port. */
  readonly port: number;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** Loopback on purpose: who may see metrics over the network is decided by what stands in front. */
const HOST = '127.0.0.1';

/** Starts the server and returns when it listens. @throws HubError `HUB_CONFIG_PORT_TAKEN`. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const app = createApp(options);
  const server = await listen(app, options.port);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    async [Symbol.asyncDispose](): Promise<void> {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function createApp({ health, metrics, logger }: HttpServerOptions): Hono {
  const app = new Hono();
  app.get('/health', (context) => {
    const report = health.read();
    return context.json(report, report.healthy ? 200 : 503);
  });
  metrics.beforeCollect(() => {
    for (const { role, healthy } of health.read().roles) {
      metrics.set('hub_role_healthy', { role }, healthy ? 1 : 0);
    }
  });
  app.get('/metrics', async (context) =>
    context.text(await metrics.text(), 200, { 'content-type': metrics.contentType }),
  );
  app.notFound((context) => context.text('This server has /health and /metrics.\n', 404));
  app.onError((error, context) => {
    logger.error('a page failed', error);
    return context.text('The page failed; the log says why.\n', 500);
  });
  return app;
}

function listen(app: Hono, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, port, hostname: HOST }, () =>
      resolve(server),
    ) as Server;
    server.once('error', (error) =>
      reject(HubError.wrap('HUB_CONFIG_PORT_TAKEN', error, { port })),
    );
  });
}
