import type { Command } from 'commander';
import { printParked } from '../../connectors/runtime/operations/print-status.ts';
import { openOperator } from './open-operator.ts';
import type { CommandContext } from './terminal.ts';

export function addParkedCommand(program: Command, { terminal }: CommandContext): void {
  program
    .command('parked')
    .summary('count what was set aside, by error code')
    .description(
      'Counts the records that the hub refused to decide on, by error code. `hub errors <code>` says what to do. A newer, ' +
        'correct record of the same identity clears a parked one by itself.',
    )
    .action(async () => {
      await using operator = await openOperator();
      terminal.out(printParked(await operator.store.parked.countByCode()));
    });
}
