/** What can be wrong in Master and on the raw topic while everything runs: who is hit is parked, or the hub stops; nobody is lost. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TOPIC, topicName } from '../../connectors/kafka/topics.ts';
import type { TestDatabase } from '../support/hub-database.ts';
import {
  alterMaster,
  SMALL_STEPS,
  stopAndSnapshot,
  undisturbedRun,
  until,
  untilLogged,
} from '../support/hub-faults.ts';
import { differences, type HubSnapshot } from '../support/hub-snapshot.ts';
import { createHubWorld, createMaster, type HubWorld } from '../support/hub-world.ts';

const PERSONS = 1_500;
/** Keys of the form that the hub's own have. */
const NOISE = 'noise'.padEnd(22, '-');
const NOTHING = 'nothing'.padEnd(22, '-');
/** The same one in each Master, since they are made from one seed. */
const SOMEBODY = `("IdTyp", "PersonId") = (SELECT "IdTyp", "PersonId" FROM dbo."Befolkning"
  WHERE "IdTyp" = 'PNR' AND NOT "Sekretess" AND "AvregOrsak" IS NULL AND "Fastighet" IS NOT NULL ORDER BY "PersonId" LIMIT 1)`;

let master: TestDatabase;
let undisturbed: HubSnapshot;

beforeAll(async () => {
  master = await createMaster(PERSONS);
  undisturbed = await undisturbedRun(master.url);
}, 240_000);

afterAll(async () => {
  await master[Symbol.asyncDispose]();
});

async function parkedUnder(world: HubWorld, code: string): Promise<number> {
  return await world.count(
    `SELECT count(*) AS n FROM parked WHERE code = '${code}' AND resolved_at IS NULL`,
  );
}

/** Waits until nothing is parked under the code any more, and all is published. */
async function untilCleared(
  world: HubWorld,
  hub: ReturnType<HubWorld['start']>,
  code: string,
): Promise<void> {
  await until(hub, `${code} was cleared`, async () => (await parkedUnder(world, code)) === 0);
  await world.settle([hub]);
}

describe('a row in Master that cannot be sent', () => {
  it('is parked when it is over 1 MB, and comes through when it was made smaller', async () => {
    await using spoiled = await createMaster(PERSONS);
    await alterMaster(
      spoiled,
      `ALTER TABLE dbo."Befolkning" ALTER COLUMN "Fastighet" TYPE text;
       ALTER TABLE dbo."Befolkning" ADD COLUMN "Kept" text;
       UPDATE dbo."Befolkning" SET "Kept" = "Fastighet", "Fastighet" = repeat('X', 1100000) WHERE ${SOMEBODY}`,
    );
    await using world = await createHubWorld({ master: { url: spoiled.url } });
    await using hub = world.start(SMALL_STEPS);
    await world.settle([hub]);
    expect(await parkedUnder(world, 'HUB_MASTER_ROW_TOO_LARGE')).toBe(1);
    expect(await world.count('SELECT count(*) AS n FROM persons WHERE redirect_to IS NULL')).toBe(
      undisturbed.persons.length - 1,
    );
    await alterMaster(
      spoiled,
      'UPDATE dbo."Befolkning" SET "Fastighet" = "Kept" WHERE "Kept" IS NOT NULL',
    );
    await untilCleared(world, hub, 'HUB_MASTER_ROW_TOO_LARGE');
    expect(differences(await stopAndSnapshot(world, [hub]), undisturbed)).toEqual([]);
  }, 180_000);

  it('is parked when its key is doubled, and comes through when the wrong one was removed', async () => {
    await using spoiled = await createMaster(PERSONS);
    await alterMaster(
      spoiled,
      `DO $$ BEGIN
         EXECUTE (SELECT format('ALTER TABLE dbo."Befolkning" DROP CONSTRAINT %I', conname)
                    FROM pg_constraint WHERE conrelid = 'dbo."Befolkning"'::regclass AND contype = 'p');
       END $$;
       ALTER TABLE dbo."Befolkning" ADD COLUMN "Wrong" boolean;
       CREATE TEMPORARY TABLE twin AS SELECT * FROM dbo."Befolkning" WHERE ${SOMEBODY};
       UPDATE twin SET "Efternamn" = 'Dubbelberg', "Wrong" = true;
       INSERT INTO dbo."Befolkning" SELECT * FROM twin`,
    );
    await using world = await createHubWorld({ master: { url: spoiled.url } });
    await using hub = world.start(SMALL_STEPS);
    await world.settle([hub]);
    expect(await parkedUnder(world, 'HUB_MASTER_DUPLICATE_KEY')).toBe(1);
    await alterMaster(spoiled, 'DELETE FROM dbo."Befolkning" WHERE "Wrong"');
    await untilCleared(world, hub, 'HUB_MASTER_DUPLICATE_KEY');
    expect(differences(await stopAndSnapshot(world, [hub]), undisturbed)).toEqual([]);
  }, 180_000);
});

