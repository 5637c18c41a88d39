import { findHubError } from '../../../core/errors/hub-error.ts';
import { createLoadMeter, type LoadMeter } from '../../waiting/load-meter.ts';
import { pause } from '../../waiting/with-retry.ts';
import { type PuCheckpoint, withShard } from './pu-checkpoint.ts';
import { PuRun, type PuSourceOptions } from './pu-run.ts';
import { PULL_NAMES, type PullName } from './pu-source-config.ts';
import type { PuCommand, PuCommandOutcome, PuSourceStatus } from './pu-source-events.ts';
import { freshnessOf, isLate, type PuState } from './pu-source-status.ts';
import {
  FIRST_LOAD_KEY,
  firstLoadShard,
  pullShards,
  type Shard,
  SWEEP_KEY,
} from './pulls/pull-shards.ts';
import { createShardWorkers } from './pulls/shard-workers.ts';

/** Reads PU into the raw topic, for as long as it runs. */
export interface PuSource {
  /**
   * Reads everyone whom Master knows if that is not done, then keeps all pulls fresh on their schedules, until the signal. Everything is due at
   * the start, since nobody knows which ticks were missed. Call it once.
   *
   * A shard that fails keeps its watermark and is tried again, for ever; the others go on. So a PU that is away for a day changes nothing but the age.
   * @throws HubError `HUB_PU_LEASE_LOST` when another instance took over, a fatal code when no waiting mends it.
   */
  run(): Promise<void>;
  /** Hands over a person's command. Resolves when it is carried out and stored, or found not to apply. */
  send(command: PuCommand): Promise<PuCommandOutcome>;
  status(): PuSourceStatus;
}

interface WaitingCommand {
  readonly command: PuCommand;
  readonly settle: (outcome: PuCommandOutcome) => void;
}

