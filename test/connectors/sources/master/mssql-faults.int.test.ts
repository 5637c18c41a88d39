import { describe, expect, it, vi } from 'vitest';
import { printErrorChain } from '../../../../connectors/observability/describe-error.ts';
import { withRetry } from '../../../../connectors/waiting/with-retry.ts';
import { findHubError, HubError } from '../../../../core/errors/hub-error.ts';
import { plainStatement, startScriptedMaster } from '../../../support/scripted-master.ts';
import { type Reply, resultSet, sqlError, sqlErrorToken } from '../../../support/tds-peer.ts';

const SELECT = plainStatement('SELECT value');
const ONE_ROW = resultSet({ value: 'int' }, [[1]]);

describe('an error number', () => {
  it.each([
    [1205, 13, 'HUB_MASTER_BUSY', 'retriable', 'deadlock victim'],
    [3960, 16, 'HUB_MASTER_BUSY', 'retriable', 'snapshot conflict'],
    [3961, 16, 'HUB_MASTER_BUSY', 'retriable', 'table altered under the snapshot'],
    [3966, 16, 'HUB_MASTER_BUSY', 'retriable', 'version store full'],
    [1222, 16, 'HUB_MASTER_BUSY', 'retriable', 'lock time-out'],
    [10928, 16, 'HUB_MASTER_BUSY', 'retriable', 'resource limit'],
    [40613, 17, 'HUB_MASTER_UNAVAILABLE', 'retriable', 'database not available'],
    [927, 14, 'HUB_MASTER_UNAVAILABLE', 'retriable', 'database being restored'],
    [60_000, 20, 'HUB_MASTER_UNAVAILABLE', 'retriable', 'unknown, and the server hung up'],
    [229, 14, 'HUB_MASTER_PERMISSION', 'fatal', 'SELECT denied'],
    [208, 16, 'HUB_MASTER_TABLE_MISSING', 'fatal', 'no such table'],
    [207, 16, 'HUB_MASTER_COLUMN_MISSING', 'fatal', 'no such column'],
    [22105, 16, 'HUB_MASTER_NOT_TRACKED', 'fatal', 'change tracking is off'],
    [22117, 16, 'HUB_MASTER_NOT_TRACKED', 'fatal', 'change tracking asked of a secondary'],
    [3952, 16, 'HUB_MASTER_MODE_UNSUPPORTED', 'fatal', 'snapshots not allowed'],
    [60_000, 16, 'HUB_MASTER_QUERY_REFUSED', 'fatal', 'unknown'],
  ])('%i of class %i is %s, %s: %s', async (number, severity, code, disposition) => {
    await using scripted = await startScriptedMaster();
    const { peer, master } = scripted;
    peer.on('SELECT value', sqlError(number, severity, 1));

    await expect(master.query(SELECT)).rejects.toMatchObject({ code, disposition });
  });

  it('never brings the words of the server, which quote values, into ours', async () => {
    await using scripted = await startScriptedMaster();
    const { peer, master } = scripted;
    const error = { ...sqlErrorToken(245, 16, 1), message: "Conversion failed: 'CANARY'." };
    peer.on('SELECT value', { kind: 'error', error });

    const thrown: unknown = await master.query(SELECT).catch((reason: unknown) => reason);

    expect(thrown).toBeInstanceOf(HubError);
    for (let link = thrown; link instanceof Error; link = link.cause) {
      expect(`${link.message}${link.stack}${JSON.stringify(link)}`).not.toContain('CANARY');
    }
    expect(printErrorChain(thrown)).toContain('245');
  });

  it.each([1205, 3960])(
    '%i in a snapshot ends it and leaves the connection usable',
    async (number) => {
      await using scripted = await startScriptedMaster();
      const { peer, master } = scripted;
      peer.on('SELECT value', ONE_ROW).on('SELECT value', sqlError(number, 13, 1), 1);

      const read = () => master.snapshot((session) => session.query(SELECT));

      await expect(read()).rejects.toMatchObject({ code: 'HUB_MASTER_BUSY' });
      expect(await read()).toEqual([[1]]);
      expect(peer.requests.map(({ kind }) => kind)).toEqual([
        'begin',
        'rpc',
        'begin',
        'rpc',
        'commit',
      ]);
    },
  );
});

