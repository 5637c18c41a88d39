import type { Command } from 'commander';
import { printTopics } from '../../connectors/runtime/operations/print-topics.ts';
import { EXIT } from './exit-codes.ts';
import { openOperator } from './open-operator.ts';
import type { CommandContext } from './terminal.ts';

export function addTopicsCommand(program: Command, { terminal, finish }: CommandContext): void {
  const topics = program
    .command('topics')
    .summary('check the Kafka topics, or make them')
    .description(
      'Compares the topics with the table in connectors/kafka/topics.ts: partitions, retention, cleanup. Settings that differ are ' +
        'shown and never changed.',
    );
  topics
    .command('check', { isDefault: true })
    .summary('compare, change nothing')
    .description('Compares the topics with the table and changes nothing.')
    .action(async () => {
      await using operator = await openOperator();
      const reports = await operator.kafka.admin.checkTopics(operator.topicTable);
      terminal.out(printTopics(reports));
      if (reports.some(({ drift }) => drift.length > 0)) finish(EXIT.problem);
    });
  topics
    .command('ensure')
    .summary('make the topics that are missing, then compare')
    .description('Makes the topics that are missing, then compares all with the table.')
    .action(async () => {
      await using operator = await openOperator();
      const reports = await operator.kafka.admin.ensureTopics(operator.topicTable);
      terminal.out(printTopics(reports));
      if (reports.some(({ drift }) => drift.length > 0)) finish(EXIT.problem);
    });
}
