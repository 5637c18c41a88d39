import { createHash } from 'node:crypto';
import { mkdirSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { HubError } from '../../core/errors/hub-error.ts';
import { safeWord } from '../../core/errors/log-safe.ts';
import type { Report } from './progress.ts';
import { processEnvironment } from './stack-environment.ts';
import type { StackEnvironment, StackOptions } from './stack-types.ts';
import { VERSIONS } from './versions.ts';

/** The options of a command with everything filled in, and the folders that follow from them. */
export interface StackContext {
  readonly name: string;
  readonly projectFolder: string;
  readonly environment: StackEnvironment;
  readonly report: Report;
  readonly signal: AbortSignal | undefined;
  /** `.stack/<name>` in the clone: state, ports, settings of the parts, `data/` and `logs/`. */
  readonly folder: string;
  readonly dataFolder: string;
  readonly logFolder: string;
  /** Programs from Maven, shared by all clones of this user. Named after the versions in it. */
  readonly programFolder: string;
  /** A word for this clone that another clone does not have. Letters only. */
  readonly cloneWord: string;
}

/** @throws HubError HUB_STACK_NAME_INVALID */
export function stackContext(options: StackOptions): StackContext {
  const name = options.name ?? 'dev';
  if (!/^[a-z][a-z0-9-]{0,19}$/.test(name)) {
    throw new HubError('HUB_STACK_NAME_INVALID', { name: safeWord(name) });
  }
  const projectFolder = realpathSync(
    options.projectFolder ?? resolve(import.meta.dirname, '../..'),
  );
  const environment = options.environment ?? processEnvironment();
  const folder = join(projectFolder, '.stack', name);
  const cacheFolder =
    environment['XDG_CACHE_HOME'] || join(environment['HOME'] ?? homedir(), '.cache');
  return {
    name,
    projectFolder,
    environment,
    report: options.report ?? ((line) => console.error(line)),
    signal: options.signal,
    folder,
    dataFolder: join(folder, 'data'),
    logFolder: join(folder, 'logs'),
    programFolder: join(cacheFolder, 'pu-hub', versionsWord()),
    cloneWord: letters(projectFolder),
  };
}

/** Makes the folders of the stack. */
export function makeFolders(context: StackContext): void {
  mkdirSync(context.dataFolder, { recursive: true });
  mkdirSync(context.logFolder, { recursive: true });
}

/** A path as a person in the clone would type it. */
export function shownPath(context: StackContext, path: string): string {
  const within = relative(context.projectFolder, path);
  return within.startsWith('..') ? path : within;
}

/** A word for the pinned versions: another version means another folder of programs and a restart of the parts. */
export function versionsWord(): string {
  return letters(JSON.stringify(VERSIONS));
}

/** A hash in letters only: digits in a row would be withheld from error messages. */
function letters(text: string): string {
  const bytes = createHash('sha256').update(text).digest().subarray(0, 12);
  return Array.from(bytes, (byte) => String.fromCharCode(97 + (byte % 26))).join('');
}
