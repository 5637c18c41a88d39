import type { Command } from 'commander';
import { PULLS } from '../../connectors/runtime/operations/source-commands.ts';
import { parseCount, parseOneOf } from './option-values.ts';
import { submitSourceCommand } from './submit-source-command.ts';
import type { CommandContext } from './terminal.ts';

interface PullOptions {
  readonly reason: string;
  readonly wait: number;
}

export function addPullCommand(program: Command, context: CommandContext): void {
  program
    .command('pull')
    .summary('ask PU for changes now, before they are due')
    .description(
      'Begins a pull from PU now, or all of them; one that goes on is not begun again. The request is a row in the command table; the ' +
        'instance that reads PU answers as soon as the pull has begun. `hub freshness` shows how it gets on.',
    )
    .argument('[pull]', `only one of ${PULLS.join(', ')}`, parseOneOf(PULLS))
    .requiredOption('--now', 'begin; a schedule does so by itself (PU_SCHEDULE_…)')
    .option('--reason <text>', 'why; without personal data', 'asked for by hand')
    .option('--wait <seconds>', 'how long to wait for the answer', parseCount, 30)
    .addHelpText('after', '\nExample:\n  hub pull --now own-region')
    .action(async (pull: (typeof PULLS)[number] | undefined, { reason, wait }: PullOptions) => {
      const command = { kind: 'source-pull', source: 'pu', reason, ...(pull && { pull }) } as const;
      await submitSourceCommand(command, wait, context);
    });
}
