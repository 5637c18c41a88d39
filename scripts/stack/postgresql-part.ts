import { chownSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { postgresqlFolders } from './postgresql-programs.ts';
import { runProgram } from './run-program.ts';
import { type StackContext, shownPath } from './stack-context.ts';
import { partEnvironment } from './stack-environment.ts';
import type { StackPorts } from './stack-ports.ts';
import { logOf, type PartPlan, partFailed } from './start-part.ts';
import { postgresqlUser } from './system-user.ts';
import { VERSIONS } from './versions.ts';

const MAJOR = VERSIONS.embeddedPostgres.split('.')[0] ?? '';
const DATABASES = ['hub', 'registry', 'master'];

/** Durable as in production (fsync stays on); sized so that a load of a million persons is not held up by checkpoints. */
const SETTINGS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'wal_level=logical',
  'shared_buffers=256MB',
  'max_wal_size=4GB',
  'checkpoint_timeout=15min',
  'max_connections=200',
];

/** The URL of a database on the server. It listens on 127.0.0.1 only and trusts who comes from there. */
export function postgresqlUrl(port: number, database: string): string {
  return `postgres://postgres@127.0.0.1:${port}/${database}`;
}

/** Makes the data folder with its databases where it is missing, and says how to start the server. */
export async function planPostgresql(context: StackContext, ports: StackPorts): Promise<PartPlan> {
  const user = postgresqlUser();
  const folders = postgresqlFolders(context, user);
  const dataFolder = join(folders.data, `postgresql-${MAJOR}`);
  const server = join(folders.programs, 'bin', 'postgres');
  if (!existsSync(dataFolder)) {
    // Under another name until complete: one that was being made when the command was killed is made again.
    const making = `${dataFolder}.making`;
    rmSync(making, { recursive: true, force: true });
    mkdirSync(making, { mode: 0o700 });
    if (user !== undefined) chownSync(making, user.uid, user.gid);
    const log = logOf(context, 'postgresql');
    const run = async (command: string, args: readonly string[], input?: string) => {
      const code = await runProgram({
        command,
        args,
        cwd: making,
        environment: partEnvironment(context.environment),
        log,
        user,
        signal: context.signal,
        ...(input === undefined ? {} : { input }),
      });
      if (code !== 0) throw partFailed(context, 'postgresql', log);
    };
    context.report(`making a PostgreSQL data folder: ${shownPath(context, dataFolder)}`);
    const locale = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
    await run(join(folders.programs, 'bin', 'initdb'), [
      '-D',
      making,
      '-U',
      'postgres',
      '-A',
      'trust',
      '-E',
      'UTF8',
      ...locale,
    ]);
    // The server's own single-user mode: no client program comes with the package.
    const statements = DATABASES.map((name) => `CREATE DATABASE ${name};\n`).join('');
    await run(server, ['--single', '-D', making, 'postgres'], statements);
    renameSync(making, dataFolder);
  }
  return {
    part: 'postgresql',
    title: `PostgreSQL ${VERSIONS.embeddedPostgres}`,
    port: ports.postgresql,
    command: server,
    args: ['-D', dataFolder, '-p', String(ports.postgresql), ...SETTINGS.flatMap((s) => ['-c', s])],
    cwd: dataFolder,
    user,
  };
}
