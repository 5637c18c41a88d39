import { userInfo } from 'node:os';
import type { Command } from 'commander';
import {
  printAcknowledged,
  printOpenPurges,
  printPurgeOrders,
} from '../../connectors/runtime/operations/print-purge-orders.ts';
import { refuseReason } from '../../connectors/runtime/operations/submit-command.ts';
import { NOTHING_DONE } from './core-command-options.ts';
import { EXIT } from './exit-codes.ts';
import { openOperator } from './open-operator.ts';
import { parseCount } from './option-values.ts';
import type { CommandContext } from './terminal.ts';
import { UsageError } from './usage-error.ts';

export function addPurgeCommand(program: Command, context: CommandContext): void {
  const purge = program
    .command('purge')
    .summary('what consumers have to forget, and who has not said that it did')
    .description(
      'When somebody becomes protected, is erased, or leaves what a consumer may see, an order says which fields have to be forgotten of what was sent. It is ' +
        'open until every consumer that was told of the person has acknowledged it.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  hub purge open --consumer cosmic\n' +
        '  hub purge ack 7b0c9a52-3f1d-4c55-9d0e-2b1f6a8c4e10 --consumer cosmic --reason "letter 4711 of the office" --execute',
    );
  addList(purge, context);
  addOpen(purge, context);
  addAck(purge, context);
}

function addList(purge: Command, { terminal }: CommandContext): void {
  purge
    .command('list')
    .summary('the open orders of the hub, oldest first')
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

function addOpen(purge: Command, { terminal }: CommandContext): void {
  purge
    .command('open')
    .summary('which consumer has not forgotten yet, by age')
    .description(
      'Counts for each consumer the orders that it was given and has not acknowledged, and lists them, oldest first, with the number by which each is acknowledged.',
    )
    .option('--consumer <name>', 'only of this consumer')
    .option('--limit <count>', 'at most so many', parseCount, 50)
    .action(async (options: { readonly consumer?: string; readonly limit: number }) => {
      await using operator = await openOperator();
      const { consumerPurges } = operator.store;
      const counts = (await consumerPurges.countOpen()).filter(
        ({ consumer }) => options.consumer === undefined || consumer === options.consumer,
      );
      const open = await consumerPurges.open(options.limit, options.consumer);
      terminal.out(printOpenPurges(counts, open, Date.now()));
    });
}

interface AckOptions {
  readonly consumer: string;
  readonly reason: string;
  readonly execute?: true;
}

function addAck(purge: Command, { terminal, finish }: CommandContext): void {
  purge
    .command('ack')
    .summary('a consumer has said by other means that it forgot')
    .description(
      'Acknowledges an order in the name of a consumer that says so by other means than the topic hub.purge-ack.v1, such as a letter. Who does it and why is kept with the order.',
    )
    .argument('<orderId>', 'the number of the order, from `hub purge open`')
    .requiredOption('--consumer <name>', 'whose order it is')
    .requiredOption('--reason <text>', 'where it is said; kept for ever, so without personal data')
    .option('--execute', 'do it; without this nothing is done')
    .action(async (orderId: string, { consumer, reason, execute }: AckOptions) => {
      const refused = refuseReason(reason);
      if (refused !== undefined) throw new UsageError(`error: ${refused.why}`);
      await using operator = await openOperator();
      const { consumerPurges } = operator.store;
      const outcome = execute
        ? await consumerPurges.acknowledge(
            consumer,
            orderId,
            `${userInfo().username}: ${reason.trim()}`,
          )
        : await consumerPurges.standing(consumer, orderId);
      terminal.out(printAcknowledged(outcome));
      if (outcome === 'open') terminal.out(NOTHING_DONE);
      if (outcome === 'unknown') finish(EXIT.problem);
    });
}
