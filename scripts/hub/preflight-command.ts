import type { Command } from 'commander';
import {
  isReady,
  printPreflight,
  runPreflight,
} from '../../connectors/runtime/operations/preflight.ts';
import { EXIT } from './exit-codes.ts';
import { openOperator } from './open-operator.ts';
import type { CommandContext } from './terminal.ts';

export function addPreflightCommand(program: Command, { terminal, finish }: CommandContext): void {
  program
    .command('preflight')
    .summary('check everything that the hub needs; changes nothing')
    .description(
      'Checks settings, mapping files, Kafka with its topics, the schema registry, the hub store, Master and PU. Each missing ' +
        'permission on Master is printed with the exact GRANT. Changes nothing anywhere.',
    )
    .action(async () => {
      await using operator = await openOperator('instance');
      const results = await runPreflight(operator.preflightChecks);
      terminal.out(printPreflight(results));
      if (isReady(results)) return terminal.out('\nReady: `hub run` can start.');
      terminal.out('\nNot ready.');
      return finish(EXIT.problem);
    });
}
