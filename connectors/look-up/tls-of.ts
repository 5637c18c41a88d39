import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** What is known of the connection of a call. */
export interface ConnectionSecurity {
  /** Null: plain text. */
  readonly tls: { readonly version: string; readonly cipher: string } | null;
  /** SHA-256 of the client's certificate in hex, if an authority that the server trusts has signed it and it is valid now; else null. */
  readonly certificate: string | null;
}

const PLAIN: ConnectionSecurity = { tls: null, certificate: null };

/** One connection has many calls. */
const known = new WeakMap<Socket, ConnectionSecurity>();

/** Looks at a connection. A certificate that is not trusted counts as none. */
export function tlsOf(socket: Socket): ConnectionSecurity {
  if (!(socket instanceof TLSSocket)) return PLAIN;
  const before = known.get(socket);
  if (before !== undefined && isStillValid(socket)) return before;
  const security = {
    tls: {
      version: socket.getProtocol() ?? 'unknown',
      cipher: socket.getCipher().standardName,
    },
    certificate: isStillValid(socket) ? fingerprintOf(socket) : null,
  };
  known.set(socket, security);
  return security;
}

/** A connection may outlive the certificate that it was made with. */
function isStillValid(socket: TLSSocket): boolean {
  if (!socket.authorized) return true;
  const end = socket.getPeerX509Certificate()?.validTo;
  return end !== undefined && Date.parse(end) > Date.now();
}

function fingerprintOf(socket: TLSSocket): string | null {
  if (!socket.authorized) return null;
  const fingerprint = socket.getPeerX509Certificate()?.fingerprint256;
  return fingerprint === undefined ? null : fingerprint.replaceAll(':', '').toLowerCase();
}
