import { describe, expect, it } from 'vitest';
import type { MasterCheckpoint } from '../../../../connectors/sources/master/master-checkpoint.ts';
import type { MasterMode } from '../../../../connectors/sources/master/master-dialect.ts';
import { MSSQL_DIALECT } from '../../../../connectors/sources/master/master-dialect-mssql.ts';
import { createMasterReader } from '../../../../connectors/sources/master/master-reader.ts';
import { MASTER_SOURCE_DEFAULTS } from '../../../../connectors/sources/master/master-source-config.ts';
import { draftTables, fitTables } from '../../../../connectors/sources/master/master-tables.ts';
import type { MasterMapping } from '../../../../core/mapping/master-mapping.ts';
import { startScriptedMaster } from '../../../support/scripted-master.ts';
import { resultSet, type TdsPeer } from '../../../support/tds-peer.ts';
import type { SeenStatement } from '../../../support/tds-peer-requests.ts';
import type { SqlValue } from '../../../support/tds-peer-types.ts';

/** A Master with two tables, as a legacy one may have them. */
const MAPPING: MasterMapping = {
  version: 1,
  person: {
    schema: 'dbo',
    table: 'Person',
    key: ['identityType', 'identity'],
    rowVersion: 'Rv',
    columns: {
      identityType: { column: 'Typ', type: 'text', required: true, sqlType: 'char(4)' },
      identity: { column: 'Id', type: 'text', required: true, sqlType: 'varchar(13)' },
      surname: { column: 'Efternamn', type: 'text' },
      middleName: { column: 'Mellannamn', type: 'text' },
      protectedPerson: { column: 'Sekretess', type: 'flag' },
      birthDate: { column: 'Fodd', type: 'date' },
      registrationDate: { column: 'Andrad', type: 'datetime' },
    },
  },
  children: [
    {
      name: 'addresses',
      schema: 'dbo',
      table: 'Adress',
      key: ['identityType', 'identity', 'addressKind'],
      rowVersion: 'Rv',
      columns: {
        identityType: { column: 'Typ', type: 'text', required: true, sqlType: 'char(4)' },
        identity: { column: 'Id', type: 'text', required: true, sqlType: 'varchar(13)' },
        addressKind: { column: 'Slag', type: 'text', required: true, sqlType: 'varchar(2)' },
        city: { column: 'Ort', type: 'text' },
      },
    },
  ],
  identityTypes: {},
  codes: {
    sex: {},
    deregistrationReason: {},
    maritalStatus: {},
    addressKind: {},
    contactChannel: {},
    contactConsent: {},
  },
};

const PERSON = {
  c0: 'char(4)',
  c1: 'varchar(13)',
  c2: 'varchar(60)',
  c3: 'varchar(60)',
  c4: 'bit',
  c5: 'char(10)',
  c6: 'varchar(33)',
};
const ADDRESS = { c0: 'char(4)', c1: 'varchar(13)', c2: 'varchar(2)', c3: 'varchar(60)' };

const { tables } = fitTables(draftTables(MAPPING), [
  [0, 'Typ', 'char(4)', 1],
  [0, 'Id', 'varchar(13)', 2],
  [0, 'Efternamn', 'varchar(60)', null],
  [0, 'Mellannamn', 'varchar(60)', null],
  [0, 'Sekretess', 'bit', null],
  [0, 'Fodd', 'date', null],
  [0, 'Andrad', 'datetime', null],
  [1, 'Typ', 'char(4)', 1],
  [1, 'Id', 'varchar(13)', 2],
  [1, 'Slag', 'varchar(2)', 3],
  [1, 'Ort', 'varchar(60)', null],
]);

const CHECKPOINT: MasterCheckpoint = {
  mode: 'change-tracking',
  epoch: 1,
  fingerprint: 'FORK-1',
  tables: [
    { name: 'dbo.Person', objectId: '11', schemaStamp: 's', trackingId: '1' },
    { name: 'dbo.Adress', objectId: '12', schemaStamp: 's', trackingId: '1' },
  ],
  load: null,
  version: 40n,
  highest: 40n,
  cursor: null,
  resnapshots: [],
  isPaused: false,
  removalsUnknownSince: null,
};

