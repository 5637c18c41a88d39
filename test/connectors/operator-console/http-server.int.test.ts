import { describe, expect, it } from 'vitest';
import { createHealth } from '../../../connectors/observability/health.ts';
import { createLogger } from '../../../connectors/observability/logger.ts';
import { createMetrics } from '../../../connectors/observability/metrics.ts';
import { startHttpServer } from '../../../connectors/operator-console/http-server.ts';
import { findHubError } from '../../../core/errors/hub-error.ts';
import { safeText } from '../../../core/errors/log-safe.ts';

function parts() {
  const logger = createLogger({ level: 'error', destination: { write: () => undefined } });
  return { health: createHealth({ stallMs: 1_000, roles: [] }), metrics: createMetrics(), logger };
}

describe('the HTTP server', () => {
  it('answers 200 on /health while all is well and 503 with the reason when not', async () => {
    const given = parts();
    await using server = await startHttpServer({ port: 0, ...given });
    const url = `http://127.0.0.1:${server.port}/health`;
    expect((await fetch(url)).status).toBe(200);

    given.health.report(safeText('publisher'), { kind: 'alarm', reason: safeText('too old') });
    const answer = await fetch(url);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({
      healthy: false,
      roles: [{ role: 'publisher', reason: 'too old' }],
    });
  });

  it('serves the metrics in the text format, the health of the roles among them', async () => {
    const given = parts();
    given.health.report(safeText('core'), { kind: 'progress' });
    given.health.report(safeText('publisher'), { kind: 'alarm', reason: safeText('too old') });
    await using server = await startHttpServer({ port: 0, ...given });
    const answer = await fetch(`http://127.0.0.1:${server.port}/metrics`);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const text = await answer.text();
    expect(text).toContain('# TYPE hub_core_persons_written_total counter');
    expect(text).toContain('hub_role_healthy{role="core"} 1');
    expect(text).toContain('hub_role_healthy{role="publisher"} 0');
  });

  it('says what it has when asked for something else', async () => {
    await using server = await startHttpServer({ port: 0, ...parts() });
    const answer = await fetch(`http://127.0.0.1:${server.port}/`);
    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain('/health');
  });

  it('names the setting when the port is taken', async () => {
    await using server = await startHttpServer({ port: 0, ...parts() });
    const second = startHttpServer({ port: server.port, ...parts() });
    const error = findHubError(await second.catch((thrown: unknown) => thrown));
    expect(error?.code).toBe('HUB_CONFIG_PORT_TAKEN');
  });

  it('closes although a client keeps its connection', async () => {
    const server = await startHttpServer({ port: 0, ...parts() });
    await (await fetch(`http://127.0.0.1:${server.port}/health`)).text();
    await server[Symbol.asyncDispose]();
    await expect(fetch(`http://127.0.0.1:${server.port}/health`)).rejects.toThrow();
  });
});
