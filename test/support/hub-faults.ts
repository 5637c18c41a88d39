import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '../../connectors/hub-store/knex-client.ts';
import type { TestDatabase } from './hub-database.ts';
import type { HubProcess } from './hub-process.ts';
import { type HubSnapshot, snapshotHub } from './hub-snapshot.ts';
import { createHubWorld, type HubWorld } from './hub-world.ts';
import { TcpProxy } from './tcp-proxy.ts';

const LOOK_MS = 10;
const WAIT_MS = 120_000;

/** Small steps, so that a small load has a middle in which something can go wrong. */
export const SMALL_STEPS = {
  MASTER_CHUNK_ROWS: '50',
  HUB_BATCH_RECORDS: '20',
  HUB_PUBLISH_BATCH: '50',
};

/** What a hub ends with that nothing happened to. */
export async function undisturbedRun(
  masterUrl: string,
  afterLoad: (world: HubWorld, hub: HubProcess) => Promise<void> = async () => undefined,
): Promise<HubSnapshot> {
  await using world = await createHubWorld({ master: { url: masterUrl } });
  await using hub = world.start(SMALL_STEPS);
  await world.settle([hub]);
  await afterLoad(world, hub);
  return await stopAndSnapshot(world, [hub]);
}

/** Stops the instances in order and reads what they have made. */
export async function stopAndSnapshot(
  world: HubWorld,
  instances: readonly HubProcess[],
): Promise<HubSnapshot> {
  for (const hub of instances) {
    const code = await hub.stop();
    if (code !== 0) throw new Error(`The hub ended with ${code}:\n${hub.log}`);
  }
  return await snapshotHub(world);
}

/** Looks again and again until it is so. @throws with the log of the instance when that takes too long, or when it has ended. */
export async function until(
  hub: HubProcess,
  what: string,
  isSo: () => boolean | Promise<boolean>,
): Promise<void> {
  const giveUpAt = performance.now() + WAIT_MS;
  while (!(await isSo())) {
    if (!hub.isRunning) throw new Error(`The hub ended before ${what}:\n${hub.log}`);
    if (performance.now() > giveUpAt) throw new Error(`Not in time: ${what}.\n${hub.log}`);
    await sleep(LOOK_MS);
  }
}

/** Until a line of its log has the text, for example an error code. */
export async function untilLogged(hub: HubProcess, text: string): Promise<void> {
  await until(hub, `its log said ${text}`, () => hub.log.includes(text));
}

/** Until so many persons are stored: the middle of a load. @returns how many there were then. */
export async function untilStored(
  world: HubWorld,
  hub: HubProcess,
  persons: number,
): Promise<number> {
  let stored = 0;
  await until(hub, `${persons} persons were stored`, async () => {
    if ((await world.count("SELECT count(to_regclass('persons')) AS n")) === 0) return false;
    stored = await world.count('SELECT count(*) AS n FROM persons WHERE redirect_to IS NULL');
    return stored >= persons;
  });
  return stored;
}

/** A proxy before the service, and the service's address through it. */
export interface ServiceProxy extends AsyncDisposable {
  readonly url: string;
  readonly proxy: TcpProxy;
}

export async function proxyBefore(serviceUrl: string): Promise<ServiceProxy> {
  const url = new URL(serviceUrl);
  const proxy = await TcpProxy.start({ host: url.hostname, port: Number(url.port) });
  url.hostname = '127.0.0.1';
  url.port = String(proxy.port);
  return { url: url.href, proxy, [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose]() };
}

/** Runs statements in a Master as its administrator. */
export async function alterMaster(master: Pick<TestDatabase, 'url'>, sql: string): Promise<void> {
  await using database = openDatabase({
    url: master.url,
    applicationName: 'administrator of Master',
    poolSize: 1,
  });
  await database.script(sql);
}

/** Ends the hub's connections in its store; the server goes on. @returns how many there were. */
export async function endStoreConnections(world: HubWorld): Promise<number> {
  return await world.count(
    `SELECT count(pg_terminate_backend(pid)) AS n FROM pg_stat_activity
     WHERE datname = current_database() AND application_name LIKE 'hub instance%'`,
  );
}
