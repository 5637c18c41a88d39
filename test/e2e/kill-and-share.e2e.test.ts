import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SeededRandom } from '../../scripts/population/seeded-random.ts';
import { until } from '../support/hub-faults.ts';
import type { HubProcess } from '../support/hub-process.ts';
import {
  differences,
  type HubSnapshot,
  publishedIdentities,
  snapshotHub,
} from '../support/hub-snapshot.ts';
import {
  createHubWorld,
  createMaster,
  type HubWorld,
  type TestMaster,
} from '../support/hub-world.ts';

const PERSONS = 20_000;
const MALFORMED = 7;
const KILLS = 10;
/** Small steps, so that there are many moments to be killed in. */
const STEPS = { MASTER_CHUNK_ROWS: '500', HUB_BATCH_RECORDS: '200', HUB_PUBLISH_BATCH: '200' };

let master: TestMaster;
/** Rows of Master that are not malformed. */
let proper: number;
let undisturbed: HubSnapshot;

beforeAll(async () => {
  master = await createMaster(PERSONS);
  proper = master.loaded.persons - MALFORMED;
  await using world = await createHubWorld({ master: { url: master.url } });
  await using hub = world.start();
  await world.settle([hub]);
  expect(await hub.stop()).toBe(0);
  undisturbed = await snapshotHub(world);
}, 240_000);

afterAll(async () => {
  await master[Symbol.asyncDispose]();
});

describe('a load of 20 000 persons', () => {
  it('publishes everyone but the malformed, who are parked, by all of their numbers', () => {
    const published = publishedIdentities(undisturbed);
    expect(new Set(published).size).toBe(published.length);
    expect(published).toHaveLength(proper);
    expect(undisturbed.states).toHaveLength(undisturbed.persons.length);
    expect(undisturbed.parked).toHaveLength(MALFORMED);
  });

  it(`ends in the same state when the hub is killed at ${KILLS} random moments`, async () => {
    await using world = await createHubWorld({ master: { url: master.url } });
    const seed = Date.now() % 1_000_000;
    const random = new SeededRandom(PERSONS, seed);
    // Rising, so that each life of the hub has something to do before it ends.
    const moments = Array.from({ length: KILLS }, () => random.below(PERSONS - 2_000)).sort(
      (a, b) => a - b,
    );
    for (const moment of moments) {
      await using hub = world.start({ ...STEPS, HUB_INSTANCE: 'the-killed-one' });
      await untilStored(world, hub, moment);
      // Not only between two batches: somewhere in what comes after this one.
      await sleep(random.below(200));
      await hub.kill();
      // A kill that comes when all is done would prove nothing.
      expect(await stored(world), `seed ${seed}`).toBeLessThan(undisturbed.persons.length);
    }
    await using hub = world.start({ HUB_INSTANCE: 'the-killed-one' });
    await world.settle([hub]);
    expect(await hub.stop()).toBe(0);
    expect(differences(await snapshotHub(world), undisturbed), `seed ${seed}`).toEqual([]);
  }, 300_000);

  it('ends in the same state when three instances share it, some are killed and others join', async () => {
    await using world = await createHubWorld({ master: { url: master.url } });
    await using instances = new AsyncDisposableStack();
    const start = (): HubProcess => instances.use(world.start(STEPS));
    const [first, second, third] = [start(), start(), start()];
    await untilStored(world, first, 3_000);
    await first.kill();
    const fourth = start();
    await untilStored(world, second, 9_000);
    await second.kill();
    expect(await stored(world)).toBeLessThan(undisturbed.persons.length);
    const fifth = start();
    await world.settle([third, fourth, fifth]);
    for (const hub of [third, fourth, fifth]) expect(await hub.stop()).toBe(0);
    expect(differences(await snapshotHub(world), undisturbed)).toEqual([]);
  }, 240_000);
});

async function stored(world: HubWorld): Promise<number> {
  return await world.count('SELECT count(*) AS n FROM persons WHERE redirect_to IS NULL');
}

async function untilStored(world: HubWorld, hub: HubProcess, persons: number): Promise<void> {
  await until(hub, `${persons} persons were stored`, async () => {
    // The first instance makes the tables.
    if ((await world.count("SELECT count(to_regclass('persons')) AS n")) === 0) return false;
    return (await stored(world)) >= persons;
  });
}
