import { describe, expect, it } from 'vitest';
import { statement } from '../../../connectors/hub-store/database.ts';
import { openHubStore } from '../../../connectors/hub-store/hub-store.ts';
import { personKeyOf } from '../../../core/person/person-identifier.ts';
import {
  doBatch,
  freshIdentities,
  freshTopic,
  readGroups,
} from '../../contracts/store-under-test.ts';
import { createHubDatabase, testStoreConfig } from '../../support/hub-database.ts';
import { endConnections, pause } from './look-into-store.ts';

const COMMAND = {
  kind: 'source-pause',
  target: 'master',
  arguments: {},
  reason: 'planned work on Master',
  requestedBy: 'operator',
  expectedState: null,
};
const CONNECTIONS = statement<{ n: string }>(
  'connections',
  `SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'hub-test'`,
);

describe('notices of the hub store', () => {
  it('tell of outbox partitions here at once and in another instance soon', async () => {
    await using database = await createHubDatabase();
    const config = testStoreConfig(database.url);
    await using here = openHubStore(config);
    await using there = openHubStore(config);
    const heardHere: unknown[] = [];
    const heardThere: unknown[] = [];
    using _here = here.notices.on('outbox', (partitions) => heardHere.push(partitions));
    using _there = there.notices.on('outbox', (partitions) => heardThere.push(partitions));
    await until(() => heardHere.length > 0 && heardThere.length > 0); // both connected

    const identities = freshIdentities(1);
    await doBatch(here.persons, {
      topic: freshTopic(),
      partition: 0,
      firstOffset: 0,
      identities,
      version: 1,
    });
    const [group] = await readGroups(here.persons, identities);
    const partition = group && config.partitionOfPerson(personKeyOf(group.groupKey));
    expect(heardHere.slice(1)).toEqual([[partition]]);
    await until(() => heardThere.length > 1);
    expect(heardThere.slice(1)).toEqual([[partition]]);
  });

  it('tell nothing of a transaction that was rolled back', async () => {
    await using database = await createHubDatabase();
    await using store = openHubStore(testStoreConfig(database.url));
    const heard: unknown[] = [];
    using _listening = store.notices.on('outbox', (partitions) => heard.push(partitions));
    await until(() => heard.length > 0);
    await readGroups(store.persons, freshIdentities(1));
    expect(heard).toHaveLength(1);
  });

  it('tell of commands in every instance', async () => {
    await using database = await createHubDatabase();
    await using here = openHubStore(testStoreConfig(database.url));
    await using there = openHubStore(testStoreConfig(database.url));
    let heard = 0;
    using _listening = there.notices.on('command', () => heard++);
    await until(() => heard === 1);
    await here.commands.submit(COMMAND);
    await until(() => heard === 2);
  });

  it('say that there may be something after the connection was lost and came back', async () => {
    await using database = await createHubDatabase();
    await using store = openHubStore(testStoreConfig(database.url));
    const heard: unknown[] = [];
    using _listening = store.notices.on('outbox', (partitions) => heard.push(partitions));
    await until(() => heard.length === 1);
    await endConnections(database.database);
    await until(() => heard.length === 2);
    expect(heard).toEqual([undefined, undefined]);
  });

  it('leave no connection behind', async () => {
    await using database = await createHubDatabase();
    {
      await using store = openHubStore(testStoreConfig(database.url));
      using _listening = store.notices.on('outbox', () => undefined);
      await store.commands.submit(COMMAND);
    }
    const connections = async () => (await database.database.query(CONNECTIONS))[0]?.n;
    while ((await connections()) !== '0') await pause();
  });
});

/** Waits for something that happens by itself; bounded by the time limit of the test. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await pause();
}
