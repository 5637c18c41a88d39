import type { Migration } from './database.ts';
import { migrateDatabase } from './knex-client.ts';
import { PERSONS } from './migrations/0001-persons.ts';
import { INSTANCES } from './migrations/0002-instances.ts';
import { PARKED_POSITIONS } from './migrations/0003-parked-positions.ts';
import { PU } from './migrations/0004-pu.ts';

/**
 * All steps of the hub's own tables, in order. Forward only: a released step is never edited or taken out, a new one is added
 * at the end. Each must let the instances of the version before go on, since they run while the new one starts.
 */
export const MIGRATIONS: readonly Migration[] = [PERSONS, INSTANCES, PARKED_POSITIONS, PU];

/**
 * Brings the hub store up to date. Safe when several instances start at once.
 * @returns the names of the steps that were done now.
 * @throws HubError `HUB_STORE_NEWER` when a newer program has been here.
 */
export async function migrateHubStore(databaseUrl: string): Promise<readonly string[]> {
  return await migrateDatabase(databaseUrl, MIGRATIONS);
}