/** What every look at the server answers: version 42, recovery fork 1, both tables tracked since version 1. */
function scriptServer(peer: TdsPeer): void {
  peer
    .on(
      /^SELECT CHANGE_TRACKING_CURRENT_VERSION\(\), CHANGE_TRACKING_CURRENT_VERSION\(\)$/,
      resultSet({ v: 'bigint', n: 'bigint' }, [[42n, 42n]]),
    )
    .on(
      /MIN_ACTIVE_ROWVERSION\(\)\) - 1, CONVERT\(bigint, @@DBTS\)$/,
      resultSet({ v: 'bigint', n: 'bigint' }, [[42n, 42n]]),
    )
    .on(
      /^SELECT CONVERT\(bigint, 0\), CONVERT\(bigint, 0\)$/,
      resultSet({ v: 'bigint', n: 'bigint' }, [[0n, 0n]]),
    )
    .on(
      'recovery_fork_guid',
      resultSet({ a: 'varchar(36)', b: 'int', c: 'varchar(20)', d: 'varchar(20)' }, [
        ['FORK-1', 1, 'SQL Server', '16'],
      ]),
    )
    .on('modify_date', ({ sql }) => {
      const isTracked = sql.includes('CHANGE_TRACKING_MIN_VALID_VERSION');
      const tracking = isTracked ? ['1', 5n] : [null, null];
      return resultSet(
        { p: 'int', o: 'varchar(20)', s: 'varchar(33)', t: 'varchar(20)', m: 'bigint' },
        [
          [0, '11', 's', ...tracking],
          [1, '12', 's', ...tracking],
        ],
      );
    });
}

function readerOf(master: Parameters<typeof createMasterReader>[0]['database'], mode: MasterMode) {
  const config = { ...MASTER_SOURCE_DEFAULTS, mode, pageRows: 100 };
  return createMasterReader({ database: master, tables, config, hasSnapshots: true, now: () => 0 });
}

const asked = (peer: TdsPeer, part: string): SeenStatement => {
  const statement = peer.statements.find(({ sql }) => sql.includes(part));
  if (statement === undefined) throw new Error(`Nothing was asked with ${part}.`);
  return statement;
};