describe('the bounded retry', () => {
  const RETRY = {
    retries: 3,
    retryMs: 1,
    signal: new AbortController().signal,
    random: () => 0.5,
  };

  it('reads the same snapshot again after deadlocks and a broken connection', async () => {
    await using scripted = await startScriptedMaster();
    const { peer, master } = scripted;
    peer.on('SELECT value', ONE_ROW);
    peer.on('SELECT value', { kind: 'reset', when: 'before' }, 1);
    peer.on('SELECT value', sqlError(3960, 16, 2), 1);
    peer.on('SELECT value', sqlError(1205, 13, 51), 1);
    const codes: unknown[] = [];

    const rows = await withRetry(() => master.snapshot((session) => session.query(SELECT)), {
      ...RETRY,
      onRetry: (error) => codes.push(findHubError(error)?.code),
    });

    expect(rows).toEqual([[1]]);
    expect(codes).toEqual(['HUB_MASTER_BUSY', 'HUB_MASTER_BUSY', 'HUB_MASTER_UNAVAILABLE']);
  });

  it('ends at its bound when the deadlocks do not', async () => {
    await using scripted = await startScriptedMaster();
    const { peer, master } = scripted;
    peer.on('SELECT value', sqlError(1205, 13, 51));

    const reading = withRetry(() => master.query(SELECT), { ...RETRY, onRetry: () => {} });

    await expect(reading).rejects.toMatchObject({ code: 'HUB_MASTER_BUSY' });
    expect(peer.statements).toHaveLength(RETRY.retries + 1);
  });

  it('does not repeat a refused login: it could lock the account', async () => {
    await using scripted = await startScriptedMaster();
    const { peer, master } = scripted;
    peer.onLogin(sqlErrorToken(18456, 14, 1), sqlErrorToken(18456, 14, 1));

    const reading = withRetry(() => master.query(SELECT), { ...RETRY, onRetry: () => {} });

    await expect(reading).rejects.toMatchObject({ code: 'HUB_MASTER_LOGIN_REFUSED' });
    expect(peer.logins).toHaveLength(1);
  });
});

