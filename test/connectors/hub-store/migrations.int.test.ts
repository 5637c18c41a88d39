import { describe, expect, it } from 'vitest';
import { statement } from '../../../connectors/hub-store/database.ts';
import { migrateDatabase } from '../../../connectors/hub-store/knex-client.ts';
import { MIGRATIONS, migrateHubStore } from '../../../connectors/hub-store/migrations.ts';
import { createEmptyDatabase, createHubDatabase } from '../../support/hub-database.ts';
import { dumpSchema } from './dump-schema.ts';

const NAMES = MIGRATIONS.map((migration) => migration.name);
const FUTURE = `INSERT INTO hub_migrations (name, batch, migration_time) VALUES ('9999-from-the-future', 2, now())`;

describe('the tables of the hub store', () => {
  it('are made once when four instances start at the same moment', async () => {
    await using database = await createEmptyDatabase();
    const done = await Promise.all([1, 2, 3, 4].map(() => migrateHubStore(database.url)));
    expect(done.filter((names) => names.length > 0)).toEqual([NAMES]);
    expect(await migrateHubStore(database.url)).toEqual([]);
  });

  it('are made although a killed instance left its lock behind', async () => {
    await using database = await createEmptyDatabase();
    await migrateDatabase(database.url, MIGRATIONS.slice(0, 1));
    await database.database.script('UPDATE hub_migrations_lock SET is_locked = 1');
    expect(await migrateHubStore(database.url)).toEqual(NAMES.slice(1));
  });

  it('are not touched by a program that is older than they are', async () => {
    await using database = await createHubDatabase();
    await database.database.script(FUTURE);
    const before = await dumpSchema(database.database);
    const newer = [...MIGRATIONS, { name: '0999-mine', statements: ['CREATE TABLE mine ()'] }];
    await expect(migrateDatabase(database.url, newer)).rejects.toMatchObject({
      code: 'HUB_STORE_NEWER',
      disposition: 'fatal',
    });
    expect(await dumpSchema(database.database)).toBe(before);
  });

  it('stay as they were when a step fails in the middle', async () => {
    await using database = await createHubDatabase();
    const before = await dumpSchema(database.database);
    const broken = [
      ...MIGRATIONS,
      { name: '0998-good', statements: ['CREATE TABLE good ()'] },
      { name: '0999-bad', statements: ['CREATE TABLE half ()', 'SELECT 1 / 0'] },
    ];
    await expect(migrateDatabase(database.url, broken)).rejects.toMatchObject({
      code: 'HUB_STORE_MIGRATION_FAILED',
      disposition: 'fatal',
    });
    expect(await dumpSchema(database.database)).toBe(before);
    expect(await migrateHubStore(database.url)).toEqual([]);
  });

  it('are those of docs/schema.sql', async () => {
    await using database = await createHubDatabase();
    await expect(await dumpSchema(database.database)).toMatchFileSnapshot(
      '../../../docs/schema.sql',
    );
  });

  it('can be made from docs/schema.sql alone', async () => {
    await using database = await createHubDatabase();
    await using copy = await createEmptyDatabase();
    const schema = await dumpSchema(database.database);
    await copy.database.script(schema);
    expect(await dumpSchema(copy.database)).toBe(schema);
  });

  it('give out outbox ids one at a time, so that a later change has the higher id', async () => {
    await using database = await createHubDatabase();
    const [row] = await database.database.query(
      statement<{ cache: string }>(
        'sequence-cache',
        "SELECT seqcache AS cache FROM pg_sequence WHERE seqrelid = 'outbox_id'::regclass",
      ),
    );
    expect(row?.cache).toBe('1');
  });
});
