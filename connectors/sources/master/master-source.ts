import { HubError } from '../../../core/errors/hub-error.ts';
import { safeText } from '../../../core/errors/log-safe.ts';
import { pause } from '../../waiting/with-retry.ts';
import { parseCheckpoint } from './master-checkpoint.ts';
import {
  type CommandOutcome,
  type MasterCommand,
  type MasterSourceStatus,
  positionOf,
} from './master-source-events.ts';
import { createRemovalPass, type RemovalPass } from './removal-pass.ts';
import { applyCommand } from './source-commands.ts';
import { type MasterSourceOptions, SourceRun } from './source-run.ts';
import { beginLoad, isForDecision, loadStep, resnapshotStep, streamStep } from './source-steps.ts';

/** Reads one Master into the raw topic, for as long as it runs. */
export interface MasterSource {
  /**
   * Loads everyone if that is not done, then streams changes, until the signal. Call it once.
   * @throws HubError `HUB_MASTER_LEASE_LOST` when another instance took over, a fatal code when Master does not fit, a retriable code when the
   * retries are used up. A restored Master or a burst of removals does not end it: it waits for {@link send}.
   */
  run(): Promise<void>;
  /** Hands over a person's command. Resolves when it is carried out and stored, or found not to apply. */
  send(command: MasterCommand): Promise<CommandOutcome>;
  status(): MasterSourceStatus;
}

interface WaitingCommand {
  readonly command: MasterCommand;
  readonly settle: (outcome: CommandOutcome) => void;
}

