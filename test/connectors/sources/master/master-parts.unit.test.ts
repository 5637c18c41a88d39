import { describe, expect, it } from 'vitest';
import {
  type MasterCheckpoint,
  parseCheckpoint,
  printCheckpoint,
} from '../../../../connectors/sources/master/master-checkpoint.ts';
import type { ReadColumn } from '../../../../connectors/sources/master/master-dialect.ts';
import { MSSQL_DIALECT } from '../../../../connectors/sources/master/master-dialect-mssql.ts';
import { PG_DIALECT } from '../../../../connectors/sources/master/master-dialect-pg.ts';
import { masterError } from '../../../../connectors/sources/master/master-errors.ts';
import { createRemovalGuard } from '../../../../connectors/sources/master/removal-guard.ts';
import {
  fitsParameter,
  isReadableAs,
  parseSqlType,
} from '../../../../connectors/sources/master/sql-type.ts';
import { createLoadMeter } from '../../../../connectors/waiting/load-meter.ts';
import { withRetry } from '../../../../connectors/waiting/with-retry.ts';
import { findHubError, HubError } from '../../../../core/errors/hub-error.ts';
import type { ColumnType } from '../../../../core/mapping/master-mapping.ts';

describe('a server type', () => {
  it.each([
    ['varchar(13)', 'varchar', 13, 'character'],
    ['nvarchar(max)', 'nvarchar', 'max', 'character'],
    ['bpchar(1)', 'char', 1, 'character'],
    ['int4', 'int', undefined, 'integer'],
    ['decimal(10, 2)', 'decimal', 10, 'decimal'],
    ['timestamptz', 'timestamptz', undefined, 'other'],
    ['rowversion', 'rowversion', undefined, 'other'],
  ] as const)('%s is taken apart', (text, base, size, family) => {
    expect(parseSqlType(text)).toEqual({ base, size, family });
  });

  it.each([
    ['varchar(13)', 'varchar(13)', true],
    ['varchar(20)', 'varchar(13)', true],
    ['varchar(12)', 'varchar(13)', false],
    ['nvarchar(13)', 'varchar(13)', false],
    ['varchar(13)', 'varchar(max)', false],
    ['int', 'int4', true],
  ])('a parameter %s for a column %s fits: %s (10)', (declared, actual, fits) => {
    expect(fitsParameter(parseSqlType(declared), parseSqlType(actual))).toBe(fits);
  });

  it('with a zone is not read as a time without one (18)', () => {
    expect(isReadableAs(parseSqlType('timestamptz'), 'datetime')).toBe(false);
    expect(isReadableAs(parseSqlType('datetimeoffset'), 'datetime')).toBe(false);
    expect(isReadableAs(parseSqlType('datetime'), 'datetime')).toBe(true);
  });
});

describe('a raw value becomes text', () => {
  const column = (type: ColumnType, sqlType: string): ReadColumn => ({
    field: 'f',
    column: 'C',
    type,
    sqlType,
  });

  it.each([
    ['text', 'bpchar(4)', '01  ', '01'],
    ['text', 'varchar(4)', '01  ', '01  '],
    ['text', 'varchar(4)', '', ''],
    ['text', 'varchar(4)', null, null],
    ['flag', 'bool', 't', '1'],
    ['flag', 'bool', 'f', '0'],
    ['flag', 'bpchar(1)', 'J', '1'],
    ['flag', 'bpchar(1)', 'X', 'X'],
    ['date', 'timestamp', '2020-03-29 02:30:00', '2020-03-29'],
    ['datetime', 'timestamp', '2020-03-29 02:30:00.123', '2020-03-29T02:30:00.123'],
    ['number', 'numeric', '1.50', '1.50'],
  ] as const)('pg: %s from %s %j is %j (18)', (type, sqlType, raw, text) => {
    expect(PG_DIALECT.textOf(column(type, sqlType))(raw)).toBe(text);
  });

  it.each([
    ['text', 'char(4)', '01  ', '01'],
    ['text', 'nvarchar(4)', 'Åsa ', 'Åsa '],
    ['flag', 'bit', true, '1'],
    ['flag', 'bit', false, '0'],
    ['flag', 'char(1)', 'N', '0'],
    ['number', 'int', 7, '7'],
    ['number', 'bigint', '9007199254740993', '9007199254740993'],
    ['datetime', 'datetime', '2020-03-29T02:30:00.123', '2020-03-29T02:30:00.123'],
  ] as const)('mssql: %s from %s %j is %j (18)', (type, sqlType, raw, text) => {
    expect(MSSQL_DIALECT.textOf(column(type, sqlType))(raw)).toBe(text);
  });

  it('a row version keeps all 64 bits, highest byte first (12)', () => {
    const bytes = Buffer.from('00ffffffffffffff', 'hex');
    expect(MSSQL_DIALECT.toVersion(bytes)).toBe(72057594037927935n);
    expect(MSSQL_DIALECT.toVersion('72057594037927936')).toBe(72057594037927936n);
    expect(PG_DIALECT.toVersion('9007199254740993')).toBe(9007199254740993n);
  });
});

