import { userInfo } from 'node:os';
import type { Command } from 'commander';
import {
  type ConsumerCommand,
  consumerRequestOf,
  printConsumerResult,
  runConsumerCommand,
} from '../../connectors/runtime/operations/consumer-commands.ts';
import type { Operator } from '../../connectors/runtime/operations/operator.ts';
import type { SubmittedCommand } from '../../connectors/runtime/operations/submit-command.ts';
import { EXIT } from './exit-codes.ts';
import { parseCount } from './option-values.ts';
import type { CommandContext } from './terminal.ts';
import { UsageError } from './usage-error.ts';

/** What every command about a consumer takes. */
export interface ConsumerCommandOptions {
  readonly reason: string;
  readonly wait: number;
}

type Outcome = NonNullable<SubmittedCommand['answer']>['outcome'];

/** The options of {@link ConsumerCommandOptions}. */
export function withConsumerCommandOptions(command: Command): Command {
  return command
    .requiredOption('--reason <text>', 'why; kept for ever, so without personal data')
    .option('--wait <seconds>', 'how long to wait for the answer', parseCount, 30);
}

/** The row for the command table, in the name of whoever is logged in. */
export function requestFor(command: ConsumerCommand, reason: string) {
  const author = { reason, requestedBy: userInfo().username };
  const made = consumerRequestOf(command, author, Date.now());
  if (made.kind === 'refused') throw new UsageError(`error: ${made.why}`);
  return made.request;
}

/** Stores a command, waits for the answer and prints it. @returns undefined when nobody has answered yet. */
export async function submitConsumerCommand(
  operator: Operator,
  command: ConsumerCommand,
  { reason, wait }: ConsumerCommandOptions,
  context: CommandContext,
): Promise<Outcome | undefined> {
  const request = requestFor(command, reason);
  const { signal } = context.terminal;
  const result = await runConsumerCommand(operator.store, request, wait * 1_000, signal);
  tellResult(result, context);
  return result.answer?.outcome;
}

/** Prints what became of a command. */
export function tellResult(result: SubmittedCommand, { terminal, finish }: CommandContext): void {
  terminal.out(printConsumerResult(result));
  if (result.answer?.outcome !== 'done') finish(EXIT.problem);
}