describe('a page of changes', () => {
  const changeColumns = {
    v: 'bigint',
    o: 'nvarchar(1)',
    p: 'int',
    k0: 'char(4)',
    k1: 'varchar(13)',
  };
  const changes = [
    [41n, 'U', 0, 'RES', 'A1'],
    [42n, 'D', 0, 'RES', 'B2'],
  ];

  it('is checked, listed and read in one snapshot, and comes as text', async () => {
    await using scripted = await startScriptedMaster();
    const { peer, master } = scripted;
    scriptServer(peer);
    peer
      .on('CHANGETABLE', resultSet(changeColumns, changes))
      .on(/OPENJSON.*\[Person\]/s, {
        kind: 'rows',
        compressNulls: true,
        columns: { place: 'int', ...PERSON },
        rows: [[0, 'RES', 'A1', 'Åström', '', true, '1990-01-31', '2026-03-29T02:30:00.997']],
      })
      .on(
        /OPENJSON.*\[Adress\]/s,
        resultSet({ place: 'int', ...ADDRESS }, [[0, 'RES', 'A1', 'FB', null]]),
      );

    const page = await readerOf(master, 'change-tracking').readChanges(CHECKPOINT);

    expect(page).toMatchObject({
      kind: 'page',
      version: 42n,
      messages: [
        {
          operation: 'upsert',
          position: { epoch: 1, version: 42n },
          person: {
            identityType: 'RES',
            identity: 'A1',
            surname: 'Åström',
            middleName: '',
            protectedPerson: '1',
            birthDate: '1990-01-31',
            registrationDate: '2026-03-29T02:30:00.997',
          },
          children: { addresses: [{ addressKind: 'FB', city: null }] },
        },
        { operation: 'removed', person: { identityType: 'RES', identity: 'B2' } },
      ],
    });
    const kinds = peer.requests.map(({ kind }) => kind);
    expect(kinds).toEqual(['begin', ...kinds.slice(1, -1).map(() => 'rpc'), 'commit']);
    expect(peer.requests[0]).toMatchObject({ isolation: 'snapshot' });
    expect(peer.statements.every(({ isInTransaction }) => isInTransaction)).toBe(true);
    expect(peer.statements[0]?.sql).toBe(MSSQL_DIALECT.version('change-tracking').text);
    expect(asked(peer, 'CHANGETABLE').declarations).toBe('@p1 bigint, @p2 bigint, @p3 int');
    expect(asked(peer, 'OPENJSON').parameters).toEqual({
      p1: { type: 'nvarchar(max)', value: '[[0,"RES","A1"],[1,"RES","B2"]]' },
    });
  });

  it('goes on after its last change with parameters of the types of the columns', async () => {
    await using scripted = await startScriptedMaster();
    const { peer, master } = scripted;
    scriptServer(peer);
    peer.on('CHANGETABLE', resultSet(changeColumns, []));

    const cursor = { version: 41n, key: ['RES', 'A1'] };
    await readerOf(master, 'change-tracking').readChanges({ ...CHECKPOINT, cursor });

    expect(asked(peer, 'CHANGETABLE').declarations).toBe(
      '@p1 bigint, @p2 bigint, @p3 int, @p4 bigint, @p5 char(4), @p6 varchar(13)',
    );
  });

  it('by row version compares eight bytes with eight bytes', async () => {
    await using scripted = await startScriptedMaster();
    const { peer, master } = scripted;
    scriptServer(peer);
    peer.on(
      'AS change_version',
      resultSet(changeColumns, [[9_007_199_254_740_993n, 'U', 0, 'RES', 'A1']]),
    );
    peer.on('OPENJSON', resultSet({ place: 'int' }, []));

    const checkpoint: MasterCheckpoint = { ...CHECKPOINT, mode: 'rowversion' };
    await readerOf(master, 'rowversion').readChanges(checkpoint);

    expect(asked(peer, 'AS change_version').parameters).toMatchObject({
      p1: { type: 'varbinary(8)', value: Buffer.from('0000000000000028', 'hex') },
      p2: { type: 'varbinary(8)', value: Buffer.from('000000000000002a', 'hex') },
    });
  });

  it('is not read when the database was restored', async () => {
    await using scripted = await startScriptedMaster();
    const { peer, master } = scripted;
    scriptServer(peer);

    const reading = readerOf(master, 'change-tracking').readChanges({
      ...CHECKPOINT,
      fingerprint: 'FORK-0',
    });

    await expect(reading).rejects.toMatchObject({ code: 'HUB_MASTER_RESTORED' });
    expect(peer.requests.at(-1)).toMatchObject({ kind: 'rollback' });
  });

  it('is named as not tracked when tracking was switched off for the database', async () => {
    await using scripted = await startScriptedMaster();
    const { peer, master } = scripted;
    scriptServer(peer);
    peer.on(/CURRENT_VERSION\(\)$/, resultSet({ v: 'bigint' }, [[null]]));

    const reading = readerOf(master, 'change-tracking').readChanges(CHECKPOINT);

    await expect(reading).rejects.toMatchObject({ code: 'HUB_MASTER_NOT_TRACKED' });
  });
});

