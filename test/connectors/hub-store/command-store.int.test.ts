import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandRequest } from '../../../connectors/hub-store/command-store.ts';
import { type HubStore, openHubStore } from '../../../connectors/hub-store/hub-store.ts';
import { SOME_NUMBER } from '../../contracts/store-under-test.ts';
import {
  createHubDatabase,
  type TestDatabase,
  testStoreConfig,
} from '../../support/hub-database.ts';

describe('the command table', () => {
  let database: TestDatabase;
  let store: HubStore;
  beforeAll(async () => {
    database = await createHubDatabase();
    store = openHubStore(testStoreConfig(database.url));
  });
  afterAll(async () => {
    await store[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  it('has nothing at first', async () => {
    expect(await store.commands.unanswered(10)).toEqual([]);
    expect(await store.commands.list(10)).toEqual([]);
    expect(await store.commands.latest('master', ['source-pause'])).toBeUndefined();
  });

  it('keeps who asked for what and why', async () => {
    const request = commandOf('source-resnapshot', { arguments: { county: '14', rows: 2 } });
    const id = await store.commands.submit(request);
    expect((await store.commands.list(1))[0]).toEqual({
      ...request,
      id,
      requestedAt: SOME_NUMBER,
      outcomes: [],
    });
  });

  it('is unanswered until any instance has answered, oldest first and a few at a time', async () => {
    const before = (await store.commands.unanswered(100)).length;
    const first = await store.commands.submit(commandOf('source-pause'));
    const second = await store.commands.submit(commandOf('source-resume'));
    const unanswered = async () =>
      (await store.commands.unanswered(100)).slice(before).map(({ id }) => id);

    expect(await unanswered()).toEqual([first, second]);
    expect(await store.commands.unanswered(1)).toHaveLength(1);
    await store.commands.recordOutcome(first, {
      instance: 'a',
      outcome: 'refused',
      detail: 'paused already',
    });
    expect(await unanswered()).toEqual([second]);
    await store.commands.recordOutcome(second, { instance: 'b', outcome: 'done', detail: null });
    expect(await unanswered()).toEqual([]);
  });

  it('keeps the first answer of an instance', async () => {
    const id = await store.commands.submit(commandOf('source-pause'));
    await store.commands.recordOutcome(id, { instance: 'a', outcome: 'done', detail: null });
    await store.commands.recordOutcome(id, { instance: 'a', outcome: 'failed', detail: 'late' });
    await store.commands.recordOutcome(id, { instance: 'b', outcome: 'failed', detail: 'x' });
    expect((await store.commands.list(1))[0]?.outcomes).toEqual([
      { instance: 'a', outcome: 'done', detail: null, at: SOME_NUMBER },
      { instance: 'b', outcome: 'failed', detail: 'x', at: SOME_NUMBER },
    ]);
  });

  it('tells an instance that starts the lasting state of a source', async () => {
    const kinds = ['source-pause', 'source-resume'];
    await store.commands.submit(commandOf('source-pause', { target: 'pu' }));
    await store.commands.submit(commandOf('source-resnapshot', { target: 'pu' }));
    expect(await store.commands.latest('pu', kinds)).toMatchObject({ kind: 'source-pause' });
    await store.commands.submit(commandOf('source-resume', { target: 'pu' }));
    expect(await store.commands.latest('pu', kinds)).toMatchObject({ kind: 'source-resume' });
  });
});

describe('the instances', () => {
  it('are seen with their latest report until they leave or fall silent', async () => {
    await using database = await createHubDatabase();
    await using store = openHubStore(testStoreConfig(database.url));
    const report = {
      instance: 'a',
      roles: ['core', 'publisher'],
      programVersion: '1',
      status: { lag: 3 },
    };
    await store.instances.heartbeat(report);
    await store.instances.heartbeat({ ...report, status: { lag: 1 } });
    await store.instances.heartbeat({ ...report, instance: 'b' });
    expect(await store.instances.list()).toEqual([
      {
        ...report,
        status: { lag: 1 },
        startedAt: SOME_NUMBER,
        secondsSinceSeen: SOME_NUMBER,
      },
      {
        ...report,
        instance: 'b',
        startedAt: SOME_NUMBER,
        secondsSinceSeen: SOME_NUMBER,
      },
    ]);

    await store.instances.leave('a');
    expect((await store.instances.list()).map(({ instance }) => instance)).toEqual(['b']);
    expect(await store.instances.forgetSilent(600)).toBe(0);
    await database.database.script("UPDATE instances SET last_seen = now() - interval '1 hour'");
    expect(await store.instances.forgetSilent(600)).toBe(1);
  });
});

function commandOf(kind: string, change: Partial<CommandRequest> = {}): CommandRequest {
  return {
    kind,
    target: 'master',
    arguments: {},
    reason: 'planned work on Master, å "quoted"',
    requestedBy: 'operator',
    expectedState: 'streaming',
    ...change,
  };
}
