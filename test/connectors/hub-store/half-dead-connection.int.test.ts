import { describe, expect, it } from 'vitest';
import { type Database, statement } from '../../../connectors/hub-store/database.ts';
import { openDatabase } from '../../../connectors/hub-store/knex-client.ts';
import { testEnvironment } from '../../support/env.ts';
import { createEmptyDatabase } from '../../support/hub-database.ts';
import { TcpProxy } from '../../support/tcp-proxy.ts';
import { pause } from './look-into-store.ts';

const BACKEND = statement<{ pid: string }>('backend', 'SELECT pg_backend_pid() AS pid');
const OPEN = statement<{ open: string }>(
  'open-connections',
  'SELECT count(*) AS open FROM pg_stat_activity WHERE application_name = $1 AND datname = current_database()',
);

describe('a connection of the hub store', () => {
  it('that does not answer any more is given to nobody again, and is not asked to roll back', async () => {
    let asked = '';
    const server = new URL(testEnvironment().databaseUrl);
    await using proxy = await TcpProxy.start({
      host: server.hostname,
      port: Number(server.port),
      onRequest: (chunk) => {
        asked += chunk.toString('latin1');
        return chunk;
      },
    });
    const url = new URL(server);
    url.host = `127.0.0.1:${proxy.port}`;
    await using database = openDatabase({
      url: url.href,
      applicationName: 'hub-test-half-dead',
      poolSize: 1,
      answerMs: 1_000,
    });
    const before = await backendOf(database);
    const attempt = database.transact(async (runner) => {
      proxy.pause();
      await runner.query(BACKEND);
    });
    await expect(attempt).rejects.toMatchObject({ code: 'HUB_STORE_UNAVAILABLE' });
    proxy.resume();
    expect(await backendOf(database)).not.toBe(before);
    expect(asked).toContain('BEGIN');
    expect(asked).not.toContain('ROLLBACK');
    // The old one was closed, and not only left alone.
    for (let i = 0; proxy.connections > 1 && i < 200; i++) await pause();
    expect(proxy.connections).toBe(1);
  });

  it('to a server that only lets read is given to nobody again: after a failover the next one may lead to the primary', async () => {
    await using empty = await createEmptyDatabase();
    await using database = openDatabase({
      url: empty.url,
      applicationName: 'hub-test-read-only',
      poolSize: 1,
    });
    const before = await backendOf(database);
    const attempt = database.transact(async (runner) => {
      await runner.execute(statement('read-only', 'SET TRANSACTION READ ONLY'));
      await runner.execute(statement('make', 'CREATE TABLE made ()'));
    });
    await expect(attempt).rejects.toMatchObject({
      code: 'HUB_STORE_UNAVAILABLE',
      disposition: 'retriable',
    });
    expect(await backendOf(database)).not.toBe(before);
  });

  it('does not stay behind when listening fails', async () => {
    await using empty = await createEmptyDatabase();
    const applicationName = 'hub-test-listen';
    await using database = openDatabase({ url: empty.url, applicationName, poolSize: 1 });
    const noName = database.listen(['no name'], ignore, ignore);
    await expect(noName).rejects.toMatchObject({ code: 'HUB_STORE_FAILED' });
    const countOpen = async () =>
      Number((await empty.database.query(OPEN, [applicationName]))[0]?.open);
    for (let i = 0; (await countOpen()) > 0 && i < 200; i++) await pause();
    expect(await countOpen()).toBe(0);
  });
});

async function backendOf(database: Database): Promise<string | undefined> {
  return (await database.query(BACKEND))[0]?.pid;
}

function ignore(): void {}
