import { setTimeout as pause } from 'node:timers/promises';
import type { OwnStack } from '../stack/stack.ts';
import { type BenchResult, DURABILITY } from './bench-result.ts';
import { type BenchHub, type BenchWorld, createBenchWorld, watchUntil } from './bench-world.ts';

const IDLE_SECONDS = 30;
/** After the last event the hub finishes what it began: commits of offsets, the first quiet looks. */
const SETTLE_MS = 15_000;

/** JavaScript runs on one core a process, so a machine of two cores gets two instances, which is how one would run it there. */
const TWO_INSTANCES = [
  { HUB_ROLES: 'source,publisher', HUB_INSTANCE: 'bench-source' },
  { HUB_ROLES: 'core', HUB_INSTANCE: 'bench-core', HUB_HTTP_PORT: '0' },
];
const ONE_INSTANCE = [{}];

/**
 * The whole way: from the start of the hub, with persons in Master and nothing anywhere else, to the last event read by a consumer. Once
 * with an instance a core, which is the figure, and once with all roles in one process: with a million persons that gives the peak
 * memory, with a hundred thousand the processor time when nothing happens.
 */
export async function benchWholeWay(
  stack: OwnStack,
  persons: number,
  report: (line: string) => void,
): Promise<readonly BenchResult[]> {
  const isMillion = persons >= 1_000_000;
  const two = await run(stack, persons, TWO_INSTANCES, report, () => Promise.resolve(0));
  const one = await run(stack, persons, ONE_INSTANCE, report, (hub) =>
    isMillion ? Promise.resolve(hub.peakMegabytes()) : idleShare(hub, report),
  );
  const about = `${persons} persons, ${DURABILITY}`;
  return [
    {
      name: isMillion ? 'whole-way-1m' : 'whole-way-100k',
      value: Math.round(two.rate),
      unit: 'persons/s',
      settings: `${about}; from the start of two instances (source and publisher; core) to the last event read; one instance with all roles: ${Math.round(one.rate)}/s`,
    },
    isMillion
      ? {
          name: 'hub-rss',
          value: Math.round(one.extra),
          unit: 'MB',
          settings: `peak resident set of one instance with all roles, ${about}`,
        }
      : {
          name: 'idle-cpu',
          value: Math.round(one.extra * 10) / 10,
          unit: '% of one core',
          settings: `one instance with all roles, streaming, nothing changes, over ${IDLE_SECONDS} s after ${persons} persons were loaded`,
        },
  ];
}

async function run(
  stack: OwnStack,
  persons: number,
  instances: readonly Readonly<Record<string, string>>[],
  report: (line: string) => void,
  measure: (hub: BenchHub) => Promise<number>,
): Promise<{ readonly rate: number; readonly extra: number }> {
  await using world = await createBenchWorld(stack, persons, report);
  const end = new AbortController();
  const consumer = new EventCounter();
  const reading = consumer.run(world, end.signal);
  reading.catch(() => undefined); // met below
  await consumer.ready;
  await using hubs = new AsyncDisposableStack();
  const startedAt = performance.now();
  const running = instances.map((environment) => hubs.use(world.start(environment)));
  try {
    await watchUntil(
      running,
      world.expected,
      () => consumer.events,
      (done) => report(`whole way: ${done} of ${world.expected} events read`),
    );
    const seconds = (performance.now() - startedAt) / 1_000;
    const [first] = running;
    if (first === undefined) throw new RangeError('A run needs at least one instance.');
    return { rate: world.expected / seconds, extra: await measure(first) };
  } finally {
    end.abort();
    await reading;
  }
}

async function idleShare(hub: BenchHub, report: (line: string) => void): Promise<number> {
  report('whole way: measuring the idle hub');
  await pause(SETTLE_MS);
  const before = hub.cpuSeconds();
  await pause(IDLE_SECONDS * 1_000);
  return ((hub.cpuSeconds() - before) / IDLE_SECONDS) * 100;
}

/** A consumer that counts events and does not look into them. */
class EventCounter {
  events = 0;
  readonly #assigned = Promise.withResolvers<void>();

  get ready(): Promise<void> {
    return this.#assigned.promise;
  }

  async run({ operator }: BenchWorld, signal: AbortSignal): Promise<void> {
    const topic = operator.topicName('person.events.v1');
    await operator.kafka.runConsumer({
      groupId: `${topic}.bench`,
      topics: [topic],
      startOffset: () => Promise.resolve(undefined),
      onAssigned: () => this.#assigned.resolve(),
      onBatch: ({ records }) => {
        this.events += records.length;
        return Promise.resolve();
      },
      signal,
    });
  }
}
