import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ZipFile } from 'yazl';
import {
  readZip,
  ZIP_LIMITS,
  type ZipLimits,
} from '../../../../connectors/sources/pu/zip-reader.ts';

export interface ZipEntry {
  readonly name: string;
  readonly content: string | Buffer;
  /** Of the file on Unix. */
  readonly mode?: number;
  readonly isStored?: boolean;
}

/** A zip with these entries. */
export async function zipOf(...entries: readonly ZipEntry[]): Promise<Buffer> {
  const zip = new ZipFile();
  for (const { name, content, mode, isStored = false } of entries) {
    zip.addBuffer(Buffer.from(content), name, {
      compress: !isStored,
      ...(mode === undefined ? {} : { mode }),
    });
  }
  zip.end();
  const pieces: Buffer[] = [];
  for await (const piece of zip.outputStream as AsyncIterable<Buffer>) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** The zip with one text in place of another of the same length, wherever it stands: names, which the writing library would refuse. */
export function replaceInZip(zip: Buffer, from: string, to: string): Buffer {
  if (from.length !== to.length) throw new Error('not of the same length');
  return Buffer.from(zip.toString('latin1').replaceAll(from, to), 'latin1');
}

/** What is in a zip, read as the client reads it. */
export async function entriesOf(
  zip: Buffer,
  limits: Partial<ZipLimits> = {},
): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'pu-zip-'));
  const path = join(folder, 'zip');
  writeFileSync(path, zip);
  try {
    await using file = await open(path);
    const entries: string[] = [];
    for await (const entry of readZip(file, { ...ZIP_LIMITS, ...limits })) {
      const pieces: Uint8Array[] = [];
      for await (const piece of entry) pieces.push(piece);
      entries.push(Buffer.concat(pieces).toString('utf8'));
    }
    return entries;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
