import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const LISTENING = '0A';

/**
 * Whether that process is the one that listens on the port: another clone's server may have been faster to take it, and would
 * answer in its place. Known on Linux only; elsewhere the answer is always yes.
 */
export function listensOn(pid: number, port: number): boolean {
  if (process.platform !== 'linux') return true;
  const wanted = listeningSockets(pid, port);
  if (wanted.size === 0) return false;
  try {
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder).some((fd) => wanted.has(linkTarget(`${folder}/${fd}`)));
  } catch {
    return false;
  }
}

/** The sockets that listen on the port, by anybody, as `/proc` names them. Java listens on IPv6 sockets for IPv4 too. */
function listeningSockets(pid: number, port: number): ReadonlySet<string> {
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  const sockets = new Set<string>();
  for (const table of ['tcp', 'tcp6']) {
    for (const line of readLines(`/proc/${pid}/net/${table}`)) {
      const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/);
      if (state === LISTENING && local.endsWith(`:${hexPort}`)) sockets.add(`socket:[${inode}]`);
    }
  }
  return sockets;
}

function readLines(path: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    return [];
  }
}

function linkTarget(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
