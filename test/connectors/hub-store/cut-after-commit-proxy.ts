import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A TCP proxy in front of PostgreSQL that can lose the answer to a COMMIT. */
export interface CutAfterCommitProxy extends AsyncDisposable {
  readonly url: string;
  /** The next COMMIT goes through, and the connection ends before its answer. */
  cutNextCommit(): void;
}

const COMMIT = Buffer.from('COMMIT\0');

/** Starts a proxy on a free port of this machine, in front of the server of the URL. */
export async function startCutAfterCommitProxy(databaseUrl: string): Promise<CutAfterCommitProxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let cutNext = false;
  const server = createServer((client) => {
    const upstream = connect(Number(target.port || 5432), target.hostname);
    let mute = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
    }
    client.on('data', (bytes) => {
      if (cutNext && bytes.includes(COMMIT)) {
        cutNext = false;
        mute = true;
      }
      upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      if (mute) client.destroy();
      else client.write(bytes);
    });
    client.on('close', () => upstream.end());
    upstream.on('close', () => client.end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('the proxy has no port');
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(address.port);
  return {
    url: url.href,
    cutNextCommit: () => {
      cutNext = true;
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
