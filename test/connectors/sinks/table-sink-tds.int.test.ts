/** What goes to a SQL Server and how we act on what it answers, over the scripted one: it shows the wire, not that a server accepts it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openConsumerDatabase } from '../../../connectors/sinks/consumers/table/consumer-database.ts';
import { MSSQL_TABLES } from '../../../connectors/sinks/consumers/table/table-dialect.ts';
import { TABLE_SET } from '../../../connectors/sinks/consumers/table/table-set.ts';
import { createTableSink } from '../../../connectors/sinks/consumers/table/table-sink.ts';
import {
  deliveryOf,
  freshKey,
  nameChanged,
  recordOf,
} from '../../contracts/consumer-sink-under-test.ts';
import { resultSet, sqlError, sqlErrorToken, TdsPeer } from '../../support/tds-peer.ts';
import type { SeenRequest } from '../../support/tds-peer-requests.ts';

const INSTANCE = '0b8f6a52-7c1d-4a55-9d0e-2b1f6a8c4e10';
const NOTHING = resultSet({ id: 'nvarchar(200)' }, []);

/** A server with an empty table set. */
async function startServer(): Promise<TdsPeer> {
  const columns = TABLE_SET.flatMap((table) =>
    Object.keys(table.columns).map((column) => [table.name, column] as const),
  );
  const peer = await TdsPeer.start();
  return peer
    .on(/^(INSERT|UPDATE|DELETE|SELECT id FROM)/, NOTHING)
    .on('standing', resultSet({ person_key: 'uniqueidentifier' }, []))
    .on(
      'FROM hub_schema_version',
      resultSet({ version: 'int', instance_id: 'uniqueidentifier', used_since: 'nvarchar(40)' }, [
        [1, INSTANCE, '2026-01-01'],
      ]),
    )
    .on(
      MSSQL_TABLES.inspect,
      resultSet({ table_name: 'nvarchar(128)', column_name: 'nvarchar(128)' }, columns),
    );
}

function addressOf(peer: TdsPeer): string {
  return `mssql://writer:not-a-secret@127.0.0.1:${peer.port}/Vard?encrypt=false`;
}

function sinkOn(peer: TdsPeer) {
  return createTableSink({
    address: addressOf(peer),
    onLeaving: 'delete',
    createTables: false,
    retentionDays: 30,
  });
}

