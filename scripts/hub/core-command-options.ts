import type { Command } from 'commander';
import { parseCount } from './option-values.ts';

export const NOTHING_DONE = 'Nothing was done. Add --execute to do it.';

/** The options of a command that the core carries out; see {@link CoreCommandOptions}. */
export function withCoreCommandOptions(command: Command): Command {
  return command
    .requiredOption('--reason <text>', 'why; kept for ever, so without personal data')
    .option('--wait <seconds>', 'how long to wait for the answer', parseCount, 30)
    .option('--execute', 'do it; without this nothing is done');
}
