import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chooseFreePort, isPortFree } from '../../scripts/stack/free-ports.ts';
import { identityOf, isRunning, ownIdentity } from '../../scripts/stack/process-identity.ts';
import { tryLock, waitForLock } from '../../scripts/stack/process-lock.ts';
import { downStack, stackStatus, upStack } from '../../scripts/stack/stack.ts';
import { makeFolders, stackContext, versionsWord } from '../../scripts/stack/stack-context.ts';
import { readState, type StartedPart, writeState } from '../../scripts/stack/stack-state.ts';
import { startPart } from '../../scripts/stack/start-part.ts';

const SILENT = { report: () => undefined };

describe('a process', () => {
  it('is known by its start and not by its id alone', async () => {
    await using child = sleeper();
    const identity = child.identity;
    expect(isRunning(identity)).toBe(true);
    expect(isRunning({ ...identity, startedAt: 'another time' })).toBe(false);
    child.process.kill('SIGKILL');
    await once(child.process, 'exit');
    expect(isRunning(identity)).toBe(false);
  });

  it('of another start that has the id of a part now is left alone by down', async () => {
    using clone = temporaryClone();
    await using child = sleeper();
    const other = { ...child.identity, startedAt: 'another time' };
    recordKafka(clone.options, other);
    const { stopped } = await downStack(clone.options);
    expect(stopped).toEqual([]);
    expect(isRunning(child.identity)).toBe(true);
  });

  it('that a killed command left is stopped by down', async () => {
    using clone = temporaryClone();
    await using child = sleeper();
    recordKafka(clone.options, child.identity);
    expect(stackStatus(clone.options).state).toBe('partly-up');
    const { stopped } = await downStack(clone.options);
    expect(stopped).toEqual(['kafka']);
    expect(isRunning(child.identity)).toBe(false);
    expect(readState(stackContext(clone.options))).toBeUndefined();
  });
});

describe('a lock', () => {
  it('is refused while its holder runs, and names the holder', () => {
    using clone = temporaryClone();
    const path = join(clone.folder, 'a.lock');
    using held = tryLock(path) as Disposable;
    expect(held).toHaveProperty('path', path);
    expect(tryLock(path)).toEqual(ownIdentity());
  });

  it('is taken over when its holder is gone', () => {
    using clone = temporaryClone();
    const path = join(clone.folder, 'a.lock');
    writeFileSync(path, JSON.stringify({ ...ownIdentity(), startedAt: 'another time' }));
    expect(tryLock(path)).toHaveProperty('path', path);
  });

  it('is waited for until it is released', async () => {
    using clone = temporaryClone();
    const path = join(clone.folder, 'a.lock');
    const first = tryLock(path) as Disposable;
    const waits = waitForLock(path, {
      boundMs: 10_000,
      onWait: () => first[Symbol.dispose](),
    });
    using second = await waits;
    expect(second.path).toBe(path);
  });
});

describe('a port', () => {
  it('that somebody listens on is not chosen', async () => {
    await using server = await listening(createServer());
    expect(await isPortFree(server.port)).toBe(false);
    const port = await chooseFreePort(new Set());
    expect(port).not.toBe(server.port);
    expect(await isPortFree(port)).toBe(true);
  });
});

