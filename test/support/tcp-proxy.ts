import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Looks at what goes by. What it returns is passed on; undefined passes nothing on. */
export type Tap = (chunk: Buffer, connection: ProxiedConnection) => Buffer | undefined;

export interface TcpProxyOptions {
  readonly host: string;
  readonly port: number;
  readonly onRequest?: Tap;
  readonly onAnswer?: Tap;
}

/** One client with its way through the proxy. */
export interface ProxiedConnection {
  /** Ends both sides at once, as a firewall does that forgets a connection. */
  cut(): void;
}

/**
 * A TCP proxy that can be as bad as a real network: slow, silent, cut, gone. `await using` closes it.
 * @example await using proxy = await TcpProxy.start({ host: '127.0.0.1', port: 5432 });
 */
export class TcpProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #options: TcpProxyOptions;
  readonly #connections = new Set<Connection>();
  #isRefusing = false;
  #isPaused = false;

  /** Every chunk waits so long, in each direction. */
  latencyMs = 0;

  private constructor(options: TcpProxyOptions) {
    this.#options = options;
    this.#server = createServer((client) => this.#accept(client));
  }

  static async start(options: TcpProxyOptions): Promise<TcpProxy> {
    const proxy = new TcpProxy(options);
    await new Promise<void>((resolve, reject) => {
      proxy.#server.once('error', reject);
      proxy.#server.listen(0, '127.0.0.1', resolve);
    });
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('The proxy is closed.');
    return address.port;
  }

  /** Connections that are open through the proxy. */
  get connections(): number {
    return this.#connections.size;
  }

  /** Everything stays connected and nothing goes through: what a silent network looks like. */
  pause(): void {
    this.#isPaused = true;
    for (const connection of this.#connections) connection.pause();
  }

  resume(): void {
    this.#isPaused = false;
    for (const connection of this.#connections) connection.resume();
  }

  /** Ends every connection and lets no new one in. */
  cut(): void {
    this.#isRefusing = true;
    for (const connection of this.#connections) connection.cut();
  }

  /** Lets connections in again after {@link cut}. */
  restore(): void {
    this.#isRefusing = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #accept(client: Socket): void {
    if (this.#isRefusing) {
      client.destroy();
      return;
    }
    const { onRequest, onAnswer } = this.#options;
    const server = connect(this.#options);
    const connection = new Connection(client, server);
    this.#connections.add(connection);
    client.once('close', () => this.#connections.delete(connection));
    const delay = (): number => this.latencyMs;
    connection.pipe(client, server, onRequest, delay);
    connection.pipe(server, client, onAnswer, delay);
    if (this.#isPaused) connection.pause();
  }
}

class Connection implements ProxiedConnection {
  readonly #client: Socket;
  readonly #server: Socket;

  constructor(client: Socket, server: Socket) {
    this.#client = client;
    this.#server = server;
    client.setNoDelay(true);
    server.setNoDelay(true);
  }

  pipe(from: Socket, to: Socket, tap: Tap | undefined, latency: () => number): void {
    let sent = Promise.resolve();
    const inOrder = (step: () => void): void => {
      const ms = latency();
      sent = sent.then(() => (ms > 0 ? sleep(ms) : undefined)).then(step);
    };
    from.on('data', (chunk: Buffer) => {
      const passed = tap === undefined ? chunk : tap(chunk, this);
      if (passed !== undefined && passed.length > 0) inOrder(() => void to.write(passed));
    });
    from.on('end', () => inOrder(() => to.end()));
    from.on('error', () => to.destroy());
    from.on('close', () => to.destroy());
  }

  cut(): void {
    this.#client.resetAndDestroy();
    this.#server.destroy();
  }

  pause(): void {
    this.#client.pause();
    this.#server.pause();
  }

  resume(): void {
    this.#client.resume();
    this.#server.resume();
  }
}
