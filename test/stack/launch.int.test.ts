import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

/** A clone with nothing to install, whose `hub` prints a setting. */
let clone: string;
beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'launch-'));
  for (const folder of ['scripts', 'node_modules', '.stack/demo']) {
    mkdirSync(join(clone, folder), { recursive: true });
  }
  cpSync(
    resolve(import.meta.dirname, '../../scripts/launch.mjs'),
    join(clone, 'scripts/launch.mjs'),
  );
  for (const list of ['package-lock.json', 'node_modules/.package-lock.json']) {
    writeFileSync(join(clone, list), '{"packages":{}}');
  }
  writeFileSync(join(clone, 'scripts/hub.ts'), "console.log(process.env['HUB_SECRET'] ?? 'none');");
});
afterEach(() => rmSync(clone, { recursive: true, force: true }));

function launch(): { readonly stdout: string; readonly stderr: string } {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [join(clone, 'scripts/launch.mjs'), 'hub'],
    // Nothing of the hub is set.
    { encoding: 'utf8', env: {} },
  );
  return { stdout, stderr };
}

it('`hub` takes the settings of the demo while it runs', () => {
  writeFileSync(join(clone, '.stack/demo/demo.env'), 'HUB_SECRET=of-the-demo\n');
  expect(launch()).toEqual({ stdout: 'of-the-demo\n', stderr: '' });
});

it('`hub` says nothing of a demo that does not run', () => {
  expect(launch()).toEqual({ stdout: 'none\n', stderr: '' });
});
