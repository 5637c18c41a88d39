/** The only file that imports prom-client. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ErrorCode } from '../../core/errors/error-codes.ts';
import type { SafeText } from '../../core/errors/log-safe.ts';
import type { Phase } from '../../core/golden-record/authority.ts';
import type { Withheld } from '../../core/golden-record/golden-input.ts';
import type { WorkItemKind } from '../../core/identity/work-item.ts';
import type { Derivation } from '../../core/sync/ports.ts';
import type { SourceMessage, SourceName } from '../../core/sync/source-record.ts';
import {
  type LabelName,
  METRICS,
  type MetricEntry,
  type MetricName,
  type MetricNameOf,
} from './metric-table.ts';

/** What a label may hold: log-safe values, and words of our own closed lists. A bare string does not compile. */
export type LabelValue =
  | SafeText
  | number
  | ErrorCode
  | SourceName
  | SourceMessage['operation']
  | Withheld
  | WorkItemKind
  | Phase
  | Derivation['kind']
  | 'state'
  | 'tombstone'
  | 'purge'
  | 'event';

/** A value for each label of the metric. */
export type Labels<N extends MetricName> = Readonly<Record<LabelName<N>, LabelValue>>;

/** The measurements of one process. Names and labels come from `metric-table.ts`. */
export interface Metrics {
  add<N extends MetricNameOf<'counter'>>(name: N, labels: Labels<N>, by?: number): void;
  set<N extends MetricNameOf<'gauge'>>(name: N, labels: Labels<N>, value: number): void;
  /** Forgets one gauge, for example of a partition that another instance has now. */
  forget<N extends MetricNameOf<'gauge'>>(name: N, labels: Labels<N>): void;
  /** In seconds. */
  observe<N extends MetricNameOf<'histogram'>>(name: N, labels: Labels<N>, seconds: number): void;
  /**
   * Runs before each {@link Metrics.text}: for gauges that are asked for rather than told. One that fails leaves its gauges as
   * they were and is counted; the other metrics are served all the same.
   */
  beforeCollect(collect: () => void | Promise<void>): void;
  /** All metrics in the text format of Prometheus. */
  text(): Promise<string>;
  /** The media type of {@link Metrics.text}. */
  readonly contentType: string;
}

/** Below 150 ms is the aim at 100 changes a second, above 500 ms is too late; a first load takes minutes. */
const LATENCY_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300];

/** Makes a set of metrics of its own: nothing global, so that a test or a second instance does not share it. */
export function createMetrics(): Metrics {
  return new PrometheusMetrics();
}

class PrometheusMetrics implements Metrics {
  readonly #registry = new Registry();
  readonly #counters = new Map<MetricName, Counter>();
  readonly #gauges = new Map<MetricName, Gauge>();
  readonly #histograms = new Map<MetricName, Histogram>();
  readonly #collectors: (() => void | Promise<void>)[] = [];
  #cpuSecondsTold = 0;

  constructor() {
    for (const [name, entry] of Object.entries(METRICS) as [MetricName, MetricEntry][]) {
      const settings = {
        name,
        help: entry.help,
        labelNames: [...entry.labels],
        registers: [this.#registry],
      };
      if (entry.kind === 'counter') this.#counters.set(name, new Counter(settings));
      else if (entry.kind === 'gauge') this.#gauges.set(name, new Gauge(settings));
      else {
        const histogram = new Histogram({ ...settings, buckets: LATENCY_BUCKETS });
        this.#histograms.set(name, histogram);
      }
    }
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  add<N extends MetricNameOf<'counter'>>(name: N, labels: Labels<N>, by = 1): void {
    this.#counters.get(name)?.inc(labels, by);
  }

  set<N extends MetricNameOf<'gauge'>>(name: N, labels: Labels<N>, value: number): void {
    this.#gauges.get(name)?.set(labels, value);
  }

  forget<N extends MetricNameOf<'gauge'>>(name: N, labels: Labels<N>): void {
    this.#gauges.get(name)?.remove(labels);
  }

  observe<N extends MetricNameOf<'histogram'>>(name: N, labels: Labels<N>, seconds: number): void {
    this.#histograms.get(name)?.observe(labels, seconds);
  }

  beforeCollect(collect: () => void | Promise<void>): void {
    this.#collectors.push(collect);
  }

  async text(): Promise<string> {
    this.#measureProcess();
    const collected = await Promise.allSettled(this.#collectors.map(async (collect) => collect()));
    const failures = collected.filter((result) => result.status === 'rejected').length;
    this.add('hub_metrics_collect_failures_total', {}, failures);
    return await this.#registry.metrics();
  }

  /** prom-client's own process metrics keep timers running; these two are read when somebody asks. */
  #measureProcess(): void {
    this.set('hub_process_resident_memory_bytes', {}, process.memoryUsage.rss());
    const { user, system } = process.cpuUsage();
    const cpuSeconds = (user + system) / 1_000_000;
    this.add('hub_process_cpu_seconds_total', {}, cpuSeconds - this.#cpuSecondsTold);
    this.#cpuSecondsTold = cpuSeconds;
  }
}