export function createPuSource(options: PuSourceOptions): PuSource {
  const { config, signal, schedule, observe } = options;
  const run = new PuRun(options);
  const loadShard = firstLoadShard(config);
  const shards = [loadShard, ...pullShards(config)];
  const commands: WaitingCommand[] = [];
  const ticks = new Set<PullName>();
  /** Shards that are late and whose alarm was raised. */
  const late = new Set<string>();
  let wake = new AbortController();
  let phase: 'starting' | 'running' | 'ended' = 'starting';
  let isMasterLoaded = false;
  /** False until the first load is done, here or in an earlier process, and everything was made due after it. */
  let arePullsDue = false;
  let toldState: PuState | undefined;
  let meter: LoadMeter | undefined;

  const workers = createShardWorkers(run, signal, () => wake.abort());
  const isLoaded = (): boolean => run.state(loadShard).watermark !== null;

  const state = (): PuState => {
    if (phase !== 'running') return phase === 'ended' ? 'stopped' : 'starting';
    if (run.checkpoint.isPaused) return 'paused';
    if (!isLoaded() && !isMasterLoaded) return 'waiting-for-master';
    if (workers.active === 0 && workers.failing > 0) return 'failing';
    if (!arePullsDue || workers.isActive(FIRST_LOAD_KEY)) return 'loading';
    return workers.active > 0 ? 'pulling' : 'idle';
  };

  /** @param isAsked true: a person wants it, also what was done not long ago. */
  const makeDue = async (pulls: ReadonlySet<PullName>, isAsked: boolean): Promise<void> => {
    const now = run.now();
    await run.update((checkpoint) =>
      shards.reduce((next, shard) => {
        const { dueAt, finishedAt } = run.state(shard);
        // Negative after a clock that was ahead was set right: that is not fresh.
        const age = finishedAt === null ? Number.POSITIVE_INFINITY : now - finishedAt;
        const isFresh = !isAsked && age >= 0 && age < shard.notWithinMs;
        const isWanted = shard.pull === 'first-load' ? !isLoaded() : pulls.has(shard.pull);
        // One that is due or under way is not queued a second time.
        if (!isWanted || isFresh || dueAt !== null) return next;
        return withShard(next, shard.key, { dueAt: now });
      }, checkpoint),
    );
  };

  const applyCommand = async (command: PuCommand): Promise<PuCommandOutcome> => {
    switch (command.kind) {
      case 'pause':
        await run.update((checkpoint) => ({ ...checkpoint, isPaused: true }));
        workers.stop();
        return 'done';
      case 'resume':
        await run.update((checkpoint) => ({ ...checkpoint, isPaused: false }));
        return 'done';
      case 'pull-now':
        if (!isLoaded() || run.checkpoint.isPaused) return 'not-applicable';
        await makeDue(new Set(command.pull === null ? PULL_NAMES : [command.pull]), true);
        workers.retryNow(command.pull);
        return 'done';
      case 'reload':
        if (!isLoaded() || run.state(loadShard).dueAt !== null) return 'not-applicable';
        await run.update((checkpoint) =>
          shards.filter(isReloaded).reduce<PuCheckpoint>(
            (next, shard) =>
              withShard(next, shard.key, {
                isReloadDue: true,
                dueAt: run.state(shard).dueAt ?? run.now(),
              }),
            { ...checkpoint, epoch: checkpoint.epoch + 1 },
          ),
        );
        return 'done';
    }
  };

  const takeCommands = async (): Promise<void> => {
    for (let next = commands.shift(); next; next = commands.shift()) {
      try {
        next.settle(await applyCommand(next.command));
      } catch (error) {
        next.settle('not-running');
        throw error;
      }
    }
  };

  const startWhatIsDue = async (): Promise<void> => {
    if (run.checkpoint.isPaused) return;
    if (!isLoaded()) {
      isMasterLoaded ||= (await options.isMasterLoaded?.()) ?? true;
      if (isMasterLoaded) workers.start([loadShard]);
      return;
    }
    workers.start(shards.filter((shard) => run.state(shard).dueAt !== null));
  };

  const tellWhatChanged = (): void => {
    const now = state();
    if (now !== toldState) {
      toldState = now;
      observe({ kind: 'state', state: now });
    }
    const load = loadRate();
    if (load && now === 'loading') observe({ kind: 'progress', ...load });
    if (run.checkpoint.isPaused || !isLoaded()) return;
    for (const shard of shards) {
      const { dueAt } = run.state(shard);
      const isLateNow = isLate(dueAt, shard, run.now());
      if (isLateNow === late.has(shard.key)) continue;
      if (isLateNow) late.add(shard.key);
      else late.delete(shard.key);
      const minutes = dueAt === null ? undefined : Math.round((run.now() - dueAt) / 60_000);
      run.alarm(shard, 'HUB_PU_PULL_LATE', { minutes }, !isLateNow);
    }
  };

  /** A tick at which a sweep is not due yet is none of its own. */
  const nextDueAt = (shard: Shard, finishedAt: number | null): number | null => {
    if (shard.pull === 'first-load') return null;
    const tick = schedule.nextDueAt(shard.pull);
    return tick === null ? null : Math.max(tick, (finishedAt ?? 0) + shard.notWithinMs);
  };

  const loadRate = () => {
    const current = run.state(loadShard).run;
    if (current === null) {
      meter = undefined;
      return undefined;
    }
    const done = run.answersOf(loadShard);
    meter ??= createLoadMeter(done, run.now());
    return meter.rate(done, current.expected, run.now());
  };

  const work = async (): Promise<void> => {
    await run.load();
    phase = 'running';
    await makeDue(new Set(PULL_NAMES), false);
    arePullsDue = isLoaded();
    schedule.start((pull) => {
      ticks.add(pull);
      wake.abort();
    });
    while (!signal.aborted && workers.fault === undefined) {
      await takeCommands();
      const due = new Set(arePullsDue ? ticks : PULL_NAMES);
      ticks.clear();
      // Until the first load is done there is nothing to keep fresh; then everything is due.
      if (isLoaded() && due.size > 0) await makeDue(due, false);
      arePullsDue = isLoaded();
      await startWhatIsDue();
      tellWhatChanged();
      await pause(config.lookMs, AbortSignal.any([wake.signal, signal]));
      // A call that came while something was done above is not lost: this one was aborted then, and did not wait.
      if (wake.signal.aborted) wake = new AbortController();
    }
  };

  return {
    run: async () => {
      try {
        await work();
      } finally {
        phase = 'ended';
        await schedule.stop();
        await workers.end();
        tellWhatChanged();
        for (const { settle } of commands.splice(0)) settle('not-running');
      }
      if (workers.fault !== undefined) throw workers.fault.error;
    },
    send: (command) =>
      new Promise((resolve) => {
        if (phase === 'ended') {
          resolve('not-running');
          return;
        }
        commands.push({ command, settle: resolve });
        wake.abort();
      }),
    status: () => ({
      state: state(),
      isPaused: run.checkpoint.isPaused,
      isLoaded: isLoaded(),
      load: loadRate(),
      shards: shards.map((shard) => {
        const failure = workers.failureOf(shard);
        const freshness = freshnessOf(run.checkpoint, shard, run.now());
        return {
          ...freshness,
          running: freshness.running && {
            ...freshness.running,
            records: run.answersOf(shard),
          },
          lastError: findHubError(failure?.error)?.code ?? null,
          retryAt: failure?.retryAt ?? null,
          nextDueAt: nextDueAt(shard, freshness.finishedAt),
        };
      }),
    }),
  };
}

/** Everyone is found by these: the first load, the searches that need no moment to ask since, and the sweep, for whom only PU knows. */
function isReloaded({ key, pull }: Shard): boolean {
  return (
    pull === 'first-load' ||
    pull === 'own-region' ||
    pull === 'reserve-identities' ||
    key === SWEEP_KEY
  );
}
