/** What an instance says of itself in its heartbeat, for `hub status` from anywhere. Log-safe throughout. */

const SOURCE_STATES = [
  'starting',
  'loading',
  'gap',
  'streaming',
  'paused',
  'frozen',
  'stopped',
] as const;
/**
 * `gap`: everyone is read again because changes were lost. `frozen`: waits for a person's decision, which `frozenBy` names.
 */
export type SourceState = (typeof SOURCE_STATES)[number];

export interface SourceStatus {
  readonly name: string;
  readonly state: SourceState;
  /** The error code of what a person must decide. */
  readonly frozenBy: string | null;
  /** `epoch:version` up to which Kafka has acknowledged everything. Null also for a source that has no such place, as PU. */
  readonly position: string | null;
  /**
   * When the source was last read to its end, in milliseconds since 1970: consumers have the source as of then, less the lag. Of
   * PU the oldest of its shards.
   */
  readonly currentAsOf: number | null;
  /** Of the running first load or re-snapshot. */
  readonly loadedRows: number | null;
  readonly expectedRows: number | null;
  /** Only of a source that is asked part by part. */
  readonly pulls: PullsStatus | null;
}

/** What only the instance that reads the source knows of its parts; the rest is in the store. */
export interface PullsStatus {
  /** Until the first load has ended. */
  readonly secondsLeft: number | null;
  readonly shards: readonly {
    readonly pull: string;
    readonly shard: string;
    /** In milliseconds since 1970. */
    readonly nextDueAt: number | null;
    /** The error code of its last failure, until it succeeds. */
    readonly lastError: string | null;
  }[];
}

export interface InstanceStatus {
  readonly healthy: boolean;
  /** Why it is not, one short text for each role that has something to say. */
  readonly reasons: readonly string[];
  /** Where /health and /metrics of this instance are. */
  readonly httpPort: number | null;
  /** Of the sources that this instance reads now. */
  readonly sources: readonly SourceStatus[];
  /** Source records on this instance's partitions that no transaction has seen yet. Null without the role core. */
  readonly lagRecords: number | null;
  /** Since the heartbeat before. */
  readonly perSecond: {
    readonly read: number;
    readonly committed: number;
    readonly published: number;
  };
}

/** Reads a stored status. Instances of another version run at the same time, so what is missing counts as not known. */
export function readInstanceStatus(json: Readonly<Record<string, unknown>>): InstanceStatus {
  const perSecond = recordOf(json['perSecond']);
  return {
    healthy: json['healthy'] === true,
    reasons: Array.isArray(json['reasons'])
      ? json['reasons'].filter((reason): reason is string => typeof reason === 'string')
      : [],
    httpPort: numberOf(json['httpPort']),
    sources: sourcesOf(json),
    lagRecords: numberOf(json['lagRecords']),
    perSecond: {
      read: numberOf(perSecond['read']) ?? 0,
      committed: numberOf(perSecond['committed']) ?? 0,
      published: numberOf(perSecond['published']) ?? 0,
    },
  };
}

/** An instance from the time of one source has it under `source`. */
function sourcesOf(json: Readonly<Record<string, unknown>>): readonly SourceStatus[] {
  const stored = Array.isArray(json['sources']) ? (json['sources'] as unknown[]) : [json['source']];
  return stored.flatMap(sourceOf);
}

function sourceOf(value: unknown): readonly SourceStatus[] {
  const json = recordOf(value);
  const name = textOf(json['name']);
  const state = SOURCE_STATES.find((known) => known === json['state']);
  if (name === null || state === undefined) return [];
  const source = {
    name,
    state,
    frozenBy: textOf(json['frozenBy']),
    position: textOf(json['position']),
    currentAsOf: numberOf(json['currentAsOf']),
    loadedRows: numberOf(json['loadedRows']),
    expectedRows: numberOf(json['expectedRows']),
    pulls: pullsOf(json['pulls']),
  };
  return [source];
}

function pullsOf(value: unknown): PullsStatus | null {
  const json = recordOf(value);
  if (!Array.isArray(json['shards'])) return null;
  const shards = json['shards'].map(recordOf).flatMap((one) => {
    const pull = textOf(one['pull']);
    const shard = textOf(one['shard']);
    if (pull === null || shard === null) return [];
    const nextDueAt = numberOf(one['nextDueAt']);
    return [{ pull, shard, nextDueAt, lastError: textOf(one['lastError']) }];
  });
  return { secondsLeft: numberOf(json['secondsLeft']), shards };
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