describe('a login', () => {
  it.each([
    [18456, 'HUB_MASTER_LOGIN_REFUSED', 'fatal'],
    [18487, 'HUB_MASTER_LOGIN_REFUSED', 'fatal'],
    [40613, 'HUB_MASTER_UNAVAILABLE', 'retriable'],
    [4060, 'HUB_MASTER_UNAVAILABLE', 'retriable'],
  ])(
    'that ends with error %i is %s, %s, and the next one may do',
    async (number, code, disposition) => {
      await using scripted = await startScriptedMaster();
      const { peer, master } = scripted;
      peer.on('SELECT value', ONE_ROW).onLogin(sqlErrorToken(number, 14, 1));

      const thrown: unknown = await master.query(SELECT).catch((reason: unknown) => reason);

      expect(thrown).toMatchObject({ code, disposition });
      expect(printErrorChain(thrown)).toContain(String(number));
      expect(await master.query(SELECT)).toEqual([[1]]);
    },
  );

  it('that is refused at a later connection of the pool is told apart too', async () => {
    await using scripted = await startScriptedMaster();
    const { peer, master } = scripted;
    peer.on('SELECT value', ONE_ROW).onLogin('accept', sqlErrorToken(18456, 14, 1));

    await expect(master.query(SELECT)).rejects.toMatchObject({ code: 'HUB_MASTER_LOGIN_REFUSED' });
  });

  it('without an answer ends at the connect time-out and is retriable', async () => {
    await using scripted = await startScriptedMaster({ connectTimeoutMs: 200 });
    const { peer, master } = scripted;
    peer.onLogin('silence');

    await expect(master.query(SELECT)).rejects.toMatchObject({
      code: 'HUB_MASTER_UNAVAILABLE',
      disposition: 'retriable',
    });
  });

  it('over a connection that breaks is retriable', async () => {
    await using scripted = await startScriptedMaster();
    const { peer, master } = scripted;
    peer.onLogin('reset');

    await expect(master.query(SELECT)).rejects.toMatchObject({ code: 'HUB_MASTER_UNAVAILABLE' });
  });

  it('is not sent in plain text when the URL wants TLS and the server has none', async () => {
    await using scripted = await startScriptedMaster({ parameters: 'encrypt=true' });
    const { peer, master } = scripted;

    await expect(master.query(SELECT)).rejects.toMatchObject({
      code: 'HUB_MASTER_TLS_REFUSED',
      disposition: 'fatal',
    });
    expect(peer.logins).toEqual([]);
  });

  it('at a server that is not there is retriable', async () => {
    await using scripted = await startScriptedMaster();
    const { peer, master } = scripted;
    await peer[Symbol.asyncDispose]();

    await expect(master.query(SELECT)).rejects.toMatchObject({ code: 'HUB_MASTER_UNAVAILABLE' });
  });
});

describe('a broken connection', () => {
  const rows = { columns: { value: 'int' }, rows: [[1], [2]] };

  it.each<[string, Reply]>([
    ['before the answer', { kind: 'reset', when: 'before' }],
    ['in the middle of the rows', { kind: 'reset', when: 'mid-row', ...rows }],
  ])('%s gives no rows at all, and the next statement gets a new one', async (_, reply) => {
    await using scripted = await startScriptedMaster();
    const { peer, master } = scripted;
    peer.on('SELECT value', ONE_ROW).on('SELECT value', reply, 1);

    await expect(master.query(SELECT)).rejects.toMatchObject({ code: 'HUB_MASTER_UNAVAILABLE' });
    expect(await master.query(SELECT)).toEqual([[1]]);
  });

  it('in a snapshot is retriable, and the next snapshot gets a new one', async () => {
    await using scripted = await startScriptedMaster();
    const { peer, master } = scripted;
    peer.on('SELECT value', ONE_ROW).on('SELECT value', { kind: 'reset', when: 'before' }, 1);

    const read = () => master.snapshot((session) => session.query(SELECT));

    await expect(read()).rejects.toMatchObject({ code: 'HUB_MASTER_UNAVAILABLE' });
    expect(await read()).toEqual([[1]]);
  });

  it('while it was idle is noticed, and replaced without an error', async () => {
    await using scripted = await startScriptedMaster();
    const { peer, master } = scripted;
    peer.on('SELECT value', ONE_ROW);
    await master.query(SELECT);

    peer.resetConnections();
    await vi.waitFor(() => expect(peer.openConnections).toBe(0));
    // The news has to reach the client's side of the connection too.
    await new Promise(setImmediate);

    expect(await master.query(SELECT)).toEqual([[1]]);
  });
});

