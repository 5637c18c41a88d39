import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { statement } from '../../../connectors/hub-store/database.ts';
import { type HubStore, openHubStore } from '../../../connectors/hub-store/hub-store.ts';
import { migrateHubStore } from '../../../connectors/hub-store/migrations.ts';
import type { Membership } from '../../../core/golden-record/golden-record.ts';
import {
  type ContentHash,
  type Identity,
  type PersonKey,
  personKeyOf,
} from '../../../core/person/person-identifier.ts';
import {
  type EvidenceWrite,
  NO_CHANGES,
  type PersonWrite,
} from '../../../core/sync/batch-changes.ts';
import {
  changesOf,
  firstSeenFirst,
  freshIdentity,
  goldenOf,
  joinIdentities,
  personWrite,
  readGroups,
  SOME_BIGINT,
  SOME_NUMBER,
} from '../../contracts/store-under-test.ts';
import {
  createEmptyDatabase,
  createHubDatabase,
  type TestDatabase,
  testStoreConfig,
} from '../../support/hub-database.ts';
import { addConsumer, tellEverybody } from './told-consumer.ts';

const PARTITIONS = statement<{ name: string; rows: string }>(
  'journal-partitions',
  `SELECT c.relname AS name, (SELECT count(*) FROM evidence_journal j WHERE j.tableoid = c.oid) AS rows
   FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
   WHERE i.inhparent = 'evidence_journal'::regclass ORDER BY c.relname`,
);

