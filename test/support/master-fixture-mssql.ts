import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import sql from 'mssql';
import { MSSQL_DIALECT } from '../../connectors/sources/master/master-dialect-mssql.ts';
import { openMssqlMaster } from '../../connectors/sources/master/mssql-client.ts';
import { parseMssqlUrl } from '../../connectors/sources/master/mssql-url.ts';
import type { MasterFixture, MasterTable, OpenTransaction } from './master-fixture.ts';

const SCHEMA = new URL('../../scripts/demo/master-schema.mssql.sql', import.meta.url);

/** Makes a database of its own on a real SQL Server: the tables of the demo, without rows. The URL's login must be an administrator. */
export async function createMssqlMaster(serverUrl: string): Promise<MasterFixture> {
  const name = `master_${randomUUID().replaceAll('-', '').slice(0, 12)}`;
  await atServer(serverUrl, `CREATE DATABASE ${name}`);
  const master = await openFixture(serverUrl, name);
  for (const batch of readFileSync(SCHEMA, 'utf8').split(/^GO$/m)) {
    if (batch.trim() !== '') await master.execute(batch);
  }
  return master;
}

async function connect(serverUrl: string, database: string): Promise<sql.ConnectionPool> {
  const address = parseMssqlUrl(serverUrl);
  return new sql.ConnectionPool({
    server: address.server,
    ...(address.port === undefined ? {} : { port: address.port }),
    database,
    user: address.user,
    password: address.password,
    options: { encrypt: address.encrypt, trustServerCertificate: address.trustServerCertificate },
  }).connect();
}

async function atServer(serverUrl: string, text: string): Promise<void> {
  const pool = await connect(serverUrl, 'master');
  try {
    await pool.request().batch(text);
  } finally {
    await pool.close();
  }
}

function urlOf(serverUrl: string, database: string, login?: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  if (login !== undefined) {
    url.username = login;
    url.password = LOGIN_PASSWORD;
  }
  return url.href;
}

/** Of logins that live as long as one test. */
const LOGIN_PASSWORD = 'Only-for-1-test!';

