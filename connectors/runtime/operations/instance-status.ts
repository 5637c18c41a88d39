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
  /** `epoch:version` up to which Kafka has acknowledged everything. */
  readonly position: string | null;
  /** When the source was last read to its end, in milliseconds since 1970: consumers have the source as of then, less the lag. */
  readonly currentAsOf: number | null;
  /** Of the running first load or re-snapshot. */
  readonly loadedRows: number | null;
  readonly expectedRows: number | null;
}

export interface InstanceStatus {
  readonly healthy: boolean;
  /** Why it is not, one short text for each role that has something to say. */
  readonly reasons: readonly string[];
  /** Where /health and /metrics of this instance are. */
  readonly httpPort: number | null;
  /** Only of the instance that reads the source now. */
  readonly source: SourceStatus | null;
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
    source: sourceOf(json['source']),
    lagRecords: numberOf(json['lagRecords']),
    perSecond: {
      read: numberOf(perSecond['read']) ?? 0,
      committed: numberOf(perSecond['committed']) ?? 0,
      published: numberOf(perSecond['published']) ?? 0,
    },
  };
}

function sourceOf(value: unknown): SourceStatus | null {
  const json = recordOf(value);
  const name = textOf(json['name']);
  const state = SOURCE_STATES.find((known) => known === json['state']);
  if (name === null || state === undefined) return null;
  return {
    name,
    state,
    frozenBy: textOf(json['frozenBy']),
    position: textOf(json['position']),
    currentAsOf: numberOf(json['currentAsOf']),
    loadedRows: numberOf(json['loadedRows']),
    expectedRows: numberOf(json['expectedRows']),
  };
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