describe('a table in Master that does not fit the mapping', () => {
  it('stops the hub with the name of a column that is not there, and loads when it is', async () => {
    await using spoiled = await createMaster(PERSONS);
    const rename = (from: string, to: string): Promise<void> =>
      alterMaster(spoiled, `ALTER TABLE dbo."Befolkning" RENAME "${from}" TO "${to}"`);
    await rename('Civilstand', 'Civilstatus');
    await using world = await createHubWorld({ master: { url: spoiled.url } });
    await using refused = world.start(SMALL_STEPS);
    expect(await refused.ended).toBe(1);
    expect(refused.log).toContain('HUB_MASTER_COLUMN_MISSING');
    expect(refused.log).toContain('dbo.Befolkning.Civilstand');
    await rename('Civilstatus', 'Civilstand');
    await using hub = world.start(SMALL_STEPS);
    await world.settle([hub]);
    expect(differences(await stopAndSnapshot(world, [hub]), undisturbed)).toEqual([]);
  }, 180_000);

  it('stops the hub when a column changes its type while changes stream, and goes on when it fits again', async () => {
    await using spoiled = await createMaster(PERSONS);
    await using world = await createHubWorld({ master: { url: spoiled.url } });
    await using stopped = world.start(SMALL_STEPS);
    await world.settle([stopped]);
    // Somebody is written in the same moment: what was read with the old columns must not be sent.
    await alterMaster(
      spoiled,
      `BEGIN;
       ALTER TABLE dbo."Befolkning" ALTER COLUMN "Efternamn" TYPE bytea USING convert_to("Efternamn", 'UTF8');
       UPDATE dbo."Befolkning" SET "Fastighet" = "Fastighet" WHERE ${SOMEBODY};
       COMMIT`,
    );
    expect(await stopped.ended).toBe(1);
    expect(stopped.log).toContain('HUB_MASTER_COLUMN_TYPE');
    expect(stopped.log).toContain('dbo.Befolkning.Efternamn');
    await alterMaster(
      spoiled,
      `ALTER TABLE dbo."Befolkning" ALTER COLUMN "Efternamn" TYPE varchar(60) USING convert_from("Efternamn", 'UTF8')`,
    );
    await using hub = world.start(SMALL_STEPS);
    await world.settle([hub], await world.now());
    expect(differences(await stopAndSnapshot(world, [hub]), undisturbed)).toEqual([]);
  }, 180_000);
});

describe('bytes on the raw topic that nobody can read', () => {
  it('are parked one by one, and the records around them go on', async () => {
    await using world = await createHubWorld({ master: { url: master.url } });
    await using first = world.start({ ...SMALL_STEPS, HUB_ROLES: 'core' });
    await untilLogged(first, 'processing partitions');
    const producer = world.kafka.producer();
    const unreadable = [
      { key: NOISE, value: Buffer.from([0xff, 0x00, 0xfe]) },
      { key: NOTHING, value: null },
      { key: 'stranger', value: Buffer.from('{"hello":"from another program"}') },
    ];
    const topic = topicName(TOPIC.sourceMaster, world.prefix);
    for (const [partition, message] of unreadable.entries()) {
      await producer.send({ topic, partition, messages: [message] });
    }
    await using hub = world.start(SMALL_STEPS);
    await world.settle([first, hub]);
    const { parked, ...rest } = await stopAndSnapshot(world, [first, hub]);
    const isNoise = (line: string): boolean => line.startsWith('HUB_SYNC_RAW_UNREADABLE');
    // The key of a stranger could be anything, so it is not kept.
    expect(parked.filter(isNoise)).toEqual(
      ['', NOISE, NOTHING].map((key) => `HUB_SYNC_RAW_UNREADABLE ${key}`),
    );
    const known = parked.filter((line) => !isNoise(line));
    expect(differences({ ...rest, parked: known }, undisturbed)).toEqual([]);
  }, 180_000);
});
