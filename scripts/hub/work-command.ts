import type { Command } from 'commander';
import { parseItem } from '../../connectors/runtime/operations/core-commands.ts';
import {
  printChoices,
  printWorkItem,
  printWorkList,
} from '../../connectors/runtime/operations/print-work-items.ts';
import {
  DECISION_CHOICES,
  type DecisionChoice,
  WORK_ITEM_KINDS,
  WORK_ITEM_RULES,
  type WorkItemKind,
} from '../../core/identity/work-item.ts';
import { NOTHING_DONE, withCoreCommandOptions } from './core-command-options.ts';
import { EXIT } from './exit-codes.ts';
import { openOperator } from './open-operator.ts';
import { parseCount, parseOneOf } from './option-values.ts';
import { type CoreCommandOptions, submitCoreCommand } from './submit-core-command.ts';
import type { CommandContext } from './terminal.ts';
import { UsageError } from './usage-error.ts';

export function addWorkCommand(program: Command, context: CommandContext): void {
  const work = program
    .command('work')
    .summary('what waits for a decision of a person: list, show, decide')
    .description(
      'Work items are conflicts that no rule may decide alone: links that contradict each other, protection that the registers see ' +
        'differently, protected persons without a county. Each closes by itself when its reason is gone.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  hub work list --kind no-county\n' +
        '  hub work show 12\n' +
        '  hub work decide 12 different-persons --reason "case 4711" --execute',
    );
  addList(work, context);
  addShow(work, context);
  addDecide(work, context);
}

function addList(work: Command, { terminal }: CommandContext): void {
  work
    .command('list')
    .summary('count and list what is open, oldest first')
    .description('Counts the open work items by kind, and lists them, oldest first.')
    .option('--kind <kind>', `only ${WORK_ITEM_KINDS.join(', ')}`, parseOneOf(WORK_ITEM_KINDS))
    .option('--limit <count>', 'list at most so many', parseCount, 50)
    .action(async (options: { readonly kind?: WorkItemKind; readonly limit: number }) => {
      await using operator = await openOperator();
      const { workItems } = operator.store;
      const items = await workItems.list(options.limit, options.kind);
      terminal.out(printWorkList(await workItems.countOpen(), items));
    });
}

function addShow(work: Command, { terminal, finish }: CommandContext): void {
  work
    .command('show')
    .summary('what an item is about, and what can be decided')
    .description(
      'Shows what an item is about, what it waits for by itself, and what can be decided.',
    )
    .argument('<number>', 'of the item, from `hub work list`', parseNumber)
    .option(
      '--show-identities',
      'print identities in full. They stay on this terminal: do not copy them into a ticket',
    )
    .action(async (id: bigint, options: { readonly showIdentities?: true }) => {
      await using operator = await openOperator();
      const item = await operator.store.workItems.find(id);
      if (item === undefined) {
        terminal.err('There is no work item of this number.');
        return finish(EXIT.problem);
      }
      terminal.out(printWorkItem(item, { showIdentities: options.showIdentities ?? false }));
    });
}

function addDecide(work: Command, context: CommandContext): void {
  const command = work
    .command('decide')
    .summary('decide what the item asks')
    .description(
      'Stores a decision as evidence, with who and why: it holds through every rebuild, until another decision about the same. The persons whom ' +
        'it is about are derived again at once.',
    )
    .argument('<number>', 'of the item, from `hub work list`', parseNumber)
    .argument('<choice>', DECISION_CHOICES.join(', '), parseOneOf(DECISION_CHOICES))
    .addHelpText(
      'after',
      `\nChoices; \`hub work show\` says which of them an item has:\n${printChoices()}`,
    );
  withCoreCommandOptions(command).action(
    async (id: bigint, choice: DecisionChoice, options: CoreCommandOptions) => {
      const { terminal, finish } = context;
      await using operator = await openOperator();
      const item = await operator.store.workItems.find(id);
      if (item === undefined) {
        terminal.err('There is no work item of this number.');
        return finish(EXIT.problem);
      }
      const { choices } = WORK_ITEM_RULES[item.kind];
      if (!choices.includes(choice)) {
        throw new UsageError(`error: an item of kind ${item.kind} takes ${choices.join(', ')}`);
      }
      if (!options.execute) {
        const shown = printWorkItem(item, { showIdentities: false });
        return terminal.out(`${shown}\n\nThe decision would be ${choice}.\n${NOTHING_DONE}`);
      }
      const decide = { kind: 'work-decide', item: id, choice } as const;
      return await submitCoreCommand(operator, decide, options, context);
    },
  );
}

function parseNumber(text: string): bigint {
  const id = parseItem(text);
  if (id === undefined) throw new UsageError(`error: "${text}" is not the number of a work item`);
  return id;
}
