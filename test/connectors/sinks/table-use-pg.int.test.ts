/** What stays of whom, what the consumer may do with its tables, and two writers at once. */
import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { FeedOvertakenError } from '../../../connectors/sinks/consumers/consumer-sink.ts';
import { migrationStatements } from '../../../connectors/sinks/consumers/table/table-schema.ts';
import { TABLE_SET } from '../../../connectors/sinks/consumers/table/table-set.ts';
import {
  deliveryOf,
  freshKey,
  maskedRecordOf,
  nameChanged,
  purgeOf,
  recordOf,
} from '../../contracts/consumer-sink-under-test.ts';
import { TcpProxy } from '../../support/tcp-proxy.ts';
import { eachWithTables } from './table-world.ts';

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 10, 30);
const world = eachWithTables();

describe('who is gone', () => {
  it('stays as key, generation, version and time alone where the profile says so', async () => {
    await using sink = world.sink({ onLeaving: 'mark', now: () => NOW });
    await sink.prepare();
    const key = freshKey();
    await sink.deliver([deliveryOf(key, [1, 1], { state: recordOf('En') })], false);
    await sink.deliver([deliveryOf(key, [2, 3], { state: null })], false);
    const [row] = await world.rows('SELECT * FROM hub_person');
    const kept = Object.entries(row ?? {}).filter(([, value]) => value !== null);
    expect(kept.map(([column]) => column).toSorted()).toEqual([
      'generation',
      'left_at',
      'person_key',
      'version',
      'written_at',
    ]);
    expect(row).toMatchObject({ person_key: key, generation: '2', version: '3' });
    expect(await world.rows('SELECT * FROM hub_identity')).toEqual([]);
  });

  it('is remembered for the delete retention and forgotten after it', async () => {
    let now = NOW;
    await using sink = world.sink({ now: () => now });
    await sink.prepare();
    const key = freshKey();
    await sink.deliver([deliveryOf(key, [2, 3], { state: recordOf('En') })], false);
    await sink.deliver([deliveryOf(key, [2, 4], { state: null })], false);
    expect(await world.rows('SELECT * FROM hub_person')).toEqual([]);
    const [left] = await world.rows(
      'SELECT person_key, generation, version FROM hub_deleted_person',
    );
    expect(left).toEqual({ person_key: key, generation: '2', version: '4' });

    const late = deliveryOf(key, [2, 3], { state: recordOf('Sen') });
    now += 399 * DAY_MS;
    await sink.deliver([late], false);
    expect(await world.rows('SELECT * FROM hub_person')).toEqual([]);
    now += 2 * DAY_MS;
    await sink.deliver([], false);
    await sink.deliver([deliveryOf(freshKey(), [1, 1])], false);
    expect(await world.rows('SELECT * FROM hub_deleted_person')).toEqual([]);
  });
});

describe('what is old', () => {
  it('goes a piece at a time, and stops no delivery when it cannot', async () => {
    let now = NOW;
    await using sink = world.sink({ now: () => now });
    await sink.prepare();
    const deliver = async () => await sink.deliver([deliveryOf(freshKey(), [1, 1])], false);
    const left = async () => (await world.rows('SELECT id FROM hub_inbox')).length;
    await deliver();
    await world.script(
      `INSERT INTO hub_inbox SELECT 'old-' || i, '2020-01-01' FROM generate_series(1, 100001) AS i;
       INSERT INTO hub_inbox VALUES ('new', now());
       CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
       CREATE TRIGGER refuse BEFORE DELETE ON hub_inbox FOR EACH STATEMENT EXECUTE FUNCTION refuse()`,
    );
    now += DAY_MS / 12;
    await deliver();
    expect(await left()).toBe(100_002);
    await world.script('DROP TRIGGER refuse ON hub_inbox');
    await deliver();
    // Not before an hour is over.
    expect(await left()).toBe(100_002);
    now += DAY_MS / 12;
    await deliver();
    const after = await left();
    expect(after).toBeGreaterThan(1);
    expect(after).toBeLessThan(30_000);
    // It goes on with the next delivery.
    await deliver();
    expect(await world.rows('SELECT id FROM hub_inbox')).toEqual([{ id: 'new' }]);
  }, 60_000);
});

