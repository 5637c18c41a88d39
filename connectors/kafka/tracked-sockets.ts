import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ConnectionOptions, connect as connectTls, TLSSocket } from 'node:tls';

/** Where to connect instead of where the broker says that it is: through a tunnel or a proxy. */
export type Route = (
  host: string,
  port: number,
) => { readonly host: string; readonly port: number };

interface SocketRequest {
  readonly host: string;
  readonly port: number;
  readonly ssl: ConnectionOptions | undefined;
  readonly onConnect: () => void;
}

const KEEP_ALIVE_MS = 60_000;
const GOODBYE_MS = 5_000;

/**
 * The sockets of one client. The library can neither be told to give up a connection that hangs nor to stop connecting again in
 * the background; without sockets it has to.
 */
export class TrackedSockets {
  readonly #route: Route | undefined;
  readonly #sockets = new Set<Socket>();
  #isSealed = false;

  constructor(route: Route | undefined) {
    this.#route = route;
  }

  /** The library's socket factory. */
  readonly create = ({ host, port, ssl, onConnect }: SocketRequest): Socket => {
    if (this.#isSealed) throw new Error('This client is closed.');
    const to = this.#route?.(host, port) ?? { host, port };
    const socket = ssl
      ? connectTls({ ...(isIP(host) === 0 && { servername: host }), ...ssl, ...to }, onConnect)
      : connectPlain(to, onConnect);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    socket.setNoDelay(true);
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    return socket;
  };

  /** Lets the library say goodbye for a while at most, then ends what is left. Never rejects. */
  async closeAfter(goodbye: Promise<unknown>): Promise<void> {
    const timer = new AbortController();
    const inTime = sleep(GOODBYE_MS, undefined, { signal: timer.signal });
    await Promise.race([goodbye, inTime]).catch(() => undefined);
    timer.abort();
    inTime.catch(() => undefined);
    goodbye.catch(() => undefined);
    this.seal();
  }

  /** Ends all connections at once, what they have not sent yet is dropped, and no new one can be made. */
  seal(): void {
    this.#isSealed = true;
    const reason = new Error('This client is closed.');
    for (const socket of this.#sockets) {
      // A reset drops what waits to be sent; an ordinary end would still send it. But a socket that is already ending cannot be
      // reset: Node would leave its handle open, and the process would spin for ever at its exit (seen on 24.21).
      const canReset =
        !socket.connecting && !socket.writableEnded && !(socket instanceof TLSSocket);
      if (canReset) socket.resetAndDestroy();
      else socket.destroy();
      // The library listens for an error, not for the end of a socket that we ended.
      socket.emit('error', reason);
    }
  }
}
