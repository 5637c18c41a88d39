import { readFileSync, renameSync, writeFileSync } from 'node:fs';

/** The value in the file, or undefined when it is missing or unreadable. The caller wrote it and knows its shape. */
export function readJson<T>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch {
    // Missing, or cut off by a full disk: both mean that nothing is known.
    return undefined;
  }
}

/** Replaces the file in one step. */
export function writeJson(path: string, value: unknown): void {
  const next = `${path}.${process.pid}`;
  writeFileSync(next, `${JSON.stringify(value, undefined, 2)}\n`);
  renameSync(next, path);
}
