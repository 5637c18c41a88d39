/** The stages in which Master is read and both registers change, and the sum at the end. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Operator } from '../../connectors/runtime/operations/operator.ts';
import { readStatus } from '../../connectors/runtime/operations/read-status.ts';
import type { ErrorCode } from '../../core/errors/error-codes.ts';
import { findHubError } from '../../core/errors/hub-error.ts';
import { now } from '../population/life/fine-clock.ts';
import type { LifeCounts } from '../population/life/life-kinds.ts';
import { type LifeDelays, type LifeOptions, playLife } from '../population/life/play-life.ts';
import { openDemoMaster } from './demo-master-client.ts';
import { type DemoScene, LOOK_EVERY_MS, sumOf, untilReached } from './demo-scene.ts';
import type { DemoFacts } from './demo-summary.ts';
import { printCount } from './demo-terminal.ts';
import { balanceMaster, readMasterIdentities, readParked } from './master-balance.ts';
import { readPuAnswers } from './pu-answers.ts';
import { balancePu, readPuSources } from './pu-balance.ts';
import { balancePublished, readPublished } from './published-balance.ts';

/** So long nothing may arrive before the topics count as read to their end. */
const QUIET_MS = 1_500;

/** PU is told at once and Master later, as in life, where it can take a week. */
const DELAYS: LifeDelays = {
  pu: { leastMs: 0, mostMs: 1_000 },
  master: { leastMs: 500, mostMs: 5_000 },
};

/** Waits for the first load, as a reader of the topic sees it. @returns the seconds since the hub was started. */
export async function watchFirstLoad(scene: DemoScene, startedAt: number): Promise<number> {
  const { loaded, tally } = scene;
  return await scene.terminal.stage(
    'Master: first load',
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

/** What was played. */
export interface PlayedLife {
  readonly counts: LifeCounts;
  /** Transactions in Master. */
  readonly committed: number;
  /** How many identities more Master has than before. */
  readonly identitiesAdded: number;
}

/** Plays changes in both registers and waits until the reader has seen all that Master said. */
export async function watchLiveChanges(scene: DemoScene): Promise<PlayedLife> {
  const { options, tally, signal } = scene;
  if (options.liveSeconds === 0) return { counts: {}, committed: 0, identitiesAdded: 0 };
  const planned = Math.round(options.liveSeconds * options.changesPerSecond);
  let played = 0;
  let committed = 0;
  let identitiesAdded = 0;
  tally.beginLive();
  return await scene.terminal.stage(
    'Live changes',
    async (stage) => {
      const counts = await playLife({
        ...lifeOf(scene, options.seed, options.changesPerSecond),
        seconds: options.liveSeconds,
        onPlayed: () => {
          played += 1;
          stage.progress(played, Math.max(planned, played));
        },
        onCommitted: (change) => {
          committed += 1;
          identitiesAdded += change.identitiesAdded;
          tally.expect(change);
        },
      });
      signal.throwIfAborted();
      stage.note('waiting until the last one is read');
      await untilReached(scene, undefined, 0, () => Promise.resolve(-tally.awaited));
      return { counts, committed, identitiesAdded };
    },
    ({ counts }) =>
      `${printCount(sumOf(Object.values(counts)))} in both registers; Master's all read on the topic`,
  );
}

/** A change every second until the signal. */
export async function playOn(scene: DemoScene): Promise<void> {
  const life = lifeOf(scene, scene.options.seed + 1, 1);
  await playLife({ ...life, seconds: Number.POSITIVE_INFINITY });
}

function lifeOf(
  { truth, masterUrl, controlUrl, signal }: DemoScene,
  seed: number,
  ratePerSecond: number,
): Omit<LifeOptions, 'seconds'> {
  const { population } = truth;
  return { population, truth, masterUrl, controlUrl, seed, ratePerSecond, signal, delays: DELAYS };
}

/** Waits until nothing comes any more and adds everything up. */
export async function collectFacts(
  scene: DemoScene,
  earlier: Pick<DemoFacts, 'firstLoadSeconds' | 'puLoad' | 'played' | 'phaseSwitch'>,
): Promise<DemoFacts> {
  const { tally, operator, control, databaseUrl, loaded, masterUrl } = scene;
  return await scene.terminal.stage(
    'Adding up',
    async () => {
      await untilQuiet(scene);
      const sources = await readPuSources(operator, databaseUrl);
      const numbers = tally.publishedIdentities();
      const published = await readPublished(operator);
      const { workItems, purgeOrders } = operator.store;
      return {
        ...earlier,
        loaded,
        latency: tally.latency(),
        published: {
          persons: tally.persons,
          protectedPersons: tally.protectedPersons,
          identities: tally.identities,
          tombstones: tally.tombstones,
          redirects: tally.redirects,
        },
        eventsByType: tally.eventsByType,
        parked: await countParked(operator),
        answers: await readPuAnswers(operator),
        workItems: await workItems.countOpen(),
        purgeOrders: (await purgeOrders.countOpen()).open,
        master: await balanceMaster({
          inMaster: loaded.persons + earlier.played.identitiesAdded,
          identities: readMasterIdentities(masterUrl),
          isPublished: ({ PersonId }) => numbers.has(PersonId),
          isParked: await readParked(operator, scene.config),
        }),
        pu: await balancePu({ ...sources, records: control.records() }),
        asInPu: await balancePublished({
          records: control.records(),
          isKnown: (identity) => sources.lastVersions.has(identity),
          find: (identity) => published.get(identity),
        }),
        protectedByPuOnly: await findProtectedByPuOnly(scene),
        freshness: await operator.readFreshness(),
      };
    },
    ({ published }) =>
      `${printCount(tally.records)} records read, ${printCount(published.persons)} persons published`,
  );
}

async function untilQuiet({ operator, tally, signal }: DemoScene): Promise<void> {
  let seen = -1;
  for (let quietSince = now(); now() - quietSince < QUIET_MS; ) {
    const status = await readStatus(operator.store, Date.now());
    const read = tally.records;
    if (read !== seen || status.backlog.waiting > 0) quietSince = now();
    seen = read;
    await pause(LOOK_EVERY_MS, undefined, { signal });
  }
}

/** Keys of persons whom the hub publishes as protected although no row of theirs in Master says so. */
async function findProtectedByPuOnly({ tally, masterUrl }: DemoScene): Promise<readonly string[]> {
  const persons = [...tally.protectedIdentities()];
  await using master = await openDemoMaster(masterUrl);
  const rows = await master.query<{ id: string }>(
    `select "PersonId" as id from dbo."Befolkning"
      where "PersonId" = any($1) and ("Sekretess" or "SkyddadFolkbokforing")`,
    [persons.flatMap(([, extensions]) => extensions)],
  );
  const marked = new Set(rows.map(({ id }) => id));
  return persons.flatMap(([personKey, extensions]) =>
    extensions.some((extension) => marked.has(extension)) ? [] : [personKey],
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
