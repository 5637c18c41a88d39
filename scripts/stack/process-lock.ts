import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HubError } from '../../core/errors/hub-error.ts';
import { isRunning, ownIdentity, type ProcessIdentity } from './process-identity.ts';

/** Held until disposed, or until the process that holds it is gone. */
export interface ProcessLock extends Disposable {
  readonly path: string;
}

/** Takes the lock, or returns who holds it. A lock whose holder is gone is taken over. */
export function tryLock(path: string): ProcessLock | ProcessIdentity {
  mkdirSync(dirname(path), { recursive: true });
  const own = `${path}.${process.pid}`;
  writeFileSync(own, JSON.stringify(ownIdentity()));
  try {
    for (;;) {
      // A link is made whole or not at all, so nobody reads a half-written holder.
      if (succeeds(() => linkSync(own, path))) {
        return { path, [Symbol.dispose]: () => rmSync(path, { force: true }) };
      }
      const holder = readHolder(path);
      if (holder === undefined) continue;
      if (isRunning(holder)) return holder;
      removeStale(path, holder);
    }
  } finally {
    rmSync(own, { force: true });
  }
}

/**
 * Waits for the lock; `onWait` is told once who holds it.
 * @throws HubError HUB_STACK_BUSY after `boundMs`.
 */
export async function waitForLock(
  path: string,
  options: {
    readonly boundMs: number;
    readonly onWait: (holder: ProcessIdentity) => void;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<ProcessLock> {
  const deadline = Date.now() + options.boundMs;
  for (let told = false; ; told = true) {
    const result = tryLock(path);
    if ('path' in result) return result;
    if (!told) options.onWait(result);
    if (Date.now() > deadline) throw new HubError('HUB_STACK_BUSY', { pid: result.pid });
    await sleep(200, undefined, { signal: options.signal });
  }
}

/** Two waiters may find the same dead holder: only what was read as dead is removed, a fresh lock is put back. */
function removeStale(path: string, dead: ProcessIdentity): void {
  const aside = `${path}.stale.${process.pid}`;
  if (!succeeds(() => renameSync(path, aside))) return;
  const taken = readHolder(aside);
  if (taken !== undefined && taken.startedAt !== dead.startedAt)
    succeeds(() => linkSync(aside, path));
  rmSync(aside, { force: true });
}

function readHolder(path: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ProcessIdentity;
  } catch {
    return undefined;
  }
}

function succeeds(action: () => void): boolean {
  try {
    action();
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EEXIST' || code === 'ENOENT') return false;
    throw error;
  }
}
