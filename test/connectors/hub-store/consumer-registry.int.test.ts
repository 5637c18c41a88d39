/** Which consumers there are and what is asked for them, on a real store. Issue 8, point 7. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ConsumerAgreement } from '../../../connectors/hub-store/consumer-rows.ts';
import { type HubStore, openHubStore } from '../../../connectors/hub-store/hub-store.ts';
import type { PersonKey } from '../../../core/person/person-identifier.ts';
import { profileOf } from '../../core/disclosure/disclosure-builder.ts';
import {
  createHubDatabase,
  type TestDatabase,
  testStoreConfig,
} from '../../support/hub-database.ts';

const AGREEMENT: ConsumerAgreement = {
  validTo: '2031-12-31',
  frameworkVersion: 'frame 2026.1',
  staffInformedBy: 'the office of systems',
  staffInformedAt: '2026-03-01',
};
const CARD = profileOf({ name: 'card' });
const WITHOUT_CONTACTS = profileOf({
  name: 'card',
  version: CARD.version + 1,
  contacts: null,
  groups: new Set(['name']),
});
const KEYS = [
  '11111111-1111-4111-8111-111111111111' as PersonKey,
  '22222222-2222-4222-8222-222222222222' as PersonKey,
] as const;

describe('the registry of consumers', () => {
  let database: TestDatabase;
  let store: HubStore;
  let command = 0n;
  beforeAll(async () => {
    database = await createHubDatabase();
    store = openHubStore(testStoreConfig(database.url));
  });
  beforeEach(async () => {
    await database.database.script('TRUNCATE consumers CASCADE; TRUNCATE deliveries, persons');
    command = 0n;
  });
  afterAll(async () => {
    await store[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const next = (): bigint => ++command;
  const add = async (profile = CARD, principal: string | null = null, id = next()) =>
    await store.consumers.add({ profile, agreement: AGREEMENT, principal }, id);
  const found = async (name = 'card') =>
    (await store.consumers.find(name)) ?? expect.fail(`${name} is not there`);
  const seen = async () => {
    const { id, generation } = await found();
    return { id, generation };
  };
  const script = async (text: string): Promise<void> => await database.database.script(text);
  const rows = async (text: string) =>
    await database.database.query({ name: `look-${text}`.slice(0, 60), text });
  /** What the feed does at the end of a walk. */
  const endWalk = async (): Promise<void> =>
    await script(
      `UPDATE consumers c SET generation = w.generation, profile = w.profile FROM consumer_walks w WHERE w.consumer_id = c.id;
       DELETE FROM consumer_walks`,
    );
  const addLoaded = async (): Promise<void> => {
    await add();
    await endWalk();
  };
  const addPersons = async (count: number): Promise<void> =>
    await script(
      `INSERT INTO persons (person_key, version, golden, content_hash)
       SELECT gen_random_uuid(), 1, NULL, '' FROM generate_series(1, ${count})`,
    );

  it('revokes what a consumer looked up with when it is dropped, and what was left over when one of its name is added', async () => {
    await addLoaded();
    const { callers } = store;
    const token = async (consumer: string) =>
      (await callers.add(
        { consumer, kind: 'token', hash: Buffer.alloc(32, 1), validTo: Date.UTC(2099, 0) },
        'tester',
      )) ?? expect.fail('it is registered already');
    const isRevoked = async (id: string) => (await callers.findToken(id))?.isRevoked;
    const [first, ofOther] = [await token('card'), await token('reader')];
    expect(await store.consumers.startWalk('card', { kind: 'drop' }, await seen(), next())).toBe(
      'done',
    );
    expect(await isRevoked(first)).toBe(true);
    const late = await token('card');
    await script('DELETE FROM consumers');
    await add();
    expect(await isRevoked(late)).toBe(true);
    expect(await isRevoked(ofOther)).toBe(false);
    const own = await token('card');
    await store.consumers.pause('card', next());
    expect(await isRevoked(own)).toBe(false);
  });

  it('adds a consumer with its first load, once for each command', async () => {
    const id = next();
    expect(await add(CARD, 'card-reader', id)).toBe('done');
    expect(await add(CARD, 'card-reader', id)).toBe('done');
    expect(await add(CARD, 'card-reader', next())).toBe('already-added');
    expect(await store.consumers.list()).toEqual([await found()]);
    expect(await found()).toMatchObject({
      name: 'card',
      state: 'running',
      generation: 0,
      profile: CARD,
      agreement: AGREEMENT,
      principal: 'card-reader',
      walk: { kind: 'first-load', generation: 1, profile: CARD, cursor: null, total: 0, done: 0 },
    });
    expect(await store.consumers.find('other')).toBeUndefined();
  });

  it('gives no principal to two consumers', async () => {
    await add(CARD, 'reader');
    const other = profileOf({ name: 'other' });
    expect(await add(other, 'reader')).toBe('principal-taken');
    expect(await add(other, 'reader-2')).toBe('done');
  });

  it('pauses and resumes, and finds nobody of another name', async () => {
    await add();
    expect(await store.consumers.pause('card', next())).toBe('done');
    expect((await found()).state).toBe('paused');
    expect(await store.consumers.resume('card', next())).toBe('done');
    expect((await found()).state).toBe('running');
    expect(await store.consumers.pause('nobody', next())).toBe('not-added');
  });

  it('carries out no command after a newer one', async () => {
    await add();
    const [older, newer] = [next(), next()];
    await store.consumers.pause('card', newer);
    expect(await store.consumers.resume('card', older)).toBe('other-state');
    expect((await found()).state).toBe('paused');
  });

  it('starts one walk at a time, in a generation above but for a replay', async () => {
    await add();
    expect(await store.consumers.startWalk('card', { kind: 'repair' }, null, next())).toBe(
      'walk-under-way',
    );
    await endWalk();
    const change = { kind: 'change', profile: WITHOUT_CONTACTS } as const;
    const id = next();
    expect(await store.consumers.startWalk('card', change, await seen(), id)).toBe('done');
    expect(await found()).toMatchObject({
      generation: 1,
      profile: CARD,
      walk: { kind: 'change', generation: 2, profile: WITHOUT_CONTACTS },
    });
    await endWalk();
    // After a crash before the answer, when the walk is over already: it does not begin again.
    expect(await store.consumers.startWalk('card', change, null, id)).toBe('done');
    expect((await found()).walk).toBeNull();
    expect(await store.consumers.startWalk('card', change, null, next())).toBe('unchanged');
    await store.consumers.startWalk('card', { kind: 'replay' }, null, next());
    expect((await found()).walk).toMatchObject({ kind: 'replay', generation: 2 });
    await endWalk();
    await store.consumers.startWalk('card', { kind: 'repair' }, null, next());
    expect((await found()).walk).toMatchObject({ kind: 'repair', generation: 3 });
  });

  it('starts no walk for a consumer that is not as it was seen', async () => {
    await addLoaded();
    const before = await seen();
    await store.consumers.startWalk('card', { kind: 'repair' }, before, next());
    await endWalk();
    const walk = { kind: 'repair' } as const;
    expect(await store.consumers.startWalk('card', walk, before, next())).toBe('other-state');
    const other = { ...(await seen()), id: before.id + 1 };
    expect(await store.consumers.startWalk('card', walk, other, next())).toBe('other-state');
  });

  it('counts about how many persons a walk goes through', async () => {
    await addPersons(12);
    await add();
    expect((await found()).walk?.total).toBe(12);
    await script('TRUNCATE consumers CASCADE');
    await addPersons(11_000);
    await script('ANALYZE persons');
    await add();
    expect((await found()).walk?.total).toBe(11_012);
  });

  it('drops in place of a walk, above every generation, and takes no other request then', async () => {
    await addLoaded();
    await store.consumers.startWalk('card', { kind: 'repair' }, null, next());
    const { id } = await found();
    await script(
      `INSERT INTO deliveries (consumer_id, person_key, generation, version, kind, told, content_hash)
       VALUES (${id}, '${KEYS[0]}', 2, 1, 'person', 0, 'h'), (${id}, '${KEYS[1]}', 2, 1, 'gone', 0, '')`,
    );
    const drop = next();
    expect(await store.consumers.startWalk('card', { kind: 'drop' }, null, drop)).toBe('done');
    expect(await store.consumers.startWalk('card', { kind: 'drop' }, null, drop)).toBe('done');
    expect(await found()).toMatchObject({
      state: 'dropping',
      walk: { kind: 'drop', generation: 3, total: 1, done: 0 },
    });
    expect(await store.consumers.resume('card', next())).toBe('other-state');
    expect(await store.consumers.startWalk('card', { kind: 'drop' }, null, next())).toBe(
      'other-state',
    );
  });

  it('sets positions back, and remembers up to where it is told again', async () => {
    await addLoaded();
    const { id } = await found();
    const since = [
      { partition: 0, nextOffset: 40 },
      { partition: 1, nextOffset: 40 },
      { partition: 2, nextOffset: 40 },
    ];
    expect(await store.consumers.replaySince('card', since, null, next())).toBe('not-begun');
    await script(
      `INSERT INTO consumer_positions (consumer_id, partition, next_offset, replay_until)
       VALUES (${id}, 0, 100, 0), (${id}, 1, 100, 250), (${id}, 2, 30, 0), (${id}, 3, 100, 0)`,
    );
    const command = next();
    expect(await store.consumers.replaySince('card', since, null, command)).toBe('done');
    const positions = async () =>
      (
        await rows(
          'SELECT partition, next_offset, replay_until FROM consumer_positions ORDER BY partition',
        )
      ).map((row) => Object.values(row).map(Number));
    const setBack = [
      [0, 40, 100],
      [1, 40, 250],
      [2, 30, 0],
      [3, 100, 0],
    ];
    expect(await positions()).toEqual(setBack);
    await script('UPDATE consumer_positions SET next_offset = 90 WHERE partition = 0');
    expect(await store.consumers.replaySince('card', since, null, command)).toBe('done');
    expect((await positions())[0]).toEqual([0, 90, 100]);
  });

  it.each([
    ['unchanged', CARD],
    ['version-not-raised', { ...WITHOUT_CONTACTS, version: CARD.version }],
    ['other-delivery', { ...CARD, version: 9, delivery: { kind: 'table', onLeaving: 'delete' } }],
  ] as const)('goes over to no profile that is %s', async (why, profile) => {
    await addLoaded();
    expect(await store.consumers.startWalk('card', { kind: 'change', profile }, null, next())).toBe(
      why,
    );
    expect((await found()).walk).toBeNull();
  });

  it('touches persons once for each command, and where their keys lead', async () => {
    await addLoaded();
    await script(
      `INSERT INTO persons (person_key, version, golden, content_hash, redirect_to) VALUES ('${KEYS[0]}', 2, NULL, '', '${KEYS[1]}')`,
    );
    const command = next();
    await store.consumers.touch('card', [KEYS[0]], true, command);
    await store.consumers.touch('card', [KEYS[0]], true, command);
    const touched = await rows('SELECT person_key, is_forced FROM consumer_touches ORDER BY id');
    expect(touched.map((row) => [row['person_key'], row['is_forced']])).toEqual([
      [KEYS[0], 't'],
      [KEYS[1], 't'],
    ]);
    expect(await store.consumers.knownKeys(KEYS)).toEqual(new Set([KEYS[0]]));
  });
});
