/**
 * `npm run bench` measures and writes docs/benchmarks.md and docs/benchmarks.json.
 * `npm run bench -- --only <name> --json` measures one, or some with commas between, and prints it; it writes nothing without `--update`, which
 * puts it in its place on the pages. So can `store` be measured, which is not in the table: the store without the roles around it.
 * `--only phase-switch-1m --persons <number>` measures it with fewer people, to look; that writes nothing.
 */
import { parseArgs } from 'node:util';
import { mappingFilesOf } from '../../connectors/runtime/operations/mapping-files.ts';
import { downStack, openStack } from '../stack/stack.ts';
import { awaitStopRequest } from '../stack/stop-signal.ts';
import { benchConsumerTable } from './bench-consumer-table.ts';
import { benchConsumers } from './bench-consumers.ts';
import { benchGolden } from './bench-golden.ts';
import { benchGoldenClusters } from './bench-golden-clusters.ts';
import { benchIdentifiers } from './bench-identifiers.ts';
import { benchLatency } from './bench-latency.ts';
import { benchLookUp } from './bench-look-up.ts';
import { benchPhaseSwitch } from './bench-phase-switch.ts';
import { benchPopulation } from './bench-population.ts';
import { benchPuFirstLoad } from './bench-pu-first-load.ts';
import { benchPuParse } from './bench-pu-parse.ts';
import {
  BENCH_NAMES,
  type BenchName,
  type BenchResult,
  EXTRA_BENCH_NAMES,
} from './bench-result.ts';
import { benchStages } from './bench-stages.ts';
import { benchStore } from './bench-store.ts';
import { benchWholeWay } from './bench-whole-way.ts';
import { writeBenchPages } from './write-bench-pages.ts';

/** What is measured without Kafka, registry and PostgreSQL. */
const WITHOUT_SERVICES: readonly BenchName[] = [
  'identifiers',
  'population',
  'golden',
  'golden-clusters',
  'pu-parse',
  'pu-rss',
];

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
    update: { type: 'boolean', default: false },
    persons: { type: 'string' },
  },
});
const asked = values.only?.split(',') ?? [];
const only = BENCH_NAMES.filter((name) => asked.includes(name));
const extra = EXTRA_BENCH_NAMES.find((name) => name === values.only);
if (asked.length !== only.length + (extra === undefined ? 0 : 1)) {
  const names = [...BENCH_NAMES, ...EXTRA_BENCH_NAMES].join(', ');
  console.error(`There is no measurement ${values.only}. There are: ${names}`);
  process.exit(2);
}
const persons = values.persons === undefined ? undefined : Number(values.persons);
if (persons !== undefined) {
  const isPossible = Number.isInteger(persons) && persons > 0;
  if (!isPossible || values.only !== 'phase-switch-1m' || values.update) {
    console.error('--persons is a whole number and goes with --only phase-switch-1m alone.');
    process.exit(2);
  }
}

using stopRequest = awaitStopRequest();
// The stack is stopped by its own dispose, and a hub that runs by the exit of this process.
stopRequest.signal.addEventListener('abort', () => void stopNow());

if (extra !== undefined) {
  print([await measureStore()]);
  process.exit(0);
}
const results = await measure(values.only === undefined ? BENCH_NAMES : only);
print(results);
if (values.only === undefined || values.update) writeBenchPages(results);
process.exit(0);

async function stopNow(): Promise<void> {
  await downStack({ name: 'bench', wipe: true });
  process.exit(stopRequest.exitCode());
}

function print(results: readonly BenchResult<string>[]): void {
  if (values.json) console.log(JSON.stringify(values.only === undefined ? results : results[0]));
  else for (const { name, value, unit } of results) console.log(`${name}: ${value} ${unit}`);
}

async function measureStore(): Promise<BenchResult<'store'>> {
  await using stack = await openStack({ name: 'bench', fresh: true, report: reporter() });
  return await benchStore(stack.endpoints.databaseUrl);
}

async function measure(names: readonly BenchName[]): Promise<readonly BenchResult[]> {
  const wanted = (...some: BenchName[]): boolean => some.some((name) => names.includes(name));
  const found: BenchResult[] = [];
  const report = reporter();
  if (wanted('identifiers')) {
    found.push(benchIdentifiers((await mappingFilesOf()).classifier));
  }
  if (wanted('population')) found.push(benchPopulation());
  if (wanted('golden')) found.push(benchGolden(await mappingFilesOf()));
  if (wanted('golden-clusters')) {
    found.push(benchGoldenClusters((await mappingFilesOf()).authority));
  }
  if (wanted('pu-parse', 'pu-rss')) found.push(...(await benchPuParse(report)));
  if (names.some((name) => !WITHOUT_SERVICES.includes(name))) {
    await using stack = await openStack({ name: 'bench', fresh: true, report });
    if (wanted('master-read', 'core', 'publisher'))
      found.push(...(await benchStages(stack, report)));
    if (wanted('whole-way-100k', 'idle-cpu')) {
      found.push(...(await benchWholeWay(stack, 100_000, report)));
    }
    if (wanted('latency-p50', 'latency-p99')) found.push(...(await benchLatency(stack, report)));
    if (wanted('whole-way-1m', 'hub-rss')) {
      found.push(...(await benchWholeWay(stack, 1_000_000, report)));
    }
    if (wanted('pu-first-load-1m')) {
      found.push(await benchPuFirstLoad(stack, 1_000_000, report));
    }
    if (wanted('consumer-first-load', 'consumers-10')) {
      found.push(...(await benchConsumers(stack, report)));
    }
    if (wanted('consumer-table')) {
      found.push(await benchConsumerTable(stack.endpoints.databaseUrl));
    }
    if (wanted('look-up-p99')) found.push(await benchLookUp(stack.endpoints.databaseUrl));
    if (wanted('phase-switch-1m')) {
      found.push(await benchPhaseSwitch(stack.endpoints.databaseUrl, report, persons));
    }
  }
  return BENCH_NAMES.flatMap((name) =>
    found.filter((one) => one.name === name && names.includes(one.name)),
  );
}

/** A line every two seconds at most, on standard error. */
function reporter(): (line: string) => void {
  let last = 0;
  return (line) => {
    if (performance.now() - last < 2_000) return;
    last = performance.now();
    console.error(`  ${line}`);
  };
}
