/** The broker dies in the middle of a load and comes back with its data. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestDatabase } from '../support/hub-database.ts';
import {
  SMALL_STEPS,
  stopAndSnapshot,
  undisturbedRun,
  until,
  untilStored,
} from '../support/hub-faults.ts';
import { differences, type HubSnapshot } from '../support/hub-snapshot.ts';
import { createHubWorld, createMaster } from '../support/hub-world.ts';
import { hasKafkaPrograms, startKafkaCluster } from '../support/kafka-cluster.ts';

const PERSONS = 2_000;
const TITLE = 'a broker that is killed in the middle of a load and started again';
const suite = hasKafkaPrograms() ? describe : describe.skip;

suite(
  hasKafkaPrograms() ? TITLE : `${TITLE} (needs Kafka's programs: run \`hub stack up\` once)`,
  () => {
    let master: TestDatabase;
    let undisturbed: HubSnapshot;

    beforeAll(async () => {
      master = await createMaster(PERSONS);
      undisturbed = await undisturbedRun(master.url);
    }, 240_000);

    afterAll(async () => {
      await master[Symbol.asyncDispose]();
    });

    it('is waited for, and nothing is lost', async () => {
      await using cluster = await startKafkaCluster(1);
      const brokers = [...cluster.brokers.values()].join(',');
      await using world = await createHubWorld({
        master: { url: master.url },
        services: { KAFKA_BROKERS: brokers },
      });
      await using hub = world.start(SMALL_STEPS);
      expect(await untilStored(world, hub, PERSONS / 10)).toBeLessThan(undisturbed.persons.length);
      await cluster.kill(1);
      await until(hub, 'it said that Kafka is away', () =>
        /HUB_KAFKA_\w*UNAVAILABLE/.test(hub.log),
      );
      // Longer than the retries of one call last. Which role gives up first depends on what each was doing at the kill.
      await until(hub, 'a role gave up and began again', () =>
        /reading Master stops and begins again|publishing waits|the consumer starts again/.test(
          hub.log,
        ),
      );
      await cluster.restart(1);
      await world.settle([hub]);
      expect(differences(await stopAndSnapshot(world, [hub]), undisturbed)).toEqual([]);
    }, 240_000);
  },
);
