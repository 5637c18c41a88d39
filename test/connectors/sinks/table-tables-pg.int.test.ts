/** Who makes the tables, checks them and takes them away. */
import { describe, expect, it } from 'vitest';
import { migrationStatements } from '../../../connectors/sinks/consumers/table/table-schema.ts';
import { TABLE_SET } from '../../../connectors/sinks/consumers/table/table-set.ts';
import { deliveryOf, freshKey, recordOf } from '../../contracts/consumer-sink-under-test.ts';
import { eachWithTables } from './table-world.ts';

const world = eachWithTables();

describe('the tables', () => {
  it('are made only when the hub may make them', async () => {
    await using sink = world.sink({ createTables: false });
    await expect(sink.prepare()).rejects.toMatchObject({
      code: 'HUB_CONSUMER_SCHEMA_MISSING',
      disposition: 'fatal',
    });
    expect(await world.rows("SELECT relname FROM pg_class WHERE relname LIKE 'hub%'")).toEqual([]);
  });

  it('count as lost until something was delivered, whoever made them', async () => {
    await world.makeTables();
    await using sink = world.sink({ createTables: false });
    expect(await sink.prepare()).toBe('lost');
    expect(await sink.prepare()).toBe('lost');
    await sink.deliver([deliveryOf(freshKey(), [1, 1], { state: recordOf('En') })], true);
    expect(await sink.prepare()).toBe('ready');
  });

  it('are made once by instances that start together', async () => {
    const sinks = Array.from({ length: 4 }, () => world.sink());
    const answers = await Promise.all(sinks.map((sink) => sink.prepare()));
    expect(answers).toEqual(['lost', 'lost', 'lost', 'lost']);
    expect(await world.rows('SELECT version FROM hub_schema_version')).toHaveLength(1);
    for (const sink of sinks) await sink[Symbol.asyncDispose]();
  });

  it('are not written to when a newer program made them', async () => {
    await world.makeTables();
    await world.script('UPDATE hub_schema_version SET version = version + 1');
    await using sink = world.sink();
    await expect(sink.prepare()).rejects.toMatchObject({ code: 'HUB_CONSUMER_SCHEMA_NEWER' });
  });

  it('are refused when any of them lacks a column', async () => {
    await world.makeTables();
    await using sink = world.sink();
    for (const { name: table, columns } of TABLE_SET) {
      for (const column of Object.keys(columns).slice(-2)) {
        await world.script(`ALTER TABLE ${table} RENAME COLUMN ${column} TO other`);
        await expect(sink.prepare()).rejects.toMatchObject({
          code: 'HUB_CONSUMER_SCHEMA_MISSING',
          context: { table },
        });
        await world.script(`ALTER TABLE ${table} RENAME COLUMN other TO ${column}`);
      }
    }
    expect(await sink.prepare()).toBe('lost');
  });

  it.each(['dropped', 'replaced'])(
    'that were %s are found out and told everything again',
    async (how) => {
      await using sink = world.sink();
      await sink.prepare();
      const delivery = deliveryOf(freshKey(), [1, 1], { state: recordOf('En') });
      await sink.deliver([delivery], false);
      await world.script(
        `DROP TABLE ${TABLE_SET.map(({ name }) => name).join(', ')};
      ${how === 'replaced' ? migrationStatements('pg', 0).join(';') : ''}`,
      );
      await expect(sink.deliver([delivery], false)).rejects.toMatchObject({
        code: 'HUB_CONSUMER_TABLES_GONE',
        disposition: 'retriable',
      });
      expect(await sink.prepare()).toBe('lost');
      await sink.deliver([delivery], false);
      expect(await sink.prepare()).toBe('ready');
    },
  );

  it('are taken away where the hub made them, and emptied where it did not', async () => {
    await using made = world.sink();
    await made.prepare();
    await made.deliver([deliveryOf(freshKey(), [1, 1], { state: recordOf('En') })], false);
    await made.remove();
    await made.remove();
    expect(await world.rows("SELECT relname FROM pg_class WHERE relname LIKE 'hub%'")).toEqual([]);

    await world.makeTables();
    await using foreign = world.sink({ createTables: false });
    await foreign.prepare();
    await foreign.deliver([deliveryOf(freshKey(), [1, 1], { state: recordOf('En') })], false);
    await foreign.remove();
    for (const { name } of TABLE_SET) expect(await world.rows(`SELECT * FROM ${name}`)).toEqual([]);
  });

  it('refuse a masked row with a hidden value, and a row without values that has one, whoever writes it', async () => {
    await world.makeTables();
    const insert = (columns: string, values: string) =>
      world.script(
        `INSERT INTO hub_person (person_key, generation, version, written_at, ${columns})
        VALUES (gen_random_uuid(), 1, 1, now(), ${values})`,
      );
    const refused = { context: { sqlstate: '23514' } };
    await insert('kind, surname', "'protected-person', 'Prov'");
    await insert('left_at', 'now()');
    await expect(insert('kind, parish_code', "'protected-person', '01'")).rejects.toMatchObject(
      refused,
    );
    await expect(insert('left_at, surname', "now(), 'Prov'")).rejects.toMatchObject(refused);
    await expect(insert('surname', "'Prov'")).rejects.toMatchObject(refused);
  });
});
