import pg from 'pg';
import { HubError } from '../../../core/errors/hub-error.ts';
import type { MasterDatabase, MasterSession, SqlRow, SqlStatement } from './master-dialect.ts';
import { PG_DIALECT } from './master-dialect-pg.ts';
import { masterError } from './master-errors.ts';

/** Two: the reader's own, and one for a preflight or a status question beside it. */
const CONNECTIONS = 2;

/**
 * What every session of ours begins with. Read only, so that a mistake of ours cannot write. Without sequential scans, so that a wrong
 * guess of the planner about a key range cannot turn a chunk into a read of the whole table.
 */
const SESSION = [
  'default_transaction_read_only=on',
  'enable_seqscan=off',
  'datestyle=ISO',
  'timezone=UTC',
  'client_encoding=UTF8',
]
  .map((setting) => `-c ${setting}`)
  .join(' ');

/** Values stay PostgreSQL's text: the dialect makes of them what it needs, and nothing is lost in a JavaScript number. */
const AS_TEXT = { getTypeParser: () => (value: string | Buffer) => value };

/** Opens Master on PostgreSQL. Connects at the first statement. */
export function openPgMaster(options: {
  readonly url: string;
  readonly queryTimeoutMs: number;
}): MasterDatabase {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: CONNECTIONS,
    application_name: 'pu-hub',
    options: `${SESSION} -c statement_timeout=${options.queryTimeoutMs}`,
    // When a firewall dropped the connection, no answer comes at all: then the client gives up on its own, a little later.
    query_timeout: options.queryTimeoutMs + 2_000,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    types: AS_TEXT as unknown as pg.CustomTypesConfig,
  });
  // An idle connection that breaks leaves the pool by itself; the next statement opens a new one.
  pool.on('error', () => undefined);

  const withClient = async <T>(work: (session: MasterSession) => Promise<T>): Promise<T> => {
    const client = await connect(pool);
    let broken: Error | undefined;
    const onError = (error: Error): void => {
      broken = error;
    };
    client.on('error', onError);
    try {
      return await work({ query: (statement) => run(client, statement) });
    } catch (error) {
      // A connection that had any error is thrown away: it may be half dead, or inside a failed transaction.
      broken = error instanceof Error ? error : new Error('unknown', { cause: error });
      throw error;
    } finally {
      client.off('error', onError);
      client.release(broken);
    }
  };

  return {
    dialect: PG_DIALECT,
    query: (statement) => withClient((session) => session.query(statement)),
    snapshot: (work) =>
      withClient(async (session) => {
        await session.query(BEGIN);
        const result = await work(session);
        await session.query(COMMIT);
        return result;
      }),
    [Symbol.asyncDispose]: () => pool.end(),
  };
}

const BEGIN: SqlStatement = {
  text: 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
  parameters: [],
};
const COMMIT: SqlStatement = { text: 'COMMIT', parameters: [] };

async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw classified(error);
  }
}

async function run(client: pg.PoolClient, statement: SqlStatement): Promise<readonly SqlRow[]> {
  try {
    const result = await client.query<unknown[]>({
      text: statement.text,
      values: statement.parameters.map((parameter) => parameter.value),
      rowMode: 'array',
    });
    return result.rows;
  } catch (error) {
    throw classified(error);
  }
}

/**
 * What PostgreSQL said, without its words: they quote values (`invalid input syntax for type integer: …`), and those may be somebody's
 * identity. State and time find the full text in the server's own log.
 */
class PostgresRefusal extends Error {
  override readonly name = 'PostgresRefusal';
  readonly severity = 'ERROR';
  readonly code: string;

  constructor(code: string) {
    super(`PostgreSQL answered SQLSTATE ${code}`);
    this.code = code;
  }
}

/** The driver's own failures (a connection that ended, its time-out) have a message and no code: what has no code is the transport. */
function classified(error: unknown): unknown {
  const told = error instanceof pg.DatabaseError ? new PostgresRefusal(error.code ?? '') : error;
  const known = masterError(told);
  if (known instanceof HubError || !(known instanceof Error)) return known;
  const isBug = known instanceof TypeError || known instanceof RangeError;
  return isBug ? known : HubError.wrap('HUB_MASTER_UNAVAILABLE', known);
}
