import type { Migration } from './database.ts';
import { ensureJournalPartitions } from './journal-partitions.ts';
import { migrateDatabase, openDatabase } from './knex-client.ts';
import { PERSONS } from './migrations/0001-persons.ts';
import { INSTANCES } from './migrations/0002-instances.ts';
import { PARKED_POSITIONS } from './migrations/0003-parked-positions.ts';
import { PU } from './migrations/0004-pu.ts';
import { ONE_PERSON } from './migrations/0005-one-person.ts';
import { CONSUMERS } from './migrations/0006-consumers.ts';
import { LOOK_UP } from './migrations/0007-look-up.ts';
import { ERASURES } from './migrations/0008-erasures.ts';

/**
 * All steps of the hub's own tables, in order. Forward only: a released step is never edited or taken out, a new one is added
 * at the end. Each must let the instances of the version before go on, since they run while the new one starts.
 */
export const MIGRATIONS: readonly Migration[] = [
  PERSONS,
  INSTANCES,
  PARKED_POSITIONS,
  PU,
  ONE_PERSON,
  CONSUMERS,
  LOOK_UP,
  ERASURES,
];

/**
 * Brings the hub store up to date, the months of the journal too. Safe when several instances start at once. A login that may only read the
 * list of steps, as a publisher's does, finds that nothing is to be done.
 * @returns the names of the steps that were done now.
 * @throws HubError `HUB_STORE_NEWER` when a newer program has been here.
 */
export async function migrateHubStore(databaseUrl: string): Promise<readonly string[]> {
  const done = await migrateDatabase(databaseUrl, MIGRATIONS);
  await using database = openDatabase({
    url: databaseUrl,
    applicationName: 'hub-migrate',
    poolSize: 1,
  });
  await ensureJournalPartitions(database);
  return done;
}
