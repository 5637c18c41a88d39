import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { BenchResult } from './bench-result.ts';
import type { Reading } from './read-pu-zip.ts';
import { writePuZip } from './write-pu-zip.ts';

const RECORDS = 1_000_000;
const READER = fileURLToPath(new URL('read-pu-zip.ts', import.meta.url));

/** Parses and maps one file of an order with a million records, in a process that does nothing else. */
export async function benchPuParse(
  report: (line: string) => void,
  records = RECORDS,
): Promise<readonly BenchResult<'pu-parse' | 'pu-rss'>[]> {
  const folder = await mkdtemp(join(tmpdir(), 'hub-bench-pu-'));
  try {
    const zip = join(folder, 'order.zip');
    const characters = await writePuZip(zip, records);
    report(`pu-parse: a file of ${records} records is written`);
    const reading = await readInOwnProcess(zip);
    if (reading.records !== records || reading.mapped < records * 0.99)
      throw new Error(`Of ${records} records ${reading.mapped} were mapped.`);
    const settings = `${records} records of profile P4 in one zip, ${Math.round(characters / records)} characters of XML each, read and mapped to evidence by a process of its own`;
    return [
      {
        name: 'pu-parse',
        value: Math.round((records / reading.cpuMs) * 1_000),
        unit: 'records/s',
        settings: `${settings}; per second of processor time, all threads`,
      },
      { name: 'pu-rss', value: Math.round(reading.peakMegabytes), unit: 'MB', settings },
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function readInOwnProcess(zip: string): Promise<Reading> {
  const { stdout } = await promisify(execFile)(process.execPath, [READER, zip]);
  return JSON.parse(stdout) as Reading;
}
