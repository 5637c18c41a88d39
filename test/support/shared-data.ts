import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'vitest';
import { sharedDirectory } from './env.ts';

/** A file of the official material that lies beside the project and is never copied into it. */
export function sharedPath(name: string): string {
  return join(sharedDirectory(), name);
}

/** Reads one official file as JSON. The caller states the shape that the file is known to have. */
export function readSharedJson<T>(name: string): T {
  return JSON.parse(readFileSync(sharedPath(name), 'utf8')) as T;
}

/** A suite on official material: runs where the file is, else is skipped by a name that says what it needs. */
export function describeWithShared(title: string, file: string, suite: () => void): void {
  if (existsSync(sharedPath(file))) describe(title, suite);
  else describe.skip(`${title} (needs ${file} in ../shared or PU_SHARED_DIR)`, suite);
}
