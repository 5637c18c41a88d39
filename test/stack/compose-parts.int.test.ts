import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { downStack, stackLogs, stackStatus, upStack } from '../../scripts/stack/stack.ts';

/**
 * A program `docker` that answers as Docker Compose does, writes down how it was called, and runs a server in place of the
 * container of PostgreSQL: one that lets everybody in.
 */
const DOCKER = `#!/bin/sh
echo "POSTGRESQL_PORT=$POSTGRESQL_PORT $*" >> "$CALLS"
case "$*" in
  *" up "*)
    node -e "require('net').createServer((s) => s.on('error', () => 0).end('R')).listen($POSTGRESQL_PORT, '127.0.0.1')" > /dev/null 2>&1 &
    echo $! > "$CALLS.pid" ;;
  *" ps "*) kill -0 "$(cat "$CALLS.pid")" 2> /dev/null && echo postgresql ;;
  *" logs "*) echo "ready to accept connections" ;;
  *" down"*) kill "$(cat "$CALLS.pid")" ;;
esac
true
`;

describe('where a container engine answers', () => {
  it('brings the missing parts up by Docker Compose, under a project of its own, and takes them down again', async () => {
    using clone = mkdtempDisposableSync(join(tmpdir(), 'pu-hub-compose-'));
    const bin = join(clone.path, 'bin');
    const calls = join(clone.path, 'calls');
    mkdirSync(bin);
    writeFileSync(join(bin, 'docker'), DOCKER);
    chmodSync(join(bin, 'docker'), 0o755);
    await using registry = await listeningRegistry();
    const options = {
      projectFolder: clone.path,
      report: () => undefined,
      environment: {
        PATH: `${bin}:${dirname(process.execPath)}:/usr/bin:/bin`,
        CALLS: calls,
        KAFKA_BROKERS: `127.0.0.1:${registry.port}`,
        SCHEMA_REGISTRY_URL: `http://127.0.0.1:${registry.port}`,
      },
    };

    const stack = await upStack(options);
    const port = new URL(stack.endpoints.databaseUrl).port;
    const project = /--project-name (\S+) up --detach postgresql$/m.exec(read(calls))?.[1];
    expect(project).toMatch(/^pu-hub-[a-z]{12}-dev$/);
    expect(read(calls)).toContain(`POSTGRESQL_PORT=${port} compose --file`);
    expect(stackStatus(options)).toMatchObject({
      state: 'up',
      parts: [
        { part: 'postgresql', origin: 'compose', running: true, address: `127.0.0.1:${port}` },
        { part: 'kafka', origin: 'named' },
        { part: 'registry', origin: 'named' },
      ],
    });
    expect(stackLogs({ ...options, part: 'postgresql' })[0]?.lines).toEqual([
      'ready to accept connections',
    ]);

    const stopped = await downStack({ ...options, wipe: true });
    expect(stopped.stopped).toEqual(['postgresql']);
    expect(read(calls)).toContain(`--project-name ${project} down --volumes`);
    expect(stackStatus(options).state).toBe('partly-up'); // what the environment names stays
  });
});

function read(path: string): string {
  return readFileSync(path, 'utf8');
}

async function listeningRegistry(): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createHttpServer((_, response) => response.end('[]')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}
