/** The program as an operator starts it: exit codes, what stands on which output, and an orderly stop. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../connectors/config/load-config.ts';
import { createOperator } from '../../connectors/runtime/operations/operator.ts';
import { createHubDatabase, type TestDatabase } from '../support/hub-database.ts';
import { testSettings } from '../support/test-config.ts';

const PROGRAM = join(import.meta.dirname, '../../scripts/hub.ts');

interface Started extends AsyncDisposable {
  readonly process: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  /** The exit code. */
  readonly end: Promise<number | null>;
}

function start(args: readonly string[], settings: Readonly<Record<string, string>>): Started {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env: settings,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  const end = once(child, 'close').then(([code]) => code as number | null);
  return {
    process: child,
    out: () => out,
    err: () => err,
    end,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await end;
    },
  };
}

let database: TestDatabase;
let settings: Readonly<Record<string, string>>;

beforeAll(async () => {
  database = await createHubDatabase();
  settings = testSettings(database.url, {
    HUB_TOPIC_PREFIX: `${database.name.replace(/\d/g, 'x')}.`,
    PERSON_TOPIC_PARTITIONS: '1',
    HUB_ROLES: 'publisher',
  });
});

afterAll(async () => {
  await using operator = createOperator(loadConfig(settings));
  await operator.kafka.admin.deleteTopics(operator.topicTable.map(({ topic }) => topic));
  await database[Symbol.asyncDispose]();
});

