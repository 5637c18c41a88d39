import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { loadConfig } from '../../connectors/config/load-config.ts';
import type { PeopleRefusal } from '../../connectors/runtime/operations/consumer-people.ts';
import {
  printChangedPeople,
  printPeopleCount,
  printPeopleRefusal,
} from '../../connectors/runtime/operations/print-consumer-people.ts';
import { NOTHING_DONE } from './core-command-options.ts';
import { EXIT } from './exit-codes.ts';
import { openOperator } from './open-operator.ts';
import type { CommandContext } from './terminal.ts';
import { UsageError } from './usage-error.ts';

interface PeopleOptions {
  readonly file?: string;
  readonly stdin?: true;
  readonly execute?: true;
}

const NUMBERS_IN_FILE = 'Numbers stand in a file, never on the command line.';

type Action = 'add' | 'remove' | 'count';

export function addPeople(consumers: Command, { terminal, finish }: CommandContext): void {
  consumers
    .command('people')
    .summary('the list that a consumer keeps of its persons, from a file')
    .description(
      'For a consumer whose profile says that its persons are a list: names persons by their numbers, names them no more, or counts the list. One number ' +
        'on each line, after its root: `<root OID> <number>`, or `pnr`, `snr` or `nrid` in place of the root. Empty lines and lines that begin with # are ' +
        'passed over. Only counts and the numbers of lines are printed, never what stands in them. add and remove only look, until --execute is added. ' +
        'Exit code 1: a line was refused, nobody was named, or somebody who was to be added is not known to the hub.',
    )
    .argument('<name>', 'of a consumer that was added')
    .argument('<action>', 'add, remove or count', parseAction)
    .option('--file <path>', 'with add and remove: the numbers in this file')
    .option('--stdin', 'with add and remove: the numbers on standard input, from a file or a pipe')
    .option('--execute', 'do it; without this nothing is done')
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  hub consumers people reminders add --file booked.txt\n' +
        '  hub consumers people reminders add --file booked.txt --execute\n' +
        '  hub consumers people reminders count',
    )
    // Refused below: what Commander says of them shows them.
    .allowExcessArguments()
    .action(async (name: string, action: Action, options: PeopleOptions, { args }: Command) => {
      if (args.length > 2) throw new UsageError(`error: too many arguments. ${NUMBERS_IN_FILE}`);
      refuseSenseless(action, options);
      await using operator = await openOperator();
      const people = await import('../../connectors/runtime/operations/consumer-people.ts');
      if (action === 'count') {
        const count = orRefused(await people.countPeople(operator.store, name));
        return terminal.out(printPeopleCount(name, count));
      }
      const classifier = await people.classifierOf(loadConfig(undefined, 'operator'));
      const isExecuted = options.execute === true;
      const changed = orRefused(
        await people.changePeople(operator.store, {
          name,
          change: action,
          isExecuted,
          lines: linesOf(options),
          classifier,
          signal: terminal.signal,
        }),
      );
      terminal.out(printChangedPeople(changed));
      if (!isExecuted) terminal.out(NOTHING_DONE);
      const { bad, named, unknownNational, unknownLocal, isCutShort } = changed;
      const isMissing = action === 'add' && unknownNational.length + unknownLocal.length > 0;
      if (bad.length > 0 || named === 0 || isMissing || isCutShort) finish(EXIT.problem);
    });
}

/** What was given may be somebody's number, so it is not told. */
function parseAction(text: string): Action {
  if (text === 'add' || text === 'remove' || text === 'count') return text;
  throw new UsageError(`error: the action is add, remove or count. ${NUMBERS_IN_FILE}`);
}

function refuseSenseless(action: Action, { file, stdin, execute }: PeopleOptions): void {
  const ways = [file, stdin].filter((way) => way !== undefined).length;
  if (action === 'count') {
    if (ways === 0 && execute === undefined) return;
    throw new UsageError('error: count takes no option');
  }
  if (ways !== 1) throw new UsageError('error: give exactly one of --file, --stdin');
  if (stdin && process.stdin.isTTY) {
    throw new UsageError(
      'error: numbers that are typed here would stand on the terminal: give a file or a pipe',
    );
  }
}

function orRefused<T extends object | number>(result: T | PeopleRefusal): T {
  if (typeof result !== 'string') return result;
  throw new UsageError(`error: ${printPeopleRefusal(result)}`);
}

/** Opened when the first line is asked for, and closed when the last one was read. */
async function* linesOf({ file }: PeopleOptions): AsyncGenerator<string> {
  if (file === undefined) return yield* createInterface({ input: process.stdin });
  const opened = await open(file).catch(() => undefined);
  const isReadable = opened !== undefined && !(await opened.stat()).isDirectory();
  if (isReadable) return yield* opened.readLines();
  await opened?.close();
  // Its name may be anything, so it is not told.
  throw new UsageError('error: the file cannot be read');
}
