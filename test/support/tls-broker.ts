import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';

/** Certificates are made when a test runs: no key lies in the repository. */
export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

/** TLS in front of a plain broker, as a broker with an SSL listener has it. */
export interface TlsBroker extends AsyncDisposable {
  readonly port: number;
  /** What a client has to trust. The name in it is `localhost`. */
  readonly certificate: Buffer;
}

export async function startTlsBroker(broker: string): Promise<TlsBroker> {
  const [host = '', port = ''] = broker.split(':');
  const { key, certificate } = makeCertificate();
  const sockets = new Set<Socket>();
  const server = createServer({ key, cert: certificate }, (client) => {
    const behind = connect(Number(port), host);
    for (const [from, to] of [
      [client, behind],
      [behind, client],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
      from.pipe(to);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server is closed.');
  return {
    port: address.port,
    certificate,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function makeCertificate(): { readonly key: Buffer; readonly certificate: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'hub-test-tls-'));
  try {
    const files = ['-keyout', join(folder, 'key'), '-out', join(folder, 'certificate')];
    const what = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=localhost'];
    execFileSync('openssl', ['req', ...what, ...files], { stdio: 'ignore' });
    return {
      key: readFileSync(join(folder, 'key')),
      certificate: readFileSync(join(folder, 'certificate')),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
