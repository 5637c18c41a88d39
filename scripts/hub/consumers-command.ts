import type { Command } from 'commander';
import type { DisclosurePreview } from '../../connectors/runtime/operations/preview-disclosure.ts';
import {
  printConsumer,
  printConsumers,
} from '../../connectors/runtime/operations/print-consumers.ts';
import { printDisclosures } from '../../connectors/runtime/operations/print-disclosures.ts';
import type { PersonKey } from '../../core/person/person-identifier.ts';
import { addAdd, addSheet } from './consumers-add-command.ts';
import { addCertify } from './consumers-certify-command.ts';
import { addChange, addDrop } from './consumers-change-command.ts';
import { addPeople } from './consumers-people.ts';
import { addRenew } from './consumers-renew-command.ts';
import { addReplay } from './consumers-replay-command.ts';
import { addPauseAndResume, addStatus } from './consumers-state-command.ts';
import { addTables } from './consumers-tables.ts';
import { EXIT } from './exit-codes.ts';
import { findProfile } from './find-consumer.ts';
import { openOperator } from './open-operator.ts';
import { parseKey } from './option-values.ts';
import type { CommandContext } from './terminal.ts';

interface PreviewOptions {
  readonly person: readonly PersonKey[];
  readonly showValues?: true;
}

export function addConsumersCommand(program: Command, context: CommandContext): void {
  const consumers = program
    .command('consumers')
    .summary('what each consuming system may see, and getting it there')
    .description(
      'A consumer is a system that gets persons from the hub. Its profile, a file in mappings/consumers, says whom it gets, which field groups, ' +
        'and what of protected persons. One that was added is fed by the instances with the role consumers.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  hub consumers show cosmic\n' +
        '  hub consumers status cosmic\n' +
        '  hub consumers preview pasis --person 7b0c9a52-3f1d-4c55-9d0e-2b1f6a8c4e10',
    );
  addList(consumers, context);
  addShow(consumers, context);
  addPreview(consumers, context);
  addStatus(consumers, context);
  addAdd(consumers, context);
  addSheet(consumers, context);
  addTables(consumers, context);
  addRenew(consumers, context);
  addChange(consumers, context);
  addPauseAndResume(consumers, context);
  addReplay(consumers, context);
  addPeople(consumers, context);
  addCertify(consumers, context);
  addDrop(consumers, context);
}

function addList(consumers: Command, { terminal }: CommandContext): void {
  consumers
    .command('list')
    .summary('every consumer, with whom and what it gets')
    .description(
      'Lists the consumers: title, whose persons, what of protected persons, groups, and whether it was added and is told by the profile in the file.',
    )
    .action(async () => {
      await using operator = await openOperator();
      const profiles = await operator.readConsumers();
      terminal.out(printConsumers(profiles, await operator.store.consumers.list()));
    });
}

function addShow(consumers: Command, { terminal }: CommandContext): void {
  consumers
    .command('show')
    .summary('one profile in words')
    .description('Shows what the profile of a consumer says.')
    .argument('<name>', 'of the consumer, from `hub consumers list`')
    .action(async (name: string) => {
      await using operator = await openOperator();
      terminal.out(printConsumer(await findProfile(operator, name)));
    });
}

function addPreview(consumers: Command, { terminal, finish }: CommandContext): void {
  consumers
    .command('preview')
    .summary('what the consumer would get of chosen persons, and why not')
    .description(
      'Shows for chosen persons exactly what the consumer would get, or why the person is left out. By the golden records of now; sends nothing. ' +
        'Values are masked unless asked for.',
    )
    .argument('<name>', 'of the consumer, from `hub consumers list`')
    .requiredOption(
      '--person <personKey...>',
      'the keys of the persons, or of any of their identities',
      (text: string, before: readonly PersonKey[] = []) => [...before, parseKey(text)],
    )
    .option(
      '--show-values',
      'print names, numbers and all in full. They stay on this terminal: do not copy them into a ticket',
    )
    .action(async (name: string, { person, showValues }: PreviewOptions) => {
      await using operator = await openOperator();
      const profile = await findProfile(operator, name);
      const previews: DisclosurePreview[] = [];
      for (const key of person) {
        const preview = await operator.previewDisclosure(profile, key);
        if (preview !== undefined) {
          previews.push(preview);
          continue;
        }
        terminal.err(`Nobody in the hub store has the key ${key}.`);
        finish(EXIT.problem);
      }
      if (previews.length === 0) return;
      terminal.out(printDisclosures(profile, previews, { showValues: showValues ?? false }));
    });
}