describe('a failed statement', () => {
  const pgError = (code: string): Error =>
    Object.assign(new Error('x'), { code, severity: 'ERROR' });
  const numbered = (number: number): Error => Object.assign(new Error('x'), { number });

  it.each([
    [pgError('40001'), 'HUB_MASTER_BUSY', 'retriable'],
    [pgError('40P01'), 'HUB_MASTER_BUSY', 'retriable'],
    [pgError('57P01'), 'HUB_MASTER_UNAVAILABLE', 'retriable'],
    [pgError('08006'), 'HUB_MASTER_UNAVAILABLE', 'retriable'],
    [pgError('57014'), 'HUB_MASTER_TIMEOUT', 'retriable'],
    [pgError('28P01'), 'HUB_MASTER_LOGIN_REFUSED', 'fatal'],
    [pgError('42501'), 'HUB_MASTER_PERMISSION', 'fatal'],
    [pgError('42703'), 'HUB_MASTER_COLUMN_MISSING', 'fatal'],
    [pgError('XX000'), 'HUB_MASTER_QUERY_REFUSED', 'fatal'],
    [numbered(1205), 'HUB_MASTER_BUSY', 'retriable'],
    [numbered(3960), 'HUB_MASTER_BUSY', 'retriable'],
    [numbered(1222), 'HUB_MASTER_BUSY', 'retriable'],
    [numbered(40613), 'HUB_MASTER_UNAVAILABLE', 'retriable'],
    [numbered(10928), 'HUB_MASTER_BUSY', 'retriable'],
    [numbered(18456), 'HUB_MASTER_LOGIN_REFUSED', 'fatal'],
    [numbered(229), 'HUB_MASTER_PERMISSION', 'fatal'],
    [numbered(50000), 'HUB_MASTER_QUERY_REFUSED', 'fatal'],
    [Object.assign(new Error('x'), { code: 'ECONNRESET' }), 'HUB_MASTER_UNAVAILABLE', 'retriable'],
    [
      new AggregateError([Object.assign(new Error('x'), { code: 'ECONNREFUSED' })]),
      'HUB_MASTER_UNAVAILABLE',
      'retriable',
    ],
  ])('is told by number, state or code (16): %#', (error, code, disposition) => {
    const found = findHubError(masterError(error));
    expect(found).toMatchObject({ code, disposition });
  });

  it('that is a bug of ours stays one', () => {
    const bug = new TypeError('x is not a function');
    expect(masterError(bug)).toBe(bug);
  });

  it('never repeats the words of the server', () => {
    const error = Object.assign(new Error('key (T-00000001) already exists'), {
      code: '23505',
      severity: 'ERROR',
    });
    expect(String(masterError(error))).not.toContain('T-00000001');
  });
});

describe('a retriable failure', () => {
  const options = (retries: number) => ({
    retries,
    retryMs: 0,
    signal: new AbortController().signal,
    random: () => 0,
    onRetry: () => undefined,
  });

  it('is tried again a bounded number of times, then thrown (16)', async () => {
    let calls = 0;
    const work = (): Promise<never> => {
      calls += 1;
      return Promise.reject(new HubError('HUB_MASTER_BUSY'));
    };
    await expect(withRetry(work, options(3))).rejects.toMatchObject({ code: 'HUB_MASTER_BUSY' });
    expect(calls).toBe(4);
  });

  it.each([new HubError('HUB_MASTER_PERMISSION'), new TypeError('bug')])(
    'is not what else can go wrong: that is thrown at once (%#)',
    async (error) => {
      let calls = 0;
      const work = (): Promise<never> => {
        calls += 1;
        return Promise.reject(error);
      };
      await expect(withRetry(work, options(3))).rejects.toBe(error);
      expect(calls).toBe(1);
    },
  );
});

describe('a checkpoint', () => {
  const checkpoint: MasterCheckpoint = {
    mode: 'change-tracking',
    epoch: 2,
    fingerprint: 'fork',
    tables: [{ name: 'dbo.T', objectId: '1', schemaStamp: 's', trackingId: null }],
    load: { reason: 'first-load', after: ['SLL', 'T-00000001'], done: 1 },
    version: 9007199254740993n,
    highest: 9007199254740999n,
    cursor: { version: 12n, key: ['SLL', 'T-00000002'] },
    resnapshots: [{ filter: { equals: { field: 'surname', value: 'x' } }, after: null, done: 0 }],
    isPaused: true,
    removalsUnknownSince: 7n,
  };

  it('is read as it was written', () => {
    expect(parseCheckpoint(printCheckpoint(checkpoint))).toEqual(checkpoint);
  });

  it.each(['', '{}', '[]', 'null', '{"format":2,"mode":"change-tracking"}', '{"format":1}'])(
    'of another kind is refused and not guessed: %s',
    (text) => {
      expect(() => parseCheckpoint(text)).toThrow(
        expect.objectContaining({
          code: 'HUB_MASTER_CHECKPOINT_UNREADABLE',
          disposition: 'fatal',
        }),
      );
    },
  );
});

describe('the removal guard', () => {
  const config = { maxShare: 0.01, minCount: 5, windowMs: 1_000 };

  it.each([
    [5, 100, true],
    [6, 100, false],
    [10, 1_000, true],
    [11, 1_000, false],
  ])('%i removals of %i persons pass: %s', (count, total, passes) => {
    expect(createRemovalGuard(config).allows(count, total, 0)).toBe(passes);
  });

  it('counts over a window of time', () => {
    const guard = createRemovalGuard(config);
    guard.record(4, 0);
    expect(guard.allows(2, 100, 999)).toBe(false);
    expect(guard.allows(2, 100, 1_001)).toBe(true);
  });

  it('lets an accepted burst through, and only that', () => {
    const guard = createRemovalGuard(config);
    guard.accept();
    expect(guard.allows(90, 100, 0)).toBe(true);
    guard.record(90, 0);
    guard.endBurst();
    expect(guard.allows(5, 100, 1)).toBe(true);
    expect(guard.allows(6, 100, 1)).toBe(false);
  });
});

describe('the progress of a load', () => {
  it('counts rate and time left from where this process began', () => {
    const meter = createLoadMeter(2_000, 0);
    expect(meter.rate(4_000, 10_000, 1_000)).toEqual({
      done: 4_000,
      total: 10_000,
      perSecond: 2_000,
      secondsLeft: 3,
    });
  });
});
