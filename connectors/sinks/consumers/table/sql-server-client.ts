/** Knex's client for SQL Server, without two of its faults. Part of the one place that touches knex for consumers' databases. */
import type { EventEmitter } from 'node:events';
import knex, { type Knex } from 'knex';

interface Connection extends EventEmitter {
  /** Set by knex. */
  readonly connected?: boolean;
  close(): void;
  connect(done: (error?: Error) => void): void;
  execSql(request: object): void;
}
interface Driver {
  readonly Connection: new (config: object) => Connection;
}
interface SqlServerClient extends Knex.Client {
  _driver(): Driver;
}
type SqlServerClientClass = Omit<typeof Knex.Client, 'prototype'> & {
  readonly prototype: SqlServerClient;
  new (config: Knex.Config): SqlServerClient;
};

/**
 * - Knex keeps the requests to a SQL Server in one list for all connections and all databases of the process, and gives the last one in it to whichever
 *   connection is free. A request that could not be sent because its connection broke stays in the list, and the next connection that
 *   ends a statement sends it: outside its transaction, or into another consumer's database. So each request goes to its own
 *   connection at once; a connection that cannot take it refuses it.
 * - The driver drops the number of the error that ended a login, and by its code alone a server that is starting up looks like a wrong password.
 */
export function sqlServerClient(): typeof Knex.Client {
  const { client } = knex({ client: 'mssql' }) as { readonly client: SqlServerClient };
  const Original = client.constructor as SqlServerClientClass;
  let driver: Driver | undefined;

  class DirectClient extends Original {
    override _driver(): Driver {
      driver ??= withLoginNumbers(super._driver());
      return driver;
    }

    _enqueueRequest(request: object, connection: Connection): void {
      connection.execSql(request);
    }

    _chomp(): void {
      // Nothing waits here.
    }

    override async destroyRawConnection(connection: Connection): Promise<void> {
      // Of one that has ended already, knex would wait for the end.
      if (connection.connected === false) connection.close();
      else await super.destroyRawConnection(connection);
    }
  }
  return DirectClient;
}

function withLoginNumbers(driver: Driver): Driver {
  class NumberedConnection extends driver.Connection {
    override connect(done: (error?: Error) => void): void {
      let number: number | undefined;
      const note = (message: { readonly number: number }): void => {
        number = message.number;
      };
      this.on('errorMessage', note);
      super.connect((error) => {
        this.off('errorMessage', note);
        done(error && (number === undefined ? error : Object.assign(error, { number })));
      });
    }
  }
  return { ...driver, Connection: NumberedConnection };
}
