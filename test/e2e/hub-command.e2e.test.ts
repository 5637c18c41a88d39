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
});
