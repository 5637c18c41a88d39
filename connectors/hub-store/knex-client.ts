/** The only file that touches knex and the PostgreSQL driver. */
import knex, { type Knex } from 'knex';
import type { Client, QueryArrayResult, QueryResult } from 'pg';
import { findHubError, HubError } from '../../core/errors/hub-error.ts';
import type {
  Database,
  Migration,
  Notice,
  NoticeConnection,
  SqlRow,
  SqlRunner,
  SqlValue,
  Statement,
} from './database.ts';
import { storeError } from './store-errors.ts';

/**
 * Plans are made once and kept, and the tables grow from nothing to millions of rows under them. So the planner may not choose
 * what is good for an empty table: every hot statement goes through an index. The time limits end what a dead instance holds.
 */
const SESSION = `
  SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off;
  SET statement_timeout = '60s'; SET lock_timeout = '30s'; SET idle_in_transaction_session_timeout = '20s'`;

const SILENT = { debug() {}, deprecate() {}, error() {}, warn() {} };
const AS_TEXT = { getTypeParser: () => (text: string) => text };

/** Knex gives no types for its raw connections. */
interface RawConnections {
  acquireConnection(): Promise<Client>;
  releaseConnection(connection: Client): Promise<void>;
  acquireRawConnection(): Promise<Client>;
  destroyRawConnection(connection: Client): Promise<void>;
}

export interface DatabaseOptions {
  readonly url: string;
  readonly applicationName: string;
  readonly poolSize: number;
  /** A statement without an answer for so long has lost its connection. */
  readonly answerMs?: number;
}

/** Just above the statement timeout: then not even the server's refusal comes through. */
const ANSWER_MS = 65_000;

/** Opens a pool; connects at the first use. */
export function openDatabase(options: DatabaseOptions): Database {
  return new KnexDatabase(options);
}

class KnexDatabase implements Database {
  readonly #knex: Knex;
  readonly #raw: RawConnections;

  constructor(options: DatabaseOptions) {
    this.#knex = knexFor(options, {
      connection: {
        query_timeout: options.answerMs ?? ANSWER_MS,
      },
      pool: {
        afterCreate: (connection: Client, done: (error: unknown) => void) => {
          connection.query(SESSION).then(() => done(null), done);
        },
      },
    });
    this.#raw = this.#knex.client as RawConnections;
  }

  async query<R extends SqlRow>(what: Statement<R>, values: readonly SqlValue[] = []) {
    return await this.#withConnection((connection) =>
      asStoreError(runQuery(connection, what, values)),
    );
  }

  async execute(what: Statement, values: readonly SqlValue[] = []) {
    return await this.#withConnection((connection) =>
      asStoreError(runExecute(connection, what, values)),
    );
  }

  async script(text: string) {
    await this.#withConnection((connection) => asStoreError(connection.query(text)));
  }

  async transact<T>(work: (runner: SqlRunner) => Promise<T>): Promise<T> {
    return await this.#withConnection(async (connection) => {
      await asStoreError(connection.query('BEGIN'));
      try {
        const result = await work({
          query: (what, values = []) => asStoreError(runQuery(connection, what, values)),
          execute: (what, values = []) => asStoreError(runExecute(connection, what, values)),
        });
        await asStoreError(connection.query('COMMIT'));
        return result;
      } catch (error) {
        // A connection that is gone has taken the transaction with it. When this fails as well, the first error is the one to tell.
        if (!isGone(error)) await connection.query('ROLLBACK').catch(() => undefined);
        throw error;
      }
    });
  }

  async listen(
    channels: readonly string[],
    onNotice: (notice: Notice) => void,
    onEnd: () => void,
  ): Promise<NoticeConnection> {
    const connection = await asStoreError(this.#raw.acquireRawConnection());
    let disposed = false;
    connection.on('end', () => {
      if (!disposed) onEnd();
    });
    const ownId: unknown = Reflect.get(connection, 'processID');
    connection.on('notification', ({ channel, payload, processId }) => {
      onNotice({ channel, payload: payload ?? '', fromHere: processId === ownId });
    });
    const close = async (): Promise<void> => {
      disposed = true;
      await this.#raw.destroyRawConnection(connection);
    };
    try {
      for (const channel of channels) await asStoreError(connection.query(`LISTEN ${channel}`));
    } catch (error) {
      await close();
      throw error;
    }
    return {
      notify: async (channel, payload) => {
        try {
          await asStoreError(connection.query('SELECT pg_notify($1, $2)', [channel, payload]));
        } catch (error) {
          if (isGone(error)) discard(connection);
          throw error;
        }
      },
      [Symbol.asyncDispose]: close,
    };
  }

  async [Symbol.asyncDispose]() {
    await this.#knex.destroy();
  }

  async #withConnection<T>(work: (connection: Client) => Promise<T>): Promise<T> {
    const connection = await asStoreError(this.#acquire());
    try {
      return await work(connection);
    } catch (error) {
      if (isGone(error)) discard(connection);
      throw error;
    } finally {
      await this.#raw.releaseConnection(connection);
    }
  }

  async #acquire(): Promise<Client> {
    try {
      return await this.#raw.acquireConnection();
    } catch (error) {
      if (error instanceof knex.KnexTimeoutError) {
        throw HubError.wrap('HUB_STORE_UNAVAILABLE', error);
      }
      throw error;
    }
  }
}

