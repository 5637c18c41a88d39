import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { SystemUser } from './run-program.ts';

/** Whether this process may do everything. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** PostgreSQL refuses to run as root: the user that it runs as instead, or undefined when we are an ordinary one. */
export function postgresqlUser(): SystemUser | undefined {
  if (!isRoot()) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const uid = idOf('-u', name);
    const gid = idOf('-g', name);
    if (uid !== undefined && gid !== undefined) return { uid, gid };
  }
  return undefined;
}

/** Whether that user can go down to the path, which exists, and enter it (a folder) or run it (a file). */
export function canReach(user: SystemUser, path: string): boolean {
  const { uid, gid, mode } = statSync(path);
  const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
  const parent = dirname(path);
  return (mode & bit) !== 0 && (parent === path || canReach(user, parent));
}

function idOf(kind: '-u' | '-g', name: string): number | undefined {
  try {
    const text = execFileSync('id', [kind, name], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return Number.parseInt(text, 10);
  } catch {
    return undefined;
  }
}