describe('no answer in time', () => {
  it.each<[string, Reply]>([
    ['from the start', { kind: 'silence' }],
    ['after the first rows', { kind: 'stall', columns: { value: 'int' }, rows: [[1], [2]] }],
  ])(
    '%s: the statement is cancelled at the server and the connection used again',
    async (_, reply) => {
      await using scripted = await startScriptedMaster({ queryTimeoutMs: 300 });
      const { peer, master } = scripted;
      peer.on('SELECT value', ONE_ROW).on('SELECT value', reply, 1);

      await expect(master.query(SELECT)).rejects.toMatchObject({
        code: 'HUB_MASTER_TIMEOUT',
        disposition: 'retriable',
      });
      expect(peer.attentions).toBe(1);
      const logins = peer.logins.length;
      expect(await master.query(SELECT)).toEqual([[1]]);
      expect(peer.logins).toHaveLength(logins);
    },
  );

  it('and none to the wish to cancel either: the connection is given up', async () => {
    await using scripted = await startScriptedMaster({ queryTimeoutMs: 200 });
    const { peer, master } = scripted;
    peer.on('SELECT value', ONE_ROW).on('SELECT value', { kind: 'dead' }, 1);

    await expect(master.query(SELECT)).rejects.toMatchObject({ code: 'HUB_MASTER_TIMEOUT' });
    expect(await master.query(SELECT)).toEqual([[1]]);
  });

  it('in a snapshot: it is rolled back', async () => {
    await using scripted = await startScriptedMaster({ queryTimeoutMs: 200 });
    const { peer, master } = scripted;
    peer.on('SELECT value', { kind: 'silence' });

    const reading = master.snapshot((session) => session.query(SELECT));

    await expect(reading).rejects.toMatchObject({ code: 'HUB_MASTER_TIMEOUT' });
    expect(peer.requests.map(({ kind }) => kind)).toEqual(['begin', 'rpc', 'rollback']);
  });

  it('is not declared while a slow answer may still come', async () => {
    await using scripted = await startScriptedMaster();
    const { peer, master } = scripted;
    const gate = Promise.withResolvers<void>();
    peer.on('SELECT value', { kind: 'wait', until: gate.promise, reply: ONE_ROW });

    const reading = master.query(SELECT);
    await vi.waitFor(() => expect(peer.statements).toHaveLength(1));
    gate.resolve();

    expect(await reading).toEqual([[1]]);
  });
});

describe('stopping', () => {
  it('by a signal cancels the statement at the server', async () => {
    const stop = new AbortController();
    await using scripted = await startScriptedMaster({ signal: stop.signal });
    const { peer, master } = scripted;
    peer.on('SELECT value', { kind: 'silence' });
    const reading = master.query(SELECT);
    const outcome = expect(reading).rejects.toThrow('shutting down');
    await vi.waitFor(() => expect(peer.statements).toHaveLength(1));

    stop.abort(new Error('shutting down'));

    await outcome;
    expect(peer.attentions).toBe(1);
  });

  it('by closing cancels what runs and waits for it', async () => {
    await using scripted = await startScriptedMaster();
    const { peer, master } = scripted;
    peer.on('SELECT value', { kind: 'silence' });
    const reading = master.snapshot((session) => session.query(SELECT));
    const outcome = expect(reading).rejects.toMatchObject({ code: 'HUB_MASTER_UNAVAILABLE' });
    await vi.waitFor(() => expect(peer.statements).toHaveLength(1));

    await master[Symbol.asyncDispose]();

    await outcome;
    await vi.waitFor(() => expect(peer.openConnections).toBe(0));
  });
});

describe('a flood of rows', () => {
  const FLOOD = 640_000;
  function* flood() {
    for (let index = 0; index < FLOOD; index += 1) yield [index, 'x'.repeat(200)];
  }

  it('is stopped at the limit instead of being held', async () => {
    await using scripted = await startScriptedMaster({ maxRows: 5_000 });
    const { peer, master } = scripted;
    peer.on('SELECT value', ONE_ROW);
    peer.on('SELECT value', resultSet({ value: 'int', text: 'varchar(200)' }, flood()), 1);

    await expect(master.query(SELECT)).rejects.toMatchObject({
      code: 'HUB_MASTER_RESULT_TOO_LARGE',
      context: { rows: 5_000 },
    });

    // What was on its way when the limit was met, and no more.
    expect(peer.rowsSent).toBeLessThan(FLOOD / 10);
    expect(await master.query(SELECT)).toEqual([[1]]);
  });
});
