import type { OwnStack } from '../stack/stack.ts';
import { type BenchResult, DURABILITY } from './bench-result.ts';
import { type BenchHub, createBenchWorld, watchUntil } from './bench-world.ts';

const PERSONS = 100_000;

/**
 * Each role alone on the same persons, one after the other: Master into the raw topic, the raw topic into the store, the outbox onto the
 * person topics. The rate is over the time from the first tenth to the last record, so that neither the start of the process nor its
 * first, slow second counts.
 */
export async function benchStages(
  stack: OwnStack,
  report: (line: string) => void,
): Promise<readonly BenchResult[]> {
  await using world = await createBenchWorld(stack, PERSONS, report);
  const { loaded, expected } = world;
  const settings = `${PERSONS} persons, one instance with this role only, ${DURABILITY}`;
  const stage = async (role: string, goal: number, metric: string): Promise<number> => {
    await using hub = world.start({ HUB_ROLES: role });
    return rateOf(await watch(hub, role, goal, metric));
  };
  const watch = (hub: BenchHub, role: string, goal: number, metric: string) =>
    watchUntil(
      [hub],
      goal,
      () => hub.metric(metric),
      (done) => report(`${role}: ${done} of ${goal}`),
    );

  const read = await stage('source', loaded.persons, 'hub_source_records_sent_total');
  const rows = (loaded.persons + loaded.addresses + loaded.contacts) / loaded.persons;
  const core = await stage('core', loaded.persons, 'hub_core_records_total');
  const published = await stage('publisher', expected, 'hub_publisher_events_total');
  return [
    {
      name: 'master-read',
      value: Math.round(read * rows),
      unit: 'rows/s',
      settings: `${settings}; ${Math.round(read)} persons/s of ${rows.toFixed(2)} rows each, mode change-tracking on PostgreSQL`,
    },
    { name: 'core', value: Math.round(core), unit: 'persons/s', settings },
    {
      name: 'publisher',
      value: Math.round(published),
      unit: 'events/s',
      settings: `${settings}; with each event the person's state on a second topic`,
    },
  ];
}

function rateOf(seen: readonly { readonly at: number; readonly count: number }[]): number {
  const last = seen.at(-1);
  if (last === undefined) return Number.NaN;
  const from = seen.find(({ count }) => count >= last.count / 10);
  if (from === undefined || from === last) return Number.NaN;
  return ((last.count - from.count) / (last.at - from.at)) * 1_000;
}
