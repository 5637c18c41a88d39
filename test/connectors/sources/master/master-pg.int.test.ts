import { afterAll, describe, expect, it } from 'vitest';
import type {
  MasterDatabase,
  SqlRow,
  SqlStatement,
} from '../../../../connectors/sources/master/master-dialect.ts';
import { openPgMaster } from '../../../../connectors/sources/master/master-pg-client.ts';
import { findHubError, HubError } from '../../../../core/errors/hub-error.ts';
import { testEnvironment } from '../../../support/env.ts';
import { insertPersons, sqlFor } from '../../../support/master-fixture.ts';
import { createPgMaster, createPgMasterPool } from '../../../support/master-fixture-pg.ts';
import { SourceHarness } from '../../../support/source-harness.ts';

const serverUrl = testEnvironment().databaseUrl;

describe('Master on PostgreSQL', () => {
  const pool = createPgMasterPool(serverUrl);
  afterAll(() => pool[Symbol.asyncDispose]());

  it('is not held up by an open transaction in another database of the server', async () => {
    await using master = await pool.create();
    await using other = await createPgMaster(serverUrl);
    const open = await other.begin();
    await open.execute(sqlFor.insert(1));
    await insertPersons(master, 1, 3);
    await using hub = new SourceHarness(master, { mode: 'change-tracking' });
    await hub.startAndLoad();
    await master.execute(sqlFor.surname(1, 'Ny'));
    await hub.untilSame();
    await open.rollback();
  });

  it('does not take a more careful answer for a restore, and never lets a position go back', async () => {
    await using master = await pool.create();
    await insertPersons(master, 1, 3);
    let takeOff = 0n;
    await using hub = new SourceHarness(master, {
      mode: 'change-tracking',
      // As when a transaction in another database is seen in the snapshot, but has ended when its locks are looked at.
      wrap: (inner) => lowerVersions(inner, () => takeOff),
    });
    await hub.startAndLoad();
    await master.execute(sqlFor.surname(1, 'Först'));
    await hub.untilSame();
    takeOff = 5n;
    await master.execute(sqlFor.surname(2, 'Försiktig'));
    const now = Date.now();
    await hub.until(() => (hub.source.status().caughtUpAt ?? 0) > now + 50, 'some polls');
    takeOff = 0n;
    await hub.untilSame();
    expect(hub.alarms()).toEqual([]);
    const versions = hub.sink.messages.map((m) => m.position.version);
    expect([...versions].sort((a, b) => Number(a - b))).toEqual(versions);
  });

  it('waits for the first complete version when tracking began behind an open transaction', async () => {
    await using master = await pool.create();
    await insertPersons(master, 1, 3);
    const open = await master.begin();
    await open.execute('CREATE TABLE dbo."Annan" ("Id" integer)');
    await master.stopTracking('Kontakt');
    await master.startTracking('Kontakt');
    await using hub = new SourceHarness(master, { mode: 'change-tracking' });
    hub.start();
    await hub.until(() => hub.source.status().state === 'starting', 'waiting');
    await open.commit();
    await hub.untilStreaming();
    expect(hub.alarms()).toEqual([]);
    expect(hub.persons()).toHaveLength(3);
  });

  it('notices a partition that was attached past the triggers', async () => {
    await using master = await createPgMaster(serverUrl);
    await master.execute(`
      DROP TABLE dbo."Kontakt";
      CREATE TABLE dbo."Kontakt" ("IdTyp" varchar(4) NOT NULL, "PersonId" varchar(13) NOT NULL, "Kanal" varchar(2) NOT NULL,
        "Lopnr" integer NOT NULL, "Varde" varchar(120) NOT NULL, "Samtycke" char(1), "RadVersion" bigint NOT NULL DEFAULT 0,
        PRIMARY KEY ("IdTyp", "PersonId", "Kanal", "Lopnr")) PARTITION BY LIST ("Kanal");
      CREATE TABLE dbo.mobile PARTITION OF dbo."Kontakt" FOR VALUES IN ('MO');
      SELECT hub_changes.track('dbo."Kontakt"', ARRAY['IdTyp', 'PersonId', 'Kanal', 'Lopnr']);
      CREATE TABLE dbo.mail (LIKE dbo."Kontakt");
      INSERT INTO dbo.mail VALUES ('SLL', 'T-00000001', 'EP', 1, 'test@example.org', NULL, 0)`);
    await insertPersons(master, 1, 2);
    await using hub = new SourceHarness(master, { mode: 'change-tracking' });
    await hub.startAndLoad();
    await master.execute(
      `ALTER TABLE dbo."Kontakt" ATTACH PARTITION dbo.mail FOR VALUES IN ('EP')`,
    );
    await hub.untilGapIsClosed();
    expect(hub.alarms()).toEqual(['HUB_MASTER_GAP']);
    await hub.until(
      () =>
        JSON.stringify(hub.sink.messages.map((m) => ('children' in m ? m.children : {}))).includes(
          'test@example.org',
        ),
      'the attached row',
    );
  });

  it('tells a time-out, a server that is away and a refused login apart, without the words of the server', async () => {
    await using master = await pool.create();
    await using database = master.open({ queryTimeoutMs: 200 });
    const slow = { text: 'SELECT pg_sleep(5)', parameters: [] };
    await expect(database.query(slow)).rejects.toMatchObject({ code: 'HUB_MASTER_TIMEOUT' });
    const wrong = { text: "SELECT 'T-00000001'::integer", parameters: [] };
    const error = await database.query(wrong).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(HubError);
    for (let link = error; link instanceof Error; link = link.cause) {
      expect(`${link.message}${link.stack ?? ''}`).not.toContain('T-00000001');
    }
    const url = new URL(serverUrl);
    url.pathname = '/no_such_database';
    await using refused = openPgMaster({ url: url.href, queryTimeoutMs: 1_000 });
    await expect(refused.query(slow)).rejects.toMatchObject({ code: 'HUB_MASTER_LOGIN_REFUSED' });
    await using nobody = openPgMaster({ url: 'postgres://x@127.0.0.1:1/x', queryTimeoutMs: 1_000 });
    const down = await nobody.query(slow).catch((e: unknown) => e);
    expect(findHubError(down)).toMatchObject({ code: 'HUB_MASTER_UNAVAILABLE' });
  });

  it('reads in chunks and changes by index alone, however many rows there are', async () => {
    await using master = await pool.create();
    await insertPersons(master, 1, 1_000);
    await master.execute('ANALYZE');
    await using database = master.open();
    const { dialect } = database;
    const { draftTables, fitTables } = await import(
      '../../../../connectors/sources/master/master-tables.ts'
    );
    const { DEMO_MAPPING } = await import('../../../support/source-harness.ts');
    const draft = draftTables(DEMO_MAPPING);
    const { tables } = fitTables(draft, await database.query(dialect.columns(draft)));
    const after = ['SLL', 'T-00000500'];
    const through = ['SLL', 'T-00000600'];
    const window = { from: 1n, to: 2n ** 60n, cursor: { version: 5n, key: after }, limit: 100 };
    const statements = [
      dialect.personChunk(tables, { after, through: undefined, equals: undefined, limit: 100 }),
      ...tables.children.map((child) => dialect.childrenInRange(tables, child, after, through)),
      dialect.changedKeys('change-tracking', tables, window),
      dialect.changedKeys('rowversion', tables, window),
      dialect.rowsByKeys(tables, tables.person, [after, through]),
    ];
    for (const { text, parameters } of statements) {
      const plan = await database.query({ text: `EXPLAIN ${text}`, parameters });
      expect(plan.flat().join('\n')).not.toContain('Seq Scan');
    }
  });
});

/** Takes something off every version that the server gives, and leaves the newest as it is. */
function lowerVersions(database: MasterDatabase, takeOff: () => bigint): MasterDatabase {
  const { text } = database.dialect.version('change-tracking');
  const lower = (statement: SqlStatement, rows: readonly SqlRow[]): readonly SqlRow[] =>
    statement.text === text
      ? rows.map(([version, newest]) => [String(BigInt(String(version)) - takeOff()), newest])
      : rows;
  return {
    dialect: database.dialect,
    query: async (statement) => lower(statement, await database.query(statement)),
    snapshot: (work) =>
      database.snapshot((session) =>
        work({ query: async (statement) => lower(statement, await session.query(statement)) }),
      ),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}