describe('the history of the hub store', () => {
  let database: TestDatabase;
  let store: HubStore;
  beforeAll(async () => {
    database = await createHubDatabase();
    store = openHubStore(testStoreConfig(database.url));
  });
  afterAll(async () => {
    await store[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const write = async (changes: Partial<typeof NO_CHANGES>) =>
    await store.persons.transact((t) => t.write({ ...NO_CHANGES, ...changes }));
  const lineageOf = async (key: PersonKey) => (await store.readLineage(key)) ?? expect.fail();
  const newPerson = async (identity: Identity): Promise<PersonKey> => {
    const [group] = await store.persons.transact((t) => t.lockGroups([identity]));
    return personKeyOf(group?.groupKey ?? expect.fail());
  };

  it('says which fields of the evidence changed when, without values', async () => {
    const identity = freshIdentity();
    const key = await newPerson(identity);
    const change = async (version: number, changed: EvidenceWrite['changed']) => {
      const { evidence } = changesOf(await readGroups(store.persons, [identity]), version);
      await write({ evidence: evidence.map((one) => ({ ...one, changed })) });
    };
    await change(1, 'all');
    await change(2, ['name', 'addresses']);
    await change(3, []);
    await change(4, 'removed');
    await change(5, 'unknown');
    const { journal } = await lineageOf(key);
    const entry = (version: bigint, changed: readonly string[]) => ({
      identityKey: key,
      source: 'master',
      position: { epoch: 1, version },
      changed,
      recordedAt: SOME_NUMBER,
    });
    expect(journal).toEqual([
      entry(5n, ['unknown']),
      entry(4n, ['removed']),
      entry(2n, ['name', 'addresses']),
      entry(1n, ['all']),
    ]);
  });

  it('has a table for this month and the two after it, and never stops a batch for want of one', async () => {
    await using empty = await createEmptyDatabase();
    await migrateHubStore(empty.url);
    await using own = openHubStore(testStoreConfig(empty.url));
    const names = async () => (await empty.database.query(PARTITIONS)).map(({ name }) => name);
    const made = await names();
    expect(made).toHaveLength(4);
    expect(made.filter((name) => /^evidence_journal_\d{4}_\d{2}$/.test(name))).toHaveLength(3);
    await Promise.all([own.ensureJournalPartitions(), own.ensureJournalPartitions()]);
    expect(await names()).toEqual(made);

    const [month, later] = made;
    await empty.database.script(`DROP TABLE ${month}; DROP TABLE ${later}`);
    await own.persons.transact(async (t) =>
      t.write(changesOf(await t.lockGroups([freshIdentity()]), 1)),
    );
    await migrateHubStore(empty.url);
    // What fell into the default table stays there, and keeps its month from being made.
    expect(await empty.database.query(PARTITIONS)).toMatchObject([
      { name: later, rows: '0' },
      { name: made[2], rows: '0' },
      { name: 'evidence_journal_default', rows: '1' },
    ]);
  });

  it('has the memberships that are over, and times without one, with the versions that they held for', async () => {
    const identity = freshIdentity();
    const key = await newPerson(identity);
    const change = async (membership: PersonWrite['membership']) => {
      const [group] = await readGroups(store.persons, [identity]);
      const golden = goldenOf(identity, 1);
      const position = { epoch: 1, version: 1n };
      const changed = { golden, contentHash: 'h' as ContentHash, position };
      await write({
        persons: [{ ...personWrite(group ?? { persons: [] }, key, changed), membership }],
      });
    };
    const registered: Membership = {
      level: 'municipality',
      countyCode: '03',
      municipalityCode: '0380',
      reason: 'registered',
      from: { precision: 'day', value: '2020-05-01' },
    };
    const county: Membership = {
      level: 'county',
      countyCode: '03',
      municipalityCode: null,
      reason: 'protected-county-only',
      from: null,
    };
    const day = { precision: 'day' as const, value: '2024-02-29' };
    await change({ before: null, after: registered, endsOn: null });
    await change(null);
    expect((await lineageOf(key)).memberships).toEqual([]);
    await change({ before: registered, after: null, endsOn: day });
    await change({ before: null, after: county, endsOn: null });
    await change({ before: county, after: registered, endsOn: null });
    const { from: _, ...area } = county;
    expect((await lineageOf(key)).memberships).toEqual([
      {
        membership: {
          level: 'municipality',
          countyCode: '03',
          municipalityCode: '0380',
          reason: 'registered',
          validFrom: '2020-05-01',
        },
        fromVersion: 1,
        untilVersion: 3,
        endedOn: '2024-02-29',
      },
      { membership: null, fromVersion: 3, untilVersion: 4, endedOn: null },
      { membership: { ...area, validFrom: null }, fromVersion: 4, untilVersion: 5, endedOn: null },
    ]);
  });

  it('has what consumers were told to forget, oldest first, with a day to do it', async () => {
    expect(await store.purgeOrders.countOpen()).toEqual({ open: 0, oldestSeconds: 0 });
    await addConsumer(database.database);
    const keys = [await newPerson(freshIdentity()), await newPerson(freshIdentity())];
    for (const key of keys) {
      const position = { epoch: 1, version: 1n };
      const person = personWrite({ persons: [] }, key, {
        golden: null,
        contentHash: 'h' as ContentHash,
        position,
      });
      const fields = ['addresses', 'contact-persons'] as const;
      await write({
        persons: [person],
        purges: [{ personKey: key, reason: 'protection-raised', fields, upToVersion: 4 }],
      });
    }
    expect(await store.purgeOrders.countOpen()).toMatchObject({ open: 0 });
    await tellEverybody(database.database);
    const orders = await store.purgeOrders.list(10);
    expect(orders.map(({ personKey }) => personKey)).toEqual(keys);
    expect(orders[0]).toMatchObject({
      reason: 'protection-raised',
      fields: ['addresses', 'contact-persons'],
      upToVersion: 4,
    });
    expect((orders[0]?.dueAt ?? 0) - (orders[0]?.orderedAt ?? 0)).toBe(24 * 3_600_000);
    expect(await store.purgeOrders.list(1)).toEqual(orders.slice(0, 1));
    expect(await store.purgeOrders.countOpen()).toMatchObject({ open: 2 });
  });

  it('has who decided what and why, and when a link counted, under any key of the person', async () => {
    const group = await joinIdentities(store.persons, [freshIdentity(), freshIdentity()]);
    const [first, second] = firstSeenFirst([group]);
    if (first === undefined || second === undefined) return expect.fail();
    const link = { from: second.identityKey, to: first.identityKey, source: 'master' as const };
    await write({ links: { begun: [link], ended: [] } });
    await write({ links: { begun: [], ended: [link] } });
    await write({ links: { begun: [link], ended: [] } });
    const about = { kind: 'no-county' as const, subject: second.identityKey, other: null };
    const decidedAt = '2026-01-02T03:04:05.678Z';
    const request = { about, choice: 'noted' as const, reason: 'made by hand', decidedBy: 'op' };
    await store.persons.transact((t) =>
      t.recordDecision({ ...request, commandId: 5n, decidedAt }, null),
    );
    const lineage = await lineageOf(personKeyOf(second.identityKey));
    expect(lineage.personKey).toBe(first.identityKey);
    expect(lineage.identities).toHaveLength(2);
    expect(lineage.decisions).toEqual([
      {
        ...about,
        id: SOME_BIGINT,
        choice: 'noted',
        reason: 'made by hand',
        decidedBy: 'op',
        decidedAt: Date.parse(decidedAt),
      },
    ]);
    for (const { identityKey } of [first, second]) {
      expect(await store.links.periodsOf([identityKey])).toEqual([
        { ...link, since: SOME_NUMBER, until: SOME_NUMBER },
        { ...link, since: SOME_NUMBER, until: null },
      ]);
    }
  });

  it('lists open work items with what they are about', async () => {
    const [one, other] = [freshIdentity(), freshIdentity()];
    const groups = await store.persons.transact((t) => t.lockGroups([one, other]));
    const [subject, second] = [one, other].map(
      ({ extension }) =>
        groups
          .flatMap((group) => group.identities)
          .find((i) => i.identity.extension === extension) ?? expect.fail(),
    );
    if (subject === undefined || second === undefined) return expect.fail();
    const about = { subject: subject.identityKey, other: null };
    const noCounty = { kind: 'no-county' as const, ...about };
    const linked = { kind: 'birth-data-differ' as const, ...about, other: second.identityKey };
    await write({ items: { opened: [noCounty, linked], closed: [] } });
    const listed = await store.workItems.list(10);
    expect(listed).toMatchObject([noCounty, linked]);
    expect(await store.workItems.list(1)).toEqual(listed.slice(0, 1));
    expect(await store.workItems.list(10, 'birth-data-differ')).toEqual(listed.slice(1));
    expect(await store.workItems.countOpen()).toMatchObject({
      'no-county': 1,
      'birth-data-differ': 1,
      'protection-contradicts': 0,
    });
    await write({ items: { opened: [], closed: [linked] } });
    expect(await store.workItems.find(listed[1]?.id ?? 0n)).toEqual({
      ...listed[1],
      closedAt: SOME_NUMBER,
      identities: [subject, second].map(({ identity, identityKey, personKey }) => ({
        ...identity,
        identityKey,
        personKey,
      })),
    });
    expect(await store.workItems.find(listed[0]?.id ?? 0n)).toMatchObject({
      closedAt: null,
      identities: [{ identityKey: subject.identityKey }],
    });
    expect(await store.workItems.find(0n)).toBeUndefined();
  });

  it('is read page by page without a lock, for counting what would change', async () => {
    const identity = freshIdentity();
    await store.persons.transact(async (t) => {
      await t.lockGroups([identity]);
      const { groups, next } = await store.groups.readPage(null, 10_000);
      expect(next).toBeNull();
      expect(groups.length).toBeGreaterThan(1);
    });
    const all = await store.persons.transact((t) => t.lockGroupPage(null, 10_000));
    expect(await store.groups.readPage(null, 10_000)).toEqual(all);
  });
});
