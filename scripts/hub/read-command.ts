import type { Command } from 'commander';
import { printRecord, readRecords } from '../../connectors/runtime/operations/read-records.ts';
import { openOperator } from './open-operator.ts';
import { parseCount } from './option-values.ts';
import type { CommandContext } from './terminal.ts';
import { UsageError } from './usage-error.ts';

interface ReadOptions {
  readonly limit: number;
  readonly fromBeginning?: true;
  readonly follow?: true;
  readonly key?: string;
  readonly showIdentities?: true;
}

export function addReadCommand(program: Command, { terminal }: CommandContext): void {
  program
    .command('read')
    .summary('show records of a topic, decoded')
    .description(
      'Shows the newest records of a topic, decoded, with their keys and headers. Records hold personal data: they go to this ' +
        'terminal and nowhere else. Identities are masked unless asked for.',
    )
    .argument(
      '<topic>',
      'such as person.state.v1; the prefix of this installation is put before it',
    )
    .option('--limit <count>', 'at most so many records', parseCount, 10)
    .option('--from-beginning', 'the oldest records in place of the newest')
    .option('--follow', 'go on with what comes, until Ctrl-C')
    .option('--key <key>', 'only records with this key, such as a person key')
    .option(
      '--show-identities',
      'print identities in full. They stay on this terminal: do not copy them into a ticket',
    )
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  hub read person.events.v1 --limit 3\n' +
        '  hub read person.state.v1 --key 7b0c9a52-3f1d-4c55-9d0e-2b1f6a8c4e10',
    )
    .action(async (topic: string, options: ReadOptions) => {
      if (options.fromBeginning && options.follow) {
        throw new UsageError('error: --from-beginning and --follow do not go together');
      }
      await using operator = await openOperator();
      const records = readRecords(operator.recordPorts, {
        topic: operator.topicName(topic),
        limit: options.follow ? Number.POSITIVE_INFINITY : options.limit,
        which: options.follow ? 'follow' : options.fromBeginning ? 'first' : 'last',
        ...(options.key === undefined ? {} : { key: options.key }),
        showIdentities: options.showIdentities ?? false,
        signal: terminal.signal,
      });
      let count = 0;
      for await (const record of records) {
        terminal.out(`${count++ === 0 ? '' : '\n'}${printRecord(record)}`);
      }
      if (count === 0) terminal.err('No record.');
    });
}
