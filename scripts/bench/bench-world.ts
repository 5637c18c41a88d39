import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { loadConfig } from '../../connectors/config/load-config.ts';
import { createOperator, type Operator } from '../../connectors/runtime/operations/operator.ts';
import { openDemoMaster } from '../demo/demo-master-client.ts';
import { type LoadedMaster, loadDemoMaster } from '../demo/load-demo-master.ts';
import { createPopulation } from '../population/population.ts';
import { readRegion } from '../population/synthetic-places.ts';
import { chooseFreePort } from '../stack/free-ports.ts';
import type { OwnStack } from '../stack/stack.ts';
import { endpointEnvironment } from '../stack/stack-environment.ts';

const PROJECT = resolve(import.meta.dirname, '../..');
const CLOCK_TICKS_PER_SECOND = 100;

export const REGION = readRegion(
  new URL('../../mappings/code-tables/municipalities.csv', import.meta.url),
);
export const SEED = 7;

/** A hub's own store and topics on the bench stack, and the Master that it reads. Disposing removes them. */
export interface BenchWorld extends AsyncDisposable {
  readonly settings: Readonly<Record<string, string>>;
  readonly operator: Operator;
  readonly loaded: LoadedMaster;
  /** Identities that will be published: all of Master but the malformed ones. */
  readonly expected: number;
  start(environment?: Readonly<Record<string, string>>): BenchHub;
}

/** A running hub, with what the operating system says of it. */
export interface BenchHub extends AsyncDisposable {
  readonly startedAt: number;
  /** User and system time so far, in seconds. */
  cpuSeconds(): number;
  /** The most memory it ever had, in MB. */
  peakMegabytes(): number;
  /** One metric of its own, summed over its labels; 0 while it does not answer. */
  metric(name: string): Promise<number>;
  /** @throws when it has ended. */
  check(): void;
}

/** Ends with this process, however that ends, so that no hub is left behind. */
const running = new Set<number>();
process.once('exit', () => {
  for (const pid of running) process.kill(pid, 'SIGKILL');
});

let worlds = 0;
/** What the Master of the bench stack holds: two measurements on the same persons need one filling. */
let filled: { readonly persons: number; readonly loaded: LoadedMaster } | undefined;

/** For who changes the Master: the next measurement fills it anew. */
export function masterWasChanged(): void {
  filled = undefined;
}

/** Fills the Master with so many persons and prepares an empty store and empty topics. */
export async function createBenchWorld(
  stack: OwnStack,
  persons: number,
  report: (line: string) => void,
): Promise<BenchWorld> {
  const number = ++worlds;
  const { endpoints } = stack;
  const name = `bench_${number}`;
  const admin = async (sql: string): Promise<void> => {
    await using client = await openDemoMaster(endpoints.databaseUrl);
    await client.query(sql);
  };
  await admin(`drop database if exists ${name} with (force)`);
  await admin(`create database ${name} template template0`);
  if (filled?.persons !== persons) {
    report(`filling Master with ${persons} persons`);
    const population = createPopulation({ seed: SEED, persons, region: REGION });
    const loaded = await loadDemoMaster({ masterUrl: endpoints.masterUrl, population });
    filled = { persons, loaded };
  }
  const { loaded } = filled;
  const databaseUrl = new URL(endpoints.databaseUrl);
  databaseUrl.pathname = `/${name}`;
  const settings = {
    ...endpointEnvironment(endpoints),
    DATABASE_URL: databaseUrl.href,
    HUB_ENVIRONMENT: 'demo',
    HUB_SECRET: 'the benchmark keeps no secret, so this is one of none',
    HUB_TOPIC_PREFIX: `bench-${number}.`,
    HUB_HTTP_PORT: String(await chooseFreePort(new Set())),
    HUB_INSTANCE: 'bench',
  };
  const operator = createOperator(loadConfig(settings));
  await operator.kafka.admin.ensureTopics(operator.topicTable);
  const malformed = Object.values(loaded.byFault).reduce((sum, count) => sum + count, 0);
  return {
    settings,
    operator,
    loaded,
    expected: loaded.persons - malformed,
    start: (environment = {}) => startHub({ ...settings, ...environment }, stack.logFolder),
    [Symbol.asyncDispose]: async () => {
      await operator.kafka.admin.deleteTopics(operator.topicTable.map(({ topic }) => topic));
      await operator[Symbol.asyncDispose]();
      await admin(`drop database if exists ${name} with (force)`);
    },
  };
}

function startHub(environment: Readonly<Record<string, string>>, logFolder: string): BenchHub {
  const log = openSync(resolve(PROJECT, logFolder, 'bench-hub.log'), 'a');
  const startedAt = performance.now();
  const child = spawn(process.execPath, [join(PROJECT, 'scripts', 'hub.ts'), 'run'], {
    cwd: PROJECT,
    env: environment,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const { pid } = child;
  if (pid !== undefined) running.add(pid);
  const ended = new Promise<void>((done) =>
    child.once('exit', () => {
      if (pid !== undefined) running.delete(pid);
      done();
    }),
  );
  const proc = (file: string): string => readFileSync(`/proc/${child.pid}/${file}`, 'utf8');
  return {
    startedAt,
    cpuSeconds: () => {
      const fields = proc('stat')
        .replace(/^.*\) /, '')
        .split(' ');
      return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND;
    },
    peakMegabytes: () => Number(/VmHWM:\s+(\d+) kB/.exec(proc('status'))?.[1]) / 1024,
    metric: async (name) => {
      try {
        const page = await fetch(`http://127.0.0.1:${environment['HUB_HTTP_PORT']}/metrics`);
        return sumOfMetric(await page.text(), name);
      } catch {
        // It does not listen yet, or has ended: `check` tells which.
        return 0;
      }
    },
    check: () => {
      if (child.exitCode !== null || child.signalCode !== null) {
        throw new Error(`The hub has ended; see ${logFolder}/bench-hub.log`);
      }
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function sumOfMetric(page: string, name: string): number {
  return page
    .split('\n')
    .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

/** Asks until the answer is at least the goal. @returns the moment and the answer of each question. */
export async function watchUntil(
  hubs: readonly BenchHub[],
  goal: number,
  ask: () => number | Promise<number>,
  report: (done: number) => void,
): Promise<readonly { readonly at: number; readonly count: number }[]> {
  const seen: { at: number; count: number }[] = [];
  for (;;) {
    for (const hub of hubs) hub.check();
    const count = await ask();
    seen.push({ at: performance.now(), count });
    report(count);
    if (count >= goal) return seen;
    await pause(50);
  }
}