describe('a table sink on SQL Server', () => {
  let peer: TdsPeer;
  let sink: ReturnType<typeof sinkOn>;
  beforeAll(async () => {
    peer = await startServer();
  });
  afterAll(async () => {
    await peer[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    sink = sinkOn(peer);
    await sink.prepare();
    // The first delivery prunes before it.
    await sink.deliver([deliveryOf(freshKey(), [1, 1])], false);
    peer.requests.length = 0;
    return async () => await sink[Symbol.asyncDispose]();
  });

  const verbs = (requests: readonly SeenRequest[]): readonly string[] =>
    requests.map((request) =>
      request.kind === 'batch' || request.kind === 'rpc'
        ? (/^(?:SELECT version|SELECT person_key|SELECT id|INSERT INTO \w+)/.exec(
            request.sql,
          )?.[0] ?? request.sql)
        : request.kind,
    );

  it('sends lock, version guard, effect and inbox in one transaction', async () => {
    const key = freshKey();
    await sink.deliver(
      [deliveryOf(key, [1, 2], { state: recordOf('Östlund'), events: [nameChanged(2)] })],
      true,
    );
    expect(verbs(peer.requests)).toEqual([
      'begin',
      'SELECT version',
      'SELECT person_key',
      'INSERT INTO hub_person',
      'INSERT INTO hub_identity',
      'INSERT INTO hub_address',
      'INSERT INTO hub_contact',
      'INSERT INTO hub_relation',
      'INSERT INTO hub_contact_person',
      'INSERT INTO hub_contact_person_channel',
      'SELECT id',
      'INSERT INTO hub_inbox',
      'INSERT INTO hub_event',
      'commit',
    ]);
    expect(peer.statements.every(({ isInTransaction }) => isInTransaction)).toBe(true);
    const person = peer.statements.find(({ sql }) => sql.startsWith('INSERT INTO hub_person'));
    const { value } = person?.parameters['p0'] ?? {};
    expect(JSON.parse(String(value))).toMatchObject([{ person_key: key, surname: 'Östlund' }]);
  });

  it('sends a batch of any size as the same statements', async () => {
    const many = Array.from({ length: 900 }, (_, i) =>
      deliveryOf(freshKey(), [1, 1], { state: recordOf(`Nr ${i}`) }),
    );
    await sink.deliver(many, true);
    expect(peer.statements).toHaveLength(9);
    const person = peer.statements.find(({ sql }) => sql.startsWith('INSERT INTO hub_person'));
    expect(person?.declarations).toBe('@p0 nvarchar(max)');
    expect(JSON.parse(String(person?.parameters['p0']?.value))).toHaveLength(900);
  });

  it.each([
    [1205, 13, 'HUB_CONSUMER_DATABASE_BUSY'],
    [9002, 17, 'HUB_CONSUMER_DATABASE_FULL'],
    [229, 14, 'HUB_CONSUMER_DATABASE_DENIED'],
    [547, 16, 'HUB_CONSUMER_DATABASE_REFUSED'],
    [208, 16, 'HUB_CONSUMER_TABLES_GONE'],
    [50_000, 20, 'HUB_CONSUMER_DATABASE_UNAVAILABLE'],
  ])(
    'tells error %i of severity %i as %s, without a value of a person',
    async (number, severity, code) => {
      peer.on('INSERT INTO hub_address', sqlError(number, severity, 1), 1);
      const error: unknown = await sink
        .deliver([deliveryOf(freshKey(), [1, 1], { state: recordOf('Hemlig') })], false)
        .then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
      expect(error).toMatchObject({ name: 'HubError', code });
      expect(printed(error)).not.toMatch(/Hemlig|INSERT|189001/);
      expect(verbs(peer.requests)).not.toContain('commit');
    },
  );

  it.each([
    [18_456, 'HUB_CONSUMER_DATABASE_DENIED'],
    [4060, 'HUB_CONSUMER_DATABASE_UNAVAILABLE'],
  ])('tells a login that ended with error %i as %s', async (number, code) => {
    await using other = sinkOn(peer);
    peer.onLogin(sqlErrorToken(number, 14, 1));
    await expect(other.prepare()).rejects.toMatchObject({ code });
    expect(await other.prepare()).toBe('ready');
  });

  it('writes again after the connection broke in the middle', async () => {
    const key = freshKey();
    const delivery = deliveryOf(key, [1, 1], { state: recordOf('Ena') });
    peer.on('INSERT INTO hub_identity', { kind: 'reset', when: 'before' }, 1);
    await expect(sink.deliver([delivery], false)).rejects.toMatchObject({
      code: 'HUB_CONSUMER_DATABASE_UNAVAILABLE',
    });
    expect(verbs(peer.requests)).not.toContain('commit');
    await sink.deliver([delivery], false);
    expect(verbs(peer.requests).at(-1)).toBe('commit');
  });
});

describe('a statement that could not be sent', () => {
  it('is refused, and sent neither later nor to another database', async () => {
    await using peer = await startServer();
    await using otherPeer = await startServer();
    await using database = openConsumerDatabase(addressOf(peer));
    await using other = openConsumerDatabase(addressOf(otherPeer));
    const text = "DELETE FROM hub_person WHERE kind = 'left over'";
    await other.run('DELETE FROM hub_event');

    const work = database.transact(async (runner) => {
      await runner.run('DELETE FROM hub_event');
      peer.resetConnections();
      await vi.waitFor(() => expect(peer.openConnections).toBe(0));
      await sleep(50);
      const leftOver = runner.run(text);
      leftOver.catch(() => undefined); // awaited below
      // Whoever ends a statement looks whether something waits to be sent.
      await other.run('DELETE FROM hub_event');
      await other.run('DELETE FROM hub_event');
      await leftOver;
    });

    await expect(Promise.race([work, sleep(2_000)])).rejects.toMatchObject({
      code: 'HUB_CONSUMER_DATABASE_UNAVAILABLE',
    });
    await database.run('DELETE FROM hub_event');
    for (const { statements } of [peer, otherPeer]) {
      expect(statements.length).toBeGreaterThan(1);
      expect(statements.map(({ sql }) => sql)).not.toContain(text);
    }
  });
});

function printed(error: unknown): string {
  const parts: string[] = [];
  for (let e = error; e instanceof Error; e = e.cause) parts.push(e.message, e.stack ?? '');
  return parts.join('\n');
}
