import { randomBytes } from 'node:crypto';
import { openDemoMaster } from './demo-master-client.ts';

/** A database that exists until it is disposed. */
export interface OwnDatabase extends AsyncDisposable {
  readonly url: string;
}

/** Makes an empty database on the server of this address: the demo does not put its persons into a store that is not its own. */
export async function createOwnDatabase(serverUrl: string): Promise<OwnDatabase> {
  const name = `hub_demo_${randomBytes(6).toString('hex')}`;
  const run = async (sql: string): Promise<void> => {
    await using server = await openDemoMaster(serverUrl);
    await server.query(sql);
  };
  await run(`create database ${name} template template0`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    [Symbol.asyncDispose]: () => run(`drop database if exists ${name} with (force)`),
  };
}
