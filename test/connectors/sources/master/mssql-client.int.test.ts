import { afterEach, describe, expect, it, vi } from 'vitest';
import { plainStatement, startScriptedMaster } from '../../../support/scripted-master.ts';
import { resultSet } from '../../../support/tds-peer.ts';

const SELECT = plainStatement('SELECT value');

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('logging in', () => {
  it('connects at the first statement and not before, without TLS when the URL says so', async () => {
    await using scripted = await startScriptedMaster();
    const { peer, master } = scripted;
    peer.on('SELECT value', resultSet({ value: 'int' }, [[1]]));
    expect(peer.logins).toEqual([]);

    expect(await master.query(SELECT)).toEqual([[1]]);

    expect(peer.logins.at(-1)).toEqual({
      user: 'reader',
      application: 'pu-hub',
      database: 'Befolkning',
      isReadOnlyIntent: false,
    });
  });

  it('asks for a readable secondary only when the URL does', async () => {
    await using scripted = await startScriptedMaster({
      parameters: 'encrypt=false&applicationIntent=ReadOnly',
    });
    const { peer, master } = scripted;
    peer.on('SELECT value', resultSet({ value: 'int' }, [[1]]));

    await master.query(SELECT);

    expect(peer.logins.every((login) => login.isReadOnlyIntent)).toBe(true);
  });

  it('leaves no connection open after closing, and takes no statement any more', async () => {
    await using scripted = await startScriptedMaster();
    const { peer, master } = scripted;
    peer.on('SELECT value', resultSet({ value: 'int' }, [[1]]));
    await Promise.all([master.query(SELECT), master.query(SELECT)]);

    await master[Symbol.asyncDispose]();

    await vi.waitFor(() => expect(peer.openConnections).toBe(0));
    await expect(master.query(SELECT)).rejects.toMatchObject({ code: 'HUB_MASTER_UNAVAILABLE' });
    expect(peer.openConnections).toBe(0);
  });
});

describe('parameters', () => {
  it.each([
    ['varchar(12)', 'Åäö é€', 'varchar(12)', 'Åäö é€'],
    ['varchar(4)', '', 'varchar(4)', ''],
    ['char(2)', 'FB', 'char(2)', 'FB'],
    ['nvarchar(20)', 'Łódź', 'nvarchar(20)', 'Łódź'],
    ['nvarchar(max)', '[["PNR"]]', 'nvarchar(max)', '[["PNR"]]'],
    ['int', '-7', 'int', -7],
    ['bigint', '9223372036854775807', 'bigint', 9223372036854775807n],
    ['bit', '1', 'bit', true],
    ['bit', '0', 'bit', false],
    ['binary(8)', '4095', 'varbinary(8)', Buffer.from('0000000000000fff', 'hex')],
    ['date', '2026-03-29', 'varchar(64)', '2026-03-29'],
    ['varchar(12)', null, 'varchar(12)', null],
    ['bigint', null, 'bigint', null],
    ['binary(8)', null, 'varbinary(8)', null],
  ])('are declared like their column: %s %j', async (type, value, wireType, wireValue) => {
    await using scripted = await startScriptedMaster();
    const { peer, master } = scripted;
    peer.on('SELECT', resultSet({ value: 'int' }, []));

    await master.query({ text: 'SELECT @p1', parameters: [{ type, value }] });

    const statement = peer.statements[0];
    expect(statement?.parameters).toEqual({ p1: { type: wireType, value: wireValue } });
    // The text that the server compiles has the same declaration, so one plan serves every value.
    expect(statement?.declarations).toBe(`@p1 ${wireType}`);
  });

  it('travel in their order and never inside the text', async () => {
    await using scripted = await startScriptedMaster();
    const { peer, master } = scripted;
    peer.on('SELECT', resultSet({ value: 'int' }, []));

    await master.query({
      text: 'SELECT @p1, @p2',
      parameters: [
        { type: 'varchar(4)', value: "O'Hara" },
        { type: 'int', value: '2' },
      ],
    });

    expect(peer.statements[0]).toMatchObject({
      kind: 'rpc',
      sql: 'SELECT @p1, @p2',
      declarations: '@p1 varchar(4), @p2 int',
      parameters: { p1: { value: "O'Hara" }, p2: { value: 2 } },
    });
  });
});

