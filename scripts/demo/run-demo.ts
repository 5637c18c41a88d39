/** `npm run demo`: the hub at work on synthetic persons. docs/demo.md says what is to be seen. */
import { loadConfig } from '../../connectors/config/load-config.ts';
import { createOperator } from '../../connectors/runtime/operations/operator.ts';
import { LifeTruth } from '../population/life/life-truth.ts';
import { sandboxPopulation } from '../sandbox/sandbox-population.ts';
import { describeError } from '../stack/describe-error.ts';
import { openStack } from '../stack/stack.ts';
import { awaitStopRequest } from '../stack/stop-signal.ts';
import { folderOf, openDemoEnvironment } from './demo-environment.ts';
import { DemoRefusal } from './demo-master-ownership.ts';
import { DEMO_HELP, type DemoOptions, parseDemoOptions } from './demo-options.ts';
import { startDemoSandbox } from './demo-sandbox.ts';
import { DemoFailure, type DemoScene } from './demo-scene.ts';
import { isEven, printSummary } from './demo-summary.ts';
import { DemoTerminal, printCount } from './demo-terminal.ts';
import { HubDied, startHub } from './hub-process.ts';
import { loadDemoMaster } from './load-demo-master.ts';
import { printLookFurther } from './look-further.ts';
import { collectFacts, playOn, watchFirstLoad, watchLiveChanges } from './play-demo.ts';
import { PublishedTally } from './published-tally.ts';
import { watchPhaseSwitch } from './watch-phase.ts';
import { watchFirstPulls, watchLastPulls, watchPuLoad } from './watch-pulls.ts';
import { watchTopics } from './watch-topics.ts';

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
  let cameOut: boolean | undefined;
  try {
    await runStages(options, signal, (even) => {
      cameOut = even;
    });
  } catch (error) {
    if (!signal.aborted) {
      terminal.print(`\n${describeFailure(error)}`);
      return 1;
    }
  }
  // Ctrl-C after the summary is how the demo ends; before it, the demo was cut short.
  if (cameOut === undefined) return stopRequest.exitCode();
  return cameOut ? 0 : 1;
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
  const { seed, persons } = options;
  const folder = folderOf(stack);
  const sandbox = await terminal.stage(
    'PU',
    async (stage) => {
      stage.note('the sandbox starts');
      return opened.use(await startDemoSandbox({ folder, seed, persons }));
    },
    () => `a sandbox over ${printCount(persons)} people, ten calls a second`,
  );
  stop.throwIfAborted();
  const environment = opened.use(await openDemoEnvironment(stack, sandbox.endpoints));
  const masterUrl = stack.endpoints.masterUrl;
  const population = sandboxPopulation({ seed, persons });
  const loaded = await terminal.stage(
    'Master',
    (stage) =>
      loadDemoMaster({
        masterUrl,
        population,
        onProgress: ({ done, total }) => stage.progress(done, total),
        signal: stop,
      }),
    ({ persons, addresses, contacts }) =>
      `${printCount(persons)} persons, ${printCount(addresses)} addresses, ${printCount(contacts)} contacts`,
  );

  const config = loadConfig(environment.settings);
  const operator = opened.use(createOperator(config));
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
    config,
    tally,
    masterUrl,
    databaseUrl: environment.databaseUrl,
    control: sandbox.control,
    controlUrl: sandbox.endpoints.control,
    truth: new LifeTruth(population),
    loaded,
    signal,
  };

  const firstLoadSeconds = await watchFirstLoad(scene, startedAt);
  const puLoad = await watchPuLoad(scene);
  await watchFirstPulls(scene);
  const played = await watchLiveChanges(scene);
  await watchLastPulls(scene);
  const phaseSwitch = await watchPhaseSwitch(scene);
  const facts = await collectFacts(scene, { firstLoadSeconds, puLoad, played, phaseSwitch });
  terminal.print(printSummary(facts));
  const keys = { ...tally.sampleKeys, protectedByPuOnly: facts.protectedByPuOnly[0] };
  terminal.print(printLookFurther({ ...environment, stackName: stack.name }, keys));
  onSummary(isEven(facts));
  if (options.exitWhenDone) return;
  terminal.print(
    '\n  The hub keeps running, with a change every second in both registers. Ctrl-C stops everything.\n',
  );
  await playOn(scene);
  if (!stop.aborted) signal.throwIfAborted();
}

function describeFailure(error: unknown): string {
  const isOurs =
    error instanceof DemoRefusal || error instanceof HubDied || error instanceof DemoFailure;
  return `  ${isOurs ? error.message : describeError(error)}`;
}
