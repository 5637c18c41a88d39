/** Both registers at once: what the hub knows of PU is what PU says, and Master does not wait for PU. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../connectors/config/load-config.ts';
import { statement } from '../../connectors/hub-store/database.ts';
import { TOPIC, topicName } from '../../connectors/kafka/topics.ts';
import { loadMappingFiles } from '../../connectors/mapping-files/load-mapping-files.ts';
import { createOperator, type Operator } from '../../connectors/runtime/operations/operator.ts';
import { readStatus } from '../../connectors/runtime/operations/read-status.ts';
import {
  requestOf,
  runSourceCommand,
  type SourceCommand,
} from '../../connectors/runtime/operations/source-commands.ts';
import type { PuRecord } from '../../scripts/population/pu-record.ts';
import { until, untilLogged } from '../support/hub-faults.ts';
import type { HubProcess } from '../support/hub-process.ts';
import {
  createHubWorld,
  createMaster,
  type HubWorld,
  type TestMaster,
} from '../support/hub-world.ts';
import { comparePuTopic, type PuComparison } from '../support/pu-raw-comparison.ts';
import type { TestSandbox } from '../support/sandbox.ts';

const PERSONS = 2_000;
const MAPPINGS = new URL('../../mappings', import.meta.url).pathname;
const NEVER = new AbortController().signal;

let master: TestMaster;

beforeAll(async () => {
  master = await createMaster(PERSONS);
}, 60_000);

afterAll(async () => {
  await master[Symbol.asyncDispose]();
});

function sandboxOf({ sandbox }: HubWorld): TestSandbox {
  return sandbox ?? expect.fail('the world has no PU');
}

function openOperator(world: HubWorld): Operator {
  return createOperator(loadConfig(world.settings, 'operator'));
}

async function compare(world: HubWorld): Promise<PuComparison> {
  const { kafka, store, prefix } = world;
  const { puMapping, region } = await loadMappingFiles(MAPPINGS);
  const rows = await store.database.query(
    statement<{ text: string }>(
      '',
      `SELECT i.root || '^' || i.extension AS text FROM identities i JOIN evidence e USING (identity_key)
       WHERE e.source = 'master' AND e.content IS NOT NULL`,
    ),
  );
  const inMaster = new Set(rows.map(({ text }) => text));
  return await comparePuTopic({
    kafka,
    topic: topicName(TOPIC.sourcePu, prefix),
    records: sandboxOf(world).control.records(),
    isExpected: (record: PuRecord) => {
      const { root, extension } = record.personalIdentity;
      const county = record.populationRegistrationLocality?.countyCode ?? '';
      const isReserve = puMapping.pulls['reserve-identities'].roots.some((one) => one === root);
      const isAskable = puMapping.askableRoots.some((one) => one === root);
      const isKnown = isAskable && inMaster.has(`${root}^${extension}`);
      return region.homeCounties.has(county) || isReserve || isKnown;
    },
  });
}

async function command(
  operator: Operator,
  wanted: Pick<SourceCommand, 'kind' | 'pull'>,
): Promise<void> {
  const made = requestOf({ source: 'pu', reason: 'a test', requestedBy: 'tester', ...wanted });
  if (made.kind === 'refused') expect.fail(made.why);
  const { answer } = await runSourceCommand(operator.store, made.request, 30_000, NEVER);
  expect(answer).toMatchObject({ outcome: 'done' });
}

describe('a hub that reads both registers', () => {
  it('has of each identity what PU says of it, after the first load and after changes', async () => {
    await using world = await createHubWorld({
      master: { url: master.url },
      pu: { persons: PERSONS },
    });
    await using hub = world.start();
    await world.settle([hub]);
    const loaded = await compare(world);
    expect(loaded).toMatchObject({ different: [], strange: [], missing: [] });
    expect(loaded.equal).toBeGreaterThan(PERSONS / 2);

    // Golden records follow Master alone: nobody is published whom it does not have.
    const published = await world.count(
      'SELECT count(*) AS n FROM persons WHERE version > 0 AND redirect_to IS NULL',
    );
    const known = await world.count(
      "SELECT count(DISTINCT i.person_key) AS n FROM identities i JOIN evidence e USING (identity_key) WHERE e.source = 'master'",
    );
    expect(published).toBe(known);

    await using operator = openOperator(world);
    const control = sandboxOf(world).control;
    const changed: PuRecord[] = [];
    for await (const record of control.records()) {
      const isResident = record.populationRegistrationLocality?.countyCode === '03';
      if (isResident) changed.push({ ...record, name: { ...record.name, surname: 'Nyprov' } });
      if (changed.length === 20) break;
    }
    await control.live({ persons: [], records: changed });
    await command(operator, { kind: 'source-pull', pull: 'own-region' });
    await world.settle([hub], undefined, Date.now());
    const after = await compare(world);
    expect(after).toMatchObject({ different: [], strange: [], missing: [], equal: loaded.equal });

    const freshness = await operator.readFreshness();
    expect(freshness.master?.state).toBe('streaming');
    expect(freshness.pu?.shards.filter(({ watermark }) => watermark === null)).toEqual([]);
    const coverage = await operator.readUncovered(null, 5);
    expect(coverage?.byReason['not-loaded-yet']).toBe(0);
    expect(coverage?.covered).toBeGreaterThan(0);
    expect(await hub.stop()).toBe(0);
  }, 180_000);

  it('pauses, resumes and reloads PU by command, and Master goes on', async () => {
    await using world = await createHubWorld({ master: { url: master.url }, pu: { persons: 300 } });
    await using hub = world.start();
    await world.settle([hub]);
    await using operator = openOperator(world);
    await command(operator, { kind: 'source-pause' });
    await untilStatus(hub, operator, (sources) => sources['pu'] === 'paused');
    await command(operator, { kind: 'source-resume' });
    const before = await rawRecords(world);
    await command(operator, { kind: 'source-reload' });
    // The second one begins when the first has ended, and is answered then.
    await command(operator, { kind: 'source-reload' });
    await until(hub, 'everybody was sent twice more', async () => {
      return (await rawRecords(world)) >= 3 * before;
    });
    await untilStatus(hub, operator, ({ master }) => master === 'streaming');
    expect(await hub.stop()).toBe(0);
  }, 120_000);
});

describe('a fault of PU that no waiting mends', () => {
  it('makes PU stand down with its code, while Master is read and published; a restart with a proper certificate goes on with PU', async () => {
    await using world = await createHubWorld({ master: { url: master.url }, pu: { persons: 300 } });
    const { expired } = sandboxOf(world).certificates;
    await using hub = world.start({ PU_CERT: expired.certificate, PU_KEY: expired.key });
    await untilLogged(hub, 'PU is not read until somebody acts');
    await until(hub, 'Master was published', async () => {
      const published = await world.count(
        'SELECT count(*) AS n FROM persons WHERE version > 0 AND redirect_to IS NULL',
      );
      const waiting = await world.count('SELECT count(*) AS n FROM outbox');
      return published > PERSONS / 2 && waiting === 0;
    });
    await using operator = openOperator(world);
    await until(hub, 'its status said so', async () => {
      const { state, reasons, sources } = await readStatus(operator.store, Date.now());
      const isSaid = reasons.some((reason) =>
        reason.endsWith('source-pu: HUB_PU_CERTIFICATE_EXPIRED'),
      );
      return isSaid && state === 'unhealthy' && sources.every(({ name }) => name === 'master');
    });
    expect(await hub.stop()).toBe(0);

    await using next = world.start();
    await world.settle([next]);
    expect(await next.stop()).toBe(0);
  }, 150_000);
});

async function rawRecords({ kafka, prefix }: HubWorld): Promise<number> {
  const ends = await kafka.admin.offsets(topicName(TOPIC.sourcePu, prefix));
  return ends.reduce((sum, { high }) => sum + high, 0);
}

async function untilStatus(
  hub: HubProcess,
  operator: Operator,
  isSo: (states: Readonly<Record<string, string>>) => boolean,
): Promise<void> {
  await until(hub, 'its status said so', async () => {
    const { sources } = await readStatus(operator.store, Date.now());
    return isSo(Object.fromEntries(sources.map(({ name, state }) => [name, state])));
  });
}
