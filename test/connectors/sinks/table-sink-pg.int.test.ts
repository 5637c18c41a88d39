import { describe } from 'vitest';
import { consumerSinkContract } from '../../contracts/consumer-sink.contract.ts';
import { createEmptyDatabase } from '../../support/hub-database.ts';
import { openTableUnderTest } from './table-under-test.ts';

describe.each(['delete', 'mark'] as const)('tables in PostgreSQL, who leaves: %s', (onLeaving) => {
  consumerSinkContract(async () => {
    const database = await createEmptyDatabase();
    return await openTableUnderTest(database.url, { onLeaving }, () =>
      database[Symbol.asyncDispose](),
    );
  });
});
