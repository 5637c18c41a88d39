import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { statement } from '../../../connectors/hub-store/database.ts';
import { type HubStore, openHubStore } from '../../../connectors/hub-store/hub-store.ts';
import type { IdentityHash } from '../../../core/person/person-identifier.ts';
import {
  type BatchChanges,
  NO_CHANGES,
  type ParkedRecord,
} from '../../../core/sync/batch-changes.ts';
import { freshTopic, SOME_BIGINT, SOME_NUMBER } from '../../contracts/store-under-test.ts';
import {
  createHubDatabase,
  type TestDatabase,
  testStoreConfig,
} from '../../support/hub-database.ts';

const ROWS = statement<{ payload: string | null; everything: string }>(
  'parked-rows',
  "SELECT encode(payload, 'escape') AS payload, p::text AS everything FROM parked p WHERE topic = $1",
);
const POSITION = { epoch: 1, version: 10n };
const OLDER = { epoch: 1, version: 9n };
const NEWER = { epoch: 2, version: 1n };
const SWAP = statement(
  'swap-payloads',
  `UPDATE parked p SET payload = q.payload FROM parked q
   WHERE p.topic = $1 AND q.topic = $1 AND p.record_offset <> q.record_offset`,
);

describe('parked records', () => {
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

  const write = (changes: Partial<BatchChanges>) =>
    store.persons.transact((t) => t.write({ ...NO_CHANGES, ...changes }));
  const listed = async (topic: string) =>
    (await store.parked.list(0n, 1_000)).filter((entry) => entry.topic === topic);

  it('come back as they were parked, to whoever has the key', async () => {
    const record = recordOf('come-back');
    await write({ parked: [record] });
    expect(await listed(record.topic)).toEqual([
      {
        ...record,
        payload: Buffer.from(record.payload),
        id: SOME_BIGINT,
        attempts: 1,
        firstParkedAt: SOME_NUMBER,
      },
    ]);
  });

  it('show nothing of their payload in the table', async () => {
    const record = recordOf('hidden');
    await write({ parked: [record] });
    const [row] = await database.database.query(ROWS, [record.topic]);
    expect(row?.payload?.length).toBeGreaterThan(0);
    expect(row?.payload).not.toContain('PLAIN');
    expect(row?.everything).not.toContain(Buffer.from('PLAIN').toString('hex'));
  });

  it('cannot be read with another key', async () => {
    const record = recordOf('other-key');
    await write({ parked: [record] });
    const config = { ...testStoreConfig(database.url), parkedPayloadKey: randomBytes(32) };
    await using stranger = openHubStore(config);
    await expect(stranger.parked.list(0n, 1_000)).rejects.toMatchObject({
      code: 'HUB_STORE_PAYLOAD_UNREADABLE',
    });
  });

  it('count another attempt when the same record is parked again', async () => {
    const record = recordOf('again');
    await write({ parked: [record] });
    await write({ parked: [{ ...record, field: 'surname' }] });
    expect(await listed(record.topic)).toMatchObject([{ attempts: 2, field: 'surname' }]);
  });

  it('take the place of what was parked of the same identity before', async () => {
    const record = recordOf('read-again');
    const nobodys = { ...record, identityHash: '' as IdentityHash, offset: 8 };
    await write({ parked: [record, nobodys] });
    await write({ parked: [{ ...record, offset: 20 }] });
    await write({ parked: [{ ...nobodys, offset: 21 }] });
    expect((await listed(record.topic)).map(({ offset }) => offset)).toEqual([8, 20, 21]);
  });

  it('are closed and forget their payload when a good record of the identity comes', async () => {
    const record = recordOf('cleared');
    const other = { ...record, offset: 8, identityHash: 'other' as IdentityHash };
    await write({ parked: [record, other] });
    await write({ cleared: [{ identityHash: record.identityHash, position: POSITION }] });
    expect(await listed(record.topic)).toMatchObject([{ offset: 8 }]);
    const rows = await database.database.query(ROWS, [record.topic]);
    expect(rows.filter(({ payload }) => payload === null)).toHaveLength(1);
  });

  it.each([
    ['an older', POSITION, OLDER, 1],
    ['an equal', POSITION, POSITION, 0],
    ['a newer', POSITION, NEWER, 0],
    ['any', null, OLDER, 0],
  ])('are closed or not by %s good record as their positions say', async (_, at, cleared, open) => {
    const record = { ...recordOf(`position ${at} ${cleared}`), position: at };
    await write({ parked: [record] });
    await write({ cleared: [{ identityHash: record.identityHash, position: cleared }] });
    expect(await listed(record.topic)).toHaveLength(open);
  });

  it('leave open what is newer', async () => {
    const record = recordOf('refused-late');
    await write({ parked: [record] });
    await write({ parked: [{ ...record, offset: 8, position: OLDER }] });
    await write({ parked: [{ ...record, offset: 9, position: null }] });
    expect((await listed(record.topic)).map(({ offset }) => offset)).toEqual([7, 8, 9]);
  });

  it.each(['in,two', 'in{brace', '"quoted\\', 'null', 'NULL', ' ', 'å'])(
    'keep to themselves whatever their key is: %j',
    async (key) => {
      const [first, second] = [recordOf('in'), recordOf('two')];
      const odd = recordOf(key);
      await write({ parked: [first, second] });
      await write({ parked: [odd] });
      await write({ parked: [{ ...odd, offset: 8 }] });
      expect(await listed(first.topic)).toHaveLength(1);
      expect(await listed(second.topic)).toHaveLength(1);
      expect(await listed(odd.topic)).toMatchObject([{ identityHash: key, offset: 8 }]);
      await write({ cleared: [first, second, odd].map(atItsPosition) });
      for (const { topic } of [first, second, odd]) expect(await listed(topic)).toEqual([]);
    },
  );

  it('begin anew when another identity stands at the same place', async () => {
    const record = recordOf('before');
    await write({ parked: [record] });
    await write({ parked: [record] });
    const [old] = await listed(record.topic);
    const other = { ...recordOf('after'), topic: record.topic };
    await write({ parked: [other] });
    const [entry] = await listed(record.topic);
    expect(old?.attempts).toBe(2);
    expect(entry).toMatchObject({ identityHash: 'after', attempts: 1 });
    expect(entry?.firstParkedAt).toBeGreaterThan(old?.firstParkedAt ?? Number.NaN);
  });

  it('are counted by code while they are open', async () => {
    const before = await store.parked.countByCode();
    const record = recordOf('counted', 'HUB_MASTER_ROW_TOO_LARGE');
    await write({ parked: [record, { ...record, offset: 2 }] });
    const after = await store.parked.countByCode();
    expect(before.find(({ code }) => code === record.code)).toBeUndefined();
    expect(after.find(({ code }) => code === record.code)?.waiting).toBe(2);
  });

  it('are listed a page at a time', async () => {
    const record = recordOf('pages');
    await write({ parked: [1, 2, 3].map((offset) => ({ ...record, offset })) });
    const all = await store.parked.list(0n, 1_000);
    const second = await store.parked.list(all[0]?.id ?? 0n, 2);
    expect(second).toEqual(all.slice(1, 3));
  });

  it('are refused when the payload was moved to another record', async () => {
    await using own = await createHubDatabase();
    await using ownStore = openHubStore(testStoreConfig(own.url));
    const record = recordOf('moved');
    await ownStore.persons.transact((t) =>
      t.write({ ...NO_CHANGES, parked: [record, { ...record, offset: 2 }] }),
    );
    await own.database.execute(SWAP, [record.topic]);
    await expect(ownStore.parked.list(0n, 10)).rejects.toMatchObject({
      code: 'HUB_STORE_PAYLOAD_UNREADABLE',
    });
  });
});

function atItsPosition({ identityHash }: ParkedRecord) {
  return { identityHash, position: POSITION };
}

function recordOf(
  hash: string,
  code: ParkedRecord['code'] = 'HUB_PERSON_IDENTITY_MALFORMED',
): ParkedRecord {
  return {
    code,
    source: 'master',
    identityHash: hash as IdentityHash,
    topic: freshTopic(),
    partition: 3,
    offset: 7,
    position: POSITION,
    field: null,
    payload: new TextEncoder().encode('PLAIN text of a record'),
  };
}
