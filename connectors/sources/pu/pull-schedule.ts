/** The only file that touches node-cron. */
import { createTask, validate } from 'node-cron';
import { HubError } from '../../../core/errors/hub-error.ts';
import { safeWord } from '../../../core/errors/log-safe.ts';
import { PULL_NAMES, type PullName } from './pu-source-config.ts';

/** Says when the pulls are due. */
export interface PullSchedule {
  /** Calls `onDue` whenever a pull is due, until {@link stop}. */
  start(onDue: (pull: PullName) => void): void;
  stop(): Promise<void>;
  /** In milliseconds since 1970; null when it is not running. */
  nextDueAt(pull: PullName): number | null;
}

/** PU is Swedish, and so is whoever writes the cron texts. */
const TIME_ZONE = 'Europe/Stockholm';

/**
 * A schedule by cron texts in Swedish time. A tick that the process slept through is not made up for: whoever starts it runs everything once.
 * @throws HubError `HUB_CONFIG_INVALID` for a text that is no cron text.
 */
export function openPullSchedule(
  pulls: Readonly<Record<PullName, { readonly cron: string }>>,
): PullSchedule {
  const wrong = PULL_NAMES.find((pull) => !validate(pulls[pull].cron));
  if (wrong !== undefined) throw new HubError('HUB_CONFIG_INVALID', { schedule: safeWord(wrong) });
  let onDue: ((pull: PullName) => void) | undefined;
  const tasks = PULL_NAMES.map((pull) => ({
    pull,
    // Silent: node-cron writes to the console by itself, past the logger.
    task: createTask(pulls[pull].cron, () => onDue?.(pull), {
      timezone: TIME_ZONE,
      logger: SILENT,
      suppressMissedWarning: true,
    }),
  }));
  return {
    start: (listener) => {
      onDue = listener;
      for (const { task } of tasks) void task.start();
    },
    stop: async () => {
      onDue = undefined;
      for (const { task } of tasks) await task.destroy();
    },
    nextDueAt: (pull) => {
      // A task that was ended goes on telling when it would run.
      const task = onDue && tasks.find((t) => t.pull === pull)?.task;
      return task?.getNextRun()?.getTime() ?? null;
    },
  };
}

const SILENT = { info() {}, warn() {}, error() {}, debug() {} };