async function openFixture(serverUrl: string, name: string): Promise<MasterFixture> {
  const admin = await connect(serverUrl, name);
  const transactions: OpenTransaction[] = [];
  const logins: string[] = [];
  const execute = async (text: string): Promise<void> => {
    await admin.request().batch(text);
  };
  return {
    dialect: MSSQL_DIALECT,
    open: (options = {}) =>
      openMssqlMaster({
        url: urlOf(serverUrl, name, options.login),
        queryTimeoutMs: options.queryTimeoutMs ?? 20_000,
      }),
    execute,
    rows: async (text) => {
      const request = admin.request();
      request.arrayRowMode = true;
      const result = await request.query(text);
      return result.recordset as unknown as readonly (readonly unknown[])[];
    },
    begin: async () => {
      const transaction = admin.transaction();
      await transaction.begin();
      let isOver = false;
      const end = async (how: () => Promise<void>): Promise<void> => {
        if (isOver) return;
        isOver = true;
        await how();
      };
      const open: OpenTransaction = {
        execute: async (text) => {
          await transaction.request().batch(text);
        },
        commit: () => end(() => transaction.commit()),
        rollback: () => end(() => transaction.rollback()),
      };
      transactions.push(open);
      return open;
    },
    rollbackAll: async () => {
      for (const transaction of transactions.splice(0)) await transaction.rollback();
    },
    expireChanges: async () => {
      // The shortest retention is a minute, and clean-up is asked for by name: what is older than that goes.
      await execute('ALTER DATABASE CURRENT SET CHANGE_TRACKING (CHANGE_RETENTION = 1 MINUTES)');
      await execute("WAITFOR DELAY '00:01:05'");
      for (const table of ['Befolkning', 'Adress', 'Kontakt']) {
        await execute(`EXEC sys.sp_flush_CT_internal_table_on_demand '${table}'`);
      }
    },
    stopTracking: (table) => execute(`ALTER TABLE dbo."${table}" DISABLE CHANGE_TRACKING`),
    startTracking: (table) => execute(`ALTER TABLE dbo."${table}" ENABLE CHANGE_TRACKING`),
    recreate: async (table) => {
      await execute(`SELECT * INTO dbo.old_rows FROM dbo."${table}"`);
      await execute(`DROP TABLE dbo."${table}"`);
      for (const batch of readFileSync(SCHEMA, 'utf8').split(/^GO$/m)) {
        if (batch.trim() !== '') await execute(batch);
      }
      const columns = await insertableColumns(admin, table);
      await execute(`INSERT INTO dbo."${table}" (${columns}) SELECT ${columns} FROM dbo.old_rows`);
      await execute('DROP TABLE dbo.old_rows');
    },
    restoredCopy: async () => {
      const copy = `${name}_copy`;
      const directory = await backupDirectory(admin);
      const file = `${directory}/${name}.bak`;
      await execute(`BACKUP DATABASE ${name} TO DISK = N'${file}' WITH INIT, COPY_ONLY`);
      await atServer(
        serverUrl,
        `RESTORE DATABASE ${copy} FROM DISK = N'${file}' WITH
         MOVE N'${name}' TO N'${directory}/${copy}.mdf', MOVE N'${name}_log' TO N'${directory}/${copy}.ldf'`,
      );
      return openFixture(serverUrl, copy);
    },
    createLogin: async () => {
      const login = `${name}_reader`;
      await execute(`CREATE LOGIN ${login} WITH PASSWORD = '${LOGIN_PASSWORD}'`);
      await execute(`CREATE USER ${login} FOR LOGIN ${login}`);
      logins.push(login);
      return login;
    },
    killConnections: () =>
      execute(`DECLARE @kill nvarchar(max) = N'';
        SELECT @kill += N'KILL ' + CONVERT(nvarchar(10), session_id) + N';' FROM sys.dm_exec_sessions
        WHERE program_name = 'pu-hub' AND database_id = DB_ID();
        EXEC (@kill)`),
    words: {
      alterToUnreadable: (table, column) =>
        `ALTER TABLE dbo."${table}" DROP COLUMN "${column}"; ALTER TABLE dbo."${table}" ADD "${column}" datetimeoffset NULL`,
      dropPrimaryKey: (table) =>
        `ALTER TABLE dbo."${table}" DISABLE CHANGE_TRACKING; ALTER TABLE dbo."${table}" DROP CONSTRAINT "PK_${table}"`,
      rename: (table, to) => `EXEC sp_rename 'dbo.${table}', '${to}'`,
    },
    [Symbol.asyncDispose]: async () => {
      for (const transaction of transactions.splice(0)) await transaction.rollback();
      await admin.close();
      await atServer(serverUrl, `ALTER DATABASE ${name} SET SINGLE_USER WITH ROLLBACK IMMEDIATE`);
      await atServer(serverUrl, `DROP DATABASE ${name}`);
      for (const login of logins) await atServer(serverUrl, `DROP LOGIN ${login}`);
    },
  };
}

async function insertableColumns(admin: sql.ConnectionPool, table: MasterTable): Promise<string> {
  const result = await admin
    .request()
    .query<{ name: string }>(
      `SELECT name FROM sys.columns WHERE object_id = OBJECT_ID(N'dbo.${table}') AND TYPE_NAME(system_type_id) <> 'timestamp'`,
    );
  return result.recordset.map(({ name }) => `"${name}"`).join(', ');
}

async function backupDirectory(admin: sql.ConnectionPool): Promise<string> {
  const result = await admin
    .request()
    .query<{ path: string }>(
      `SELECT CONVERT(nvarchar(260), SERVERPROPERTY('InstanceDefaultBackupPath')) AS path`,
    );
  return result.recordset[0]?.path ?? '/var/opt/mssql/data';
}
