import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { statement } from '../../../connectors/hub-store/database.ts';
import { type HubStore, openHubStore } from '../../../connectors/hub-store/hub-store.ts';
import { migrateDatabase, openDatabase } from '../../../connectors/hub-store/knex-client.ts';
import { MIGRATIONS, migrateHubStore } from '../../../connectors/hub-store/migrations.ts';
import { publisherGrants } from '../../../connectors/hub-store/publisher-grants.ts';
import { doBatch, freshIdentities, freshTopic } from '../../contracts/store-under-test.ts';
import {
  createHubDatabase,
  type TestDatabase,
  testStoreConfig,
} from '../../support/hub-database.ts';

const LOGIN = `hub_test_publisher_${randomBytes(4).toString('hex')}`;
const HIDDEN = [
  'evidence',
  'evidence_journal',
  'evidence_journal_default',
  'relations',
  'memberships',
  'work_items',
  'decisions',
  'pu_known',
  'known_rows',
  'parked',
  'identities',
  'link_periods',
  'follow_ups',
  'purge_orders',
] as const;

/** Only the owner of the journal can make it again. */
const DROP_THIS_MONTH = `DO $drop$ BEGIN
  EXECUTE format('DROP TABLE %I', 'evidence_journal_' || to_char(now() AT TIME ZONE 'UTC', 'YYYY_MM'));
END $drop$`;

describe('a login that only publishes', () => {
  let database: TestDatabase;
  let url: string;
  let store: HubStore;
  beforeAll(async () => {
    database = await createHubDatabase();
    await database.database.script(`CREATE ROLE ${LOGIN} LOGIN PASSWORD 'test'`);
    for (const grant of publisherGrants(LOGIN)) await database.database.script(grant);
    const login = new URL(database.url);
    login.username = LOGIN;
    login.password = 'test';
    url = login.href;
    store = openHubStore({ ...testStoreConfig(url), partitionOfPerson: () => 0 });
  });
  afterAll(async () => {
    await store[Symbol.asyncDispose]();
    await database.database.script(`DROP OWNED BY ${LOGIN}; DROP ROLE ${LOGIN}`);
    await database[Symbol.asyncDispose]();
  });

  it('starts an instance when nothing is to be migrated, and cannot migrate', async () => {
    expect(await migrateHubStore(url)).toEqual([]);
    await database.database.script(DROP_THIS_MONTH);
    expect(await migrateHubStore(url)).toEqual([]);
    await expect(
      migrateDatabase(url, [...MIGRATIONS, { name: '0999-more', statements: ['SELECT 1'] }]),
    ).rejects.toMatchObject({ code: 'HUB_STORE_DENIED' });
  });

  it('publishes, under a lease, and says that it lives', async () => {
    await using core = openHubStore({
      ...testStoreConfig(database.url),
      partitionOfPerson: () => 0,
    });
    const identities = freshIdentities(2);
    const place = { topic: freshTopic(), partition: 0, firstOffset: 0 };
    await doBatch(core.persons, { ...place, identities, version: 1 });

    const lease = await store.leases.acquire('publish-0', 'one', 60_000);
    if (lease === undefined) return expect.fail();
    expect(await store.leases.renew(lease, 60_000)).toBe(true);
    expect(await store.leases.held('publish')).toHaveLength(1);
    const { entries, persons } = await store.outbox.readOldest(0, 10);
    expect(persons).toHaveLength(2);
    expect(await store.outbox.backlog()).toMatchObject([{ waiting: 2 }]);
    expect(await store.outbox.deletePublished(lease, [entries[0]?.id ?? 0n])).toBe(true);
    await store.outbox.requeueStates(entries);
    expect((await store.outbox.readOldest(0, 10)).entries).toHaveLength(3);
    await store.leases.release(lease);

    const report = { instance: 'p', roles: ['publisher'], programVersion: '1', status: {} };
    await store.instances.heartbeat(report);
    expect(await store.instances.list()).toHaveLength(1);
    await store.instances.forgetSilent(60);
    await store.instances.leave('p');
    await store.ping();
  });

  it.each(HIDDEN)('cannot read %s', async (table) => {
    await using own = openDatabase({ url, applicationName: 'hub-test', poolSize: 1 });
    const read = own.query(statement(`read-${table}`, `SELECT * FROM ${table}`));
    await expect(read).rejects.toMatchObject({ code: 'HUB_STORE_DENIED' });
  });

  it('cannot find who lives at an address, nor change a person', async () => {
    await using own = openDatabase({ url, applicationName: 'hub-test', poolSize: 1 });
    for (const text of [
      'SELECT address_hash FROM persons',
      'SELECT * FROM persons',
      'UPDATE persons SET version = version + 1',
      'DELETE FROM persons',
    ]) {
      await expect(own.script(text)).rejects.toMatchObject({ code: 'HUB_STORE_DENIED' });
    }
  });

  it('is named as it is, whatever characters it has', () => {
    expect(publisherGrants('a"b')[0]).toBe('GRANT USAGE ON SCHEMA public TO "a""b"');
  });
});
