/** A service that is not there, or goes away in the middle: the hub waits, says for what, and ends in the same state. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testEnvironment } from '../support/env.ts';
import type { TestDatabase } from '../support/hub-database.ts';
import {
  alterMaster,
  endStoreConnections,
  proxyBefore,
  SMALL_STEPS,
  stopAndSnapshot,
  undisturbedRun,
  untilLogged,
  untilStored,
} from '../support/hub-faults.ts';
import { differences, type HubSnapshot } from '../support/hub-snapshot.ts';
import { createHubWorld, createMaster } from '../support/hub-world.ts';

const PERSONS = 3_000;
const EARLY = 200;
const FEWER = 1_000;
/** Some are removed, some change. */
const CHANGES = `DELETE FROM dbo."Befolkning" WHERE "IdTyp" = 'SLL';
  UPDATE dbo."Befolkning" SET "Fornamn" = 'Efteråt' WHERE "IdTyp" = 'SNR'`;

let master: TestDatabase;
let undisturbed: HubSnapshot;

beforeAll(async () => {
  master = await createMaster(PERSONS);
  undisturbed = await undisturbedRun(master.url);
}, 240_000);

afterAll(async () => {
  await master[Symbol.asyncDispose]();
});

describe('a schema registry that is down', () => {
  it('makes a starting hub wait, and go on when it is there', async () => {
    await using registry = await proxyBefore(testEnvironment().schemaRegistryUrl);
    registry.proxy.cut();
    await using world = await createHubWorld({ master: { url: master.url } });
    await using hub = world.start({ ...SMALL_STEPS, SCHEMA_REGISTRY_URL: registry.url });
    await untilLogged(hub, 'HUB_KAFKA_REGISTRY_UNAVAILABLE');
    registry.proxy.restore();
    await world.settle([hub]);
    expect(differences(await stopAndSnapshot(world, [hub]), undisturbed)).toEqual([]);
  }, 180_000);

  it('does not hinder a hub that has started', async () => {
    await using registry = await proxyBefore(testEnvironment().schemaRegistryUrl);
    await using world = await createHubWorld({ master: { url: master.url } });
    await using hub = world.start({ ...SMALL_STEPS, SCHEMA_REGISTRY_URL: registry.url });
    for (const begun of [
      'publishing partitions',
      'orders to forget are read',
      'consumers are fed',
    ]) {
      await untilLogged(hub, begun);
    }
    registry.proxy.cut();
    await world.settle([hub]);
    expect(hub.log).not.toContain('HUB_KAFKA_REGISTRY_UNAVAILABLE');
    expect(differences(await stopAndSnapshot(world, [hub]), undisturbed)).toEqual([]);
  }, 180_000);
});

describe("the hub's database in the middle of a load", () => {
  it('may refuse all connections for a while', async () => {
    await using world = await createHubWorld({ master: { url: master.url } });
    await using store = await proxyBefore(world.store.url);
    await using hub = world.start({ ...SMALL_STEPS, DATABASE_URL: store.url });
    expect(await untilStored(world, hub, EARLY)).toBeLessThan(undisturbed.persons.length);
    store.proxy.cut();
    await untilLogged(hub, 'HUB_STORE_UNAVAILABLE');
    await untilLogged(hub, 'the heartbeat failed');
    store.proxy.restore();
    await world.settle([hub]);
    expect(differences(await stopAndSnapshot(world, [hub]), undisturbed)).toEqual([]);
  }, 180_000);

  it('may end every connection, three times', async () => {
    await using world = await createHubWorld({ master: { url: master.url } });
    await using hub = world.start(SMALL_STEPS);
    for (const part of [0.1, 0.4, 0.7]) {
      await untilStored(world, hub, undisturbed.persons.length * part);
      expect(await endStoreConnections(world)).toBeGreaterThan(0);
    }
    await untilLogged(hub, 'HUB_STORE_UNAVAILABLE');
    await world.settle([hub]);
    expect(differences(await stopAndSnapshot(world, [hub]), undisturbed)).toEqual([]);
  }, 180_000);
});

describe('Master in the middle of a load', () => {
  it('may refuse all connections for a while', async () => {
    await using world = await createHubWorld({ master: { url: master.url } });
    await using proxied = await proxyBefore(master.url);
    // A slow way to Master: else a load this small is over before it can be cut.
    proxied.proxy.latencyMs = 5;
    await using hub = world.start({ ...SMALL_STEPS, MASTER_URL: proxied.url });
    expect(await untilStored(world, hub, EARLY)).toBeLessThan(undisturbed.persons.length);
    proxied.proxy.cut();
    await untilLogged(hub, 'HUB_MASTER_UNAVAILABLE');
    proxied.proxy.latencyMs = 0;
    proxied.proxy.restore();
    await world.settle([hub]);
    expect(differences(await stopAndSnapshot(world, [hub]), undisturbed)).toEqual([]);
  }, 180_000);

  it('may refuse all connections while changes stream, and what happened meanwhile arrives', async () => {
    await using calm = await createMaster(FEWER);
    const expected = await undisturbedRun(calm.url, async (world, hub) => {
      await alterMaster(calm, CHANGES);
      await world.settle([hub], await world.now());
    });
    await using disturbed = await createMaster(FEWER);
    await using world = await createHubWorld({ master: { url: disturbed.url } });
    await using proxied = await proxyBefore(disturbed.url);
    await using hub = world.start({ ...SMALL_STEPS, MASTER_URL: proxied.url });
    await world.settle([hub]);
    proxied.proxy.cut();
    await alterMaster(disturbed, CHANGES);
    await untilLogged(hub, 'HUB_MASTER_UNAVAILABLE');
    proxied.proxy.restore();
    await world.settle([hub], await world.now());
    const snapshot = await stopAndSnapshot(world, [hub]);
    expect(snapshot.states.filter((line) => line.endsWith('tombstone')).length).toBeGreaterThan(0);
    expect(differences(snapshot, expected)).toEqual([]);
  }, 180_000);
});
