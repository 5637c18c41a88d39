import type { Command } from 'commander';
import { NOTHING_DONE, withCoreCommandOptions } from './core-command-options.ts';
import { openOperator } from './open-operator.ts';
import { type CoreCommandOptions, submitCoreCommand } from './submit-core-command.ts';
import type { CommandContext } from './terminal.ts';

export function addRebuildCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('rebuild')
    .summary('derive everybody again from the stored evidence')
    .description(
      'Derives every golden record again from the stored evidence, page by page, while the hub goes on: after a release with other rules, or ' +
        'another authority table. Whoever comes out the same gets no new version. `hub phase show` tells how far it has come.',
    )
    .addHelpText(
      'after',
      '\nExample:\n  hub rebuild --reason "authority.json version 4" --execute',
    );
  withCoreCommandOptions(command).action(async (options: CoreCommandOptions) => {
    if (!options.execute) {
      context.terminal.out(
        `Everybody is derived again, and whoever has other content is published.\n${NOTHING_DONE}`,
      );
      return;
    }
    await using operator = await openOperator();
    await submitCoreCommand(operator, { kind: 'rebuild' }, options, context);
  });
}
