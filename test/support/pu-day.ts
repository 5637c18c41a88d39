/** A day of a hub that reads both registers, while life goes on, calls and files of PU fail, and processes are killed. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig } from '../../connectors/config/load-config.ts';
import { statement } from '../../connectors/hub-store/database.ts';
import { TOPIC, topicName } from '../../connectors/kafka/topics.ts';
import { createOperator, type Operator } from '../../connectors/runtime/operations/operator.ts';
import {
  requestOf,
  runSourceCommand,
} from '../../connectors/runtime/operations/source-commands.ts';
import { parsePuCheckpoint } from '../../connectors/sources/pu/pu-checkpoint.ts';
import type { PullName } from '../../connectors/sources/pu/pu-source-config.ts';
import type { LifeCounts } from '../../scripts/population/life/life-kinds.ts';
import { LifeTruth } from '../../scripts/population/life/life-truth.ts';
import { playLife } from '../../scripts/population/life/play-life.ts';
import type { FaultKind, FaultRule } from '../../scripts/sandbox/fault-kinds.ts';
import type { LogLine } from '../../scripts/sandbox/sandbox-log.ts';
import { sandboxPopulation } from '../../scripts/sandbox/sandbox-population.ts';
import { puDayLength } from './env.ts';
import type { HubProcess } from './hub-process.ts';
import { createHubWorld, type HubWorld } from './hub-world.ts';
import { type DutyToKnow, dutyToKnow } from './pu-duty-to-know.ts';
import { comparePuTopic, type PuComparison } from './pu-raw-comparison.ts';
import { createTestSandbox, type TestSandbox } from './sandbox.ts';

export interface PuDayOptions {
  readonly persons: number;
  readonly instances: number;
}

/** What the day has come to. */
export interface PuDay {
  readonly changes: LifeCounts;
  /** When each of the scheduled pulls has asked once after the last change, but not the sweep over everybody, which is due once in 24 hours. */
  readonly beforeSweep: PuComparison;
  readonly comparison: PuComparison;
  /** Whom the hub must know in the end, and why. */
  readonly duty: DutyToKnow;
  readonly calls: number;
  /** Calls that PU answered with a fault or not to their end. */
  readonly failedCalls: number;
  /** Records of PU that the core could not take. */
  readonly parked: number;
}

const SEED = 7;
/** A tenth of all calls fails; of the files some are cut, and some orders are lost. */
const FAULTS: Readonly<Partial<Record<FaultKind, Partial<FaultRule>>>> = {
  'call-fails': { share: 0.1 },
  'zip-cut': { share: 0.05 },
  'xml-cut': { share: 0.05, target: 'files' },
  'fewer-records': { share: 0.2, target: 'files' },
  'other-identity': { share: 0.2, target: 'files' },
  'duplicate-files': { share: 0.1 },
  'order-gone': { share: 0.03 },
};
/** Short, so that many people change more than once in a day of half a minute; PU is asked while Master does not know yet, and the other way round. */
const DELAYS = {
  pu: { leastMs: 0, mostMs: 1_500 },
  master: { leastMs: 0, mostMs: 3_000 },
};
/** Shorter than the day, so that a pull that skipped something does not read it again by chance; longer than PU is away or late in the day. */
const OVERLAP_SECONDS = '10';
const MUST_END_WITHIN_MS = 120_000;

/**
 * Loads both registers, then lives through the day: a third of the way an instance of the hub that reads PU is killed and started again,
 * half way PU is, and at two thirds the hub once more. After it the faults end, and PU is asked until each shard has asked after the last change.
 */
export async function livePuDay({ persons, instances }: PuDayOptions): Promise<PuDay> {
  const { seconds, ratePerSecond } = puDayLength();
  await using sandbox = await createTestSandbox({ seed: SEED, persons });
  await using world = await createHubWorld({ master: { persons }, pu: { sandbox } });
  for (const [kind, rule] of Object.entries(FAULTS)) {
    await sandbox.control.setFault(kind as FaultKind, rule);
  }
  await using hubs = new Instances(world);
  for (let number = 1; number <= instances; number++) hubs.start(`hub-${number}`);
  await world.settle(hubs.running);

  const population = sandboxPopulation({ seed: SEED, persons });
  const truth = new LifeTruth(population);
  const startedAt = Date.now();
  const morning = await dutyToKnow(truth, startedAt);
  const life = playLife({
    population,
    masterUrl: world.masterUrl,
    controlUrl: sandbox.endpoints.control,
    seed: startedAt % 1_000_000,
    ratePerSecond,
    seconds,
    delays: DELAYS,
    truth,
  });
  const disasters = async (): Promise<void> => {
    await sleepUntil(startedAt + (seconds * 1_000) / 3);
    await hubs.killReader();
    await sleepUntil(startedAt + (seconds * 1_000) / 2);
    await sandbox.kill();
    await sandbox.restart();
    await sleepUntil(startedAt + (seconds * 2_000) / 3);
    await hubs.killReader();
  };
  const [changes] = await Promise.all([life, disasters()]);

  await sandbox.control.clearFaults();
  await world.settle(hubs.running, await world.now());
  const evening = Date.now();
  const duty = await dutyToKnow(truth, startedAt, morning);
  const compare = async (): Promise<PuComparison> =>
    await comparePuTopic({
      kafka: world.kafka,
      topic: topicName(TOPIC.sourcePu, world.prefix),
      records: sandbox.control.records(),
      isExpected: ({ personalIdentity: { root, extension } }) =>
        duty.identities.has(`${root}^${extension}`),
    });
  await pullUntil(world, hubs, {
    moment: evening,
    pulls: ['own-region', 'reserve-identities', 'moved-out'],
  });
  await world.settle(hubs.running, undefined, evening);
  const beforeSweep = await compare();
  await pullUntil(world, hubs, { moment: evening, pulls: ['known-elsewhere'] });
  await world.settle(hubs.running, undefined, evening);
  const comparison = await compare();
  await hubs.stop();
  const parked = await world.count(
    "SELECT count(*) AS n FROM parked WHERE source = 'pu' AND resolved_at IS NULL",
  );
  return { changes, beforeSweep, comparison, duty, ...readCalls(sandbox), parked };
}

