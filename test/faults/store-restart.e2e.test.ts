/** The server of the hub's store goes down in the middle of a load, and comes back: the hub waits and ends in the same state. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestDatabase } from '../support/hub-database.ts';
import {
  SMALL_STEPS,
  stopAndSnapshot,
  undisturbedRun,
  untilLogged,
  untilStored,
} from '../support/hub-faults.ts';
import { differences, type HubSnapshot } from '../support/hub-snapshot.ts';
import { createHubWorld, createMaster } from '../support/hub-world.ts';
import { lackForOwnPostgresql, startOwnPostgresql } from '../support/own-postgresql.ts';

const PERSONS = 2_000;
const EARLY = 200;

const lack = lackForOwnPostgresql();
const suite = lack === undefined ? '' : ` (needs ${lack})`;

describe.skipIf(lack !== undefined)(`the server of the hub's database${suite}`, () => {
  let master: TestDatabase;
  let undisturbed: HubSnapshot;
  beforeAll(async () => {
    master = await createMaster(PERSONS);
    undisturbed = await undisturbedRun(master.url);
  }, 240_000);
  afterAll(async () => {
    await master[Symbol.asyncDispose]();
  });

  it.each([
    ['be shut down at once', 'SIGQUIT'],
    ['be killed', 'SIGKILL'],
  ] as const)(
    'may %s and restart in the middle of a load',
    async (_, signal) => {
      await using server = await startOwnPostgresql();
      await using world = await createHubWorld({
        master: { url: master.url },
        storeServerUrl: server.url,
      });
      await using hub = world.start(SMALL_STEPS);
      const startedAt = 'SELECT extract(epoch FROM pg_postmaster_start_time()) AS n';
      const firstStart = await world.count(startedAt);
      expect(await untilStored(world, hub, EARLY)).toBeLessThan(undisturbed.persons.length);
      await server.crash(signal);
      await untilLogged(hub, 'HUB_STORE_UNAVAILABLE');
      await server.start();
      expect(await world.count(startedAt)).toBeGreaterThan(firstStart);
      await world.settle([hub]);
      expect(differences(await stopAndSnapshot(world, [hub]), undisturbed)).toEqual([]);
    },
    180_000,
  );
});
