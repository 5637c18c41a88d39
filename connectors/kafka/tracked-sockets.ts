import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';

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
  /** Each with the TCP connection below it: the same socket, or the one that TLS is spoken over. */
  readonly #sockets = new Map<Socket, Socket>();
  #isSealed = false;

  constructor(route: Route | undefined) {
    this.#route = route;
  }

  /** The library's socket factory. */
  readonly create = ({ host, port, ssl, onConnect }: SocketRequest): Socket => {
    if (this.#isSealed) throw new Error('This client is closed.');
    const to = this.#route?.(host, port) ?? { host, port };
    const plain = ssl ? connectPlain(to) : connectPlain(to, onConnect);
    const name = isIP(host) === 0 ? { servername: host } : { host: to.host };
    const socket = ssl ? connectTls({ ...name, ...ssl, socket: plain }, onConnect) : plain;
    plain.setKeepAlive(true, KEEP_ALIVE_MS);
    plain.setNoDelay(true);
    this.#sockets.set(socket, plain);
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
    for (const [socket, plain] of this.#sockets) {
      // A reset drops what waits to be sent; an ordinary end would still send it, and a TLS socket can end in no other way, so the
      // connection below it is reset. But a socket that is already ending cannot be reset: Node would leave its handle open, and
      // the process would spin for ever at its exit (seen on 24.21).
      const canReset = !plain.connecting && !plain.writableEnded && !socket.writableEnded;
      if (canReset) plain.resetAndDestroy();
      socket.destroy();
      plain.destroy();
      // The library listens for an error, not for the end of a socket that we ended.
      socket.emit('error', reason);
    }
  }
}