/** @throws HubError `HUB_MASTER_MODE_UNSUPPORTED` when the mode needs known rows and none are given. */
export function createMasterSource(options: MasterSourceOptions): MasterSource {
  const { config, signal, knownRows } = options;
  if (config.mode !== 'change-tracking' && !knownRows) {
    throw new HubError('HUB_MASTER_MODE_UNSUPPORTED', {
      mode: safeText(config.mode),
      missing: safeText('a store of known rows'),
    });
  }
  const run = new SourceRun(options);
  const waiting: WaitingCommand[] = [];
  let wake = new AbortController();
  let isEnded = false;
  let heartbeatAt = 0;
  let passAt = Number.POSITIVE_INFINITY;
  let pass: RemovalPass | undefined;
  let lastChangeAt = 0;

  const rest = async (milliseconds: number): Promise<void> => {
    if (waiting.length > 0 || signal.aborted) return;
    wake = new AbortController();
    await pause(milliseconds, AbortSignal.any([wake.signal, signal]));
  };

  const takeCommands = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      try {
        next.settle(await applyCommand(run, next.command));
      } catch (error) {
        next.settle('not-running');
        throw error;
      }
    }
  };

  const start = async (): Promise<void> => {
    const stored = await options.checkpoints.load('master');
    const checkpoint = stored === undefined ? undefined : parseCheckpoint(stored);
    if (checkpoint && checkpoint.mode === config.mode) {
      run.adopt(checkpoint);
      await run.verify();
    } else {
      // Another mode counts its versions in another way, so it is a new epoch.
      await beginLoad(run, checkpoint, checkpoint ? 'new-epoch' : 'first-load');
    }
    if (run.checkpoint.isPaused) run.move('paused');
    else if (!run.checkpoint.load) run.move('load-ended');
    schedulePass();
  };

  /** Where Master does not tell of removals, they are looked for: after each run, or on a schedule. */
  const schedulePass = (): void => {
    pass = undefined;
    const isDue = config.mode === 'snapshot-diff' || run.checkpoint.removalsUnknownSince !== null;
    if (!knownRows || (config.mode === 'change-tracking' && !isDue)) {
      passAt = Number.POSITIVE_INFINITY;
    } else {
      passAt = isDue ? run.now() : run.now() + config.removalPassMs;
    }
  };

  const passStep = async (known: NonNullable<typeof knownRows>): Promise<void> => {
    pass ??= createRemovalPass({
      reader: run.reader,
      knownRows: known,
      guard: run.guards.pass,
      pageRows: config.pageRows,
      withRows: config.mode === 'rowversion',
      total: run.total,
      now: () => run.now(),
    });
    const current = pass;
    const stampVersion = config.mode === 'snapshot-diff' ? run.checkpoint.version : undefined;
    const step = await run.read(() => current.step(run.checkpoint, stampVersion));
    if (step.kind === 'burst') {
      pass = undefined;
      run.freezeByBurst(run.guards.pass, step.found);
      return;
    }
    await run.send(step.messages, 'changed');
    if (step.kind === 'more') return;
    run.guards.pass.endBurst();
    if (run.checkpoint.removalsUnknownSince !== null) {
      await run.save({ ...run.checkpoint, removalsUnknownSince: null });
    }
    pass = undefined;
    passAt =
      config.mode === 'rowversion' ? run.now() + config.removalPassMs : Number.POSITIVE_INFINITY;
    if (config.mode === 'snapshot-diff') nextRunAt = run.now() + config.diffRunMs;
  };

  let nextRunAt = Number.POSITIVE_INFINITY;

  const work = async (): Promise<void> => {
    const isInterrupted = (): boolean => signal.aborted || waiting.length > 0;
    if (run.checkpoint.load) {
      await loadStep(run, isInterrupted);
      lastChangeAt = run.now();
      if (!run.checkpoint.load) schedulePass();
      return;
    }
    if (run.checkpoint.resnapshots.length > 0) await resnapshotStep(run);
    if (knownRows && run.now() >= passAt) await passStep(knownRows);
    if (run.checkpoint.load || run.state !== 'streaming') return;
    if (config.mode === 'snapshot-diff') {
      if (run.now() >= nextRunAt) {
        nextRunAt = Number.POSITIVE_INFINITY;
        await beginLoad(run, run.checkpoint, 'diff-run');
      } else if (run.now() < passAt) {
        await rest(config.idlePollMs);
      }
      return;
    }
    const isHeartbeat = run.now() >= heartbeatAt;
    const before = run.checkpoint;
    const outcome = await streamStep(run, isHeartbeat);
    if (isHeartbeat) heartbeatAt = run.now() + config.heartbeatMs;
    if (run.checkpoint !== before && !isHeartbeat) lastChangeAt = run.now();
    const isBusy = run.checkpoint.resnapshots.length > 0 || run.now() >= passAt;
    if (outcome === 'go-on' || isBusy) return;
    const isQuiet = run.now() - lastChangeAt > QUIET_AFTER_MS;
    await rest(isQuiet ? config.idlePollMs : config.pollMs);
  };

  const step = async (): Promise<void> => {
    if (run.state === 'paused' || run.state === 'frozen') {
      await rest(config.idlePollMs);
      return;
    }
    if (run.state === 'starting') run.move(run.checkpoint.load ? 'load-began' : 'load-ended');
    await work();
  };

  return {
    run: async () => {
      try {
        await start();
        while (!signal.aborted) {
          try {
            await takeCommands();
            await step();
          } catch (error) {
            if (!(error instanceof HubError) || !isForDecision(error)) throw error;
            run.freeze(error.code, error.context);
          }
        }
      } finally {
        isEnded = true;
        run.move('stopped');
        for (const { settle } of waiting.splice(0)) settle('not-running');
      }
    },
    send: (command) =>
      new Promise((resolve) => {
        if (isEnded) {
          resolve('not-running');
          return;
        }
        waiting.push({ command, settle: resolve });
        wake.abort();
      }),
    status: () => ({
      state: run.state,
      frozenBy: run.frozenBy,
      position: run.hasStarted ? positionOf(run.checkpoint) : undefined,
      load: run.loadRate,
      caughtUpAt: run.caughtUpAt,
      ceilingStalledSince: run.ceilingStalledSince,
      removalsUnknownSince: run.hasStarted
        ? (run.checkpoint.removalsUnknownSince ?? undefined)
        : undefined,
      resnapshotsWaiting: run.hasStarted ? run.checkpoint.resnapshots.length : 0,
    }),
  };
}

/** So long after the last change the source asks less often. */
const QUIET_AFTER_MS = 10_000;
