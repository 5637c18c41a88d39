/** The port in front of the HTTPS server: faults that happen before there is any call. */
import { once } from 'node:events';
import type { Server as HttpsServer } from 'node:https';
import { createServer, type Server, type Socket } from 'node:net';
import type { Switches } from './switches.ts';

/** TLS record: alert, version 1.2, two bytes: fatal, certificate_unknown (RFC 8446 ch. 6). */
const CERTIFICATE_UNKNOWN = Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x2e]);

export class Entrance implements AsyncDisposable {
  readonly #https: HttpsServer;
  readonly #port: number;
  readonly #switches: Switches;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;

  constructor(https: HttpsServer, port: number, switches: Switches) {
    this.#https = https;
    this.#port = port;
    this.#switches = switches;
  }

  /** Listens, unless PU is down; from now on follows the switches. */
  async open(): Promise<void> {
    this.#switches.onFaultChange(async () => await this.#follow());
    await this.#follow();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#switches.onFaultChange(async () => undefined);
    await this.#close();
  }

  async #follow(): Promise<void> {
    if (this.#switches.rule('down') === undefined) await this.#listen();
    else await this.#close();
    // Connections that were made before know nothing of certificates that are refused now.
    if (this.#switches.rule('certificate-refused') !== undefined) this.#cutConnections();
  }

  async #listen(): Promise<void> {
    if (this.#server !== undefined) return;
    this.#server = createServer((socket) => this.#accept(socket));
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  async #close(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    server.close();
    this.#cutConnections();
    await once(server, 'close');
  }

  #cutConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.on('error', () => undefined); // the other side went away
    if (this.#switches.draws('certificate-refused')) {
      socket.once('data', () => socket.end(CERTIFICATE_UNKNOWN));
    } else {
      this.#https.emit('connection', socket);
    }
  }
}
