import { setTimeout as pause } from 'node:timers/promises';
import { openDemoMaster } from '../demo/demo-master-client.ts';
import { now } from '../population/life/fine-clock.ts';
import { type CommittedChange, playLife } from '../population/life/play-life.ts';
import { createPopulation } from '../population/population.ts';
import type { OwnStack } from '../stack/stack.ts';
import { type BenchResult, DURABILITY, percentile } from './bench-result.ts';
import {
  type BenchWorld,
  createBenchWorld,
  masterWasChanged,
  REGION,
  SEED,
  watchUntil,
} from './bench-world.ts';

const PERSONS = 20_000;
const CHANGES_PER_SECOND = 100;
const SECONDS = 60;
/** The first seconds after a load are not what a day looks like. */
const SETTLE_MS = 5_000;
const LAST_ONES_MS = 3_000;
const AT_ONCE = { leastMs: 0, mostMs: 0 };

interface ReadEvent {
  readonly version: number;
  readonly recordedAt: number;
  readonly readAt: number;
}

/** From the return of a commit in Master to the moment at which a consumer has the change's first event, at a steady rate. */
export async function benchLatency(
  stack: OwnStack,
  report: (line: string) => void,
): Promise<readonly BenchResult[]> {
  await using world = await createBenchWorld(stack, PERSONS, report);
  await using hub = world.start();
  const published = 'hub_publisher_events_total';
  await watchUntil(
    [hub],
    world.expected,
    () => hub.metric(published),
    () => undefined,
  );
  await pause(SETTLE_MS);

  const end = new AbortController();
  const events = new Map<string, ReadEvent[]>();
  const reading = readEvents(world, events, end.signal);
  reading.catch(() => undefined); // met below
  const changes: CommittedChange[] = [];
  const { endpoints } = stack;
  masterWasChanged();
  report(`latency: ${CHANGES_PER_SECOND} changes a second for ${SECONDS} s`);
  await playLife({
    population: createPopulation({ seed: SEED, persons: PERSONS, region: REGION }),
    masterUrl: endpoints.masterUrl,
    controlUrl: null,
    seed: SEED,
    ratePerSecond: CHANGES_PER_SECOND,
    seconds: SECONDS,
    delays: { pu: AT_ONCE, master: AT_ONCE },
    onCommitted: (change) => changes.push(change),
  });
  await pause(LAST_ONES_MS);
  end.abort();
  await reading;

  const found = await matchChanges(world, changes, events);
  if (found.toRead.length < changes.length / 2) {
    throw new Error(`Only ${found.toRead.length} of ${changes.length} changes could be matched.`);
  }
  const settings =
    `${CHANGES_PER_SECOND} changes/s in ${PERSONS} persons for ${SECONDS} s, commit in Master to the event in a consumer's hand, ` +
    `${found.toRead.length} changes, ${DURABILITY}; of the median ${percentile(found.toStored, 0.5).toFixed(0)} ms until committed in the hub store`;
  return [
    { name: 'latency-p50', value: round(percentile(found.toRead, 0.5)), unit: 'ms', settings },
    { name: 'latency-p99', value: round(percentile(found.toRead, 0.99)), unit: 'ms', settings },
  ];
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}

async function readEvents(
  { operator }: BenchWorld,
  events: Map<string, ReadEvent[]>,
  signal: AbortSignal,
): Promise<void> {
  const topic = operator.topicName('person.events.v1');
  await operator.kafka.runConsumer({
    groupId: `${topic}.bench`,
    topics: [topic],
    fromBeginning: false,
    startOffset: () => Promise.resolve(undefined),
    onBatch: async ({ records }) => {
      const readAt = now();
      for (const { key, value } of records) {
        if (value === null) continue;
        const decoded = (await operator.recordPorts.decodeAvro(value)) as Omit<ReadEvent, 'readAt'>;
        const list = events.get(String(key)) ?? [];
        events.set(String(key), list);
        // One change can have several events; the first is what counts.
        if (list.every(({ version }) => version !== decoded.version))
          list.push({ ...decoded, readAt });
      }
    },
    signal,
  });
}

/** The n-th change of a person made the n-th of its new versions. Persons whose changes were read together are left out. */
async function matchChanges(
  world: BenchWorld,
  changes: readonly CommittedChange[],
  events: ReadonlyMap<string, readonly ReadEvent[]>,
) {
  const byPerson = Map.groupBy(
    changes.filter((change) => change.publishes),
    (change) => change.PersonId,
  );
  await using client = await openDemoMaster(world.settings['DATABASE_URL'] ?? '');
  const keys = await client.query<{ extension: string; person_key: string }>(
    'select extension, person_key from identities where extension = any($1)',
    [[...byPerson.keys()]],
  );
  const toRead: number[] = [];
  const toStored: number[] = [];
  for (const { extension, person_key } of keys) {
    const made = byPerson.get(extension) ?? [];
    const read = events.get(person_key) ?? [];
    if (made.length !== read.length) continue;
    for (const [i, { committedAt }] of made.entries()) {
      const event = read[i];
      if (event === undefined) continue;
      toRead.push(event.readAt - committedAt);
      toStored.push(event.recordedAt - committedAt);
    }
  }
  const ascending = (a: number, b: number): number => a - b;
  return { toRead: toRead.sort(ascending), toStored: toStored.sort(ascending) };
}
