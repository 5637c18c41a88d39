import type { Command } from 'commander';
import { printLineage } from '../../connectors/runtime/operations/print-lineage.ts';
import type { PersonKey } from '../../core/person/person-identifier.ts';
import { EXIT } from './exit-codes.ts';
import { openOperator } from './open-operator.ts';
import { parseKey } from './option-values.ts';
import type { CommandContext } from './terminal.ts';

export function addExplainCommand(program: Command, { terminal, finish }: CommandContext): void {
  program
    .command('explain')
    .summary('show where each part of one person came from')
    .description(
      "Shows one person's lineage: identities, evidence with source and position, which source and rule decided each\n" +
        'group of fields, the version, and what is published. No names or addresses; identities only when asked for.',
    )
    .argument(
      '<personKey>',
      'the key of the person, or of one of the person’s identities',
      parseKey,
    )
    .option(
      '--show-identities',
      'print identities in full. They stay on this terminal: do not copy them into a ticket',
    )
    .addHelpText('after', '\nExample:\n  hub explain 7b0c9a52-3f1d-4c55-9d0e-2b1f6a8c4e10')
    .action(async (key: PersonKey, options: { readonly showIdentities?: true }) => {
      await using operator = await openOperator();
      const explained = await operator.explain(key);
      if (explained === undefined) {
        terminal.err('Nobody in the hub store has this key.');
        return finish(EXIT.problem);
      }
      const { lineage, explanation } = explained;
      const shown = { showIdentities: options.showIdentities ?? false };
      terminal.out(printLineage(lineage, explanation, shown));
    });
}
