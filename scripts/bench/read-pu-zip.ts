/** Reads and maps the file of an order, as a process of its own, and prints what that took. Started by `bench-pu-parse.ts`. */
import { open } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { loadMappingFiles } from '../../connectors/mapping-files/load-mapping-files.ts';
import { adapterOfVersion } from '../../connectors/sources/pu/adapters/adapter-of-version.ts';
import { PU_CLIENT_SETTINGS } from '../../connectors/sources/pu/pu-client-options.ts';
import { readAnswers } from '../../connectors/sources/pu/read-answers.ts';
import { createPuMapper } from '../../core/mapping/map-pu-record.ts';

/** What one reading took. */
export interface Reading {
  readonly records: number;
  readonly mapped: number;
  readonly wallMs: number;
  /** Of all threads together, unpacking and garbage collection too: what one core would need. */
  readonly cpuMs: number;
  readonly peakMegabytes: number;
}

const [path = ''] = process.argv.slice(2);
const { puMapping, classifier, areas } = await loadMappingFiles(
  fileURLToPath(new URL('../../mappings/', import.meta.url)),
);
const mapper = createPuMapper({ mapping: puMapping, classifier, areas });
const adapter = adapterOfVersion('5', '');
await using file = await open(path);

const startedAt = performance.now();
const cpuBefore = process.cpuUsage();
let records = 0;
let mapped = 0;
for await (const answers of readAnswers(file, adapter, PU_CLIENT_SETTINGS)) {
  for (const { record } of answers) {
    if (record === null) continue;
    records += 1;
    const { kind } = mapper.map({
      source: 'pu',
      operation: 'upsert',
      position: { epoch: 1, version: 1n },
      snapshot: true,
      readAt: '2026-01-01T00:00:00Z',
      person: record.person,
      children: record.children,
    });
    if (kind === 'mapped') mapped += 1;
  }
}
const { user, system } = process.cpuUsage(cpuBefore);
console.log(
  JSON.stringify({
    records,
    mapped,
    wallMs: performance.now() - startedAt,
    cpuMs: (user + system) / 1000,
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
  } satisfies Reading),
);
