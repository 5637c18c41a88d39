import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startDemoSandbox } from '../../scripts/demo/demo-sandbox.ts';
import { startSandbox } from '../../scripts/sandbox/start-sandbox.ts';

describe('the PU of the demo', () => {
  it('is made anew in place of one that was left, and leaves nothing', async () => {
    using folders = new DisposableStack();
    const folder = mkdtempSync(join(tmpdir(), 'demo-sandbox-'));
    folders.defer(() => rmSync(folder, { recursive: true, force: true }));
    const root = join(folder, 'sandbox');
    await using left = await startSandbox(
      root,
      { seed: 5, persons: 50 },
      { endsWithStarter: true },
    );
    {
      await using sandbox = await startDemoSandbox({ folder, seed: 2, persons: 60 });
      expect(sandbox.pid).not.toBe(left.pid);
      expect(await sandbox.control.population()).toEqual({ seed: 2, persons: 60, nextIndex: 60 });
    }
    expect(existsSync(root)).toBe(false);
  });
});
