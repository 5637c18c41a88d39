/** The only file of the demo that touches `pg`: one connection to the PostgreSQL database that plays Master. */
import pg from 'pg';
import { HubError } from '../../core/errors/hub-error.ts';

/** One connection. It is closed by `await using`. */
export interface DemoMasterClient extends AsyncDisposable {
  /** Runs one statement with parameters, or several without, and returns the rows of the last one. */
  query<Row extends object>(sql: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** Runs `work` in one transaction: committed when it returns, rolled back when it throws. */
  transact<T>(work: () => Promise<T>): Promise<T>;
}

/** @throws HubError `HUB_MASTER_UNAVAILABLE` when the server does not let us in. */
export async function openDemoMaster(url: string): Promise<DemoMasterClient> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'hub demo',
    connectionTimeoutMillis: 10_000,
  });
  // A lost connection is reported by the query that meets it; without a listener it would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    throw HubError.wrap('HUB_MASTER_UNAVAILABLE', error);
  }
  const query = async <Row extends object>(
    sql: string,
    values?: readonly unknown[],
  ): Promise<readonly Row[]> => {
    if (values !== undefined) return (await client.query<Row>(sql, [...values])).rows;
    // Several statements in one text give an array of results, which pg's types do not say.
    const results: pg.QueryResult<Row> | readonly pg.QueryResult<Row>[] =
      await client.query<Row>(sql);
    const last: pg.QueryResult<Row> | undefined = [results].flat().at(-1);
    return last?.rows ?? [];
  };
  return {
    query,
    async transact(work) {
      await query('begin');
      try {
        const result = await work();
        await query('commit');
        return result;
      } catch (error) {
        await query('rollback');
        throw error;
      }
    },
    async [Symbol.asyncDispose]() {
      await client.end();
    },
  };
}
