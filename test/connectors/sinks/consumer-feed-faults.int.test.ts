import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { statement } from '../../../connectors/hub-store/database.ts';
import { dropStatements } from '../../../connectors/sinks/consumers/table/table-schema.ts';
import type { PersonKey } from '../../../core/person/person-identifier.ts';
import { personOf, profileOf, protectedOf } from '../../core/disclosure/disclosure-builder.ts';
import { testEnvironment } from '../../support/env.ts';
import { createFeedWorld, type FeedWorld, newKeys, untilSo } from '../../support/feed-world.ts';
import { createEmptyDatabase, type TestDatabase } from '../../support/hub-database.ts';
import { proxyBefore } from '../../support/hub-faults.ts';

const FULL = profileOf({ name: 'full' });
const TABLE = profileOf({ name: 'tables', delivery: { kind: 'table', onLeaving: 'delete' } });

/** How long a service is away: several tries, and longer than the first waits between them. */
const AWAY_MS = 4_000;

const versionTwo = (personKey: PersonKey) => ({
  personKey,
  version: 2,
  golden: personOf({ sex: 'male' as const }),
  changed: ['sex'] as const,
});

const LIMIT_MS = 120_000;

/** A file with the address of one consumer's database, for `await using`. */
function addressFile(address: string) {
  const folder = mkdtempSync(join(tmpdir(), 'hub-consumer-'));
  const file = join(folder, 'databases.json');
  writeFileSync(file, JSON.stringify({ [TABLE.name]: address }), { mode: 0o600 });
  return { file, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
}

describe('a fault of one consumer', () => {
  it(
    'stays with it: its database is away and comes back, the others go on meanwhile',
    async () => {
      await using database = await createEmptyDatabase();
      await using away = await proxyBefore(database.url);
      using addresses = addressFile(away.url);
      await using world = await createFeedWorld({ HUB_CONSUMER_DATABASES: addresses.file });
      const keys = newKeys(120);
      await world.happen(keys.map((personKey) => ({ personKey, version: 1, golden: personOf() })));
      await world.add(FULL);
      await world.add(TABLE);
      const feed = world.start();
      await world.untilTold('full');
      await world.untilTold('tables');
      away.proxy.cut();
      const [hidden = '' as PersonKey, ...others] = keys;
      await world.happen(others.map(versionTwo));
      await world.happen([
        {
          personKey: hidden,
          version: 2,
          golden: protectedOf(),
          type: 'protection-raised',
          changed: ['protection'],
          forget: ['addresses', 'contacts'],
        },
      ]);
      await world.untilTold('full');
      await sleep(AWAY_MS);
      expect(feed.log.join('\n')).toContain('HUB_CONSUMER_DATABASE_UNAVAILABLE');
      away.proxy.restore();
      await world.untilTold('tables');

      const rows = await database.database.query(
        statement<{ person_key: string; kind: string; version: string; sex: string }>(
          '',
          'SELECT person_key, kind, version, sex FROM hub_person ORDER BY person_key',
        ),
      );
      expect(rows).toEqual(
        keys.toSorted().map((key) => ({
          person_key: key,
          kind: key === hidden ? 'protected-person' : 'person',
          version: '2',
          sex: key === hidden ? 'female' : 'male',
        })),
      );
      const addressesOf = statement<{ n: string }>('', 'SELECT count(*) AS n FROM hub_address');
      expect(await database.database.query(addressesOf)).toEqual([{ n: String(others.length) }]);
      const orders = statement<{ person_key: string }>(
        '',
        'SELECT person_key FROM hub_purge_order',
      );
      expect(await database.database.query(orders)).toEqual([{ person_key: hidden }]);
      // The consumer says in its own table that it forgot, and the hub takes it from there.
      await database.database.execute(
        statement('', 'UPDATE hub_purge_order SET acknowledged_at = now()'),
      );
      await untilSo(
        'the acknowledgement is taken',
        async () => (await openOrders(world, 'tables')) === 0,
      );
      expect(await openOrders(world, 'full')).toBe(1);
    },
    LIMIT_MS,
  );

  it(
    'stays with it: it has no address, and is told as soon as somebody gives it one',
    async () => {
      await using database = await createEmptyDatabase();
      using wrong = addressFile('https://somewhere.invalid/');
      await using world = await createFeedWorld({ HUB_CONSUMER_DATABASES: wrong.file });
      const [key = '' as PersonKey] = newKeys(1);
      await world.happen([{ personKey: key, version: 1, golden: personOf() }]);
      await world.add(FULL);
      await world.add(TABLE);
      const feed = world.start();
      await world.untilTold('full');
      await untilSo('it says so', () =>
        Promise.resolve(feed.log.some((line) => line.includes('HUB_CONSUMER_DATABASE_ADDRESS'))),
      );
      await feed.stop();
      writeFileSync(wrong.file, JSON.stringify({ [TABLE.name]: database.url }));
      world.start();
      await world.untilTold('tables');
      const count = statement<{ n: string }>('', 'SELECT count(*) AS n FROM hub_person');
      expect(await database.database.query(count)).toEqual([{ n: '1' }]);
    },
    LIMIT_MS,
  );
});

describe('tables', () => {
  it(
    'that are new are filled without a word, and with one when they are lost in the middle of the first load or after it',
    async () => {
      await using database = await createEmptyDatabase();
      await using away = await proxyBefore(database.url);
      using addresses = addressFile(away.url);
      // In small steps, so that the first load has a middle.
      await using world = await createFeedWorld({
        HUB_CONSUMER_DATABASES: addresses.file,
        HUB_CONSUMER_BATCH: '10',
      });
      const keys = newKeys(600);
      await world.happen(keys.map((personKey) => ({ personKey, version: 1, golden: personOf() })));
      await world.add(TABLE);
      const feed = world.start();
      const isSaid = () => feed.log.some((line) => line.includes('is not there any more'));
      await untilSo('the first load is under way', async () => (await personsIn(database)) > 0);
      expect(isSaid()).toBe(false);
      away.proxy.cut();
      const reached = await personsIn(database);
      expect(reached).toBeLessThan(keys.length);
      await database.database.script(dropStatements().join(';'));
      away.proxy.restore();
      await world.untilTold('tables');
      expect(isSaid()).toBe(true);
      expect(await personsIn(database)).toBe(keys.length);

      await feed.stop();
      await database.database.script(dropStatements().join(';'));
      const next = world.start();
      const isFull = async () => (await personsIn(database)) === keys.length;
      await untilSo('they are filled again', isFull);
      expect(next.log.join('\n')).toContain('is not there any more');
    },
    LIMIT_MS,
  );
});

describe('the schema registry', () => {
  it(
    'is not needed once its schemas are known, and is waited for at a start',
    async () => {
      await using away = await proxyBefore(testEnvironment().schemaRegistryUrl);
      await using world = await createFeedWorld({
        SCHEMA_REGISTRY_URL: away.url.replace(/\/$/, ''),
      });
      const keys = newKeys(20);
      await world.happen(keys.map((personKey) => ({ personKey, version: 1, golden: personOf() })));
      await world.add(FULL);
      const first = world.start();
      await world.happen(
        keys.map((personKey) => ({
          personKey,
          version: 2,
          golden: personOf({ sex: 'unknown' }),
          changed: ['sex'],
        })),
      );
      await world.untilTold('full');
      away.proxy.cut();
      await world.happen(keys.map((personKey) => ({ ...versionTwo(personKey), version: 3 })));
      await world.untilTold('full');
      await first.stop();
      const second = world.start();
      await world.happen(
        keys.map((personKey) => ({ personKey, version: 4, golden: personOf(), changed: ['sex'] })),
      );
      await untilSo('the start waits', () =>
        Promise.resolve(second.log.some((line) => line.includes('HUB_KAFKA_REGISTRY_UNAVAILABLE'))),
      );
      away.proxy.restore();
      await world.untilTold('full');
      const last = new Map(
        (await world.records('full', 'person')).map((record) => [String(record.key), record]),
      );
      expect(last.size).toBe(20);
      for (const record of last.values()) expect(record.headers['hub_version']).toBe('4');
    },
    LIMIT_MS,
  );
});

/** 0 also where there is no table yet. */
async function personsIn({ database }: TestDatabase): Promise<number> {
  const isThere = statement<{ name: string | null }>(
    '',
    "SELECT to_regclass('hub_person')::text AS name",
  );
  if ((await database.query(isThere))[0]?.name === null) return 0;
  const count = statement<{ n: string }>('', 'SELECT count(*) AS n FROM hub_person');
  return Number((await database.query(count))[0]?.n);
}

async function openOrders({ database }: FeedWorld, consumer: string): Promise<number> {
  const [row] = await database.database.query(
    statement<{ n: string }>(
      '',
      'SELECT count(*) AS n FROM consumer_purges WHERE consumer = $1 AND acknowledged_at IS NULL',
    ),
    [consumer],
  );
  return Number(row?.n);
}
