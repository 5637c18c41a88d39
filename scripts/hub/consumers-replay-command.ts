import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import {
  type ConsumerCommand,
  runConsumerCommand,
} from '../../connectors/runtime/operations/consumer-commands.ts';
import type { Operator } from '../../connectors/runtime/operations/operator.ts';
import { printReplaySize } from '../../connectors/runtime/operations/print-replay-size.ts';
import {
  printReplayed,
  replayPersons,
} from '../../connectors/runtime/operations/replay-persons.ts';
import type { PersonKey } from '../../core/person/person-identifier.ts';
import { NOTHING_DONE } from './core-command-options.ts';
import { EXIT } from './exit-codes.ts';
import { findRegistered, refuseWalking } from './find-consumer.ts';
import { openOperator } from './open-operator.ts';
import { parseKey, parseTime } from './option-values.ts';
import {
  type ConsumerCommandOptions,
  requestFor,
  submitConsumerCommand,
  tellResult,
  withConsumerCommandOptions,
} from './submit-consumer-command.ts';
import type { CommandContext } from './terminal.ts';
import { UsageError } from './usage-error.ts';

interface ReplayOptions extends ConsumerCommandOptions {
  readonly since?: number;
  readonly person?: readonly PersonKey[];
  readonly file?: string;
  readonly stdin?: true;
  readonly all?: true;
  readonly repair?: true;
  readonly execute?: true;
}

/** Of these exactly one. */
const WAYS = ['since', 'person', 'file', 'stdin', 'all', 'repair'] as const;

export function addReplay(consumers: Command, context: CommandContext): void {
  const command = consumers
    .command('replay')
    .summary('tell a consumer again what it was told: since a time, some persons, or all')
    .description(
      'Tells the consumer once more, by the golden records of now: it never gets an old version again. Give exactly one of --since, --person, ' +
        '--file, --stdin, --all and --repair. --all and --repair only show how much it would be, until --execute is added. Live events go on meanwhile.',
    )
    .argument('<name>', 'of a consumer that was added')
    .option('--since <time>', 'whoever changed since then, such as 2026-11-30T08:00:00Z', parseTime)
    .option(
      '--person <personKey...>',
      'these persons',
      (text: string, before: readonly PersonKey[] = []) => [...before, parseKey(text)],
    )
    .option('--file <path>', 'the persons in this file, one key on each line')
    .option('--stdin', 'the persons on standard input, one key on each line')
    .option('--all', 'everybody, in the generation of now')
    .option('--repair', 'everybody, in a new generation, so that nothing is refused as old')
    .option('--execute', 'with --all and --repair: do it; without this nothing is done')
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  hub consumers replay pasis --since 2026-11-30T08:00:00Z --reason "it lost a morning"\n' +
        '  hub consumers replay pasis --all --reason "it lost what it had"\n' +
        '  hub consumers replay pasis --all --reason "it lost what it had" --execute',
    );
  withConsumerCommandOptions(command);
  command.action(async (name: string, options: ReplayOptions) => {
    const ways = WAYS.filter((way) => options[way] !== undefined);
    if (ways.length !== 1) {
      throw new UsageError(
        `error: give exactly one of ${WAYS.map((way) => `--${way}`).join(', ')}`,
      );
    }
    await using operator = await openOperator();
    const consumer = await findRegistered(operator, name);
    const { id, generation } = consumer;
    const what = options.all
      ? 'all'
      : options.repair
        ? 'repair'
        : options.since === undefined
          ? undefined
          : { since: options.since };
    if (what === undefined) return await replayChosen(operator, name, options, context);
    if (typeof what === 'string' && !options.execute) {
      refuseWalking(consumer);
      const size = await operator.store.consumers.replaySize(id);
      context.terminal.out(`${printReplaySize(consumer.profile, size)}\n${NOTHING_DONE}`);
      return;
    }
    const seen = { id, generation };
    const replay: ConsumerCommand = { kind: 'consumer-replay', name, what, seen };
    await submitConsumerCommand(operator, replay, options, context);
  });
}

async function replayChosen(
  operator: Operator,
  name: string,
  options: ReplayOptions,
  context: CommandContext,
): Promise<void> {
  const { terminal, finish } = context;
  const replayed = await replayPersons(await linesOf(options), {
    unknownKeys: (keys) => operator.consumers.unknownKeys(keys),
    requestOf: (personKeys) =>
      requestFor({ kind: 'consumer-touch', name, personKeys }, options.reason),
    submit: (request) =>
      runConsumerCommand(operator.store, request, options.wait * 1_000, terminal.signal),
  });
  terminal.out(printReplayed(replayed));
  if (replayed.last !== undefined) tellResult(replayed.last, context);
  if (replayed.bad > 0 || replayed.asked === 0) finish(EXIT.problem);
}

async function linesOf({
  person,
  file,
}: ReplayOptions): Promise<AsyncIterable<string> | Iterable<string>> {
  if (person !== undefined) return person;
  if (file === undefined) return createInterface({ input: process.stdin });
  const opened = await open(file).catch(() => undefined);
  // Its name may be anything, so it is not told.
  if (opened === undefined) throw new UsageError('error: the file cannot be read');
  // Closed when the last line was read.
  return opened.readLines();
}
