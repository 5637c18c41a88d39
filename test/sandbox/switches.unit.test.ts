import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Switches } from '../../scripts/sandbox/switches.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pu-switches-'));
  file = join(folder, 'switches.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('a fault that has happened as often as it was told is no longer in the list, also after a restart', async () => {
  const switches = new Switches(file);
  await switches.setFault('zip-cut', { share: 1, count: 2, target: null });
  expect(switches.draws('zip-cut', 'download')).toBe(true);
  expect(switches.faults()).toEqual({ 'zip-cut': { share: 1, count: 1, target: null } });
  expect(switches.draws('zip-cut', 'download')).toBe(true);
  expect(switches.faults()).toEqual({});
  expect(switches.draws('zip-cut', 'download')).toBe(false);
  expect(new Switches(file).faults()).toEqual({});
});

it('a fault that is told to happen never is off', async () => {
  const switches = new Switches(file);
  await switches.setFault('slow', { share: 1, count: null, target: null });
  await switches.setFault('slow', { share: 1, count: 0, target: null });
  expect(switches.faults()).toEqual({});
});
