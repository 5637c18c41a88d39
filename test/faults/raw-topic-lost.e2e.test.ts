/** The raw topic does not hold the records that the hub has to go on from: it stops, and goes on when a person has accepted the loss. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TOPIC, topicName } from '../../connectors/kafka/topics.ts';
import { testEnvironment } from '../support/env.ts';
import { alterMaster, SMALL_STEPS, until } from '../support/hub-faults.ts';
import { createHubWorld, type HubWorld } from '../support/hub-world.ts';
import { deleteRecordsBefore } from '../support/plain-kafkajs.ts';

const PROGRAM = join(import.meta.dirname, '../../scripts/hub.ts');

/** Runs the command that the error names. @returns its exit code. */
async function acceptLoss(world: HubWorld): Promise<number | null> {
  const { kafkaBrokers, schemaRegistryUrl } = testEnvironment();
  const words = ['source', 'accept-loss', 'master', '--execute', '--reason', 'retention was short'];
  const child = spawn(process.execPath, [PROGRAM, ...words], {
    stdio: 'ignore',
    env: {
      PATH: dirname(process.execPath),
      KAFKA_BROKERS: kafkaBrokers.join(','),
      SCHEMA_REGISTRY_URL: schemaRegistryUrl,
      DATABASE_URL: world.store.url,
      MASTER_URL: world.masterUrl,
      HUB_ENVIRONMENT: 'test',
      HUB_SECRET: 'a secret of the tests, longer than it must be',
      HUB_TOPIC_PREFIX: world.prefix,
      PERSON_TOPIC_PARTITIONS: '6',
    },
  });
  return await once(child, 'close').then(([code]) => code as number | null);
}

/** Retention, much too early.  */
async function loseEverything(world: HubWorld): Promise<void> {
  const [broker = ''] = testEnvironment().kafkaBrokers;
  for (const { partition, high } of await world.kafka.admin.offsets(rawTopicOf(world))) {
    await deleteRecordsBefore(broker, rawTopicOf(world), partition, high);
  }
}

function rawTopicOf(world: HubWorld): string {
  return topicName(TOPIC.sourceMaster, world.prefix);
}

async function written(world: HubWorld): Promise<number> {
  const offsets = await world.kafka.admin.offsets(rawTopicOf(world));
  return offsets.reduce((sum, { high }) => sum + high, 0);
}

async function renamed(world: HubWorld): Promise<number> {
  return await world.count(
    "SELECT count(*) AS n FROM persons WHERE golden::text LIKE '%Dubbelberg%'",
  );
}

describe('a raw topic that lost records before they were processed', () => {
  it('stops the hub with the command that lets it go on, and what was lost is read again from Master', async () => {
    await using world = await createHubWorld({ master: { persons: 200 } });
    {
      await using hub = world.start(SMALL_STEPS);
      await world.settle([hub]);
      await hub.stop();
    }
    const before = await written(world);
    await alterMaster(
      { url: world.masterUrl },
      `UPDATE dbo."Befolkning" SET "Efternamn" = 'Dubbelberg' WHERE "IdTyp" = 'PNR' AND "AvregOrsak" IS NULL`,
    );
    {
      await using source = world.start({ ...SMALL_STEPS, HUB_ROLES: 'source' });
      await until(
        source,
        'the changes were on the topic',
        async () => (await written(world)) > before,
      );
      await source.stop();
    }
    await loseEverything(world);

    await using refused = world.start(SMALL_STEPS);
    expect(await refused.ended).toBe(1);
    expect(refused.log).toContain('HUB_KAFKA_OFFSET_GONE');
    expect(refused.log).toContain('hub source accept-loss master --execute --reason');
    expect(await renamed(world)).toBe(0);

    expect(await acceptLoss(world)).toBe(0);
    await using hub = world.start(SMALL_STEPS);
    await until(
      hub,
      'the changed persons were read again',
      async () => (await renamed(world)) > 50,
    );
    await world.settle([hub]);
    expect(await hub.stop()).toBe(0);
  }, 180_000);
});
