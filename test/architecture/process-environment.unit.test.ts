/** House rule 38: settings are read and checked in one place. A file that reads one by itself has it unchecked and unlisted. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
/** The stack starts before there is a configuration to load. */
const READERS = ['connectors/config/load-config.ts', 'scripts/stack/stack-environment.ts'];

const files = ['core', 'connectors', 'scripts'].flatMap((top) =>
  readdirSync(join(ROOT, top), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${top}/${name}`),
);
const readsEnvironment = (file: string): boolean =>
  /\bprocess\.env\b|\bprocess\['env'\]/.test(readFileSync(join(ROOT, file), 'utf8'));

describe('the environment of the process', () => {
  it('is read by the files that are there to read it', () => {
    expect(files.filter(readsEnvironment)).toEqual(expect.arrayContaining(READERS));
  });

  it.each(files.filter((file) => !READERS.includes(file)))('is not read by %s', (file) => {
    expect(readsEnvironment(file)).toBe(false);
  });
});
