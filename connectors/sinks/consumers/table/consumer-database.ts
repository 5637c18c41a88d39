/** The only file that touches knex for consumers' databases. */
import knex, { type Knex } from 'knex';
import { HubError } from '../../../../core/errors/hub-error.ts';
import { consumerDatabaseError } from '../consumer-sink-errors.ts';
import { dialectOf, parseSqlServerAddress } from './consumer-address.ts';
import { sqlServerClient } from './sql-server-client.ts';
import type { DialectName } from './table-dialect.ts';

/** What can be bound to a `?`. */
type Binding = string | number;
export type AnswerRow = Readonly<Record<string, unknown>>;

/** Runs statements with `?` for each parameter. */
export interface StatementRunner {
  run(text: string, bindings?: readonly Binding[]): Promise<readonly AnswerRow[]>;
}

/** A consumer's own database. Connects at the first use. Everything that it throws is a {@link HubError} without a value of a row, or a bug. */
export interface ConsumerDatabase extends StatementRunner, AsyncDisposable {
  readonly dialect: DialectName;
  /** One READ COMMITTED transaction; committed when `work` returns, rolled back when it throws. */
  transact<T>(work: (runner: StatementRunner) => Promise<T>): Promise<T>;
}

/** Statements are cancelled by the server after this, or given up a little later when not even that comes through. */
const STATEMENT_MS = 60_000;
const LOCK_MS = 30_000;
const CONNECT_MS = 10_000;
const SILENT = { debug() {}, deprecate() {}, error() {}, warn() {} };

/** @throws HubError `HUB_CONSUMER_DATABASE_ADDRESS` */
export function openConsumerDatabase(address: string): ConsumerDatabase {
  return new KnexConsumerDatabase(address);
}

class KnexConsumerDatabase implements ConsumerDatabase {
  readonly dialect: DialectName;
  readonly #address: string;
  #knex: Knex | undefined;
  #isClosed = false;

  constructor(address: string) {
    this.dialect = dialectOf(address);
    this.#address = address;
  }

  async run(text: string, bindings: readonly Binding[] = []): Promise<readonly AnswerRow[]> {
    return await this.#guarded((database) => runRaw(database, text, bindings));
  }

  async transact<T>(work: (runner: StatementRunner) => Promise<T>): Promise<T> {
    return await this.#guarded(async (database) => {
      let first: { readonly error: unknown } | undefined;
      try {
        return await database.transaction(async (transaction) => {
          try {
            return await work({
              run: (text, bindings = []) => runRaw(transaction, text, bindings),
            });
          } catch (error) {
            first = { error };
            throw error;
          }
        });
      } catch (error) {
        // When the rollback fails as well, knex tells of that; the first error is the one to tell.
        throw first === undefined ? consumerDatabaseError(error) : first.error;
      }
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await this.#forget();
  }

  async #guarded<T>(work: (database: Knex) => Promise<T>): Promise<T> {
    try {
      return await work(this.#open());
    } catch (error) {
      const known = consumerDatabaseError(error);
      // A connection that did not answer may still be waiting for its answer, so nobody may get it from the pool again.
      if (known instanceof HubError && known.code === 'HUB_CONSUMER_DATABASE_UNAVAILABLE') {
        await this.#forget();
      }
      throw known;
    }
  }

  #open(): Knex {
    if (this.#isClosed) throw new HubError('HUB_CONSUMER_DATABASE_UNAVAILABLE');
    this.#knex ??= this.dialect === 'pg' ? openPg(this.#address) : openMssql(this.#address);
    return this.#knex;
  }

  async #forget(): Promise<void> {
    const old = this.#knex;
    this.#knex = undefined;
    await old?.destroy();
  }
}

async function runRaw(
  database: Knex,
  text: string,
  bindings: readonly Binding[],
): Promise<readonly AnswerRow[]> {
  try {
    const answer: unknown = await database.raw(text, [...bindings]);
    const rows: unknown = Array.isArray(answer)
      ? answer
      : (answer as { readonly rows?: unknown }).rows;
    return Array.isArray(rows) ? (rows as readonly AnswerRow[]) : [];
  } catch (error) {
    throw consumerDatabaseError(error);
  }
}

/** Two connections: one writes, one reads acknowledgements meanwhile. */
const COMMON: Knex.Config = {
  pool: { min: 0, max: 2, acquireTimeoutMillis: CONNECT_MS + LOCK_MS },
  log: SILENT,
  // Else knex writes every value of a failed statement into the message of its error.
  compileSqlOnError: false,
};

/** Settings of the driver that knex's types do not name. */
const PG_LIMITS = {
  statement_timeout: STATEMENT_MS,
  query_timeout: STATEMENT_MS + 5_000,
  lock_timeout: LOCK_MS,
  idle_in_transaction_session_timeout: STATEMENT_MS,
} as const;
/** The sink tries again by itself, in one place. */
const MSSQL_LIMITS = { connectTimeout: CONNECT_MS, maxRetriesOnTransientErrors: 0 } as const;

function openPg(address: string): Knex {
  const connection: Knex.PgConnectionConfig = {
    connectionString: address,
    application_name: 'pu-hub',
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    connectionTimeoutMillis: CONNECT_MS,
    ...PG_LIMITS,
  };
  return knex({ ...COMMON, client: 'pg', connection });
}

function openMssql(address: string): Knex {
  const { server, port, instance, database, user, password, domain, ...tls } =
    parseSqlServerAddress(address);
  const login =
    domain === undefined
      ? { userName: user, password }
      : { type: 'ntlm' as const, domain, userName: user, password };
  const connection: Knex.MsSqlConnectionConfig = {
    server,
    database,
    ...login,
    ...(port !== undefined && { port }),
    connectionTimeout: CONNECT_MS,
    requestTimeout: STATEMENT_MS,
    options: {
      ...(instance !== undefined && { instanceName: instance }),
      appName: 'pu-hub',
      ...tls,
      useUTC: true,
      ...MSSQL_LIMITS,
    },
  };
  return knex({ ...COMMON, client: sqlServerClient(), connection });
}