/**
 * Brings the tables up to `migrations`, all of it or nothing. Instances that start together wait for each other.
 * @throws HubError `HUB_STORE_NEWER` when the store has steps that are not in the list.
 */
export async function migrateDatabase(
  url: string,
  migrations: readonly Migration[],
): Promise<readonly string[]> {
  const database = knexFor({ url, applicationName: 'hub-migrate', poolSize: 2 });
  const raw = database.client as RawConnections;
  try {
    const guard = await asStoreError(raw.acquireConnection());
    try {
      // Knex's own lock is a row that a killed process leaves behind for ever; this one ends with the connection.
      await asStoreError(guard.query(`SELECT pg_advisory_lock(${MIGRATION_LOCK})`));
      return await runMigrations(database, migrations);
    } finally {
      await guard.query(`SELECT pg_advisory_unlock(${MIGRATION_LOCK})`).catch(() => undefined);
      await raw.releaseConnection(guard);
    }
  } finally {
    await database.destroy();
  }
}

/** Any fixed number that nothing else in the database locks. */
const MIGRATION_LOCK = 4_715_112_001;
async function runMigrations(
  database: Knex,
  migrations: readonly Migration[],
): Promise<readonly string[]> {
  const options: Knex.MigratorConfig = {
    tableName: 'hub_migrations',
    migrationSource: sourceOf(migrations),
    disableMigrationsListValidation: true,
  };
  const known = new Set(migrations.map((migration) => migration.name));
  try {
    const [completed, pending] = (await database.migrate.list(options)) as [
      readonly { name: string }[],
      readonly unknown[],
    ];
    const unknown = completed.filter(({ name }) => !known.has(name));
    if (unknown.length > 0) throw new HubError('HUB_STORE_NEWER', { steps: unknown.length });
    if (pending.length === 0) return []; // what follows writes, which not every login may
    await database.migrate.forceFreeMigrationsLock(options);
    const [, done] = (await database.migrate.latest(options)) as [number, readonly string[]];
    return done;
  } catch (error) {
    const known = storeError(error);
    if (!(known instanceof HubError) || known.code !== 'HUB_STORE_FAILED') throw known;
    throw HubError.wrap('HUB_STORE_MIGRATION_FAILED', known);
  }
}

function sourceOf(migrations: readonly Migration[]): Knex.MigrationSource<Migration> {
  return {
    getMigrations: () => Promise.resolve([...migrations]),
    getMigrationName: (migration) => migration.name,
    getMigration: (migration) =>
      Promise.resolve({
        up: async (transaction) => {
          for (const text of migration.statements) await transaction.raw(text);
        },
        down: () => Promise.resolve(), // never called: forward only
      }),
  };
}

function isGone(error: unknown): boolean {
  return findHubError(error)?.code === 'HUB_STORE_UNAVAILABLE';
}

/**
 * Ends a connection that did not answer, or not as a primary does, so that nobody gets it again: the pool takes no connection that has
 * this mark of knex. A statement that still waits makes `end` close the socket at once; nobody needs to wait for that.
 */
function discard(connection: Client): void {
  Reflect.set(connection, '__knex__disposed', true);
  connection.end().catch(() => undefined);
}

interface MoreOptions {
  readonly connection: Knex.PgConnectionConfig;
  readonly pool: Knex.PoolConfig;
}

function knexFor(options: DatabaseOptions, more?: MoreOptions): Knex {
  return knex({
    client: 'pg',
    connection: {
      connectionString: options.url,
      application_name: options.applicationName,
      keepAlive: true,
      // Without it the system waits for two hours before it looks whether a quiet connection is still there.
      keepAliveInitialDelayMillis: 10_000,
      connectionTimeoutMillis: 10_000,
      ...more?.connection,
    },
    pool: {
      min: 0,
      max: options.poolSize,
      acquireTimeoutMillis: 30_000,
      ...more?.pool,
    },
    log: SILENT,
  });
}

async function runQuery<R extends SqlRow>(
  connection: Client,
  what: Statement<R>,
  values: readonly SqlValue[],
): Promise<readonly R[]> {
  const result: QueryResult<R> = await connection.query<R>({
    name: what.name,
    text: what.text,
    values: values as unknown[],
    types: AS_TEXT,
  });
  return result.rows;
}

async function runExecute(
  connection: Client,
  what: Statement,
  values: readonly SqlValue[],
): Promise<number> {
  const result: QueryArrayResult = await connection.query({
    name: what.name,
    text: what.text,
    values: values as unknown[],
    rowMode: 'array',
  });
  return result.rowCount ?? 0;
}

async function asStoreError<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    throw storeError(error);
  }
}
