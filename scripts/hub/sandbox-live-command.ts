import type { Command } from 'commander';
import { DemoRefusal } from '../demo/demo-master-ownership.ts';
import { LifeProgress, printLife } from '../population/life/life-progress.ts';
import { callPatiently, LifeCutOff } from '../population/life/patient-call.ts';
import { playLife } from '../population/life/play-life.ts';
import { ControlRefused, SandboxControl } from '../sandbox/control-client.ts';
import { sandboxPopulation } from '../sandbox/sandbox-population.ts';
import { stackStatus } from '../stack/stack.ts';
import { EXIT } from './exit-codes.ts';
import { parseCount } from './option-values.ts';
import type { CommandContext } from './terminal.ts';
import { UsageError } from './usage-error.ts';

interface LiveOptions {
  readonly name: string;
  readonly rate: number;
  readonly seconds?: number;
  readonly seed: number;
  readonly control?: string;
  /** False with `--no-master`. */
  readonly master: boolean;
}

const MOST_A_SECOND = 200;

/** Adds `live` to the command `sandbox`. @param controlUrlOf the control URL of the sandbox of that stack while it runs. */
export function addSandboxLiveCommand(
  sandbox: Command,
  { terminal, finish }: CommandContext,
  controlUrlOf: (name: string) => string | undefined,
): void {
  sandbox
    .command('live')
    .summary('let life go on: moves, births, deaths and new numbers, in PU and in the demo Master')
    .description(
      'Plays a life of changes of the made-up people until Ctrl-C or for some seconds. Both registers get each change, PU within ' +
        'seconds and Master later, as it is in real life. What happened stays: the next run goes on from there. ' +
        'Master is the one that MASTER_URL names, or that of the stack; no other than a demo Master is written to.',
    )
    .option('--rate <changes>', `changes a second, 1 to ${MOST_A_SECOND}`, parseRate, 1)
    .option('--seconds <count>', 'so long, and not until Ctrl-C', parseCount)
    .option('--seed <number>', 'another seed plays another life', parseCount, 1)
    .option('--no-master', 'only in PU')
    .option('--control <url>', 'the control URL of a sandbox that is not of this clone')
    .option('--name <name>', 'the stack of this clone that it belongs to: dev, demo, test', 'dev')
    .action(async (options: LiveOptions) => {
      const controlUrl = options.control ?? controlUrlOf(options.name);
      if (controlUrl === undefined) {
        const { name } = options;
        terminal.err(
          `The sandbox of ${name} does not run; \`hub sandbox up --name ${name}\` starts it.`,
        );
        finish(EXIT.unavailable);
        return;
      }
      try {
        await play(options, controlUrl);
      } catch (error) {
        if (!isExpected(error)) throw error;
        terminal.err(error.message);
        finish(error instanceof LifeCutOff ? EXIT.unavailable : EXIT.problem);
      }
    });

  const play = async (options: LiveOptions, controlUrl: string): Promise<void> => {
    const { name, rate, seed, seconds = Number.POSITIVE_INFINITY } = options;
    const control = new SandboxControl(controlUrl);
    const people = await callPatiently(() => control.population(), { patienceMs: 0 });
    const population = sandboxPopulation(people);
    const masterUrl = options.master ? masterUrlOf(name) : null;
    using progress = new LifeProgress((line) => terminal.err(line));
    const counts = await playLife({
      population,
      masterUrl,
      controlUrl,
      seed,
      ratePerSecond: rate,
      seconds,
      signal: terminal.signal,
      onPlayed: (kind) => progress.add(kind),
    });
    terminal.out(printLife(counts));
  };
}

function masterUrlOf(name: string): string {
  const masterUrl = stackStatus({ name }).endpoints?.masterUrl;
  if (masterUrl !== undefined) return masterUrl;
  throw new UsageError(
    `error: there is no Master: set MASTER_URL, start the stack ${name}, or add --no-master`,
  );
}

function parseRate(text: string): number {
  const rate = parseCount(text);
  if (rate <= MOST_A_SECOND) return rate;
  throw new UsageError(`error: at most ${MOST_A_SECOND} changes a second`);
}

function isExpected(error: unknown): error is Error {
  return (
    error instanceof LifeCutOff || error instanceof ControlRefused || error instanceof DemoRefusal
  );
}
