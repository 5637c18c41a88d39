import { describe } from 'vitest';
import { createTableSink } from '../../../connectors/sinks/consumers/table/table-sink.ts';
import { consumerSinkContract } from '../../contracts/consumer-sink.contract.ts';
import { testEnvironment } from '../../support/env.ts';
import { openTableUnderTest } from './table-under-test.ts';

const address = testEnvironment().consumerMssqlUrl;

const suite = (onLeaving: 'delete' | 'mark') => (): void => {
  consumerSinkContract(async () => {
    const url = address ?? '';
    const removeTables = async (): Promise<void> => {
      await using sink = createTableSink({
        address: url,
        onLeaving,
        createTables: true,
        retentionDays: 30,
      });
      await sink.remove();
    };
    await removeTables();
    return await openTableUnderTest(url, { onLeaving }, removeTables);
  });
};

for (const onLeaving of ['delete', 'mark'] as const) {
  if (address === undefined) {
    describe.skip(
      `tables in SQL Server, who leaves: ${onLeaving} (needs CONSUMER_MSSQL_URL: an own database, reached without TLS through a proxy)`,
      suite(onLeaving),
    );
  } else {
    describe(
      `tables in SQL Server, who leaves: ${onLeaving}`,
      { timeout: 180_000 },
      suite(onLeaving),
    );
  }
}
