/** One client's connection to the scripted SQL Server. */
import type { Socket } from 'node:net';
import type { Reply, Rows, TdsPeer } from './tds-peer.ts';
import { readLogin, readRequest, type SeenStatement } from './tds-peer-requests.ts';
import {
  attentionDone,
  endOfError,
  endOfRows,
  errorToken,
  loginResponse,
  plainDone,
  preloginResponse,
  rowEncoder,
  type SqlError,
  transactionBegun,
  transactionCommitted,
  transactionRolledBack,
} from './tds-peer-tokens.ts';
import { type ClientMessage, MessageReader, PACKET, ResponseWriter } from './tds-peer-wire.ts';

/** After these the server has rolled the transaction back: deadlock victim, snapshot conflict. */
const ROLLS_BACK = new Set([1205, 3960]);

/** From this severity on the server ends the connection. */
const FATAL_CLASS = 20;

export class TdsConversation {
  readonly #socket: Socket;
  readonly #peer: TdsPeer;
  readonly #reader = new MessageReader();
  /** The client speaks one request at a time, and so do we. */
  #turn: Promise<void> = Promise.resolve();
  #isSettingUp = true;
  #transaction: Buffer | undefined;
  #transactionsBegun = 0;
  /** Resolves when the client asks to stop the request that is being answered. */
  #attention = Promise.withResolvers<void>();
  #isInterrupted = false;
  readonly #closed = Promise.withResolvers<void>();

  constructor(socket: Socket, peer: TdsPeer) {
    this.#socket = socket;
    this.#peer = peer;
  }

  start(): void {
    this.#socket.on('close', () => {
      this.#interrupt();
      this.#closed.resolve();
    });
    this.#socket.on('data', (bytes: Buffer) => {
      for (const message of this.#reader.feed(bytes)) {
        if (message.type === PACKET.attention) this.#interrupt();
        this.#turn = this.#turn.then(() => this.#answer(message));
        // A request that cannot be read is a fault of the test: the client sees a broken connection, the reason is printed.
        this.#turn.catch((error: unknown) => this.#socket.destroy(error as Error));
      }
    });
  }

  #interrupt(): void {
    this.#isInterrupted = true;
    this.#attention.resolve();
  }

  async #answer(message: ClientMessage): Promise<void> {
    if (this.#socket.destroyed) return;
    switch (message.type) {
      case PACKET.prelogin:
        return this.#send(preloginResponse());
      case PACKET.login7:
        return this.#login(message);
      case PACKET.attention:
        this.#peer.attentions += 1;
        this.#attention = Promise.withResolvers();
        this.#isInterrupted = false;
        return this.#send(attentionDone());
      default:
        return message.ignored ? this.#send(plainDone()) : this.#request(message);
    }
  }

  async #login(message: ClientMessage): Promise<void> {
    const login = readLogin(message.payload);
    this.#peer.logins.push(login);
    const reply = this.#peer.replyToLogin();
    if (reply === 'accept') return this.#send(loginResponse(login.database));
    if (reply === 'reset') return this.#reset();
    if (reply === 'silence') return this.#closed.promise;
    await this.#send(Buffer.concat([errorToken(reply), endOfError('batch')]));
    this.#socket.end();
  }

  async #request(message: ClientMessage): Promise<void> {
    const request = readRequest(message);
    if (this.#isSettingUp && request.kind === 'batch' && request.sql.startsWith('set ')) {
      this.#isSettingUp = false;
      return this.#send(plainDone());
    }
    this.#peer.requests.push(request);
    switch (request.kind) {
      case 'begin':
        this.#transaction = this.#nextDescriptor();
        return this.#send(Buffer.concat([transactionBegun(this.#transaction), plainDone()]));
      case 'commit':
        return this.#send(Buffer.concat([this.#leave(transactionCommitted), plainDone()]));
      case 'rollback':
        return this.#send(Buffer.concat([this.#leave(transactionRolledBack), plainDone()]));
      case 'batch':
      case 'rpc':
        return this.#play(request, this.#peer.replyTo(request));
    }
  }

  async #play(statement: SeenStatement, reply: Reply): Promise<void> {
    switch (reply.kind) {
      case 'rows': {
        const writer = new ResponseWriter(this.#socket);
        const count = await this.#writeRows(writer, reply, reply.compressNulls ?? false);
        await writer.write(endOfRows(statement.kind, count));
        return writer.end();
      }
      case 'error':
        return this.#raise(statement, reply.error);
      case 'reset': {
        if (reply.when === 'before') return this.#reset();
        const writer = new ResponseWriter(this.#socket);
        const count = await this.#writeRows(writer, reply, false);
        if (reply.when === 'mid-row') {
          await writer.flush();
        } else {
          await writer.write(endOfRows(statement.kind, count));
          await writer.end();
        }
        // Ended and not reset, so that the rows before it surely arrive.
        this.#socket.end();
        return;
      }
      case 'stall': {
        const writer = new ResponseWriter(this.#socket);
        await this.#writeRows(writer, reply, false);
        await writer.flush();
        await this.#attention.promise;
        return writer.end();
      }
      case 'silence':
        await this.#attention.promise;
        return this.#send(plainDone());
      case 'dead':
        return this.#closed.promise;
      case 'wait':
        await Promise.race([reply.until, this.#attention.promise]);
        if (this.#isInterrupted) return this.#send(plainDone());
        return this.#play(statement, reply.reply);
    }
  }

  async #writeRows(writer: ResponseWriter, { columns, rows }: Rows, compressNulls: boolean) {
    const encoder = rowEncoder(columns, compressNulls);
    await writer.write(encoder.metadata);
    let count = 0;
    for (const row of rows) {
      if (this.#isInterrupted) break;
      await writer.write(encoder.row(row));
      count += 1;
      this.#peer.rowsSent += 1;
      // Without this a fast client would be served in one go, and its wish to stop would never be heard.
      if (count % 500 === 0) await new Promise(setImmediate);
    }
    return count;
  }

  async #raise(statement: SeenStatement, error: SqlError): Promise<void> {
    const rolledBack =
      ROLLS_BACK.has(error.number) && this.#transaction !== undefined
        ? this.#leave(transactionRolledBack)
        : Buffer.alloc(0);
    await this.#send(Buffer.concat([errorToken(error), rolledBack, endOfError(statement.kind)]));
    if (error.class >= FATAL_CLASS) this.#socket.end();
  }

  #leave(announce: (descriptor: Buffer) => Buffer): Buffer {
    const descriptor = this.#transaction ?? Buffer.alloc(8);
    this.#transaction = undefined;
    return announce(descriptor);
  }

  #nextDescriptor(): Buffer {
    this.#transactionsBegun += 1;
    const descriptor = Buffer.alloc(8);
    descriptor.writeUInt32LE(this.#transactionsBegun, 0);
    return descriptor;
  }

  #reset(): void {
    this.#socket.resetAndDestroy();
  }

  async #send(tokens: Buffer): Promise<void> {
    const writer = new ResponseWriter(this.#socket);
    await writer.write(tokens);
    await writer.end();
  }
}
