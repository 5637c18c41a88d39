import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommandLine } from '../../scripts/hub/program.ts';
import type { PuRecord } from '../../scripts/population/pu-record.ts';
import { findSandbox, startSandbox, stopSandbox } from '../../scripts/sandbox/start-sandbox.ts';
import { LogTail } from '../../scripts/stack/run-program.ts';
import { createTestSandbox } from '../support/sandbox.ts';
import { getPersons } from '../support/sandbox-client.ts';

function emptyFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'pu-sandbox-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

async function collect(records: AsyncIterable<PuRecord>): Promise<readonly PuRecord[]> {
  const all: PuRecord[] = [];
  for await (const record of records) all.push(record);
  return all;
}

describe('the process of a sandbox', () => {
  it('is found by whoever starts it again, and is gone when stopping returns', async () => {
    using folder = emptyFolder();
    expect(findSandbox(folder.path)).toBeUndefined();
    await using first = await startSandbox(folder.path, { persons: 20 });
    const second = await startSandbox(folder.path);
    expect(second.pid).toBe(first.pid);
    expect(second.settings.persons).toBe(20);
    expect(findSandbox(folder.path)?.pid).toBe(first.pid);
    expect(await stopSandbox(folder.path)).toBe(true);
    expect(findSandbox(folder.path)).toMatchObject({ pid: undefined, settings: { persons: 20 } });
    expect(await stopSandbox(folder.path)).toBe(false);
  });

  it('ends with the process that started it, when it was told so', async () => {
    using folder = emptyFolder();
    const program = new URL('../../scripts/sandbox/start-sandbox.ts', import.meta.url);
    const script = `const { startSandbox } = await import(${JSON.stringify(program.href)});
      const sandbox = await startSandbox(${JSON.stringify(folder.path)}, { persons: 20 }, { endsWithStarter: true });
      console.log(sandbox.pid);
      setInterval(() => {}, 1000);`;
    const starter = spawn(process.execPath, ['--input-type=module', '-e', script]);
    const [pid] = (await once(starter.stdout, 'data')) as [Buffer];
    const sandbox = findSandbox(folder.path);
    expect(sandbox?.pid).toBe(Number(pid.toString()));
    starter.kill('SIGKILL');
    await expect.poll(() => findSandbox(folder.path)?.pid, { timeout: 10_000 }).toBeUndefined();
  });

  it('that cannot have its port ends with an error that shows the end of its log', async () => {
    using folder = emptyFolder();
    await using sandbox = await startSandbox(folder.path, { persons: 20 });
    await sandbox.kill();
    const thief = createServer().listen(sandbox.settings.port, '127.0.0.1');
    await once(thief, 'listening');
    const failure: unknown = await startSandbox(folder.path).catch((error: unknown) => error);
    thief.close();
    expect(failure).toMatchObject({ code: 'HUB_STACK_PART_FAILED' });
    const cause = failure instanceof Error ? failure.cause : undefined;
    expect(cause).toBeInstanceOf(LogTail);
    expect(String(cause)).toContain('EADDRINUSE');
  });
});

describe('the control API', () => {
  it('lets life go on: the person, the record that everybody reads, and the next newcomer', async () => {
    await using sandbox = await createTestSandbox({ persons: 30 });
    const [record, other] = await collect(sandbox.control.records());
    if (record === undefined || other === undefined) return expect.fail('nobody lives here');
    const { nextIndex } = await sandbox.control.population();
    const newcomer = await sandbox.control.person(nextIndex);
    const person = { ...(await sandbox.control.person(0)), maritalStatus: 'G' };
    const moved = { ...record, maritalStatus: { maritalStatusCode: 'Ä' } };
    const done = await sandbox.control.live({
      persons: [person, newcomer],
      records: [record, moved, other],
    });
    expect(done.records.length).toBe(1);
    const [changed] = done.records;
    expect(await sandbox.control.person(0)).toEqual(person);
    expect((await sandbox.control.population()).nextIndex).toBe(nextIndex + 1);
    expect(await collect(sandbox.control.records('20260101000000'))).toEqual([changed]);
    const { text } = await getPersons(sandbox, [record.personalIdentity]);
    expect(text).toContain('<maritalStatusCode>Ä</maritalStatusCode>');
    await expect(sandbox.control.person(999_999_999)).rejects.toThrow('Nobody has this index');
  });
});

describe('`hub sandbox`', () => {
  it('starts, shows, spoils, and throws a sandbox away, and says clearly what cannot be', async () => {
    const name = `sbx-${process.pid}`;
    const printed: string[] = [];
    const hub = async (...args: readonly string[]): Promise<number> => {
      printed.length = 0;
      const keep = (text: string): void => void printed.push(text);
      return await runCommandLine(['sandbox', ...args, '--name', name], {
        out: keep,
        err: keep,
        redraw: keep,
        isInteractive: false,
        signal: new AbortController().signal,
      });
    };
    const said = (): string => printed.join('\n');
    const folder = resolve(import.meta.dirname, '../../.stack', name);
    try {
      expect(await hub('status')).toBe(1);
      expect(await hub('fault', 'slow')).toBe(69);
      expect(await hub('up', '--persons', '25')).toBe(0);
      expect(said()).toMatch(/export PU_URL='https:\/\/127\.0\.0\.1:\d+\/pu'/);
      expect(said()).toMatch(/export PU_KEY='.*client-key\.pem'/);
      expect(await hub('up', '--persons', '26')).toBe(2);
      expect(said()).toContain('hub sandbox down --wipe');
      expect(await hub('fault', 'call-fails', '--share', '0.25', '--count', '3')).toBe(0);
      expect(said()).toContain('call-fails (25 %, 3 times more)');
      expect(await hub('fault', 'nonsense')).toBe(2);
      expect(await hub('fault')).toBe(2);
      expect(await hub('fault', 'slow', '--share', '2')).toBe(2);
      expect(await hub('fault', '--off')).toBe(0);
      expect(said()).toContain('none');
      expect(await hub('clock', '3600')).toBe(0);
      expect(await hub('status')).toBe(0);
      expect(said()).toContain('25 of seed 1');
      expect(await hub('down', '--wipe')).toBe(0);
      expect(existsSync(folder)).toBe(false);
    } finally {
      await stopSandbox(join(folder, 'sandbox'), { wipe: true });
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
