import type { ErrorCode } from '../../../core/errors/error-codes.ts';
import type { Phase } from '../../../core/golden-record/authority.ts';
import type { Derivation, Outbox } from '../../../core/sync/ports.ts';
import type { HubStore } from '../../hub-store/hub-store.ts';
import type { InstanceStore } from '../../hub-store/instance-store.ts';
import type { ParkedRecords } from '../../hub-store/parked-records.ts';
import { type InstanceStatus, readInstanceStatus, type SourceStatus } from './instance-status.ts';

/** An instance that has not given a sign of life for this long is not counted: several heartbeats were missed. */
export const SILENT_SECONDS = 20;

export type HubState =
  /** All roles run and are healthy. */
  | 'running'
  /** A first load is under way, or everyone is read again because changes were lost. */
  | 'loading'
  /** The source waits for a person's decision. */
  | 'frozen'
  /** A person paused the source. */
  | 'paused'
  /** Instances run, but none of them has one of the roles. */
  | 'incomplete'
  /** An instance has work and makes no progress, or raised an alarm. */
  | 'unhealthy'
  /** No instance runs. */
  | 'stopped';

/** The hub as a whole, at one moment. No personal data. */
export interface HubStatus {
  readonly state: HubState;
  /** Why it is unhealthy or incomplete. */
  readonly reasons: readonly string[];
  readonly instances: number;
  /** Those that an instance reads now, in the order of their names. */
  readonly sources: readonly (SourceStatus & {
    /** How long ago it was last read to its end. */
    readonly freshnessSeconds: number | null;
  })[];
  readonly lagRecords: number | null;
  readonly backlog: { readonly waiting: number; readonly oldestSeconds: number };
  readonly perSecond: InstanceStatus['perSecond'];
  readonly parked: readonly { readonly code: ErrorCode; readonly waiting: number }[];
  readonly phase: Phase;
  /** The walk that derives everybody again; null: none is under way. */
  readonly walk: Pick<Derivation, 'kind' | 'state' | 'persons' | 'vanished'> | null;
  /** Open ones. */
  readonly workItems: number;
}

export interface StatusPorts {
  readonly instances: Pick<InstanceStore, 'list'>;
  readonly outbox: Pick<Outbox, 'backlog'>;
  readonly parked: Pick<ParkedRecords, 'countByCode'>;
  readonly phases: Pick<HubStore['phases'], 'read'>;
  readonly derivations: Pick<HubStore['derivations'], 'show'>;
  readonly workItems: Pick<HubStore['workItems'], 'countOpen'>;
}

const ROLES = ['source', 'core', 'publisher'];

/** Reads the status from the store: it needs no running instance and asks none. @param now milliseconds since 1970. */
export async function readStatus(ports: StatusPorts, now: number): Promise<HubStatus> {
  const [seen, backlog, parked, { phase }, walk, workItems] = await Promise.all([
    ports.instances.list(),
    ports.outbox.backlog(),
    ports.parked.countByCode(),
    ports.phases.read(),
    ports.derivations.show(),
    ports.workItems.countOpen(),
  ]);
  const alive = seen
    .filter((instance) => instance.secondsSinceSeen <= SILENT_SECONDS)
    .map(({ instance, roles, status }) => ({
      instance,
      roles,
      ...readInstanceStatus(status),
    }));
  const sources = alive
    .flatMap((one) => one.sources)
    .map((source) => ({ ...source, freshnessSeconds: secondsSince(source.currentAsOf, now) }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const lags = alive.map((one) => one.lagRecords).filter((lag) => lag !== null);
  const missing = ROLES.filter((role) => !alive.some((one) => one.roles.includes(role)));
  const sick = alive.filter((one) => !one.healthy);
  return {
    state: stateOf(alive.length, sick.length, missing.length, sources),
    reasons: [
      ...sick.flatMap((one) => one.reasons.map((reason) => `${one.instance}: ${reason}`)),
      ...sources.flatMap((source) => sourceReasons(source, sources.length)),
      ...(alive.length === 0 ? [] : missing.map((role) => `no instance has the role ${role}`)),
    ],
    instances: alive.length,
    sources,
    lagRecords: lags.length === 0 ? null : sum(lags),
    backlog: {
      waiting: sum(backlog.map((partition) => partition.waiting)),
      oldestSeconds: Math.max(0, ...backlog.map((partition) => partition.oldestSeconds)),
    },
    perSecond: {
      read: sum(alive.map((one) => one.perSecond.read)),
      committed: sum(alive.map((one) => one.perSecond.committed)),
      published: sum(alive.map((one) => one.perSecond.published)),
    },
    parked,
    phase,
    walk: walk === undefined || walk.state === 'done' ? null : walkStatus(walk),
    workItems: sum(Object.values(workItems)),
  };
}

function walkStatus({ kind, state, persons, vanished }: Derivation): HubStatus['walk'] {
  return { kind, state, persons, vanished };
}

function stateOf(
  alive: number,
  sick: number,
  missing: number,
  sources: readonly SourceStatus[],
): HubState {
  if (alive === 0) return 'stopped';
  if (sick > 0) return 'unhealthy';
  if (missing > 0) return 'incomplete';
  const states = sources.map(stateOfSource);
  return FOREMOST.find((state) => states.includes(state)) ?? 'running';
}

/** Of two sources in different states, what somebody must act on stands first. */
const FOREMOST: readonly HubState[] = ['frozen', 'paused', 'loading'];

function stateOfSource({ state }: SourceStatus): HubState {
  switch (state) {
    case 'paused':
    case 'frozen':
    case 'loading':
      return state;
    case 'gap':
      return 'loading';
    case 'starting':
    case 'streaming':
    case 'stopped':
      return 'running';
  }
}

function sourceReasons({ name, state, frozenBy }: SourceStatus, count: number): readonly string[] {
  switch (state) {
    case 'gap':
      return ['changes were lost: everyone is read again'];
    case 'frozen':
      return [`${name} waits for a decision: hub errors ${frozenBy ?? ''}`.trimEnd()];
    case 'paused':
      return count > 1 ? [`${name} is paused`] : [];
    case 'starting':
    case 'loading':
    case 'streaming':
    case 'stopped':
      return [];
  }
}

function secondsSince(moment: number | null, now: number): number | null {
  return moment === null ? null : Math.max(0, (now - moment) / 1_000);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
