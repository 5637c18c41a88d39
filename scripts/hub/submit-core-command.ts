import { userInfo } from 'node:os';
import {
  type CoreCommand,
  coreRequestOf,
  printCoreResult,
  runCoreCommand,
} from '../../connectors/runtime/operations/core-commands.ts';
import type { Operator } from '../../connectors/runtime/operations/operator.ts';
import { EXIT } from './exit-codes.ts';
import type { CommandContext } from './terminal.ts';
import { UsageError } from './usage-error.ts';

/** What every command that the core carries out takes. */
export interface CoreCommandOptions {
  readonly reason: string;
  readonly wait: number;
  readonly execute?: true;
}

/** Stores a command in the name of whoever is logged in, waits for the answer and prints it. */
export async function submitCoreCommand(
  operator: Operator,
  command: CoreCommand,
  { reason, wait }: CoreCommandOptions,
  { terminal, finish }: CommandContext,
): Promise<void> {
  const made = coreRequestOf(command, { reason, requestedBy: userInfo().username });
  if (made.kind === 'refused') throw new UsageError(`error: ${made.why}`);
  const { request } = made;
  const result = await runCoreCommand(operator.store, request, wait * 1_000, terminal.signal);
  terminal.out(printCoreResult(result));
  if (result.answer?.outcome !== 'done') finish(EXIT.problem);
}
