/** A service that is not there when the hub starts: the rest works, /health says that something does not, and SIGTERM ends it in order. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SMALL_STEPS, until, untilLogged, untilStored } from '../support/hub-faults.ts';
import type { HubProcess } from '../support/hub-process.ts';
import { createHubWorld, createMaster, type TestMaster } from '../support/hub-world.ts';

const PERSONS = 300;
/** The shortest that can be set. */
const SOON = { HUB_STALL_SECONDS: '5' };
const NOBODY = '127.0.0.1:1';

let master: TestMaster;

beforeAll(async () => {
  master = await createMaster(PERSONS);
});

afterAll(async () => {
  await master[Symbol.asyncDispose]();
});

describe('a hub that starts', () => {
  it.each([
    ["the hub's database", { DATABASE_URL: `postgres://postgres@${NOBODY}/none` }],
    ['Kafka', { KAFKA_BROKERS: NOBODY }],
    ['Master', { MASTER_URL: `postgres://postgres@${NOBODY}/none` }],
  ])(
    'is unhealthy while %s is away, and stops in order',
    async (_, away) => {
      await using world = await createHubWorld({ master: { url: master.url } });
      await using hub = world.start({ ...SOON, ...away });
      await untilLogged(hub, 'health and metrics are served');
      expect(await answerOf(hub)).toBe(200);
      await until(hub, 'it was unhealthy', async () => (await answerOf(hub)) === 503);
      expect(await hub.stop()).toBe(0);
      expect(hub.log).toContain('the hub stopped in order');
    },
    60_000,
  );

  it('reads and stores everybody while only the registry is away', async () => {
    await using world = await createHubWorld({ master: { url: master.url } });
    await using hub = world.start({
      ...SMALL_STEPS,
      ...SOON,
      SCHEMA_REGISTRY_URL: `http://${NOBODY}`,
    });
    const everybody = master.loaded.persons;
    expect(await untilStored(world, hub, everybody)).toBe(everybody);
    await until(hub, 'it was unhealthy', async () => (await answerOf(hub)) === 503);
    // Others that can publish must not leave it a part.
    expect(
      await world.count(`SELECT count(*) AS n FROM instances WHERE 'publisher' = ANY (roles)`),
    ).toBe(0);
    expect(await hub.stop()).toBe(0);
  }, 90_000);
});

async function answerOf(hub: HubProcess): Promise<number> {
  const port = /"port":(\d+)/.exec(hub.log)?.[1];
  const answer = await fetch(`http://127.0.0.1:${port}/health`);
  await answer.text();
  return answer.status;
}
