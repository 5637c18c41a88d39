import { setTimeout as pause } from 'node:timers/promises';
import type { ConsumerProfile } from '../../core/disclosure/consumer-profile.ts';
import { chooseFreePort } from '../stack/free-ports.ts';
import type { OwnStack } from '../stack/stack.ts';
import { type BenchResult, DURABILITY } from './bench-result.ts';
import { type BenchHub, type BenchWorld, createBenchWorld, watchUntil } from './bench-world.ts';

const PERSONS = 100_000;
const CONSUMERS = 10;
/** In this order again and again: from everything there is to very little. */
const PROFILES = ['cosmic', 'laboratory', 'pasis', 'cosmic', 'laboratory'];
const AGREEMENT = {
  validTo: '2099-12-31',
  frameworkVersion: 'bench',
  staffInformedBy: 'bench',
  staffInformedAt: '2026-01-01',
};
const LOOK_MS = 100;
/** What an instance does at its start is over then. */
const SETTLE_MS = 5_000;
const FIRST = 'bench-0';

/**
 * Telling consumers: the first load of one who is new, alone; then ten consumers from one stream of changes, each of which is told everything that
 * happened, from the first event to the last.
 */
export async function benchConsumers(
  stack: OwnStack,
  report: (line: string) => void,
): Promise<readonly BenchResult[]> {
  await using world = await createBenchWorld(stack, PERSONS, report);
  await publishEveryone(world, report);
  const first = await firstLoad(world, report);
  const names = await addConsumers(world, CONSUMERS, 1);
  await untilTold(world, names, report);
  await goBack(world, [FIRST, ...names]);
  const all = await untilTold(world, [FIRST, ...names], report);
  const about = `${PERSONS} persons, ${DURABILITY}`;
  return [
    {
      name: 'consumer-first-load',
      value: Math.round(first.persons / first.seconds),
      unit: 'persons/s',
      settings: `${about}; one instance with the role consumers that runs and feeds nobody, from the adding of a consumer with the profile cosmic to the end of its first load`,
    },
    {
      name: 'consumers-10',
      value: Math.round(all.records / all.seconds),
      unit: 'records/s',
      settings: `${about}; ten consumers (profiles cosmic, laboratory, pasis) are told every event from the first one, states and events, by two instances with the role consumers, from their start to the last; ${Math.round((CONSUMERS * first.persons) / all.seconds)} persons/s in all; peak resident set of the larger ${Math.round(all.peakMegabytes)} MB`,
    },
  ];
}

/** From the adding of a consumer to the end of its first load, by an instance that has nothing else to do. */
async function firstLoad(world: BenchWorld, report: (line: string) => void): Promise<Told> {
  await using hub = world.start({ HUB_ROLES: 'consumers' });
  while ((await hub.metric('hub_process_cpu_seconds_total')) === 0) await pause(LOOK_MS);
  await pause(SETTLE_MS);
  const startedAt = performance.now();
  await addConsumers(world, 1, 0);
  while (!(await isTold(world, [FIRST]))) {
    hub.check();
    await pause(LOOK_MS);
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  const records = await recordsOf([hub]);
  report(`consumers: first load of ${records} persons in ${seconds.toFixed(1)} s`);
  return { seconds, persons: records, records, peakMegabytes: hub.peakMegabytes() };
}

async function publishEveryone(world: BenchWorld, report: (line: string) => void): Promise<void> {
  await using hub = world.start({ HUB_ROLES: 'source,core,publisher' });
  const topic = world.operator.topicName('person.events.v1');
  const published = async (): Promise<number> => {
    const offsets = await world.operator.kafka.admin.offsets(topic);
    return offsets.reduce((sum, { high }) => sum + high, 0);
  };
  await watchUntil([hub], world.expected, published, (done) =>
    report(`consumers: ${done} of ${world.expected} persons published`),
  );
}

/** Consumers with worked profiles, each under a name of its own, of everybody. */
async function addConsumers(
  { operator }: BenchWorld,
  upTo: number,
  from: number,
): Promise<readonly string[]> {
  const files = await operator.readConsumers();
  const names: string[] = [];
  for (let number = from; number < upTo; number++) {
    const file = files.get(PROFILES[number % PROFILES.length] ?? '');
    if (file === undefined) throw new Error('A worked profile is missing.');
    const name = `bench-${number}`;
    const profile: ConsumerProfile = { ...file, name, persons: { kind: 'all' } };
    const added = { profile, agreement: AGREEMENT, principal: null };
    await operator.store.consumers.add(added, BigInt(number + 1));
    names.push(name);
  }
  return names;
}

/** Everything is told again, from the first event on. */
async function goBack({ operator }: BenchWorld, names: readonly string[]): Promise<void> {
  const offsets = await operator.kafka.admin.offsets(operator.topicName('person.events.v1'));
  const starts = offsets.map(({ partition, low }) => ({ partition, nextOffset: low }));
  for (const [i, name] of names.entries()) {
    await operator.store.consumers.replaySince(name, starts, null, BigInt(1_000 + i));
  }
}

interface Told {
  readonly seconds: number;
  readonly persons: number;
  readonly records: number;
  readonly peakMegabytes: number;
}

/** Runs two instances until every consumer has been told of everything: one for each core, as one would run it there. */
async function untilTold(
  world: BenchWorld,
  names: readonly string[],
  report: (line: string) => void,
): Promise<Told> {
  await using stack = new AsyncDisposableStack();
  const hubs: BenchHub[] = [];
  for (const HUB_INSTANCE of ['bench-one', 'bench-two']) {
    const HUB_HTTP_PORT = String(await chooseFreePort(new Set()));
    hubs.push(stack.use(world.start({ HUB_ROLES: 'consumers', HUB_INSTANCE, HUB_HTTP_PORT })));
  }
  const startedAt = performance.now();
  while (!(await isTold(world, names))) {
    for (const hub of hubs) hub.check();
    await pause(LOOK_MS);
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  const records = await recordsOf(hubs);
  report(`consumers: ${records} records to ${names.length} consumers in ${seconds.toFixed(1)} s`);
  const peakMegabytes = Math.max(...hubs.map((hub) => hub.peakMegabytes()));
  return { seconds, persons: PERSONS, records, peakMegabytes };
}

async function recordsOf(hubs: readonly BenchHub[]): Promise<number> {
  let sum = 0;
  for (const hub of hubs) sum += await hub.metric('hub_consumer_sent_total');
  return sum;
}

async function isTold({ operator }: BenchWorld, names: readonly string[]): Promise<boolean> {
  const { deliveries } = operator.store;
  const ends = await operator.kafka.admin.offsets(operator.topicName('person.events.v1'));
  for (const { id, name, walk } of await deliveries.consumers()) {
    if (!names.includes(name)) continue;
    if (walk !== null) return false;
    const positions = await deliveries.positions(id);
    const at = new Map(positions.map(({ partition, nextOffset }) => [partition, nextOffset]));
    if (ends.some(({ partition, high }) => (at.get(partition) ?? 0) < high)) return false;
  }
  return true;
}
