/**
 * A scripted SQL Server: it speaks TDS 7.4 well enough for the real `mssql` driver and answers each statement as a test says.
 * Where no SQL Server can run, it shows what the driver sends and how we act on what a server may answer, errors and broken
 * connections too. It knows no SQL.
 */

import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { TdsConversation } from './tds-peer-conversation.ts';
import type { SeenLogin, SeenRequest, SeenStatement } from './tds-peer-requests.ts';
import type { Columns, SqlError } from './tds-peer-tokens.ts';
import type { SqlValue } from './tds-peer-types.ts';

export interface Rows {
  readonly columns: Columns;
  /** Taken one at a time while the client reads. */
  readonly rows: Iterable<readonly SqlValue[]>;
}

/** What the peer does with a statement. */
export type Reply =
  | ({ readonly kind: 'rows'; readonly compressNulls?: boolean } & Rows)
  | { readonly kind: 'error'; readonly error: SqlError }
  /** Break the connection: without an answer, after these rows in the middle of the result, or right after the result. */
  | ({ readonly kind: 'reset'; readonly when: 'mid-row' | 'after' } & Rows)
  | { readonly kind: 'reset'; readonly when: 'before' }
  /** Sends these rows and then nothing, and never ends the answer. */
  | ({ readonly kind: 'stall' } & Rows)
  /** Never answers, but still acknowledges an attention. */
  | { readonly kind: 'silence' }
  /** Never says anything again, as behind a firewall that forgot the connection. */
  | { readonly kind: 'dead' }
  /** Answers when the promise is done. */
  | { readonly kind: 'wait'; readonly until: Promise<void>; readonly reply: Reply };

export type LoginReply = 'accept' | 'reset' | 'silence' | SqlError;

type StatementTest = string | RegExp | ((statement: SeenStatement) => boolean);

interface Rule {
  readonly matches: (statement: SeenStatement) => boolean;
  readonly reply: (statement: SeenStatement) => Reply;
  usesLeft: number;
}

/** The number of the error for a statement that no rule covers. */
export const UNSCRIPTED = 50_404;

export class TdsPeer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #rules: Rule[] = [];
  readonly #loginReplies: LoginReply[] = [];
  /** All logins, in order. */
  readonly logins: SeenLogin[] = [];
  /** All requests of all connections, in order, without the session settings that follow a login. */
  readonly requests: SeenRequest[] = [];
  /** Attentions, which is how a client asks to stop. */
  attentions = 0;
  /** Rows sent so far, over all answers. */
  rowsSent = 0;

  private constructor() {
    this.#server = createServer((socket) => {
      socket.setNoDelay(true);
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => socket.destroy());
      new TdsConversation(socket, this).start();
    });
  }

  static async start(): Promise<TdsPeer> {
    const peer = new TdsPeer();
    await new Promise<void>((resolve) => peer.#server.listen(0, '127.0.0.1', resolve));
    return peer;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get openConnections(): number {
    return this.#sockets.size;
  }

  /** The statements among the requests. */
  get statements(): readonly SeenStatement[] {
    return this.requests.filter(
      (request): request is SeenStatement => request.kind === 'batch' || request.kind === 'rpc',
    );
  }

  /** Answers matching statements, `times` times. A later rule goes before an earlier one. */
  on(
    test: StatementTest,
    reply: Reply | ((statement: SeenStatement) => Reply),
    times = Number.POSITIVE_INFINITY,
  ): this {
    this.#rules.unshift({
      matches: asPredicate(test),
      reply: typeof reply === 'function' ? reply : () => reply,
      usesLeft: times,
    });
    return this;
  }

  /** Says how the next logins end; then all are accepted. */
  onLogin(...replies: readonly LoginReply[]): this {
    this.#loginReplies.push(...replies);
    return this;
  }

  replyTo(statement: SeenStatement): Reply {
    const rule = this.#rules.find((each) => each.usesLeft > 0 && each.matches(statement));
    if (rule === undefined) return sqlError(UNSCRIPTED, 16, 1);
    rule.usesLeft -= 1;
    return rule.reply(statement);
  }

  replyToLogin(): LoginReply {
    return this.#loginReplies.shift() ?? 'accept';
  }

  /** Breaks all connections, as a firewall does with idle ones. */
  resetConnections(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

function asPredicate(test: StatementTest): (statement: SeenStatement) => boolean {
  if (typeof test === 'function') return test;
  if (typeof test === 'string') return ({ sql }) => sql.includes(test);
  return ({ sql }) => test.test(sql);
}

export function resultSet(columns: Columns, rows: Iterable<readonly SqlValue[]>): Reply {
  return { kind: 'rows', columns, rows };
}

/** @param severity class 11–16 for a faulty statement, 13 for a deadlock, 14 for permissions, 20 and up ends the connection. */
export function sqlError(number: number, severity: number, state: number): Reply {
  return { kind: 'error', error: sqlErrorToken(number, severity, state) };
}

export function sqlErrorToken(number: number, severity: number, state: number): SqlError {
  return { number, class: severity, state, message: `Scripted error ${number}.` };
}