describe('values', () => {
  it.each([
    ['int', -2147483648, -2147483648],
    ['bigint', 9223372036854775807n, '9223372036854775807'],
    ['bit', true, true],
    ['char(5)', 'Å', 'Å    '],
    ['varchar(20)', 'åäö ÅÄÖ é ü €', 'åäö ÅÄÖ é ü €'],
    ['varchar(20)', '', ''],
    ['varchar(max)', 'ö'.repeat(100_000), 'ö'.repeat(100_000)],
    ['nvarchar(20)', 'Łódź 漢', 'Łódź 漢'],
    ['rowversion', Buffer.from('80000000000000ff', 'hex'), Buffer.from('80000000000000ff', 'hex')],
    ['binary(8)', Buffer.alloc(8, 7), Buffer.alloc(8, 7)],
    ['varbinary(16)', Buffer.from([1, 2]), Buffer.from([1, 2])],
    [
      'uniqueidentifier',
      '01234567-89ab-cdef-0123-456789abcdef',
      '01234567-89AB-CDEF-0123-456789ABCDEF',
    ],
  ])('of type %s arrive whole (%#)', async (type, sent, received) => {
    await using scripted = await startScriptedMaster();
    const { peer, master } = scripted;
    peer.on('SELECT value', resultSet({ value: type }, [[sent], [null]]));

    expect(await master.query(SELECT)).toEqual([[received], [null]]);
  });

  it('of a row with many nulls arrive in their places', async () => {
    await using scripted = await startScriptedMaster();
    const { peer, master } = scripted;
    const columns = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [`c${index}`, 'varchar(5)']),
    );
    const row = Array.from({ length: 20 }, (_, index) => (index % 7 === 3 ? `v${index}` : null));
    peer.on('SELECT value', { kind: 'rows', compressNulls: true, columns, rows: [row] });

    expect(await master.query(SELECT)).toEqual([row]);
  });

  it.each([
    ['datetime', '2026-03-29T02:30:00.997', 'the hour that summer time skips'],
    ['datetime2(3)', '2026-03-29T02:30:00.123', 'the hour that summer time skips'],
    ['datetime2(7)', '2026-10-25T02:30:00.000', 'the hour that comes twice'],
    ['datetime', '2026-01-01T00:00:00.000', 'midnight'],
    ['datetime2(0)', '2025-12-31T23:59:59.000', 'the second before midnight'],
    ['datetime', '1900-01-01T00:00:00.000', 'the first day of datetime'],
    ['date', '2026-03-29', 'a date'],
    ['date', '1879-01-01', 'a date from before zones'],
  ])('of type %s keep their wall-clock time: %s, %s', async (type, local) => {
    vi.stubEnv('TZ', 'Europe/Stockholm');
    // Without this the test would prove nothing: here the machine really skips the hour.
    expect(new Date(2026, 2, 29, 2, 30).getHours()).toBe(3);
    await using scripted = await startScriptedMaster();
    const { peer, master } = scripted;
    peer.on('SELECT value', resultSet({ value: type }, [[local]]));

    const [row] = await master.query(SELECT);

    const value = row?.[0];
    expect(value).toBeInstanceOf(Date);
    const midnight = local.length === 10 ? 'T00:00:00.000' : '';
    expect((value as Date).toISOString()).toBe(`${local}${midnight}Z`);
  });
});

describe('a snapshot', () => {
  it('runs every statement in one transaction with SNAPSHOT isolation and ends it', async () => {
    await using scripted = await startScriptedMaster();
    const { peer, master } = scripted;
    peer.on('SELECT value', resultSet({ value: 'int' }, [[1]]));

    const rows = await master.snapshot(async (session) => [
      await session.query(SELECT),
      await session.query(SELECT),
    ]);

    expect(rows).toEqual([[[1]], [[1]]]);
    expect(peer.requests).toMatchObject([
      { kind: 'begin', isolation: 'snapshot' },
      { kind: 'rpc', isInTransaction: true },
      { kind: 'rpc', isInTransaction: true },
      { kind: 'commit' },
    ]);
  });

  it('takes statements one after the other when they are asked at once', async () => {
    await using scripted = await startScriptedMaster();
    const { peer, master } = scripted;
    peer.on('SELECT value', resultSet({ value: 'int' }, [[1]]));

    const rows = await master.snapshot((session) =>
      Promise.all([session.query(SELECT), session.query(SELECT), session.query(SELECT)]),
    );

    expect(rows).toHaveLength(3);
  });

  it('rolls back and lends the connection again when the work throws', async () => {
    await using scripted = await startScriptedMaster();
    const { peer, master } = scripted;
    peer.on('SELECT value', resultSet({ value: 'int' }, [[1]]));

    const failing = master.snapshot(async (session) => {
      await session.query(SELECT);
      throw new TypeError('a bug');
    });

    await expect(failing).rejects.toThrow(TypeError);
    expect(peer.requests.at(-1)).toMatchObject({ kind: 'rollback' });
    expect(await master.query(SELECT)).toEqual([[1]]);
    expect(peer.statements.at(-1)?.isInTransaction).toBe(false);
  });
});
