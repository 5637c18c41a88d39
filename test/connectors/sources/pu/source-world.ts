import { createPuSource, type PuSource } from '../../../../connectors/sources/pu/pu-source.ts';
import {
  PU_SOURCE_DEFAULTS,
  PULL_NAMES,
  type PullName,
  type PuSourceConfig,
} from '../../../../connectors/sources/pu/pu-source-config.ts';
import type { PuSourceEvent } from '../../../../connectors/sources/pu/pu-source-events.ts';
import type { ShardStatus } from '../../../../connectors/sources/pu/pu-source-status.ts';
import type { PullSchedule } from '../../../../connectors/sources/pu/pull-schedule.ts';
import { coveredPlaces } from '../../../../connectors/sources/pu/pulls/pull-shards.ts';
import type { Identity } from '../../../../core/person/person-identifier.ts';
import type { SourceMessage } from '../../../../core/sync/source-record.ts';
import { MemoryCheckpoints, MemoryRawSink } from '../../../support/memory-master-stores.ts';
import { MemoryAskable, MemoryPuKnown } from './source-memory-stores.ts';
import { ScriptedPu } from './source-scripted-pu.ts';

/** An ordinary day, far from the nights in which the clock is changed. */
export const NOON = Date.UTC(2026, 10, 25, 11);

/** It goes on by a second each time somebody looks, so that no two moments are the same, and by hand. */
export class TestClock {
  time = NOON;

  now(): number {
    this.time += 1000;
    return this.time;
  }
}

/** Due when the test says so. */
export class ManualSchedule implements PullSchedule {
  #onDue: ((pull: PullName) => void) | undefined;

  start(onDue: (pull: PullName) => void): void {
    this.#onDue = onDue;
  }

  stop(): Promise<void> {
    this.#onDue = undefined;
    return Promise.resolve();
  }

  nextDueAt(): number | null {
    return null;
  }

  tick(...pulls: readonly PullName[]): void {
    for (const pull of pulls.length === 0 ? PULL_NAMES : pulls) this.#onDue?.(pull);
  }
}

export const TEST_CONFIG: PuSourceConfig = {
  ...PU_SOURCE_DEFAULTS,
  homeCounties: [{ code: '03', municipalities: null }],
  pollMs: 1,
  lookMs: 1,
  lotIdentities: 4,
  pageIdentities: 2,
  callIdentities: 2,
  retryMs: 2_000,
  longestRetryMs: 30_000,
  keepsTestPersons: false,
};

/** One process that reads PU. */
export interface RunningSource extends AsyncDisposable {
  readonly source: PuSource;
  readonly schedule: ManualSchedule;
  /** Settles when the source has ended. */
  readonly ended: Promise<void>;
  stop(): void;
}

/** PU, the hub's stores and the raw topic, which outlive every process. */
export class PuWorld {
  readonly clock = new TestClock();
  readonly pu = new ScriptedPu(this.clock);
  readonly sink = new MemoryRawSink();
  readonly checkpoints = new MemoryCheckpoints();
  readonly known = new MemoryPuKnown();
  readonly askable: MemoryAskable;
  readonly events: PuSourceEvent[] = [];
  readonly config: PuSourceConfig;
  isMasterLoaded = true;

  constructor(change: Partial<PuSourceConfig> = {}) {
    this.config = { ...TEST_CONFIG, ...change };
    const { homeCounties, askableRoots, reserveRoots, pageIdentities } = this.config;
    const scope = { askableRoots, reserveRoots, ...coveredPlaces(homeCounties) };
    this.askable = new MemoryAskable(this.known, scope, pageIdentities);
  }

  /** Starts a process. @param watch runs before and after whatever it does to the outside; what it throws ends the process. */
  start(watch: () => void = () => undefined): RunningSource {
    const end = new AbortController();
    const schedule = new ManualSchedule();
    const source = createPuSource({
      config: this.config,
      client: watched(this.pu, watch),
      sink: watched(this.sink, watch),
      checkpoints: watched(this.checkpoints, watch),
      known: watched(this.known, watch),
      identities: watched(this.askable, watch),
      lease: this.checkpoints.takeOver(),
      isMasterLoaded: () => Promise.resolve(this.isMasterLoaded),
      schedule,
      signal: end.signal,
      clock: this.clock,
      random: () => 0.5,
      observe: (event) => this.events.push(event),
    });
    const ended = source.run();
    ended.catch(() => undefined);
    return {
      source,
      schedule,
      ended,
      stop: () => end.abort(),
      [Symbol.asyncDispose]: async () => {
        end.abort();
        await ended.catch(() => undefined);
      },
    };
  }

  /** The last message about each identity, as the raw topic has it. */
  last(identity: Identity): SourceMessage | undefined {
    return this.messagesOf(identity).at(-1);
  }

  messagesOf({ root, extension }: Identity): readonly SourceMessage[] {
    return this.sink.messages.filter(
      ({ person }) => person['identityRoot'] === root && person['identity'] === extension,
    );
  }

  /** Codes of the alarms, each once. */
  get alarms(): readonly string[] {
    const codes = this.events.flatMap((event) =>
      event.kind === 'alarm' && !event.isOver ? [`${event.pull} ${event.code}`] : [],
    );
    return [...new Set(codes)];
  }
}

/** Looks until it holds; bounded by the time limit of the test. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** Until everything that was due is done, or the process has ended. */
export async function untilIdle({ source, ended }: RunningSource): Promise<void> {
  let isEnded = false;
  void ended
    .finally(() => {
      isEnded = true;
    })
    .catch(() => undefined);
  await until(() => {
    const { state, shards } = source.status();
    return isEnded || (state === 'idle' && shards.every(({ dueAt }) => dueAt === null));
  });
  if (isEnded) await ended;
}

/** One shard of the status. @throws when there is none. */
export function shardOf({ source }: RunningSource, pull: string, name: string): ShardStatus {
  const shard = source.status().shards.find((s) => s.pull === pull && s.shard === name);
  if (!shard) throw new Error(`no shard ${pull}/${name}`);
  return shard;
}

/** The same object, with `watch` before and after each of its asynchronous methods and items. */
function watched<T extends object>(target: T, watch: () => void): T {
  return new Proxy(target, {
    get: (_, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...values: readonly unknown[]) => {
        watch();
        const result: unknown = Reflect.apply(value, target, values);
        if (!(result instanceof Promise)) return result;
        return result.then((settled: unknown) => {
          watch();
          return settled;
        });
      };
    },
  });
}