describe('hub', () => {
  it('ends with 78 and all problems on standard error when the configuration is wrong', async () => {
    await using hub = start(['run'], { ...settings, HUB_SECRET: 'short', KAFKA_BROKERS: '' });
    expect(await hub.end).toBe(78);
    expect(hub.err()).toContain('HUB_SECRET must have at least 32 characters');
    expect(hub.err()).toContain('KAFKA_BROKERS is not set');
    expect(hub.err()).not.toContain('short');
    expect(hub.out()).toBe('');
  });

  it('ends with 2 when the command line makes no sense', async () => {
    await using hub = start(['runn'], settings);
    expect(await hub.end).toBe(2);
    expect(hub.err()).toContain('Did you mean run?');
  });

  it.each([
    [['parked'], 0],
    [['topics'], 1], // none of them is made yet
    [['status'], 1],
    [['phase', 'show'], 0],
    [['work', 'list'], 0],
    [['purge', 'list'], 0],
    [['purge', 'open'], 0],
    [
      [
        'purge',
        'ack',
        '7b0c9a52-3f1d-4c55-9d0e-2b1f6a8c4e10',
        '--consumer',
        'pasis',
        '--reason',
        'letter 4711',
      ],
      1,
    ],
    [['erase', 'list'], 0],
    [['erase', '7b0c9a52-3f1d-4c55-9d0e-2b1f6a8c4e10', '--reason', 'case 4711'], 1],
    [['consumers', 'list'], 0],
    [['consumers', 'show', 'cosmic'], 0],
    [['consumers', 'show', 'nobody'], 2],
    [['consumers', 'preview', 'cosmic', '--person', '7b0c9a52-3f1d-4c55-9d0e-2b1f6a8c4e10'], 1],
    [['explain', '7b0c9a52-3f1d-4c55-9d0e-2b1f6a8c4e10'], 1],
    [['preflight'], 78],
    [['run'], 78],
  ])(
    'needs MASTER_URL only where Master is read or checked: %j ends with %i',
    async (args, code) => {
      const { MASTER_URL: _, HUB_ROLES: __, ...withoutMaster } = settings;
      await using hub = start(args, withoutMaster);
      expect(await hub.end, hub.err()).toBe(code);
      expect(hub.err().includes('MASTER_URL is not set')).toBe(code === 78);
    },
  );

  it('ends with 69 when a service does not answer', async () => {
    await using hub = start(['parked'], {
      ...settings,
      DATABASE_URL: 'postgres://postgres@127.0.0.1:1/none',
    });
    expect(await hub.end).toBe(69);
    expect(hub.err()).toContain('HUB_STORE_UNAVAILABLE');
    expect(hub.err()).toContain('What to do:');
  });

  it('ends with 1 and says so in one line of status when no instance runs', async () => {
    await using hub = start(['status'], settings);
    expect(await hub.end).toBe(1);
    expect(hub.out()).toMatch(/^stopped \| .*\n$/);
  });

  it('shows the configuration without its secrets', async () => {
    await using hub = start(['config'], settings);
    expect(await hub.end).toBe(0);
    expect(hub.out()).toMatch(/HUB_SECRET +\[secret\]/);
    for (const name of ['HUB_SECRET', 'DATABASE_URL', 'MASTER_URL']) {
      expect(hub.out()).not.toContain(settings[name]);
    }
  });

  it('runs, is seen by `hub status`, and stops in order with 0 on SIGTERM', async () => {
    await using hub = start(['run'], settings);
    const logLine = (message: string): Readonly<Record<string, unknown>> | undefined =>
      hub
        .out()
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
        .find((line) => line['message'] === message);
    await expect
      .poll(() => logLine('publishing partitions'), { timeout: 60_000, interval: 100 })
      .toBeDefined();
    const { port } = logLine('health and metrics are served') as { readonly port: number };
    expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200);

    await using status = start(['status', '--json'], settings);
    await status.end;
    expect(JSON.parse(status.out())).toMatchObject({ state: 'incomplete', instances: 1 });

    hub.process.kill('SIGTERM');
    expect(await hub.end).toBe(0);
    expect(logLine('the hub stopped in order')).toBeDefined();
    await using after = start(['status', '--json'], settings);
    await after.end;
    expect(JSON.parse(after.out())).toMatchObject({ state: 'stopped', instances: 0 });
  }, 120_000);

  it('switches the phase only with --execute, and an instance with the role core answers', async () => {
    await using hub = start(['run'], { ...settings, HUB_ROLES: 'core', HUB_INSTANCE: 'switcher' });
    const run = async (args: readonly string[], code: number): Promise<string> => {
      await using command = start(args, settings);
      expect(await command.end, command.err()).toBe(code);
      return command.out() + command.err();
    };
    const ask = ['phase', 'switch', 'step-1', '--reason', 'a test'];
    await expect.poll(() => hub.out(), { timeout: 60_000, interval: 100 }).toContain('role starts');
    expect(await run(ask, 0)).toContain('Nothing was done. Add --execute to do it.');
    expect(await run(['phase', 'show'], 0)).toContain('Phase shadow');
    const answer = await run([...ask, '--execute', '--wait', '60'], 0);
    expect(answer).toMatch(/^Command \d+: switcher answers done\.$/m);
    expect(await run([...ask, '--execute'], 2)).toContain('the phase is step-1 already');
    expect(await run(['phase', 'show'], 0)).toMatch(/Phase step-1 since .*\(generation 2\)/);
    expect(await run(['phase', 'preview', 'shadow'], 0)).toContain('From step-1 to shadow');
    const again = ['rebuild', '--reason', 'a test', '--execute', '--wait', '60'];
    expect(await run(again, 0)).toContain('switcher answers done');
    const accept = ['phase', 'accept-vanishing', '--reason', 'a test', '--execute'];
    expect(await run(accept, 1)).toContain('No walk stands still.');
    expect(await run(['work', 'show', '1'], 1)).toContain('no work item of this number');
  }, 180_000);

  it('makes no token for a consumer whose profile does not let it look up', async () => {
    await using operator = createOperator(loadConfig(settings));
    const profile = (await operator.readConsumers()).get('warehouse') ?? expect.fail();
    const agreement = {
      validTo: '2099-12-31',
      frameworkVersion: '2026.1',
      staffInformedBy: 'the office of systems',
      staffInformedAt: '2026-03-01',
    };
    await operator.store.consumers.add({ profile, agreement, principal: null }, 1n);
    await using hub = start(['look-up', 'token', 'add', 'warehouse'], settings);
    expect(await hub.end).toBe(2);
    expect(hub.err()).toContain('has no lookUp');
    expect(hub.err()).toContain('hub consumers change warehouse');
    expect(await operator.store.callers.list('warehouse')).toEqual([]);
    await database.database.script('TRUNCATE consumers CASCADE');
  });

  it('publishes with no more rights in the store than `hub store-grants` prints', async () => {
    const login = `publisher_${database.name.slice(-12)}`;
    await using grants = start(['store-grants', login], settings);
    expect(await grants.end).toBe(0);
    await database.database.script(`CREATE ROLE ${login} LOGIN PASSWORD '${login}'`);
    try {
      await database.database.script(grants.out());
      const url = new URL(database.url);
      url.username = login;
      url.password = login;
      await using hub = start(['run'], { ...settings, DATABASE_URL: url.href });
      await expect
        .poll(() => hub.out(), { timeout: 60_000, interval: 100 })
        .toContain('publishing partitions');
      hub.process.kill('SIGTERM');
      expect(await hub.end, hub.out()).toBe(0);
      expect(hub.out()).not.toContain('"level":"error"');
    } finally {
      await database.database.script(`DROP OWNED BY ${login}; DROP ROLE ${login}`);
    }
  }, 120_000);
});
