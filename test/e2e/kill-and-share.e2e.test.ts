import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SeededRandom } from '../../scripts/demo/seeded-random.ts';
import type { TestDatabase } from '../support/hub-database.ts';
import type { HubProcess } from '../support/hub-process.ts';
import { differences, type HubSnapshot, snapshotHub } from '../support/hub-snapshot.ts';
import { createHubWorld, createMaster } from '../support/hub-world.ts';

const PERSONS = 20_000;
const MALFORMED = 7;
const KILLS = 10;

let master: TestDatabase;
let undisturbed: HubSnapshot;

beforeAll(async () => {
  master = await createMaster(PERSONS);
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
  it('publishes everyone but the malformed, who are parked', () => {
    expect(undisturbed.persons).toHaveLength(PERSONS - MALFORMED);
    expect(undisturbed.states).toHaveLength(PERSONS - MALFORMED);
    expect(undisturbed.events).toHaveLength(PERSONS - MALFORMED);
    expect(undisturbed.parked).toHaveLength(MALFORMED);
  });

  it(`ends in the same state when the hub is killed at ${KILLS} random moments`, async () => {
    await using world = await createHubWorld({ master: { url: master.url } });
    const random = new SeededRandom(20_000, Date.now() % 1_000_000);
    let kills = 0;
    while (kills < KILLS) {
      await using hub = world.start({ HUB_INSTANCE: 'the-killed-one' });
      // From before the first record to long after it, since a start takes about a second.
      await sleep(500 + random.below(3_000));
      await hub.kill();
      kills += 1;
    }
    await using hub = world.start({ HUB_INSTANCE: 'the-killed-one' });
    await world.settle([hub]);
    expect(await hub.stop()).toBe(0);
    expect(differences(await snapshotHub(world), undisturbed)).toEqual([]);
  }, 240_000);

  it('ends in the same state when three instances share it, some are killed and others join', async () => {
    await using world = await createHubWorld({ master: { url: master.url } });
    await using instances = new AsyncDisposableStack();
    const start = (): HubProcess => instances.use(world.start());
    const [first, second, third] = [start(), start(), start()];
    await sleep(4_000);
    await first.kill();
    const fourth = start();
    await sleep(2_000);
    await second.kill();
    const fifth = start();
    await world.settle([third, fourth, fifth]);
    for (const hub of [third, fourth, fifth]) expect(await hub.stop()).toBe(0);
    expect(differences(await snapshotHub(world), undisturbed)).toEqual([]);
  }, 240_000);
});
