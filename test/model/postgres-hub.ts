import { statement } from '../../connectors/hub-store/database.ts';
import { openHubStore } from '../../connectors/hub-store/hub-store.ts';
import type { PurgeOrder } from '../../core/sync/batch-changes.ts';
import { createHubDatabase, testStoreConfig } from '../support/hub-database.ts';
import type { ModelHub } from './model-hub.ts';

const PARTITIONS = [0, 1, 2, 3, 4, 5, 6, 7];
const ASKED_AT = '2026-01-01T00:00:00Z';
const ALL = 10_000;
const PURGES = statement<{ purge: string }>(
  '',
  `SELECT json_build_object('personKey', person_key, 'reason', reason, 'fields', fields, 'upToVersion', up_to_version) AS purge
   FROM purge_orders ORDER BY ordered_at, id`,
);

/** A hub on PostgreSQL, with a database of its own: transactions of one step run beside each other, and meet in its locks. */
export async function createPostgresHub(): Promise<ModelHub & AsyncDisposable> {
  const database = await createHubDatabase();
  const hub = openHubStore(testStoreConfig(database.url));
  let commands = 1_000_000n;
  return {
    store: hub.persons,
    followUps: hub.followUps,
    switchPhase: async (phase) => {
      commands += 1n;
      await hub.phases.switchTo(phase, commands, ASKED_AT);
    },
    askForRebuild: async () => {
      commands += 1n;
      await hub.derivations.startRebuild(commands, ASKED_AT);
    },
    countFollowUps: () => hub.followUps.countWaiting(),
    readPublished: async () => {
      const waiting = await Promise.all(
        PARTITIONS.map((partition) => hub.outbox.readOldest(partition, ALL)),
      );
      return waiting.flatMap(({ persons }) => persons);
    },
    // All of them: what concerns no consumer is done from the start, and here is none.
    readPurges: async () => {
      const rows = await database.database.query(PURGES);
      return rows.map(({ purge }) => JSON.parse(purge) as PurgeOrder);
    },
    [Symbol.asyncDispose]: async () => {
      await hub[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}
