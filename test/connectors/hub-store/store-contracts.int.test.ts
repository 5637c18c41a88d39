import { openHubStore } from '../../../connectors/hub-store/hub-store.ts';
import { leaseStoreContract } from '../../contracts/lease-store.contract.ts';
import { outboxContract } from '../../contracts/outbox-store.contract.ts';
import { personGroupsContract } from '../../contracts/person-groups.contract.ts';
import { personStoreContract } from '../../contracts/person-store.contract.ts';
import type { StoreUnderTest } from '../../contracts/store-under-test.ts';
import { createHubDatabase, testStoreConfig } from '../../support/hub-database.ts';

personStoreContract(openPostgres);
personGroupsContract(openPostgres);
outboxContract(openPostgres);
leaseStoreContract(openPostgres);

async function openPostgres(): Promise<StoreUnderTest> {
  const opened = new AsyncDisposableStack();
  const database = opened.use(await createHubDatabase());
  const config = testStoreConfig(database.url);
  const store = opened.use(openHubStore(config));
  const { persons, outbox, leases, checkpoints } = store;
  return {
    persons,
    outbox,
    leases,
    checkpoints,
    partitionOfPerson: config.partitionOfPerson,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
