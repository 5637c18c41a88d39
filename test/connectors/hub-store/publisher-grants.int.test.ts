import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { statement } from '../../../connectors/hub-store/database.ts';
import { type HubStore, openHubStore } from '../../../connectors/hub-store/hub-store.ts';
import { migrateDatabase, openDatabase } from '../../../connectors/hub-store/knex-client.ts';
import { MIGRATIONS, migrateHubStore } from '../../../connectors/hub-store/migrations.ts';
import { publisherGrants } from '../../../connectors/hub-store/publisher-grants.ts';
import { doBatch, freshIdentities, freshTopic } from '../../contracts/store-under-test.ts';
import { profileOf } from '../../core/disclosure/disclosure-builder.ts';
import {
  createHubDatabase,
  type TestDatabase,
  testStoreConfig,
} from '../../support/hub-database.ts';
import { commitOf, deliveredOf, purgeOf } from './consumer-world.ts';

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
  'access_log',
  'caller_credentials',
] as const;

/** Only the owner of the journal can make it again. */
const DROP_THIS_MONTH = `DO $drop$ BEGIN
  EXECUTE format('DROP TABLE %I', 'evidence_journal_' || to_char(now() AT TIME ZONE 'UTC', 'YYYY_MM'));
END $drop$`;

describe('a login that only publishes and feeds consumers', () => {
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

  it('feeds a consumer and forgets it, and names nobody for it', async () => {
    await using core = openHubStore({
      ...testStoreConfig(database.url),
      partitionOfPerson: () => 0,
    });
    const identities = freshIdentities(2);
    await doBatch(core.persons, {
      topic: freshTopic(),
      partition: 0,
      firstOffset: 0,
      identities,
      version: 1,
    });
    const profile = profileOf({ name: 'fed', persons: { kind: 'list' } });
    const agreement = {
      validTo: '2099-12-31',
      frameworkVersion: '1',
      staffInformedBy: 'Provkontoret',
      staffInformedAt: '2026-01-02',
    };
    await core.consumers.add({ profile, agreement, principal: null }, 1n);
    const { deliveries } = store;
    const [consumer] = await deliveries.consumers();
    const lease = await store.leases.acquire('consumer-fed', 'one', 60_000);
    if (consumer?.walk == null || lease === undefined) return expect.fail();
    const { id, walk } = consumer;
    await deliveries.noteFault(id, 'HUB_STORE_CONFLICT');
    await core.consumerLists.add(id, identities);
    await expect(store.consumerLists.add(id, identities)).rejects.toMatchObject({
      code: 'HUB_STORE_DENIED',
    });

    await deliveries.begin(id, [{ partition: 0, nextOffset: 3 }]);
    const keys = await deliveries.nextPersons(null, 100);
    const facts = await deliveries.facts(id, keys, true);
    expect(facts.listed.size).toBe(2);
    const [one, other] = [...facts.listed];
    if (one === undefined || other === undefined) return expect.fail();
    const touches = await deliveries.touches(id, 10);
    expect(await deliveries.tellAgain(lease, id)).toBe(true);
    const startedAt = (await deliveries.consumers())[0]?.walk?.startedAt ?? walk.startedAt;
    const change = {
      delivered: [deliveredOf(one)],
      purges: [purgeOf(one)],
      position: { partition: 0, from: 3, to: 4 },
      touches: touches.map((touch) => touch.id),
      refused: [{ personKey: other, code: 'HUB_STORE_CONFLICT' as const }],
    };
    const underWay = { startedAt, cursor: one, done: 1, isOver: false };
    expect(await deliveries.commit(lease, commitOf(consumer, { ...change, walk: underWay }))).toBe(
      true,
    );
    const isOver = { ...underWay, isOver: true };
    expect(await deliveries.commit(lease, commitOf(consumer, { walk: isOver }))).toBe(true);
    expect(await deliveries.tellAgain(lease, id)).toBe(true);
    expect(await deliveries.positions(id)).toHaveLength(1);
    expect((await deliveries.lastOffsets(id)).size).toBe(0);
    expect(await deliveries.nextDelivered(id, null, 10)).toEqual([one]);
    expect(await deliveries.forget(lease, id)).toBe(true);
    expect(await deliveries.consumers()).toEqual([]);
  });

  it.each(HIDDEN)('cannot read %s', async (table) => {
    await using own = openDatabase({ url, applicationName: 'hub-test', poolSize: 1 });
    const read = own.query(statement(`read-${table}`, `SELECT * FROM ${table}`));
    await expect(read).rejects.toMatchObject({ code: 'HUB_STORE_DENIED' });
  });

  it('cannot read who has which number, nor order anybody to forget less', async () => {
    await using own = openDatabase({ url, applicationName: 'hub-test', poolSize: 1 });
    for (const text of [
      'SELECT extension FROM identities',
      'SELECT root FROM identities',
      'UPDATE identities SET person_key = identity_key',
      'DELETE FROM purge_orders',
      'DELETE FROM consumer_purges',
      "UPDATE consumer_purges SET fields = '{}'",
      'INSERT INTO consumer_lists VALUES (1, gen_random_uuid())',
      "UPDATE consumers SET agreement_valid_to = '2099-01-01'",
    ]) {
      await expect(own.script(text)).rejects.toMatchObject({ code: 'HUB_STORE_DENIED' });
    }
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
