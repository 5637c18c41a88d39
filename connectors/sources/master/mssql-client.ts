/** The only file that touches the `mssql` driver. */
import sql from 'mssql';
import { HubError } from '../../../core/errors/hub-error.ts';
import { safeText } from '../../../core/errors/log-safe.ts';
import type {
  MasterDatabase,
  MasterDialect,
  MasterSession,
  SqlParameter,
  SqlRow,
  SqlStatement,
} from './master-dialect.ts';
import { MSSQL_DIALECT } from './master-dialect-mssql.ts';
import { mssqlError } from './mssql-errors.ts';
import { parseMssqlUrl } from './mssql-url.ts';
import { parseSqlType } from './sql-type.ts';

export interface MssqlOptions {
  /** As {@link parseMssqlUrl} reads it. */
  readonly url: string;
  /** Not given: ten seconds. */
  readonly connectTimeoutMs?: number;
  /** A statement without an answer, or without its next row, for so long is cancelled. */
  readonly queryTimeoutMs: number;
  /** More rows than this in one answer are not held: the statement is cancelled. Not given: 250 000. */
  readonly maxRows?: number;
  /** Cancels what runs and refuses what comes after. */
  readonly signal?: AbortSignal;
}

/** A connection that was not used for so long is closed by us, before a firewall forgets it without a word. */
const IDLE_MS = 30_000;
/** The longest that the server may take to confirm that it stopped a statement. Then the connection is closed. */
const CANCEL_MS = 5_000;
const CONNECTIONS = 4;
const CONNECT_MS = 10_000;
const MAX_ROWS = 250_000;

/**
 * Opens Master on SQL Server. Connects at the first statement. Dates come as `Date` objects whose UTC fields are the column's own
 * wall-clock time: no zone of this machine is ever applied.
 */
export function openMssqlMaster(options: MssqlOptions): MasterDatabase {
  return new MssqlDatabase(options, MSSQL_DIALECT);
}

class MssqlDatabase implements MasterDatabase {
  readonly dialect: MasterDialect;
  readonly #pool: sql.ConnectionPool;
  readonly #options: MssqlOptions;
  readonly #closing = new AbortController();
  readonly #signal: AbortSignal;
  readonly #running = new Set<Promise<unknown>>();
  readonly #loginNumbers = new WeakMap<Error, number>();

