import type { Command } from 'commander';
import { printStoreGrants } from '../../connectors/runtime/operations/print-store-grants.ts';
import type { CommandContext } from './terminal.ts';

export function addStoreGrantsCommand(program: Command, { terminal }: CommandContext): void {
  program
    .command('store-grants')
    .summary('print what publishing and feeding consumers needs in the hub store, as SQL')
    .description(
      'Prints the GRANT statements by which a database login can run the roles publisher and consumers and nothing else: it cannot read evidence or the access ' +
        'log, so what a golden record hides stays out of reach of the part that talks to consumers. Runs nothing.',
    )
    .argument('<login>', 'a database login that exists')
    .addHelpText('after', '\nExample:\n  hub store-grants hub_publisher | psql "$DATABASE_URL"')
    .action((login: string) => {
      terminal.out(printStoreGrants(login));
    });
}
