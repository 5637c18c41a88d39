import { setTimeout as pause } from 'node:timers/promises';
import type { OwnStack } from '../stack/stack.ts';
import { type BenchName, type BenchResult, DURABILITY } from './bench-result.ts';
import { type BenchWorld, createBenchWorld, watchUntil } from './bench-world.ts';

const IDLE_SECONDS = 30;
/** After the last event the hub finishes what it began: commits of offsets, the first quiet looks. */
const SETTLE_MS = 15_000;

/**
 * The whole way: from the start of the hub's process, with persons in Master and nothing anywhere else, to the last event read by a
 * consumer. With a million persons also the hub's peak memory; with a hundred thousand also its processor time when nothing happens.
 */
export async function benchWholeWay(
  stack: OwnStack,
  persons: number,
  report: (line: string) => void,
): Promise<readonly BenchResult[]> {
  await using world = await createBenchWorld(stack, persons, report);
  const end = new AbortController();
  const consumer = new EventCounter();
  const reading = consumer.run(world, end.signal);
  reading.catch(() => undefined); // met below
  await consumer.ready;
  await using hub = world.start();
  try {
    await watchUntil(
      hub,
      world.expected,
      () => consumer.events,
      (done) => report(`whole way: ${done} of ${world.expected} events read`),
    );
    const seconds = (performance.now() - hub.startedAt) / 1_000;
    const size = persons >= 1_000_000 ? '1m' : '100k';
    const settings = `${persons} persons, all roles in one process, from the process's start to the last event read, ${DURABILITY}`;
    const results: BenchResult[] = [
      {
        name: `whole-way-${size}` satisfies BenchName,
        value: Math.round(world.expected / seconds),
        unit: 'persons/s',
        settings,
      },
    ];
    if (size === '1m') {
      const value = Math.round(hub.peakMegabytes());
      results.push({
        name: 'hub-rss',
        value,
        unit: 'MB',
        settings: `peak resident set, ${settings}`,
      });
    } else {
      report('whole way: measuring the idle hub');
      await pause(SETTLE_MS);
      const before = hub.cpuSeconds();
      await pause(IDLE_SECONDS * 1_000);
      const share = ((hub.cpuSeconds() - before) / IDLE_SECONDS) * 100;
      results.push({
        name: 'idle-cpu',
        value: Math.round(share * 10) / 10,
        unit: '% of one core',
        settings: `all roles, streaming, nothing changes, over ${IDLE_SECONDS} s after ${persons} persons were loaded`,
      });
    }
    return results;
  } finally {
    end.abort();
    await reading;
  }
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