describe('a consumer', () => {
  it('says in its order that it forgot, once', async () => {
    await using sink = world.sink({ now: () => NOW, purgeWithinHours: 48 });
    await sink.prepare();
    const [done, open] = [randomUUID(), randomUUID()];
    const key = freshKey();
    await sink.deliver(
      [
        deliveryOf(key, [1, 2], {
          state: maskedRecordOf('En'),
          purges: [purgeOf(done), purgeOf(open)],
        }),
      ],
      false,
    );
    const orders = await world.rows(
      'SELECT fields, due_at - ordered_at AS time FROM hub_purge_order',
    );
    expect(orders[0]).toEqual({ fields: 'addresses,contacts', time: '2 days' });
    expect(await sink.acknowledgedPurges(10)).toEqual([]);

    await world.script(
      `UPDATE hub_purge_order SET acknowledged_at = '2026-12-01T10:00:00Z' WHERE id = '${done}'`,
    );
    const acknowledged = { id: done };
    expect(await sink.acknowledgedPurges(10)).toEqual([acknowledged]);
    expect(await sink.acknowledgedPurges(10)).toEqual([acknowledged]);
    await sink.takePurges([done]);
    expect(await sink.acknowledgedPurges(10)).toEqual([]);
  });

  it('does not meet again an event or an order whose row it deleted', async () => {
    await using sink = world.sink();
    await sink.prepare();
    const delivery = deliveryOf(freshKey(), [1, 2], {
      purges: [purgeOf(randomUUID())],
      events: [nameChanged(2)],
    });
    await sink.deliver([delivery], false);
    await world.script('DELETE FROM hub_event; DELETE FROM hub_purge_order');
    await sink.deliver([delivery], false);
    expect(await world.rows('SELECT id FROM hub_event')).toEqual([]);
    expect(await world.rows('SELECT id FROM hub_purge_order')).toEqual([]);
  });

  it('may hang its own rows on a person, who is changed and not replaced', async () => {
    await using sink = world.sink();
    await sink.prepare();
    const key = freshKey();
    await sink.deliver([deliveryOf(key, [1, 1], { state: recordOf('En') })], false);
    await world.script(
      `CREATE TABLE visits (person_key uuid REFERENCES hub_person ON DELETE CASCADE);
      INSERT INTO visits VALUES ('${key}')`,
    );
    await sink.deliver([deliveryOf(key, [1, 2], { state: recordOf('Två') })], false);
    expect(await world.rows('SELECT * FROM visits')).toHaveLength(1);
  });

  it('needs to give the hub no more rights than the page says', async () => {
    await world.makeTables();
    const role = `hub_writer_${randomBytes(4).toString('hex')}`;
    await world.script(
      `CREATE ROLE ${role} LOGIN;
      ${TABLE_SET.map(({ name }) => `GRANT SELECT, INSERT, UPDATE, DELETE ON ${name} TO ${role}`).join(';')}`,
    );
    try {
      const address = new URL(world.url());
      address.username = role;
      await using sink = world.sink({ address: address.href, createTables: false });
      await sink.prepare();
      const delivery = deliveryOf(freshKey(), [1, 1], {
        state: recordOf('En'),
        purges: [purgeOf(randomUUID())],
        events: [nameChanged(1)],
      });
      await sink.deliver([delivery], false);
      await sink.remove();
      await world.script(`REVOKE INSERT ON hub_contact FROM ${role}`);
      await makeVersionRow();
      await sink.prepare();
      await expect(sink.deliver([delivery], false)).rejects.toMatchObject({
        code: 'HUB_CONSUMER_DATABASE_DENIED',
        disposition: 'fatal',
      });
    } finally {
      await world.script(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  });
});

async function makeVersionRow(): Promise<void> {
  await world.script(migrationStatements('pg', 0).at(-1) ?? '');
}

describe('a writer', () => {
  it('whose lease ended while it waited for another one writes nothing', async () => {
    let isFresh = true;
    await using late = world.sink({ isLeaseFresh: () => isFresh });
    await using successor = world.sink();
    await late.prepare();
    await successor.prepare();
    const key = freshKey();
    await late.deliver([deliveryOf(key, [1, 1], { state: recordOf('En') })], false);
    // The same version: a person left a list, as the late one knows, and came back to it, as its successor does.
    const waits: Promise<unknown>[] = [];
    await world.holding('SELECT * FROM hub_schema_version FOR UPDATE', async () => {
      waits.push(late.deliver([deliveryOf(key, [1, 1], { state: null })], false));
      waits[0]?.catch(() => undefined);
      await world.untilBlocked();
      isFresh = false;
    });
    await expect(Promise.all(waits)).rejects.toBeInstanceOf(FeedOvertakenError);
    await successor.deliver([deliveryOf(key, [1, 1], { state: recordOf('En') })], false);
    expect(await world.rows('SELECT surname FROM hub_person')).toEqual([{ surname: 'En' }]);
    expect(await world.rows('SELECT * FROM hub_deleted_person')).toEqual([]);
  });

  it('that was overtaken changes nothing any more', async () => {
    await using first = world.sink();
    await using second = world.sink();
    await first.prepare();
    await second.prepare();
    const keys = Array.from({ length: 200 }, freshKey);
    const told = (version: number) =>
      keys.map((key) => deliveryOf(key, [1, version], { state: recordOf(`Nr ${version}`) }));
    for (let version = 2; version < 12; version += 2) {
      await Promise.all([
        second.deliver(told(version), false),
        first.deliver(told(version - 1), false),
      ]);
    }
    const found = await world.rows('SELECT DISTINCT version, surname FROM hub_person');
    expect(found).toEqual([{ version: '10', surname: 'Nr 10' }]);
    expect(await world.rows('SELECT * FROM hub_identity')).toHaveLength(keys.length);
  });

  it('writes once what was committed when the answer was lost', async () => {
    const url = new URL(world.url());
    let isCommitting = false;
    await using proxy = await TcpProxy.start({
      host: url.hostname,
      port: Number(url.port),
      onRequest: (chunk) => {
        if (chunk.includes('hub_event')) isCommitting = false;
        if (chunk.includes('COMMIT')) isCommitting = true;
        return chunk;
      },
      onAnswer: (chunk, connection) => {
        if (!isCommitting || wasCut) return chunk;
        wasCut = true;
        connection.cut();
        return undefined;
      },
    });
    let wasCut = true;
    url.port = String(proxy.port);
    await using sink = world.sink({ address: url.href });
    await sink.prepare();
    const key = freshKey();
    const delivery = deliveryOf(key, [1, 1], { state: recordOf('En'), events: [nameChanged(1)] });
    wasCut = false;
    isCommitting = false;
    await expect(sink.deliver([delivery], false)).rejects.toMatchObject({
      code: 'HUB_CONSUMER_DATABASE_UNAVAILABLE',
    });
    expect(await world.rows('SELECT person_key FROM hub_person')).toEqual([{ person_key: key }]);
    await sink.prepare();
    await sink.deliver([delivery], false);
    expect(await world.rows('SELECT id FROM hub_event')).toHaveLength(1);
  });
});