describe('a load in chunks', () => {
  const PERSONS = 20_000;
  const CHUNK = 500;

  it('asks for every person once, a chunk at a time, by the whole key', async () => {
    await using scripted = await startScriptedMaster();
    const { peer, master } = scripted;
    scriptServer(peer);
    let longestAnswer = 0;
    peer
      .on('[Adress]', resultSet({ o0: 'char(4)', o1: 'varchar(13)', ...ADDRESS }, []))
      .on(/^SELECT TOP/, ({ parameters }) => {
        const values = Object.values(parameters).map(({ value }) => value);
        const limit = Number(values[0]);
        const first = values.length === 1 ? 0 : Number(String(values[2]).slice(1)) + 1;
        const rows = personRows(first, Math.min(first + limit, PERSONS));
        longestAnswer = Math.max(longestAnswer, rows.length);
        return resultSet(PERSON, rows);
      });
    const reader = readerOf(master, 'snapshot-diff');
    const seen = new Set<string | null | undefined>();

    let after: readonly string[] | undefined;
    do {
      const request = { after, through: undefined, equals: undefined, limit: CHUNK };
      const chunk = await reader.readChunk({ ...CHECKPOINT, mode: 'snapshot-diff' }, request, 1n);
      if (chunk.kind !== 'page') throw new TypeError(chunk.kind);
      for (const { person } of chunk.messages) seen.add(person['identity']);
      after = chunk.next?.key;
    } while (after !== undefined);

    expect(seen.size).toBe(PERSONS);
    expect(longestAnswer).toBe(CHUNK + 1);
    const next = peer.statements.filter(({ sql }) => sql.startsWith('SELECT TOP')).at(-1);
    expect(next?.declarations).toMatch(/^@p1 int, @p2 char\(4\), @p3 varchar\(13\)/);
  });

  function personRows(from: number, to: number): SqlValue[][] {
    return Array.from({ length: Math.max(0, to - from) }, (_, index) => {
      const id = `P${String(from + index).padStart(6, '0')}`;
      return ['RES', id, 'Öberg', null, false, null, null];
    });
  }
});

describe('values of SQL Server as text of a source row', () => {
  const column = (type: 'text' | 'number' | 'date' | 'datetime' | 'flag', sqlType: string) => ({
    field: 'f',
    column: 'C',
    type,
    sqlType,
  });

  it.each([
    ['text', 'char(5)', 'Å', 'Å'],
    ['text', 'nchar(5)', 'Ł', 'Ł'],
    ['text', 'varchar(5)', 'x ', 'x '],
    ['text', 'varchar(5)', '', ''],
    ['text', 'bigint', 9_007_199_254_740_993n, '9007199254740993'],
    ['number', 'int', -7, '-7'],
    ['flag', 'bit', true, '1'],
    ['flag', 'bit', false, '0'],
    ['flag', 'int', 1, '1'],
    ['flag', 'char(2)', 'N', '0'],
  ] as const)('%s from %s loses nothing but padding (%#)', async (type, sqlType, sent, text) => {
    await using scripted = await startScriptedMaster();
    const { peer, master } = scripted;
    const wireType = sqlType === 'nchar(5)' ? 'nvarchar(5)' : sqlType;
    const padded = sqlType === 'nchar(5)' ? String(sent).padEnd(5) : sent;
    peer.on('SELECT', resultSet({ value: wireType }, [[padded], [null]]));

    const rows = await master.query({ text: 'SELECT', parameters: [] });

    const toText = MSSQL_DIALECT.textOf(column(type, sqlType));
    expect(rows.map(([raw]) => toText(raw))).toEqual([text, null]);
  });

  it.each([
    ['bigint', 42n, 42n],
    ['rowversion', Buffer.from('00000000000000ff', 'hex'), 255n],
    ['rowversion', Buffer.from('80000000000000ff', 'hex'), 9_223_372_036_854_776_063n],
  ])('a version from %s is read whole (%#)', async (type, sent, version) => {
    await using scripted = await startScriptedMaster();
    const { peer, master } = scripted;
    peer.on('SELECT', resultSet({ value: type }, [[sent]]));

    const [row] = await master.query({ text: 'SELECT', parameters: [] });

    expect(MSSQL_DIALECT.toVersion(row?.[0])).toBe(version);
  });

  it('dates and times are made text by the server, so no zone of this machine can move them', () => {
    const chunk = { after: undefined, through: undefined, equals: undefined, limit: 1 };
    const { text } = MSSQL_DIALECT.personChunk(tables, chunk);
    expect(text).toContain('CONVERT(char(10), p.[Fodd], 23)');
    expect(text).toContain('CONVERT(varchar(33), p.[Andrad], 126)');
  });
});
