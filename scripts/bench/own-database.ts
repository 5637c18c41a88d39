import { randomBytes } from 'node:crypto';
import { type HubStore, openHubStore } from '../../connectors/hub-store/hub-store.ts';
import { openDatabase } from '../../connectors/hub-store/knex-client.ts';

/** As many partitions as the person topics have by default. */
export const PARTITIONS = 12;

/** Works on a database of its own, which is dropped afterwards. */
export async function withOwnDatabase<T>(
  serverUrl: string,
  work: (databaseUrl: string) => Promise<T>,
): Promise<T> {
  const name = `hub_bench_${randomBytes(4).toString('hex')}`;
  await using server = openDatabase({ url: serverUrl, applicationName: 'hub-bench', poolSize: 1 });
  await server.script(`CREATE DATABASE ${name}`);
  try {
    const url = new URL(serverUrl);
    url.pathname = `/${name}`;
    return await work(url.href);
  } finally {
    await server.script(`DROP DATABASE ${name} WITH (FORCE)`);
  }
}

/** The store of a bench, without the roles around it. */
export function openBenchStore(databaseUrl: string, poolSize: number): HubStore {
  return openHubStore({
    databaseUrl,
    applicationName: 'hub-bench',
    poolSize,
    parkedPayloadKey: randomBytes(32),
    erasedIdentityKey: randomBytes(32),
    partitionOfPerson: (key) => Number.parseInt(key.slice(-4), 16) % PARTITIONS,
  });
}
