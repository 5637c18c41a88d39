/** Life goes on in both registers, the phase is switched, instances are killed: each consumer ends with what its profile says, and nothing else. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { loadConfig } from '../../connectors/config/load-config.ts';
import { statement } from '../../connectors/hub-store/database.ts';
import { TOPIC, topicName } from '../../connectors/kafka/topics.ts';
import { createOperator, type Operator } from '../../connectors/runtime/operations/operator.ts';
import type { ConsumerProfile } from '../../core/disclosure/consumer-profile.ts';
import type { Identity } from '../../core/person/person-identifier.ts';
import { playLife } from '../../scripts/population/life/play-life.ts';
import { sandboxPopulation } from '../../scripts/sandbox/sandbox-population.ts';
import { contradictionsOfTable, readConsumerEndState } from '../support/consumer-end-state.ts';
import { createEmptyDatabase } from '../support/hub-database.ts';
import { until } from '../support/hub-faults.ts';
import type { HubProcess } from '../support/hub-process.ts';
import { createHubWorld, type HubWorld } from '../support/hub-world.ts';
import { createTestSandbox } from '../support/sandbox.ts';

const SEED = 11;
const PERSONS = 600;
const STEPS = { HUB_BATCH_RECORDS: '50', HUB_CONSUMER_BATCH: '50' };
const SHARES = {
  'protection-raised': 0.2,
  'number-changed': 0.1,
  'reserve-linked': 0.1,
  'moved-within-municipality': 0.2,
};
const LIFE = { seconds: 8, ratePerSecond: 12 };
const DELAYS = { pu: { leastMs: 0, mostMs: 500 }, master: { leastMs: 0, mostMs: 1_000 } };
const AGREEMENT = {
  validTo: '2099-12-31',
  frameworkVersion: '1',
  staffInformedBy: 'tester',
  staffInformedAt: '2026-01-01',
};

it('ends with what each profile says of the golden records, whatever was killed', async () => {
  await using sandbox = await createTestSandbox({ seed: SEED, persons: PERSONS });
  await using world = await createHubWorld({ master: { persons: PERSONS }, pu: { sandbox } });
  await using warehouse = await createEmptyDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'hub-consumers-'));
  await using instances = new AsyncDisposableStack();
  instances.defer(() => rmSync(folder, { recursive: true }));
  const addresses = join(folder, 'databases.json');
  writeFileSync(addresses, JSON.stringify({ warehouse: warehouse.url }), { mode: 0o600 });
  const settings = { ...STEPS, HUB_CONSUMER_DATABASES: addresses };
  const start = (name: string): HubProcess =>
    instances.use(world.start({ ...settings, HUB_INSTANCE: name }));
  let left = start('left');
  const right = start('right');
  await world.settle([left, right]);
  await using operator = createOperator(loadConfig(world.settings, 'operator'));
  const files = await operator.readConsumers();
  const fileOf = (name: string): ConsumerProfile => {
    const profile = files.get(name);
    if (profile === undefined) expect.fail(`no profile ${name}`);
    return profile;
  };
  const profiles: readonly ConsumerProfile[] = [
    ...['cosmic', 'pasis', 'reminders', 'laboratory'].map(fileOf),
    {
      ...fileOf('cosmic'),
      name: 'fhir',
      delivery: { kind: 'topic', format: 'fhir-patient', content: 'full-state' },
    },
  ];
  const byTable = fileOf('warehouse');
  for (const [i, profile] of [...profiles, byTable].entries()) {
    const added = { profile, agreement: AGREEMENT, principal: null };
    expect(await operator.store.consumers.add(added, BigInt(i + 1))).toBe('done');
  }
  await listSome(world, operator);

  const population = sandboxPopulation({ seed: SEED, persons: PERSONS });
  const life = playLife({
    population,
    masterUrl: world.masterUrl,
    controlUrl: sandbox.endpoints.control,
    seed: SEED,
    shares: SHARES,
    delays: DELAYS,
    ...LIFE,
  });
  for (const ms of [700, 1_300]) {
    await sleep(ms);
    await left.kill();
    left = start('left');
  }
  await life;
  await world.settle([left, right], await world.now(), Date.now());
  await untilTold(world, operator, right);

  for (const profile of profiles) {
    const { contradictions, ...counts } = await readConsumerEndState(world, operator, profile);
    expect({ name: profile.name, contradictions: contradictions.slice(0, 5) }).toEqual({
      name: profile.name,
      contradictions: [],
    });
    expect(counts.persons).toBeGreaterThan(10);
    if (profile.protectedPersons === 'masked') expect(counts.protectedPersons).toBeGreaterThan(0);
    else expect(counts.protectedPersons).toBe(0);
  }
  const rows = await warehouse.database.query(
    statement<{ row: string }>('', "SELECT person_key || '|' || kind AS row FROM hub_person"),
  );
  expect(rows.length).toBeGreaterThan(PERSONS / 2);
  const told = new Set(rows.map(({ row }) => row));
  expect(await contradictionsOfTable(operator, byTable, told)).toEqual([]);
  for (const hub of [left, right]) expect(await hub.stop()).toBe(0);
}, 180_000);

/** Every third person of the hub is on the list of the consumer that has one. */
async function listSome(world: HubWorld, { store }: Operator): Promise<void> {
  const consumer = await store.consumers.find('reminders');
  if (consumer === undefined) expect.fail('reminders is not there');
  const rows = await world.store.database.query(
    statement<{ root: string; extension: string }>(
      '',
      "SELECT root, extension FROM identities WHERE identity_key::text ~ '[0-4]$'",
    ),
  );
  await store.consumerLists.add(consumer.id, rows as readonly Identity[]);
}

/** Waits until every consumer has been told of every event, and no walk is under way. */
async function untilTold(world: HubWorld, { store }: Operator, hub: HubProcess): Promise<void> {
  await until(hub, 'every consumer is told', async () => {
    const ends = await world.kafka.admin.offsets(topicName(TOPIC.personEvents, world.prefix));
    for (const { id, walk } of await store.deliveries.consumers()) {
      if (walk !== null) return false;
      if ((await store.deliveries.touches(id, 1)).length > 0) return false;
      const positions = await store.deliveries.positions(id);
      const isBehind = ends.some(
        ({ partition, high }) =>
          (positions.find((at) => at.partition === partition)?.nextOffset ?? 0) < high,
      );
      if (isBehind || positions.length === 0) return false;
    }
    return true;
  });
}
