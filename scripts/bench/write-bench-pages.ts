import { readFileSync, writeFileSync } from 'node:fs';
import { BENCH_NAMES, type BenchResult } from './bench-result.ts';
import { printBenchTable } from './print-bench-table.ts';

const DOCS = new URL('../../docs/', import.meta.url);

/** Writes docs/benchmarks.md and docs/benchmarks.json: the new figures in their places, and those that were not measured now as they were. */
export function writeBenchPages(measured: readonly BenchResult[]): void {
  const page = new URL('benchmarks.json', DOCS);
  const before = JSON.parse(readFileSync(page, 'utf8')) as readonly BenchResult[];
  const results = BENCH_NAMES.flatMap(
    (name) =>
      measured.find((one) => one.name === name) ?? before.find((one) => one.name === name) ?? [],
  );
  writeFileSync(page, `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(new URL('benchmarks.md', DOCS), printBenchTable(results));
}
