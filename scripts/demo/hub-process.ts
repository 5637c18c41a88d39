import { spawn } from 'node:child_process';
import { closeSync, openSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readJson, writeJson } from '../stack/json-file.ts';
import { identityOf, type ProcessIdentity, stopProcess } from '../stack/process-identity.ts';

const PROJECT = resolve(import.meta.dirname, '../..');
/** The hub finishes the batch that it is in before it ends. */
const ENDS_WITHIN_MS = 20_000;

/** The hub as a process of its own, stopped when disposed. */
export interface HubProcess extends AsyncDisposable {
  /** Aborted when the process has ended without being asked to. */
  readonly died: AbortSignal;
}

/** Thrown when the hub ended by itself. The message names its log. */
export class HubDied extends Error {
  override readonly name = 'HubDied';
}

/**
 * Starts `hub run` with all roles. What an earlier demo, killed before it could stop its hub, left running is stopped first.
 * @param options.folder where its process id is kept, in the clone
 * @param options.log gets everything that it prints, in the clone
 */
export async function startHub(options: {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
  readonly log: string;
}): Promise<HubProcess> {
  const record = resolve(PROJECT, options.folder, 'hub.json');
  await stopLeftHub(record);
  const log = openSync(resolve(PROJECT, options.log), 'w');
  const child = spawn(process.execPath, [join(PROJECT, 'scripts', 'hub.ts'), 'run'], {
    cwd: PROJECT,
    env: options.environment,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const died = new AbortController();
  let isAsked = false;
  child.once('error', (error) => died.abort(error));
  child.once('exit', (code, signal) => {
    if (isAsked) return;
    died.abort(new HubDied(`The hub ended by itself (${signal ?? `exit code ${code}`}).`));
  });
  const identity = child.pid === undefined ? undefined : identityOf(child.pid);
  if (identity !== undefined) writeJson(record, identity);
  return {
    died: died.signal,
    [Symbol.asyncDispose]: async () => {
      isAsked = true;
      if (identity !== undefined) await stopProcess(identity, 'SIGTERM', ENDS_WITHIN_MS);
      rmSync(record, { force: true });
    },
  };
}

async function stopLeftHub(record: string): Promise<void> {
  const left = readJson<ProcessIdentity>(record);
  if (left !== undefined) await stopProcess(left, 'SIGTERM', ENDS_WITHIN_MS);
}
