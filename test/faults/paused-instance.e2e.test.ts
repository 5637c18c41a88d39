/** An instance that sleeps longer than its leases last must not write behind its successor's back when it wakes up. */
import { expect, it } from 'vitest';
import {
  alterMaster,
  SMALL_STEPS,
  stopAndSnapshot,
  undisturbedRun,
  untilLogged,
  untilStored,
} from '../support/hub-faults.ts';
import type { HubProcess } from '../support/hub-process.ts';
import { differences } from '../support/hub-snapshot.ts';
import { createHubWorld, createMaster, type HubWorld } from '../support/hub-world.ts';

const PERSONS = 2_000;
const EVERYBODY_CHANGES = `UPDATE dbo."Befolkning" SET "Fornamn" = 'Ny ' || "Fornamn" WHERE "Fornamn" IS NOT NULL`;

/** Everybody changes once, after the load. */
async function change(
  masterUrl: string,
  world: HubWorld,
  instances: readonly HubProcess[],
): Promise<void> {
  await alterMaster({ url: masterUrl }, EVERYBODY_CHANGES);
  await world.settle(instances, await world.now());
}

it('no state goes back when an instance sleeps in the middle of a load, another takes over, and it wakes up', async () => {
  await using calm = await createMaster(PERSONS);
  const undisturbed = await undisturbedRun(calm.url, (world, hub) =>
    change(calm.url, world, [hub]),
  );

  await using master = await createMaster(PERSONS);
  await using world = await createHubWorld({ master: { url: master.url } });
  await using sleeper = world.start(SMALL_STEPS);
  const stored = await untilStored(world, sleeper, PERSONS / 10);
  sleeper.pause();
  expect(stored).toBeLessThan(PERSONS);
  await using successor = world.start(SMALL_STEPS);
  await untilLogged(successor, 'this instance reads Master');
  // The successor ends the load and publishes what follows: everything that the sleeper was about to send is older now.
  await world.settle([successor]);
  await change(master.url, world, [successor]);
  sleeper.resume();
  await untilLogged(sleeper, 'another instance reads Master now');
  await world.settle([sleeper, successor], await world.now());
  const snapshot = await stopAndSnapshot(world, [sleeper, successor]);
  expect(differences(snapshot, undisturbed)).toEqual([]);
}, 240_000);
