/** The phase is switched while life goes on in both registers, and the instance that derives everybody again is killed in the middle. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { loadConfig } from '../../connectors/config/load-config.ts';
import { statement } from '../../connectors/hub-store/database.ts';
import {
  type CoreCommand,
  coreRequestOf,
  runCoreCommand,
} from '../../connectors/runtime/operations/core-commands.ts';
import { createOperator, type Operator } from '../../connectors/runtime/operations/operator.ts';
import { readStatus } from '../../connectors/runtime/operations/read-status.ts';
import {
  requestOf,
  runSourceCommand,
} from '../../connectors/runtime/operations/source-commands.ts';
import type { Derivation } from '../../core/sync/ports.ts';
import { playLife } from '../../scripts/population/life/play-life.ts';
import { sandboxPopulation } from '../../scripts/sandbox/sandbox-population.ts';
import { readEndState } from '../support/hub-end-state.ts';
import { until } from '../support/hub-faults.ts';
import type { HubProcess } from '../support/hub-process.ts';
import { createHubWorld, type HubWorld } from '../support/hub-world.ts';
import { createTestSandbox } from '../support/sandbox.ts';

const SEED = 7;
const PERSONS = 800;
/** Small pages, so that the walk has a middle to be killed in. */
const STEPS = { HUB_DERIVATION_PAGE: '5', HUB_BATCH_RECORDS: '50' };
/** Much of what makes, parts and hides persons. */
const SHARES = {
  'number-changed': 0.2,
  'personal-number-given': 0.1,
  'reserve-given': 0.15,
  'reserve-linked': 0.2,
  'reserve-unlinked': 0.1,
  'protection-raised': 0.1,
  'moved-within-municipality': 0.15,
};
const NAMES = ['instance-left', 'instance-right'];
const LIFE = { seconds: 5, ratePerSecond: 12 };
const DELAYS = { pu: { leastMs: 0, mostMs: 500 }, master: { leastMs: 0, mostMs: 1_500 } };
const NEVER = new AbortController().signal;

it('ends with topic, table and fresh derivation the same, and a rebuild moves no version', async () => {
  await using sandbox = await createTestSandbox({ seed: SEED, persons: PERSONS });
  await using world = await createHubWorld({ master: { persons: PERSONS }, pu: { sandbox } });
  await using instances = new AsyncDisposableStack();
  const start = (name: string): HubProcess =>
    instances.use(world.start({ ...STEPS, HUB_INSTANCE: name }));
  const hubs = new Map(NAMES.map((name) => [name, start(name)]));
  await world.settle([...hubs.values()]);
  await using operator = createOperator(loadConfig(world.settings, 'operator'));

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
  await sleep((LIFE.seconds * 1_000) / 3);
  const seen = await operator.store.phases.read();
  await command(operator, { kind: 'phase-switch', phase: 'step-1', seen });
  const killed = await killWalker(world, hubs);
  const middle = await walkOf(operator);
  expect(middle).toMatchObject({ kind: 'phase', state: 'running' });
  const [survivor] = [...hubs].filter(([name]) => name !== killed).map(([, hub]) => hub);
  if (survivor === undefined) expect.fail('nobody is left');
  await untilWalked(operator, survivor);
  // Under its name it takes up what it held at once; the other one would have to wait until that lapses.
  const restarted = start(killed);
  const counts = await life;
  expect(Object.keys(counts)).toEqual(expect.arrayContaining(['number-changed', 'reserve-linked']));

  await world.settle([survivor, restarted], await world.now(), Date.now());
  // The old numbers of who got new ones come with later pulls: they would change somebody while the rebuild is to change nobody.
  await pausePu(operator, survivor);
  await world.settle([survivor, restarted]);
  await untilFollowedUp(world, survivor);
  const before = await versions(world);
  await command(operator, { kind: 'rebuild' });
  const rebuild = await untilWalked(operator, survivor);
  expect(rebuild).toMatchObject({ kind: 'rebuild', changed: 0, vanished: 0 });
  expect(await versions(world)).toEqual(before);

  for (const hub of [survivor, restarted]) expect(await hub.stop()).toBe(0);
  const { persons, redirects, clusters, contradictions } = await readEndState(world);
  expect(contradictions.slice(0, 5)).toEqual([]);
  expect(persons).toBeGreaterThan(PERSONS / 2);
  expect(redirects).toBeGreaterThan(0);
  expect(clusters).toBeGreaterThan(0);
  expect(rebuild.persons).toBeGreaterThanOrEqual(persons);
}, 180_000);

async function command(operator: Operator, wanted: CoreCommand): Promise<void> {
  const made = coreRequestOf(wanted, { reason: 'a test', requestedBy: 'tester' });
  if (made.kind === 'refused') expect.fail(made.why);
  const { answer } = await runCoreCommand(operator.store, made.request, 30_000, NEVER);
  expect(answer).toMatchObject({ outcome: 'done' });
}

/** Nothing new of PU comes from now on. */
async function pausePu(operator: Operator, hub: HubProcess): Promise<void> {
  const made = requestOf({
    source: 'pu',
    kind: 'source-pause',
    reason: 'a test',
    requestedBy: 'tester',
  });
  if (made.kind === 'refused') expect.fail(made.why);
  const { answer } = await runSourceCommand(operator.store, made.request, 30_000, NEVER);
  expect(answer).toMatchObject({ outcome: 'done' });
  await until(hub, 'PU was paused', async () => {
    const { sources } = await readStatus(operator.store, Date.now());
    return sources.some(({ name, state }) => name === 'pu' && state === 'paused');
  });
}

/** Kills the instance that holds a page at this moment, when the walk has come some way. @returns its name. */
async function killWalker(
  { store }: HubWorld,
  hubs: ReadonlyMap<string, HubProcess>,
): Promise<string> {
  const giveUpAt = performance.now() + 30_000;
  while (performance.now() < giveUpAt) {
    const [row] = await store.database.query(WALKER);
    const hub = hubs.get(row?.instance ?? '');
    if (row !== undefined && hub !== undefined) {
      await hub.kill();
      return row.instance;
    }
  }
  return expect.fail('no instance was seen walking');
}

/** A page locks the row of its walk. */
const WALKER = statement<{ instance: string }>(
  '',
  `SELECT substr(a.application_name, 5) AS instance FROM pg_locks l JOIN pg_stat_activity a USING (pid)
   WHERE l.relation = 'derivations'::regclass AND l.mode = 'RowShareLock'
     AND EXISTS (SELECT FROM derivations WHERE state = 'running' AND persons > 100)`,
);

async function walkOf({ store }: Operator): Promise<Derivation> {
  return (await store.derivations.show()) ?? expect.fail('there was no walk');
}

async function untilWalked(operator: Operator, hub: HubProcess): Promise<Derivation> {
  await until(hub, 'everybody was derived again', async () => {
    return (await walkOf(operator)).state === 'done';
  });
  return await walkOf(operator);
}

/** Protection that came or went is followed up in the background. */
async function untilFollowedUp(world: HubWorld, hub: HubProcess): Promise<void> {
  await until(hub, 'relatives were looked at and published', async () => {
    const waiting = await world.count(
      'SELECT (SELECT count(*) FROM follow_ups) + (SELECT count(*) FROM outbox) AS n',
    );
    return waiting === 0;
  });
}

async function versions({ store }: HubWorld): Promise<readonly string[]> {
  const rows = await store.database.query(
    statement<{ line: string }>('', "SELECT person_key || ' ' || version AS line FROM persons"),
  );
  return rows.map(({ line }) => line).sort();
}
