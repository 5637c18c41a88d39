import type { Command } from 'commander';
import { loadConfig } from '../../connectors/config/load-config.ts';
import type { ConsumerTablesOptions } from '../../connectors/runtime/operations/consumer-tables.ts';
import { findProfile } from './find-consumer.ts';
import { openOperator } from './open-operator.ts';
import { parseOneOf } from './option-values.ts';
import type { CommandContext } from './terminal.ts';
import { UsageError } from './usage-error.ts';

interface TablesOptions {
  readonly dialect?: NonNullable<ConsumerTablesOptions['dialect']>;
  readonly from: number;
}

export function addTables(consumers: Command, { terminal }: CommandContext): void {
  consumers
    .command('tables')
    .summary('print the tables of a consumer as SQL, for the owner of its database')
    .description(
      "Prints the SQL that makes the tables of a consumer in its own database, or brings them up to this hub's version: one transaction, to be read and " +
        'then run by the owner of the database before the consumer is added. Runs nothing.',
    )
    .argument('<name>', 'of the consumer, from `hub consumers list`')
    .option(
      '--dialect <dialect>',
      'pg or mssql; not given: by the address in the file of HUB_CONSUMER_DATABASES',
      parseOneOf(['pg', 'mssql']),
    )
    .option('--from <version>', 'of the tables that are there; 0: none are', parseVersion, 0)
    .addHelpText('after', '\nExample:\n  hub consumers tables warehouse | psql "$WAREHOUSE"')
    .action(async (name: string, { dialect, from }: TablesOptions) => {
      await using operator = await openOperator();
      const profile = await findProfile(operator, name);
      const { consumerTables } = await import(
        '../../connectors/runtime/operations/consumer-tables.ts'
      );
      const tables = consumerTables(loadConfig(undefined, 'operator'), profile, { dialect, from });
      switch (tables.kind) {
        case 'sql':
          return terminal.out(tables.text);
        case 'no-tables':
          throw new UsageError('error: this consumer is told by topics: it has no tables');
        case 'no-address':
          throw new UsageError(
            'error: HUB_CONSUMER_DATABASES has no usable address for this consumer: say --dialect pg or --dialect mssql',
          );
        case 'newer':
          throw new UsageError(`error: this hub knows tables up to version ${tables.known}`);
      }
    });
}

function parseVersion(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new UsageError(`error: "${text}" is no version: a whole number, 0 or above`);
}
