import { cpus, totalmem } from 'node:os';

/** The names of all measurements, in the order of the table. */
export const BENCH_NAMES = [
  'identifiers',
  'population',
  'golden',
  'golden-clusters',
  'master-read',
  'core',
  'publisher',
  'whole-way-100k',
  'whole-way-1m',
  'latency-p50',
  'latency-p99',
  'hub-rss',
  'idle-cpu',
  'pu-parse',
  'pu-rss',
  'pu-first-load-1m',
  'phase-switch-1m',
  'consumer-first-load',
  'consumers-10',
  'consumer-table',
  'look-up-p99',
] as const;
export type BenchName = (typeof BENCH_NAMES)[number];

/** What `--only` can measure beside the table: parts of a figure that stands there. */
export const EXTRA_BENCH_NAMES = ['store'] as const;

/** One measurement, as it stands in `docs/benchmarks.json`. */
export interface BenchResult<Name extends string = BenchName> {
  readonly name: Name;
  readonly value: number;
  readonly unit: string;
  /** What it was measured with: sizes, acknowledgements, durability. */
  readonly settings: string;
}

/** Aims: what a figure should be, and in which direction better lies. Null: only the whole way has one, this stage has none of its own. */
export const AIMS: Readonly<
  Record<BenchName, { readonly aim: number; readonly better: 'more' | 'less' } | null>
> = {
  identifiers: { aim: 1_000_000, better: 'more' },
  population: { aim: 50_000, better: 'more' },
  golden: { aim: 30_000, better: 'more' },
  // An identity of a cluster of 50 against one of 10: quadratic would be 5.
  'golden-clusters': { aim: 1.5, better: 'less' },
  'master-read': null,
  core: null,
  publisher: { aim: 10_000, better: 'more' },
  'whole-way-100k': { aim: 5_000, better: 'more' },
  'whole-way-1m': { aim: 8_000, better: 'more' },
  'latency-p50': { aim: 150, better: 'less' },
  'latency-p99': { aim: 500, better: 'less' },
  'hub-rss': { aim: 512, better: 'less' },
  'idle-cpu': { aim: 2, better: 'less' },
  'pu-parse': { aim: 20_000, better: 'more' },
  'pu-rss': { aim: 512, better: 'less' },
  'pu-first-load-1m': null,
  'phase-switch-1m': null,
  'consumer-first-load': { aim: 10_000, better: 'more' },
  'consumers-10': { aim: 15_000, better: 'more' },
  'consumer-table': { aim: 8_000, better: 'more' },
  'look-up-p99': { aim: 20, better: 'less' },
};

/** The settings that hold for every measurement against the services. */
export const DURABILITY =
  'Kafka acks=all (one broker), verified sends; PostgreSQL fsync=on, synchronous_commit=on';

/** The machine in one line, without anything that names it. */
export function describeMachine(): string {
  const [first] = cpus();
  return `${cpus().length} cores (${first?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}, everything on this machine`;
}

/** The value at a share of the sorted list, for example 0.99. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