  constructor(options: MssqlOptions, dialect: MasterDialect) {
    this.dialect = dialect;
    this.#options = options;
    this.#signal = AbortSignal.any([
      this.#closing.signal,
      ...(options.signal ? [options.signal] : []),
    ]);
    this.#pool = new sql.ConnectionPool(this.#poolConfig());
    // What breaks an idle connection is told here and nowhere else. The pool finds it out again when it lends the connection.
    this.#pool.on('error', () => {});
  }

  query(statement: SqlStatement): Promise<readonly SqlRow[]> {
    return this.#track(async () => {
      const pool = await this.#connected();
      return this.#run(pool.request(), statement);
    });
  }

  /**
   * The session stays at SNAPSHOT afterwards; neither the server nor the driver sets it back. For a single statement that means one
   * version and no locks, which suits whatever we ask outside a transaction.
   * @throws HubError `HUB_MASTER_MODE_UNSUPPORTED` from the first statement that reads a row, when the database does not allow
   * snapshots.
   */
  snapshot<T>(work: (session: MasterSession) => Promise<T>): Promise<T> {
    return this.#track(async () => {
      const pool = await this.#connected();
      const transaction = pool.transaction();
      await this.#driver(() => transaction.begin(sql.ISOLATION_LEVEL.SNAPSHOT));
      // The driver refuses a second statement while one runs on the transaction's connection: they queue here instead.
      let turn: Promise<unknown> = Promise.resolve();
      const query = (statement: SqlStatement) => {
        const mine = turn.then(() => this.#run(transaction.request(), statement));
        turn = mine.catch(() => {});
        return mine;
      };
      try {
        const result = await work({ query });
        await turn;
        await this.#driver(() => transaction.commit());
        return result;
      } catch (error) {
        await turn;
        // Nothing was written. A transaction that the server ended already, or a connection that broke, has nothing to roll back.
        await transaction.rollback().catch(() => {});
        throw error;
      }
    });
  }

  /** Cancels what runs, waits until it has ended, and closes all connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new HubError('HUB_MASTER_UNAVAILABLE', { reason: safeText('closed') }));
    await Promise.allSettled(this.#running);
    await this.#pool.close();
  }

  async #connected(): Promise<sql.ConnectionPool> {
    this.#signal.throwIfAborted();
    if (!this.#pool.connected) await this.#driver(() => this.#pool.connect());
    return this.#pool;
  }

  async #run(request: sql.Request, statement: SqlStatement): Promise<readonly SqlRow[]> {
    this.#signal.throwIfAborted();
    request.stream = true;
    request.arrayRowMode = true;
    statement.parameters.forEach((parameter, index) => {
      bind(request, `p${index + 1}`, parameter);
    });
    const rows: SqlRow[] = [];
    const errors: unknown[] = [];
    let givenUp: { readonly because: unknown } | undefined;
    const giveUp = (because: unknown) => {
      if (givenUp !== undefined) return;
      givenUp = { because };
      request.cancel();
    };
    const { queryTimeoutMs, maxRows = MAX_ROWS } = this.#options;
    // The driver's own timer stops at the first packet of an answer, so it would wait for ever for the rest of one.
    const watch = setTimeout(() => giveUp(new HubError('HUB_MASTER_TIMEOUT')), queryTimeoutMs);
    const onAbort = () => giveUp(this.#signal.reason);
    this.#signal.addEventListener('abort', onAbort);
    request.on('error', (error: unknown) => errors.push(error));
    request.on('row', (row: SqlRow) => {
      watch.refresh();
      if (rows.length < maxRows) rows.push(row);
      else giveUp(new HubError('HUB_MASTER_RESULT_TOO_LARGE', { rows: maxRows }));
    });
    try {
      // A streaming request tells its errors as events only; this resolves when it has ended, well or not.
      await request.query(statement.text);
    } finally {
      clearTimeout(watch);
      this.#signal.removeEventListener('abort', onAbort);
    }
    if (givenUp !== undefined) throw givenUp.because;
    if (errors.length > 0) throw this.#wrapped(errors[0]);
    return rows;
  }

  async #driver<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw this.#wrapped(error);
    }
  }

  #wrapped(error: unknown): unknown {
    const behind: unknown = error instanceof sql.ConnectionError ? error.originalError : error;
    return mssqlError(error, behind instanceof Error ? this.#loginNumbers.get(behind) : undefined);
  }

  #track<T>(work: () => Promise<T>): Promise<T> {
    const promise = work();
    this.#running.add(promise);
    const forget = () => this.#running.delete(promise);
    promise.then(forget, forget);
    return promise;
  }

  #poolConfig(): sql.config {
    const address = parseMssqlUrl(this.#options.url);
    const { connectTimeoutMs = CONNECT_MS, queryTimeoutMs } = this.#options;
    return {
      server: address.server,
      ...(address.port === undefined ? {} : { port: address.port }),
      ...(address.domain === undefined ? {} : { domain: address.domain }),
      database: address.database,
      user: address.user,
      password: address.password,
      // Looks at the socket. Asking the server before each statement would double the round trips.
      validateConnection: 'socket',
      beforeConnect: (connection) => this.#noteLoginNumber(connection),
      pool: {
        max: CONNECTIONS,
        min: 0,
        idleTimeoutMillis: IDLE_MS,
        acquireTimeoutMillis: connectTimeoutMs + queryTimeoutMs,
        createTimeoutMillis: connectTimeoutMs + CANCEL_MS,
      },
      options: {
        ...(address.instance === undefined ? {} : { instanceName: address.instance }),
        appName: 'pu-hub',
        encrypt: address.encrypt,
        trustServerCertificate: address.trustServerCertificate,
        readOnlyIntent: address.readOnlyIntent,
        useUTC: true,
        connectTimeout: connectTimeoutMs,
        requestTimeout: queryTimeoutMs,
        cancelTimeout: Math.min(CANCEL_MS, queryTimeoutMs),
        // The source connector retries, in one place, with its own bound.
        maxRetriesOnTransientErrors: 0,
      },
    };
  }

  /** The driver drops the number of the error that ended a login, and by its code alone all of them look alike. */
  #noteLoginNumber(connection: sql.Connection): void {
    let number: number | undefined;
    const note = (message: { readonly number: number }) => {
      number = message.number;
    };
    connection.on('errorMessage', note);
    connection.once('connect', (error?: Error) => {
      connection.off('errorMessage', note);
      if (error !== undefined && number !== undefined) this.#loginNumbers.set(error, number);
    });
  }
}

/** Declares a parameter exactly as its column is: another type would make the server convert the column and lose the index. */
function bind(request: sql.Request, name: string, { type, value }: SqlParameter): void {
  const { base, size } = parseSqlType(type);
  const length = size === 'max' ? sql.MAX : size;
  switch (base) {
    case 'varchar':
      request.input(name, sql.VarChar(length), value);
      return;
    case 'char':
      request.input(name, sql.Char(length), value);
      return;
    case 'nvarchar':
      request.input(name, sql.NVarChar(length), value);
      return;
    case 'nchar':
      request.input(name, sql.NChar(length), value);
      return;
    case 'tinyint':
      request.input(name, sql.TinyInt(), value);
      return;
    case 'smallint':
      request.input(name, sql.SmallInt(), value);
      return;
    case 'int':
      request.input(name, sql.Int(), value);
      return;
    case 'bigint':
      request.input(name, sql.BigInt(), value);
      return;
    case 'bit':
      request.input(name, sql.Bit(), value === null ? null : value === '1');
      return;
    case 'binary':
      // A row version, compared with a rowversion column. Highest byte first, so the order of bytes is the order of numbers.
      request.input(name, sql.VarBinary(8), value === null ? null : bigEndian(value));
      return;
    default:
      // Dates, decimals and uuids go as text: every such type ranks above varchar, so the server converts the parameter, not the
      // column, and loses nothing that a Date or a number would.
      request.input(name, sql.VarChar(64), value);
  }
}

function bigEndian(decimal: string): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(decimal));
  return bytes;
}
