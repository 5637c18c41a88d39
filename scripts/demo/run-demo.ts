/** `npm run demo`: the hub at work on synthetic persons. docs/demo.md says what is to be seen. */
import { loadConfig } from '../../connectors/config/load-config.ts';
import { createOperator } from '../../connectors/runtime/operations/operator.ts';
import { describeError } from '../stack/describe-error.ts';
import { openStack } from '../stack/stack.ts';
import { awaitStopRequest } from '../stack/stop-signal.ts';
import { openDemoEnvironment } from './demo-environment.ts';
import { DemoRefusal } from './demo-master-ownership.ts';
import { DEMO_HELP, type DemoOptions, parseDemoOptions } from './demo-options.ts';
import { balanceOf, printSummary } from './demo-summary.ts';
import { DemoTerminal, printCount } from './demo-terminal.ts';
import { HubDied, startHub } from './hub-process.ts';
import { playLiveChanges } from './live-changes.ts';
import { loadDemoMaster } from './load-demo-master.ts';
import { printLookFurther } from './look-further.ts';
import {
  collectFacts,
  DemoFailure,
  type DemoScene,
  watchFirstLoad,
  watchLiveChanges,
} from './play-demo.ts';
import { PublishedTally } from './published-tally.ts';
import { readMunicipalities } from './synthetic-places.ts';
import { watchTopics } from './watch-topics.ts';

const MUNICIPALITIES = new URL('../../mappings/code-tables/municipalities.csv', import.meta.url);
const terminal = new DemoTerminal({
  isTTY: process.stdout.isTTY,
  // Asked each time, since a window can change; 0 or nothing where the terminal does not say.
  get columns() {
    return process.stdout.columns || 80;
  },
  write: (text) => process.stdout.write(text),
});

const parsed = parseDemoOptions(process.argv.slice(2));
if (parsed === 'help') terminal.print(DEMO_HELP);
else if ('problem' in parsed) {
  console.error(`${parsed.problem}\n\n${DEMO_HELP}`);
  process.exitCode = 2;
} else {
  process.exitCode = await runDemo(parsed);
}

/** @returns the exit code. */
async function runDemo(options: DemoOptions): Promise<number> {
  using stopRequest = awaitStopRequest();
  const { signal } = stopRequest;
  let isEven: boolean | undefined;
  try {
    await runStages(options, signal, (even) => {
      isEven = even;
    });
  } catch (error) {
    if (!signal.aborted) {
      terminal.print(`\n${describeFailure(error)}`);
      return 1;
    }
  }
  // Ctrl-C after the summary is how the demo ends; before it, the demo was cut short.
  if (isEven === undefined) return stopRequest.exitCode();
  return isEven ? 0 : 1;
}

async function runStages(
  options: DemoOptions,
  stop: AbortSignal,
  onSummary: (isEven: boolean) => void,
): Promise<void> {
  terminal.print(`\n  The hub at work on ${printCount(options.persons)} synthetic persons\n`);
  await using opened = new AsyncDisposableStack();
  opened.defer(() => terminal.print('  Everything that the demo started is stopped.'));
  const stack = await terminal.stage(
    'Services',
    async (stage) => {
      const report = (line: string): void => stage.note(line);
      return opened.use(await openStack({ name: 'demo', fresh: true, report, signal: stop }));
    },
    ({ parts, logFolder }) =>
      `${[...new Set(parts.map(({ part }) => part))].join(', ')}; logs in ${logFolder}`,
  );
  const environment = opened.use(await openDemoEnvironment(stack));
  const masterUrl = stack.endpoints.masterUrl;
  const municipalities = readMunicipalities(MUNICIPALITIES);
  const loaded = await terminal.stage(
    'Master',
    (stage) =>
      loadDemoMaster({
        masterUrl,
        population: { seed: options.seed, count: options.persons, municipalities },
        onProgress: ({ done, total }) => stage.progress(done, total),
        signal: stop,
      }),
    ({ persons, addresses, contacts }) =>
      `${printCount(persons)} persons, ${printCount(addresses)} addresses, ${printCount(contacts)} contacts`,
  );

  const operator = opened.use(createOperator(loadConfig(environment.settings)));
  await operator.kafka.admin.ensureTopics(operator.topicTable);
  if (environment.ownsTopics) {
    const names = operator.topicTable.map(({ topic }) => topic);
    opened.defer(() => operator.kafka.admin.deleteTopics(names));
  }
  const startedAt = performance.timeOrigin + performance.now();
  const hub = opened.use(await startHub({ ...environment, environment: environment.forChild }));
  const tally = new PublishedTally();
  const reading = new AbortController();
  const broken = new AbortController();
  const watching = watchTopics(operator, tally, reading.signal).catch((error: unknown) =>
    broken.abort(error),
  );
  opened.defer(async () => {
    reading.abort();
    await watching;
  });
  const signal = AbortSignal.any([stop, hub.died, broken.signal]);
  const scene: DemoScene = {
    options,
    terminal,
    operator,
    tally,
    masterUrl,
    municipalities,
    loaded,
    signal,
  };

  const firstLoadSeconds = await watchFirstLoad(scene, startedAt);
  const changes = await watchLiveChanges(scene);
  const facts = await collectFacts(scene, firstLoadSeconds, changes);
  terminal.print(printSummary(facts));
  terminal.print(printLookFurther(environment, tally.sampleKeys));
  onSummary(balanceOf(facts).isEven);
  if (options.exitWhenDone) return;
  terminal.print(
    '\n  The hub keeps running, with a change every second. Ctrl-C stops everything.\n',
  );
  await playLiveChanges({
    masterUrl,
    municipalities,
    seed: options.seed + 1,
    changesPerSecond: 1,
    seconds: Number.POSITIVE_INFINITY,
    signal,
  });
  if (!stop.aborted) signal.throwIfAborted();
}

function describeFailure(error: unknown): string {
  const isOurs =
    error instanceof DemoRefusal || error instanceof HubDied || error instanceof DemoFailure;
  return `  ${isOurs ? error.message : describeError(error)}`;
}
