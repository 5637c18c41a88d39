/** The stages in which PU is read. What the demo knows of it is what `hub freshness` and `/metrics` tell everybody. */
import type { FreshnessReport } from '../../connectors/runtime/operations/read-freshness.ts';
import { readStatus } from '../../connectors/runtime/operations/read-status.ts';
import {
  requestOf,
  runSourceCommand,
} from '../../connectors/runtime/operations/source-commands.ts';
import { now } from '../population/life/fine-clock.ts';
import { DemoFailure, type DemoScene, sumOf, untilReached } from './demo-scene.ts';
import { printCount, type StageProgress } from './demo-terminal.ts';
import { readPuAnswers } from './pu-answers.ts';

type ShardReport = NonNullable<FreshnessReport['pu']>['shards'][number];

/** What the first load from PU was. */
export interface PuLoad {
  /** Identities of which PU was asked. */
  readonly asked: number;
  readonly seconds: number;
}

/** Waits until PU was asked by file about everybody whom Master knows. */
export async function watchPuLoad(scene: DemoScene): Promise<PuLoad> {
  const { operator, terminal, loaded } = scene;
  const startedAt = now();
  return await terminal.stage(
    'PU: first load',
    async (stage) => {
      stage.note('a file with the identities that Master has is on its way');
      await untilReached(scene, undefined, 1, async () => {
        const shards = await readShards(scene);
        const load = shards.find(({ pull }) => pull === 'first-load');
        const records = load?.running?.records ?? 0;
        if (records > 0) stage.progress(records, loaded.persons);
        return load?.watermark == null ? 0 : 1;
      });
      const seconds = (now() - startedAt) / 1_000;
      const {
        sent = 0,
        unchanged = 0,
        unknown = 0,
      } = (await readPuAnswers(operator)).get('first-load') ?? {};
      return { asked: sent + unchanged + unknown, seconds };
    },
    ({ asked, seconds }) =>
      `${printCount(asked)} identities asked for by file, ${printCount(asked / seconds)}/s`,
  );
}

/** Waits until each pull has asked for the first time. */
export async function watchFirstPulls(scene: DemoScene): Promise<void> {
  await scene.terminal.stage(
    'PU: first pulls',
    async (stage) => await untilAsked(scene, stage, 0),
    (shards) => `${printCount(shards)} shards of the four pulls, residents Master lacks among them`,
  );
}

/**
 * Runs all pulls, as `hub pull --now` does, and waits until each has asked PU for everything that has changed by now. That is more than the
 * schedules do: the sweep over everybody, which finds whom no search shows any more (an old number, say), runs once a day by itself.
 */
export async function watchLastPulls(scene: DemoScene): Promise<void> {
  await scene.terminal.stage(
    'PU: last changes',
    async (stage) => {
      const moment = Date.now();
      stage.note('hub pull --now');
      await pullNow(scene);
      return await untilAsked(scene, stage, moment);
    },
    (shards) => `all ${printCount(shards)} shards, by \`hub pull --now\``,
  );
}

async function pullNow({ operator, signal }: DemoScene): Promise<void> {
  const made = requestOf({
    kind: 'source-pull',
    source: 'pu',
    reason: 'the last changes of the demo',
    requestedBy: 'demo',
  });
  if (made.kind === 'refused') throw new DemoFailure(made.why);
  const { answer } = await runSourceCommand(
    operator.store,
    made.request,
    ANSWERS_WITHIN_MS,
    signal,
  );
  signal.throwIfAborted();
  if (answer?.outcome !== 'done') {
    throw new DemoFailure('The hub did not begin the pulls when it was asked to.');
  }
}

const ANSWERS_WITHIN_MS = 60_000;

/**
 * Waits until each pull has asked for what changed before this moment, and the hub has processed the answers.
 * @returns how many shards there are.
 */
async function untilAsked(scene: DemoScene, stage: StageProgress, moment: number): Promise<number> {
  const readPulls = async (): Promise<readonly ShardReport[]> =>
    (await readShards(scene)).filter(({ pull }) => pull !== 'first-load');
  const { length } = await readPulls();
  await untilReached(scene, stage, length, async () =>
    sumOf(
      (await readPulls()).map(({ watermark }) =>
        watermark !== null && watermark >= moment ? 1 : 0,
      ),
    ),
  );
  stage.note('the hub takes in what was read');
  await untilReached(scene, undefined, 0, () => countUnprocessed(scene));
  return length;
}

async function readShards({ operator }: DemoScene): Promise<readonly ShardReport[]> {
  return (await operator.readFreshness()).pu?.shards ?? [];
}

/** As a negative number, so that it grows to 0: source records that no transaction has seen yet. */
async function countUnprocessed({ operator }: DemoScene): Promise<number> {
  const { lagRecords, backlog } = await readStatus(operator.store, Date.now());
  return -((lagRecords ?? 1) + backlog.waiting);
}