describe('a part', () => {
  it('that ends while it starts names its log and shows the end of it', async () => {
    using clone = temporaryClone();
    const context = stackContext(clone.options);
    makeFolders(context);
    const starting = startPart(
      context,
      planOf('console.log("no memory"); process.exit(3)', 1),
      () => undefined,
    );
    await expect(starting).rejects.toMatchObject({
      code: 'HUB_STACK_PART_FAILED',
      context: { part: 'registry', log: '.stack/dev/logs/registry.log' },
      cause: { message: 'no memory' },
    });
  });

  it('is not ready because somebody else answers on its port', async () => {
    using clone = temporaryClone();
    const context = stackContext(clone.options);
    makeFolders(context);
    await using other = await listening(createHttpServer((_, response) => response.end('[]')));
    const plan = planOf('setTimeout(() => undefined, 1_500)', other.port);
    await expect(startPart(context, plan, () => undefined)).rejects.toMatchObject({
      code: 'HUB_STACK_PART_FAILED',
    });
  });

  it('is ready when it serves, and is on record before that', async () => {
    using clone = temporaryClone();
    const context = stackContext(clone.options);
    makeFolders(context);
    const port = await chooseFreePort(new Set());
    const server = `require('http').createServer((_, r) => r.end('[]')).listen(${port}, '127.0.0.1')`;
    const started: StartedPart[] = [];
    await startPart(context, planOf(server, port), (part) => started.push(part));
    const [part] = started;
    expect(part?.port).toBe(port);
    if (part !== undefined) process.kill(part.identity.pid, 'SIGKILL');
  });
});

describe('services that the environment names', () => {
  it('are used and nothing is started', async () => {
    using clone = temporaryClone();
    await using broker = await listening(createServer());
    await using database = await listening(createServer());
    await using registry = await listening(createHttpServer((_, response) => response.end('[]')));
    const environment = {
      KAFKA_BROKERS: `127.0.0.1:1,127.0.0.1:${broker.port}`,
      SCHEMA_REGISTRY_URL: `http://127.0.0.1:${registry.port}`,
      DATABASE_URL: `postgres://postgres@127.0.0.1:${database.port}/hub`,
      MASTER_URL: `mssql://reader@127.0.0.1:${database.port}/master`,
    };
    const stack = await upStack({ ...clone.options, environment });
    expect(stack.endpoints).toEqual({
      kafkaBrokers: environment.KAFKA_BROKERS,
      schemaRegistryUrl: environment.SCHEMA_REGISTRY_URL,
      databaseUrl: environment.DATABASE_URL,
      masterUrl: environment.MASTER_URL,
    });
    expect(stack.parts.map((part) => part.origin)).toEqual(['named', 'named', 'named']);
    expect(readState(stackContext(clone.options))).toBeUndefined();
  });

  it('and that do not answer are named by their variable', async () => {
    using clone = temporaryClone();
    const port = await chooseFreePort(new Set());
    const environment = { DATABASE_URL: `postgres://postgres:secret@127.0.0.1:${port}/hub` };
    await expect(upStack({ ...clone.options, environment })).rejects.toMatchObject({
      code: 'HUB_STACK_NAMED_PART_SILENT',
      context: { variable: 'DATABASE_URL' },
    });
  });
});

function temporaryClone(): Disposable & {
  readonly folder: string;
  readonly options: { readonly projectFolder: string; readonly environment: { PATH: string } };
} {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'pu-hub-stack-'));
  const environment = { PATH: dirname(process.execPath) };
  return {
    folder: folder.path,
    options: { projectFolder: folder.path, environment, ...SILENT },
    [Symbol.dispose]: () => folder.remove(),
  };
}

function recordKafka(
  options: { readonly projectFolder: string },
  identity: StartedPart['identity'],
): void {
  const context = stackContext(options);
  mkdirSync(context.folder, { recursive: true });
  const kafka = { identity, port: 1, log: join(context.logFolder, 'kafka.log') };
  writeState(context, { versions: versionsWord(), processes: { kafka } });
}

function planOf(script: string, port: number) {
  return {
    part: 'registry',
    title: 'a part',
    port,
    command: process.execPath,
    args: ['-e', script],
    cwd: tmpdir(),
  } as const;
}

function sleeper(): AsyncDisposable & {
  readonly process: ChildProcess;
  readonly identity: StartedPart['identity'];
} {
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => undefined, 60_000)']);
  const identity = identityOf(child.pid ?? 0);
  if (identity === undefined) throw new Error('the process did not start');
  return {
    process: child,
    identity,
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

async function listening(server: Server): Promise<AsyncDisposable & { readonly port: number }> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}