/** The instances of one hub, each under a name that it keeps when it is started again. */
class Instances implements AsyncDisposable {
  readonly #world: HubWorld;
  readonly #byName = new Map<string, HubProcess>();

  constructor(world: HubWorld) {
    this.#world = world;
  }

  get running(): readonly HubProcess[] {
    return [...this.#byName.values()];
  }

  start(name: string): void {
    this.#byName.set(
      name,
      this.#world.start({ HUB_INSTANCE: name, PU_OVERLAP_SECONDS: OVERLAP_SECONDS }),
    );
  }

  /** Kills whoever reads PU at this moment, and starts it again. */
  async killReader(): Promise<void> {
    const [lease] = await this.#world.store.database.query(
      statement<{ owner: string }>('', "SELECT owner FROM leases WHERE name = 'source-pu'"),
    );
    const name = [...this.#byName.keys()].find((one) => one === lease?.owner);
    if (name === undefined) throw new Error('No instance reads PU.');
    await this.#byName.get(name)?.kill();
    this.start(name);
  }

  /** @throws with the log of the one that does not end well. */
  async stop(): Promise<void> {
    for (const hub of this.running) {
      const code = await hub.stop();
      if (code !== 0) throw new Error(`An instance ended with ${code}:\n${hub.log}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const hub of this.running) await hub[Symbol.asyncDispose]();
  }
}

/** Has pulls run, `known-elsewhere` with the daily sweep, until each of their shards has asked for what changed up to the moment. */
async function pullUntil(
  world: HubWorld,
  hubs: Instances,
  { moment, pulls }: { readonly moment: number; readonly pulls: readonly PullName[] },
): Promise<void> {
  await using operator = createOperator(loadConfig(world.settings, 'operator'));
  const giveUpAt = performance.now() + MUST_END_WITHIN_MS;
  for (;;) {
    const behind = (await shardsBehind(world, moment)).filter((shard) =>
      pulls.some((pull) => shard.startsWith(`${pull}/`)),
    );
    if (behind.length === 0) return;
    if (performance.now() > giveUpAt) {
      const logs = hubs.running.map(({ log }) => log).join('\n');
      throw new Error(`Not asked in time: ${behind.join(', ')}\n${logs}`);
    }
    for (const pull of pulls.filter((one) => behind.some((name) => name.startsWith(one)))) {
      await pullNow(operator, pull);
    }
    await sleep(1_000);
  }
}

async function pullNow(operator: Operator, pull: PullName): Promise<void> {
  const made = requestOf({
    source: 'pu',
    kind: 'source-pull',
    pull,
    reason: 'the end of a day',
    requestedBy: 'tester',
  });
  if (made.kind === 'refused') throw new Error(made.why);
  await runSourceCommand(operator.store, made.request, 30_000, new AbortController().signal);
}

async function shardsBehind(world: HubWorld, moment: number): Promise<readonly string[]> {
  const [row] = await world.store.database.query(
    statement<{ checkpoint: string }>(
      '',
      "SELECT checkpoint FROM source_checkpoints WHERE source = 'pu'",
    ),
  );
  if (row === undefined) throw new Error('PU was never read.');
  return Object.entries(parsePuCheckpoint(row.checkpoint).shards)
    .filter(([, { watermark }]) => (watermark ?? 0) < moment)
    .map(([name]) => name);
}

/** What the sandbox has logged, over its restart. @throws when it found a bug of its own. */
function readCalls({ log }: TestSandbox): Pick<PuDay, 'calls' | 'failedCalls'> {
  const lines = readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as LogLine);
  const bug = lines.find(({ what }) => what === 'bug');
  if (bug !== undefined) throw new Error(`The sandbox has a bug: ${JSON.stringify(bug)}`);
  const calls = lines.filter((line) => line.what === 'call');
  const failed = calls.filter((line) => line.fault !== null);
  return { calls: calls.length, failedCalls: failed.length };
}

async function sleepUntil(moment: number): Promise<void> {
  await sleep(Math.max(0, moment - Date.now()));
}
