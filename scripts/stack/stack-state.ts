import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, writeJson } from './json-file.ts';
import { isRunning, type ProcessIdentity } from './process-identity.ts';
import type { StackContext } from './stack-context.ts';
import type { StackPartName } from './stack-types.ts';

/** A process of the stack, as it was started. */
export interface StartedPart {
  readonly identity: ProcessIdentity;
  readonly port: number;
  /** Absolute. */
  readonly log: string;
}

/** What is running, so that another command, also after a `kill -9`, finds it. */
export interface StackState {
  /** The versions that were started; with other ones the parts are started anew. */
  readonly versions: string;
  readonly processes: Readonly<Partial<Record<StackPartName, StartedPart>>>;
  /** Parts that a container engine runs. */
  readonly compose?: { readonly project: string; readonly parts: readonly StackPartName[] };
}

const STATE_FILE = 'state.json';

/** The state, or undefined when nothing was started. */
export function readState(context: StackContext): StackState | undefined {
  return readJson<StackState>(join(context.folder, STATE_FILE));
}

/** Replaces the state in one step. */
export function writeState(context: StackContext, state: StackState): void {
  writeJson(join(context.folder, STATE_FILE), state);
}

/** Forgets the state: nothing runs any more. */
export function removeState(context: StackContext): void {
  rmSync(join(context.folder, STATE_FILE), { force: true });
}

/** The processes of the state that still run: same process id and same start. */
export function runningProcesses(
  state: StackState | undefined,
): ReadonlyMap<StackPartName, StartedPart> {
  const entries = Object.entries(state?.processes ?? {}) as [StackPartName, StartedPart][];
  return new Map(entries.filter(([, started]) => isRunning(started.identity)));
}
