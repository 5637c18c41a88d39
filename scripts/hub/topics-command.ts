import type { Command } from 'commander';
import { printAsyncApi } from '../../connectors/runtime/operations/asyncapi-document.ts';
import type { Operator } from '../../connectors/runtime/operations/operator.ts';
import { printTopics } from '../../connectors/runtime/operations/print-topics.ts';
import { EXIT } from './exit-codes.ts';
import { openOperator } from './open-operator.ts';
import type { CommandContext } from './terminal.ts';

export function addTopicsCommand(program: Command, { terminal, finish }: CommandContext): void {
  const topics = program
    .command('topics')
    .summary('check the Kafka topics, or make them')
    .description(
      'Compares the topics of the hub, and those of each consumer that was added, with the table in connectors/kafka/topics.ts: partitions, retention, ' +
        'cleanup. Settings that differ are shown and never changed.',
    );
  topics
    .command('check', { isDefault: true })
    .summary('compare, change nothing')
    .description('Compares the topics with the table and changes nothing.')
    .action(async () => {
      await using operator = await openOperator();
      const { admin } = operator.kafka;
      const reports = await ofHubAndConsumers(operator, (table) => admin.checkTopics(table));
      terminal.out(printTopics(reports));
      if (reports.some(({ drift }) => drift.length > 0)) finish(EXIT.problem);
    });
  topics
    .command('ensure')
    .summary('make the topics that are missing, then compare')
    .description(
      'Makes the topics that are missing, then compares all with the table. Of a consumer it makes anew what somebody deleted; `hub consumers add` makes its first.',
    )
    .action(async () => {
      await using operator = await openOperator();
      const { admin } = operator.kafka;
      const reports = await ofHubAndConsumers(operator, (table) => admin.ensureTopics(table));
      terminal.out(printTopics(reports));
      if (reports.some(({ drift }) => drift.length > 0)) finish(EXIT.problem);
    });
  topics
    .command('asyncapi')
    .summary('print what consumers read and write, as AsyncAPI 3.0')
    .description(
      'Prints the AsyncAPI document of the topics of consumers, made of the schemas, the table of topics and the profiles. Of the profiles in this ' +
        'repository it is docs/asyncapi.json. Opens no connection.',
    )
    .action(async () => {
      await using operator = await openOperator();
      terminal.out(printAsyncApi(await operator.readConsumers()).trimEnd());
    });
}

/** Those of the hub first, since consumers are known only once it has started. */
async function ofHubAndConsumers<T>(
  { topicTable, consumers }: Operator,
  work: (table: Operator['topicTable']) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const ofHub = await work(topicTable);
  const table = await consumers.topicTable();
  return table.length === 0 ? ofHub : [...ofHub, ...(await work(table))];
}
