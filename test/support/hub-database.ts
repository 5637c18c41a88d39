import { createHash, randomBytes } from 'node:crypto';
import type { Database } from '../../connectors/hub-store/database.ts';
import type { HubStoreConfig } from '../../connectors/hub-store/hub-store-config.ts';
import { openDatabase } from '../../connectors/hub-store/knex-client.ts';
import { MIGRATIONS, migrateHubStore } from '../../connectors/hub-store/migrations.ts';
import { testEnvironment } from './env.ts';

/** A database of a test's own, dropped at the end of `await using`. */
export interface TestDatabase extends AsyncDisposable {
  readonly name: string;
  readonly url: string;
  /** A connection pool for looking behind the curtain. */
  readonly database: Database;
}

/** A fresh, migrated hub database: a copy of a template, since a copy is ten times faster than the migrations. */
export async function createHubDatabase(): Promise<TestDatabase> {
  return await createDatabase(await ensureTemplate());
}

/** A fresh database without tables, on the server of that URL. */
export async function createEmptyDatabase(
  serverUrl = testEnvironment().databaseUrl,
): Promise<TestDatabase> {
  return await createDatabase('template0', serverUrl);
}

/** What a test opens the hub store with: eight partitions by the last hex digit of the key, a fixed encryption key. */
export function testStoreConfig(databaseUrl: string): HubStoreConfig {
  return {
    databaseUrl,
    applicationName: 'hub-test',
    poolSize: 8,
    parkedPayloadKey: createHash('sha256').update('parked payloads of tests').digest(),
    erasedIdentityKey: createHash('sha256').update('erased identities of tests').digest(),
    partitionOfPerson: (personKey) => Number.parseInt(personKey.slice(-1), 16) % 8,
  };
}

async function createDatabase(
  template: string,
  serverUrl = testEnvironment().databaseUrl,
): Promise<TestDatabase> {
  const name = `hub_test_${randomBytes(6).toString('hex')}`;
  await onServer(
    (server) => server.script(`CREATE DATABASE ${name} TEMPLATE ${template}`),
    serverUrl,
  );
  const url = urlOf(name, serverUrl);
  const database = openDatabase({ url, applicationName: 'hub-test-look', poolSize: 4 });
  return {
    name,
    url,
    database,
    [Symbol.asyncDispose]: async () => {
      await database[Symbol.asyncDispose]();
      await onServer((server) => server.script(`DROP DATABASE ${name} WITH (FORCE)`), serverUrl);
    },
  };
}

/** One template for one state of the migrations. It stays on the test server: the next run uses it again. */
let template: Promise<string> | undefined;

async function ensureTemplate(): Promise<string> {
  template ??= makeTemplate();
  return await template;
}

async function makeTemplate(): Promise<string> {
  const state = createHash('sha256').update(JSON.stringify(MIGRATIONS)).digest('hex').slice(0, 12);
  const name = `hub_template_${state}`;
  await onServer(async (server) => {
    // Two test runs on one server: the second waits, then finds it made.
    await server.script('SELECT pg_advisory_lock(4715112002)');
    const found = await server.query({
      name: 'find-template',
      text: `SELECT datname FROM pg_database WHERE datname = '${name}'`,
    });
    if (found.length > 0) return;
    // Under another name until it is whole: a killed run must not leave a half-made template behind.
    const draft = `hub_draft_${randomBytes(6).toString('hex')}`;
    await server.script(`CREATE DATABASE ${draft} TEMPLATE template0`);
    await migrateHubStore(urlOf(draft));
    await server.script(`ALTER DATABASE ${draft} RENAME TO ${name}`);
  });
  return name;
}

/** One connection to the server's own database; the advisory lock ends with it. */
async function onServer<T>(
  work: (server: Database) => Promise<T>,
  serverUrl = testEnvironment().databaseUrl,
): Promise<T> {
  await using server = openDatabase({
    url: serverUrl,
    applicationName: 'hub-test-server',
    poolSize: 1,
  });
  return await work(server);
}

function urlOf(name: string, serverUrl = testEnvironment().databaseUrl): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}
