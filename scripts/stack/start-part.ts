import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HubError } from '../../core/errors/hub-error.ts';
import { safeWord } from '../../core/errors/log-safe.ts';
import { listensOn } from './port-owner.ts';
import { identityOf, isRunning, type ProcessIdentity, stopProcess } from './process-identity.ts';
import { withProgress } from './progress.ts';
import { serves } from './readiness.ts';
import { LogTail, type SystemUser } from './run-program.ts';
import { type StackContext, shownPath } from './stack-context.ts';
import { partEnvironment } from './stack-environment.ts';
import type { StartedPart } from './stack-state.ts';
import type { StackPartName } from './stack-types.ts';

const READY_WITHIN_MS = 180_000;

/** How to start one server of the stack. */
export interface PartPlan {
  readonly part: StackPartName;
  /** For the progress line, with the version. */
  readonly title: string;
  readonly port: number;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Added to the little that every part gets. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly user?: SystemUser | undefined;
}

/** The log of a part. The one of the start before lies beside it with the ending `.previous`. */
export function logOf(context: StackContext, part: StackPartName): string {
  return join(context.logFolder, `${part}.log`);
}

/**
 * Starts a server that outlives this process, and waits until it serves. `onStarted` is called in the same breath as the start,
 * so that the process is on record whatever happens next.
 * @throws HubError HUB_STACK_PART_FAILED when it ends or does not get ready; its log is the cause.
 */
export async function startPart(
  context: StackContext,
  plan: PartPlan,
  onStarted: (started: StartedPart) => void,
): Promise<void> {
  const log = logOf(context, plan.part);
  if (existsSync(log)) renameSync(log, `${log}.previous`);
  const identity = spawnDetached(context, plan, log);
  if (identity === undefined) throw partFailed(context, plan.part, log);
  onStarted({ identity, port: plan.port, log });
  await withProgress(context.report, `starting ${plan.title}`, async () => {
    const deadline = Date.now() + READY_WITHIN_MS;
    while (!(await isServing(plan.part, { identity, port: plan.port }))) {
      if (!isRunning(identity) || Date.now() > deadline) {
        await stopProcess(identity, 'SIGKILL', 0);
        throw partFailed(context, plan.part, log);
      }
      await sleep(100, undefined, { signal: context.signal });
    }
  });
}

/** Whether that process, and not somebody else's on the same port, serves. */
export async function isServing(
  part: StackPartName,
  started: Pick<StartedPart, 'identity' | 'port'>,
): Promise<boolean> {
  return listensOn(started.identity.pid, started.port) && (await serves(part, started.port));
}

/** The error of a part that did not start. It names the log, and its last lines are the cause. */
export function partFailed(context: StackContext, part: StackPartName, log: string): HubError {
  return HubError.wrap('HUB_STACK_PART_FAILED', new LogTail(log), {
    part: safeWord(part),
    log: safeWord(shownPath(context, log)),
  });
}

function spawnDetached(
  context: StackContext,
  plan: PartPlan,
  log: string,
): ProcessIdentity | undefined {
  const output = openSync(log, 'a');
  try {
    const child = spawn(plan.command, plan.args, {
      cwd: plan.cwd,
      env: { ...partEnvironment(context.environment), ...plan.environment },
      // A group of its own: Ctrl-C in the terminal is for the command, which then stops the parts in order.
      detached: true,
      stdio: ['ignore', output, output],
      ...plan.user,
    });
    child.once('error', () => undefined); // no such program: then there is no process id either
    child.unref();
    return child.pid === undefined ? undefined : identityOf(child.pid);
  } finally {
    closeSync(output);
  }
}
