import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import pg from 'pg';
import type { MasterDatabase } from '../../connectors/sources/master/master-dialect.ts';
import { PG_DIALECT } from '../../connectors/sources/master/master-dialect-pg.ts';
import { openPgMaster } from '../../connectors/sources/master/master-pg-client.ts';
import type { MasterFixture, MasterTable, OpenTransaction } from './master-fixture.ts';

const SCHEMA = new URL('../../scripts/demo/master-schema.pg.sql', import.meta.url);
const KEYS: Readonly<Record<MasterTable, string>> = {
  Befolkning: "ARRAY['IdTyp', 'PersonId']",
  Adress: "ARRAY['IdTyp', 'PersonId', 'AdressTyp']",
  Kontakt: "ARRAY['IdTyp', 'PersonId', 'Kanal', 'Lopnr']",
};

/** Masters that are emptied and lent again, since to make one takes a second. One whose tables were changed is dropped. */
export interface PgMasterPool extends AsyncDisposable {
  create(): Promise<MasterFixture>;
}

export function createPgMasterPool(serverUrl: string): PgMasterPool {
  const idle: MasterFixture[] = [];
  return {
    create: async () => {
      const master = idle.pop() ?? (await createPgMaster(serverUrl));
      let isSpoiled = false;
      const spoil = <A extends readonly unknown[], R>(work: (...given: A) => R) => {
        return (...given: A): R => {
          isSpoiled = true;
          return work(...given);
        };
      };
      return {
        ...master,
        execute: (sql) => {
          if (DEFINES.test(sql)) isSpoiled = true;
          return master.execute(sql);
        },
        stopTracking: spoil(master.stopTracking),
        recreate: spoil(master.recreate),
        createLogin: spoil(master.createLogin),
        restoredCopy: spoil(master.restoredCopy),
        [Symbol.asyncDispose]: async () => {
          await master.rollbackAll();
          if (isSpoiled) {
            await master[Symbol.asyncDispose]();
            return;
          }
          await master.execute('TRUNCATE dbo."Befolkning", dbo."Adress", dbo."Kontakt"');
          idle.push(master);
        },
      };
    },
    [Symbol.asyncDispose]: async () => {
      for (const master of idle) await master[Symbol.asyncDispose]();
    },
  };
}

const DEFINES = /^\s*(ALTER|DROP|CREATE|TRUNCATE|GRANT|REVOKE)\b/i;

/** Makes a Master on the PostgreSQL server of the tests: the tables of the demo, without rows. */
export async function createPgMaster(serverUrl: string): Promise<MasterFixture> {
  const name = freshName();
  await atServer(serverUrl, `CREATE DATABASE ${name}`);
  const master = await openFixture(serverUrl, name);
  await master.execute(readFileSync(SCHEMA, 'utf8'));
  return master;
}

function freshName(): string {
  return `master_${randomUUID().replaceAll('-', '').slice(0, 12)}`;
}

async function atServer(serverUrl: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

function urlOf(serverUrl: string, database: string, login?: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  if (login !== undefined) {
    url.username = login;
    url.password = '';
  }
  return url.href;
}

async function openFixture(serverUrl: string, name: string): Promise<MasterFixture> {
  const url = urlOf(serverUrl, name);
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  admin.on('error', () => undefined);
  const logins: string[] = [];
  const transactions: OpenTransaction[] = [];
  const execute = async (sql: string): Promise<void> => {
    await admin.query(sql);
  };
  const track = (table: MasterTable): Promise<void> =>
    execute(`SELECT hub_changes.track('dbo."${table}"', ${KEYS[table]})`);

  return {
    dialect: PG_DIALECT,
    open: (options = {}): MasterDatabase =>
      openPgMaster({
        url: urlOf(serverUrl, name, options.login),
        queryTimeoutMs: options.queryTimeoutMs ?? 20_000,
      }),
    execute,
    rows: async (sql) => (await admin.query<unknown[]>({ text: sql, rowMode: 'array' })).rows,
    begin: async () => {
      const transaction = await beginTransaction(url);
      transactions.push(transaction);
      return transaction;
    },
    expireChanges: () =>
      execute(
        'SELECT hub_changes.clean_up(pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1)',
      ),
    stopTracking: (table) => execute(`SELECT hub_changes.untrack('dbo."${table}"')`),
    startTracking: track,
    recreate: async (table) => {
      await execute(
        `BEGIN;
        ALTER TABLE dbo."${table}" RENAME TO old_table;
        CREATE TABLE dbo."${table}" (LIKE old_table INCLUDING DEFAULTS);
        ALTER TABLE dbo."${table}" ADD PRIMARY KEY (${keyColumns(table)});
        INSERT INTO dbo."${table}" SELECT * FROM old_table;
        DROP TABLE old_table;
        SELECT hub_changes.track('dbo."${table}"', ${KEYS[table]});
        COMMIT`
          .replaceAll('old_table', 'dbo.old_table')
          .replace('RENAME TO dbo.old_table', 'RENAME TO old_table'),
      );
    },
    restoredCopy: async () => {
      const copy = freshName();
      await atServer(
        serverUrl,
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`,
      );
      await atServer(serverUrl, `CREATE DATABASE ${copy} TEMPLATE ${name}`);
      return openFixture(serverUrl, copy);
    },
    rollbackAll: async () => {
      for (const transaction of transactions.splice(0)) await transaction.rollback();
    },
    createLogin: async () => {
      const login = `${name}_reader`;
      await execute(`CREATE ROLE ${login} LOGIN`);
      logins.push(login);
      return login;
    },
    killConnections: () =>
      execute(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}' AND application_name = 'pu-hub'`,
      ),
    words: {
      alterToUnreadable: (table, column) =>
        `ALTER TABLE dbo."${table}" ALTER COLUMN "${column}" TYPE timestamptz USING NULL`,
      dropPrimaryKey: (table) => `ALTER TABLE dbo."${table}" DROP CONSTRAINT "${table}_pkey"`,
      rename: (table, to) => `ALTER TABLE dbo."${table}" RENAME TO "${to}"`,
    },
    [Symbol.asyncDispose]: async () => {
      await admin.end().catch(() => undefined);
      await atServer(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      for (const login of logins) await atServer(serverUrl, `DROP ROLE IF EXISTS ${login}`);
    },
  };
}

function keyColumns(table: MasterTable): string {
  return [...KEYS[table].matchAll(/'(\w+)'/g)].map(([, column]) => `"${column ?? ''}"`).join(', ');
}

async function beginTransaction(url: string): Promise<OpenTransaction> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('BEGIN');
  let isOver = false;
  const end = async (how: string): Promise<void> => {
    if (isOver) return;
    isOver = true;
    await client.query(how);
    await client.end();
  };
  return {
    execute: async (sql) => {
      await client.query(sql);
    },
    commit: () => end('COMMIT'),
    rollback: () => end('ROLLBACK'),
  };
}
