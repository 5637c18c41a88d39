import type { Command } from 'commander';
import { printPurgeOrders } from '../../connectors/runtime/operations/print-purge-orders.ts';
import { openOperator } from './open-operator.ts';
import { parseCount } from './option-values.ts';
import type { CommandContext } from './terminal.ts';

export function addPurgeCommand(program: Command, { terminal }: CommandContext): void {
  program
    .command('purge')
    .summary('what consumers have to forget of persons who became protected')
    .description(
      'When somebody becomes protected, an order says which fields consumers have to forget of what they were sent. It is open until each of ' +
        'them has acknowledged it.',
    )
    .command('list')
    .summary('the open orders, oldest first')
    .description(
      'Lists the open orders, oldest first: person key, why, which fields, up to which version.',
    )
    .option('--limit <count>', 'at most so many', parseCount, 50)
    .action(async ({ limit }: { readonly limit: number }) => {
      await using operator = await openOperator();
      const { purgeOrders } = operator.store;
      const { open } = await purgeOrders.countOpen();
      terminal.out(printPurgeOrders(open, await purgeOrders.list(limit)));
    });
}
