/** What the stages after the start of the hub share: what they work with, and how they wait. */
import { setTimeout as pause } from 'node:timers/promises';
import type { HubConfig } from '../../connectors/config/hub-config.ts';
import type { Operator } from '../../connectors/runtime/operations/operator.ts';
import { now } from '../population/life/fine-clock.ts';
import type { LifeTruth } from '../population/life/life-truth.ts';
import type { SandboxControl } from '../sandbox/control-client.ts';
import type { DemoOptions } from './demo-options.ts';
import type { DemoTerminal, StageProgress } from './demo-terminal.ts';
import type { LoadedMaster } from './load-demo-master.ts';
import type { PublishedTally } from './published-tally.ts';

/** Thrown when what the demo waits for does not come. */
export class DemoFailure extends Error {
  override readonly name = 'DemoFailure';
}

export interface DemoScene {
  readonly options: DemoOptions;
  readonly terminal: DemoTerminal;
  readonly operator: Operator;
  /** Of the operator and of the hub alike. */
  readonly config: HubConfig;
  readonly tally: PublishedTally;
  readonly masterUrl: string;
  /** Of the hub's store. */
  readonly databaseUrl: string;
  readonly control: SandboxControl;
  readonly controlUrl: string;
  /** The people as they really are. */
  readonly truth: LifeTruth;
  readonly loaded: LoadedMaster;
  /** Ends the stages: Ctrl-C, the hub ended by itself, or the topics cannot be read. */
  readonly signal: AbortSignal;
}

export const LOOK_EVERY_MS = 200;
/** Nothing new for so long means that nothing comes any more. */
const NO_PROGRESS_WITHIN_MS = 120_000;

/**
 * Waits until so many are reached.
 * @throws DemoFailure when nothing moves for two minutes.
 */
export async function untilReached(
  { signal }: Pick<DemoScene, 'signal'>,
  stage: StageProgress | undefined,
  goal: number,
  count: () => Promise<number>,
): Promise<void> {
  let last = Number.NEGATIVE_INFINITY;
  let progressedAt = now();
  for (;;) {
    signal.throwIfAborted();
    const reached = await count();
    stage?.progress(Math.min(reached, goal), goal);
    if (reached >= goal) return;
    if (reached !== last) {
      last = reached;
      progressedAt = now();
    } else if (now() - progressedAt > NO_PROGRESS_WITHIN_MS) {
      throw new DemoFailure(
        `Nothing has arrived for ${NO_PROGRESS_WITHIN_MS / 1000} seconds; ${goal - reached} are missing.`,
      );
    }
    await pause(LOOK_EVERY_MS, undefined, { signal });
  }
}

export function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
