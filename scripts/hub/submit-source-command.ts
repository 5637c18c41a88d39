import { userInfo } from 'node:os';
import {
  printCommandResult,
  requestOf,
  runSourceCommand,
  type SourceCommand,
} from '../../connectors/runtime/operations/source-commands.ts';
import { EXIT } from './exit-codes.ts';
import { openOperator } from './open-operator.ts';
import type { CommandContext } from './terminal.ts';
import { UsageError } from './usage-error.ts';

/** Stores a command in the name of whoever is logged in, waits for the answer and prints it. */
export async function submitSourceCommand(
  command: Omit<SourceCommand, 'requestedBy'>,
  waitSeconds: number,
  { terminal, finish }: CommandContext,
): Promise<void> {
  const made = requestOf({ ...command, requestedBy: userInfo().username });
  if (made.kind === 'refused') throw new UsageError(`error: ${made.why}`);
  await using operator = await openOperator();
  const result = await runSourceCommand(
    operator.store,
    made.request,
    waitSeconds * 1_000,
    terminal.signal,
  );
  terminal.out(printCommandResult(result));
  if (!result.isForNextStart && result.answer?.outcome !== 'done') finish(EXIT.problem);
}
