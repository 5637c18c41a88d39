/** What the control API of a sandbox says and is told, as JSON. */
import type { PuRecord } from '../population/pu-record.ts';
import type { SyntheticPerson } from '../population/synthetic-person.ts';
import type { FaultRules } from './switches.ts';

export interface ControlStatus {
  readonly pid: number;
  readonly persons: number;
  readonly seed: number;
  readonly changedRecords: number;
  readonly orders: Readonly<Record<'in-work' | 'ready' | 'failed', number>>;
  readonly faults: FaultRules;
  /** The sandbox's clock, ISO 8601 in UTC. */
  readonly clock: string;
}

export interface ControlPopulation {
  readonly seed: number;
  readonly persons: number;
  /** The index that the next newcomer gets. */
  readonly nextIndex: number;
}

/** Life goes on: people as they are now, and the records that PU has of them. */
export interface ControlLife {
  readonly persons: readonly SyntheticPerson[];
  readonly records: readonly PuRecord[];
}

/** The records that said something new, with the versions that they got. */
export interface ControlLifeDone {
  readonly records: readonly PuRecord[];
}

/** Either is enough. */
export type ControlClock = { readonly offsetSeconds: number } | { readonly iso: string };
