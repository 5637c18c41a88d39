import { parseArgs } from 'node:util';

export interface DemoOptions {
  readonly persons: number;
  readonly liveSeconds: number;
  readonly changesPerSecond: number;
  readonly seed: number;
  readonly exitWhenDone: boolean;
}

export const DEMO_HELP = `The hub at work on synthetic persons: a Master, Kafka, a schema registry, PostgreSQL and the hub, all of them real, and a PU that
speaks the real contracts.

  npm run demo                         and Ctrl-C when you have seen enough
  npm run demo -- --exit-when-done     ends by itself

Options
  --persons N          people, 1 000 to 5 000 000 (20000)
  --live-seconds N     how long changes are played (20)
  --rate N             changes a second in both registers, 1 to 200 (20)
  --seed N             another population and other changes (1)
  --exit-when-done     stop everything after the summary
  --help               this text

docs/demo.md says what it shows, docs/sandbox.md what the population is.`;

/** @returns the options, `help`, or what is wrong with the command line. */
export function parseDemoOptions(
  args: readonly string[],
): DemoOptions | 'help' | { readonly problem: string } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        persons: { type: 'string', default: '20000' },
        'live-seconds': { type: 'string', default: '20' },
        rate: { type: 'string', default: '20' },
        seed: { type: 'string', default: '1' },
        'exit-when-done': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return 'help';
    return {
      persons: wholeNumber('persons', values.persons, 1_000, 5_000_000),
      liveSeconds: wholeNumber('live-seconds', values['live-seconds'], 0, 86_400),
      changesPerSecond: wholeNumber('rate', values.rate, 1, 200),
      seed: wholeNumber('seed', values.seed, 0, 2 ** 31),
      exitWhenDone: values['exit-when-done'],
    };
  } catch (error) {
    if (error instanceof RangeError || (error instanceof TypeError && 'code' in error)) {
      return { problem: error.message };
    }
    throw error;
  }
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text.replaceAll(/[ _]/g, ''));
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`--${name} takes a whole number from ${least} to ${most}, not '${text}'.`);
  }
  return value;
}
