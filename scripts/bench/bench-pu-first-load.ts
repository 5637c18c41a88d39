import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sandboxEnvironment } from '../sandbox/sandbox-environment.ts';
import { startSandbox } from '../sandbox/start-sandbox.ts';
import type { OwnStack } from '../stack/stack.ts';
import { type BenchResult, DURABILITY } from './bench-result.ts';
import { type BenchWorld, createBenchWorld, SEED, watchUntil } from './bench-world.ts';

/** No pull is due again while the load is measured. */
const ONCE_A_YEAR = '0 3 1 1 *';
const SCHEDULES = {
  PU_SCHEDULE_OWN_REGION: ONCE_A_YEAR,
  PU_SCHEDULE_KNOWN_ELSEWHERE: ONCE_A_YEAR,
  PU_SCHEDULE_RESERVE: ONCE_A_YEAR,
  PU_SCHEDULE_MOVED_OUT: ONCE_A_YEAR,
};

/**
 * The first load from PU: the persons are loaded from Master already; from the start of a hub that knows of PU to the moment at which
 * everyone whom Master knows is answered and all of it is stored as evidence. The sandbox makes its files meanwhile, on the same machine.
 */
export async function benchPuFirstLoad(
  stack: OwnStack,
  persons: number,
  report: (line: string) => void,
): Promise<BenchResult<'pu-first-load-1m'>> {
  const folder = await mkdtemp(join(tmpdir(), 'hub-bench-sandbox-'));
  await using opened = new AsyncDisposableStack();
  opened.defer(async () => await rm(folder, { recursive: true, force: true }));
  const world = opened.use(await createBenchWorld(stack, persons, report));
  await loadMaster(world, report);
  const sandbox = opened.use(
    await startSandbox(folder, { seed: SEED, persons, latency: 'none' }, { endsWithStarter: true }),
  );
  const hub = opened.use(
    world.start({ ...sandboxEnvironment(sandbox.endpoints), ...SCHEDULES, PU_POLL_MS: '500' }),
  );
  const stored = () => hub.metric('hub_core_records_total');
  await watchUntil(
    [hub],
    1,
    async () => ((await isLoaded(world)) ? 1 : 0),
    () => void stored().then((records) => report(`first load from PU: ${records} records stored`)),
  );
  const sent = await recordsOnTopic(world);
  await watchUntil([hub], sent, stored, () => undefined);
  const seconds = (performance.now() - hub.startedAt) / 1_000;
  return {
    name: 'pu-first-load-1m',
    value: Math.round(sent / seconds),
    unit: 'records/s',
    settings: `${persons} persons in both registers, ${sent} records of PU, lots by file, one instance with all roles, ${DURABILITY}; peak resident set of the hub ${Math.round(hub.peakMegabytes())} MB`,
  };
}

async function loadMaster(world: BenchWorld, report: (line: string) => void): Promise<void> {
  await using hub = world.start();
  await watchUntil(
    [hub],
    world.loaded.persons,
    () => hub.metric('hub_core_records_total'),
    (done) => report(`Master first: ${done} of ${world.loaded.persons} rows stored`),
  );
}

async function isLoaded({ operator }: BenchWorld): Promise<boolean> {
  const checkpoint = await operator.store.checkpoints.load('pu');
  if (checkpoint === undefined) return false;
  const { shards } = JSON.parse(checkpoint) as {
    readonly shards: Readonly<Record<string, { readonly watermark: number | null }>>;
  };
  return typeof shards['first-load/identities']?.watermark === 'number';
}

async function recordsOnTopic({ operator }: BenchWorld): Promise<number> {
  const offsets = await operator.kafka.admin.offsets(operator.topicName('source.pu.person.v1'));
  return offsets.reduce((sum, { low, high }) => sum + high - low, 0);
}
