import { setTimeout as pause } from 'node:timers/promises';
import type { Operator } from '../../connectors/runtime/operations/operator.ts';
import { readStatus } from '../../connectors/runtime/operations/read-status.ts';
import type { ErrorCode } from '../../core/errors/error-codes.ts';
import { findHubError } from '../../core/errors/hub-error.ts';
import type { DemoOptions } from './demo-options.ts';
import type { DemoFacts } from './demo-summary.ts';
import { type DemoTerminal, printCount, type StageProgress } from './demo-terminal.ts';
import { type ChangeCounts, now, playLiveChanges } from './live-changes.ts';
import type { LoadedMaster } from './load-demo-master.ts';
import type { PublishedTally } from './published-tally.ts';
import type { Municipalities } from './synthetic-places.ts';

/** Thrown when what the demo waits for does not come. */
export class DemoFailure extends Error {
  override readonly name = 'DemoFailure';
}

/** What the stages after the start of the hub work with. */
export interface DemoScene {
  readonly options: DemoOptions;
  readonly terminal: DemoTerminal;
  readonly operator: Operator;
  readonly tally: PublishedTally;
  readonly masterUrl: string;
  readonly municipalities: Municipalities;
  readonly loaded: LoadedMaster;
  /** Ends the stages: Ctrl-C, the hub ended by itself, or the topics cannot be read. */
  readonly signal: AbortSignal;
}

const LOOK_EVERY_MS = 200;
/** Nothing new for so long means that nothing comes any more. */
const NO_PROGRESS_WITHIN_MS = 120_000;
/** So long nothing may arrive before the topics count as read to their end. */
const QUIET_MS = 1_500;

/** Waits for the first load, as a reader of the topic sees it. @returns the seconds since the hub was started. */
export async function watchFirstLoad(scene: DemoScene, startedAt: number): Promise<number> {
  const { loaded, tally } = scene;
  return await scene.terminal.stage(
    'First load',
    async (stage) => {
      stage.note('the hub starts');
      await untilReached(scene, undefined, 1, () => countInstances(scene.operator));
      await untilReached(scene, stage, loaded.persons, async () => {
        const parked = await countParked(scene.operator);
        return tally.identities + sumOf(parked.map((one) => one.waiting));
      });
      return (now() - startedAt) / 1000;
    },
    (seconds) =>
      `${printCount(loaded.persons)} persons through the hub, ${printCount(loaded.persons / seconds)}/s from its start`,
  );
}

/** Plays changes and waits until the reader has seen them all. */
export async function watchLiveChanges(scene: DemoScene): Promise<ChangeCounts> {
  const { options, tally, signal } = scene;
  if (options.liveSeconds === 0) return {};
  const planned = options.liveSeconds * options.changesPerSecond;
  let committed = 0;
  tally.beginLive();
  return await scene.terminal.stage(
    'Live changes',
    async (stage) => {
      const counts = await playLiveChanges({
        masterUrl: scene.masterUrl,
        municipalities: scene.municipalities,
        seed: options.seed,
        changesPerSecond: options.changesPerSecond,
        seconds: options.liveSeconds,
        signal,
        onCommitted: (change) => {
          committed += 1;
          tally.expect(change);
          stage.progress(committed, Math.max(planned, committed));
        },
      });
      signal.throwIfAborted();
      stage.note('waiting until the last one is read');
      await untilReached(scene, undefined, 0, () => Promise.resolve(-tally.awaited));
      return counts;
    },
    (counts) =>
      `${printCount(sumOf(Object.values(counts)))} transactions in Master, each read on the topic`,
  );
}

/** Waits until nothing comes any more and adds everything up. */
export async function collectFacts(
  scene: DemoScene,
  firstLoadSeconds: number,
  changes: ChangeCounts,
): Promise<DemoFacts> {
  const { tally, operator, signal } = scene;
  return await scene.terminal.stage(
    'Adding up',
    async () => {
      let seen = -1;
      for (let quietSince = now(); now() - quietSince < QUIET_MS; ) {
        const status = await readStatus(operator.store, Date.now());
        const read = tally.records;
        if (read !== seen || status.backlog.waiting > 0) quietSince = now();
        seen = read;
        await pause(LOOK_EVERY_MS, undefined, { signal });
      }
      return {
        loaded: scene.loaded,
        firstLoadSeconds,
        changes,
        latency: tally.latency(),
        published: {
          persons: tally.persons,
          protectedPersons: tally.protectedPersons,
          identities: tally.identities,
          tombstones: tally.tombstones,
        },
        eventsByType: tally.eventsByType,
        parked: await countParked(operator),
      };
    },
    ({ published }) =>
      `${printCount(tally.records)} records read, ${printCount(published.persons)} persons published`,
  );
}

/** The tables of the store are made by the first instance: until then nobody can have signed in there. */
async function countInstances(operator: Operator): Promise<number> {
  try {
    return (await readStatus(operator.store, Date.now())).instances;
  } catch (error) {
    if (findHubError(error)?.code === 'HUB_STORE_NOT_MIGRATED') return 0;
    throw error;
  }
}

async function countParked(
  operator: Operator,
): Promise<readonly { readonly code: ErrorCode; readonly waiting: number }[]> {
  return await operator.store.parked.countByCode();
}

async function untilReached(
  { signal }: DemoScene,
  stage: StageProgress | undefined,
  goal: number,
  count: () => Promise<number>,
): Promise<void> {
  let last = Number.NEGATIVE_INFINITY;
  let progressedAt = now();
  for (;;) {
    signal.throwIfAborted();
    const reached = await count();
    stage?.progress(reached, goal);
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

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
