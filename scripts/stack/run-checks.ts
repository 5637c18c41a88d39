import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { type Report, withProgress } from './progress.ts';
import { processEnvironment } from './stack-environment.ts';

const PROJECT = resolve(import.meta.dirname, '../..');
const CHECKS: readonly (readonly [name: string, program: string, ...args: string[]])[] = [
  ['format and lint (biome)', 'biome', 'check', '.'],
  ['types', 'tsc', '--noEmit', '-p', 'tsconfig.json'],
  ['core compiles alone', 'tsc', '--noEmit', '-p', 'tsconfig.core.json'],
  ['lint with types (eslint)', 'eslint', '.'],
];

/** What the checks found. */
export interface CheckResult {
  readonly passed: number;
  readonly failed: number;
}

/** Runs what needs no running services, one after the other. A failing check's own words are printed. */
export async function runChecks(report: Report, signal?: AbortSignal): Promise<CheckResult> {
  let failed = 0;
  for (const [name, program, ...args] of CHECKS) {
    const { code, output } = await withProgress(report, `checking: ${name}`, () =>
      runCheck(program, args, signal),
    );
    if (code === 0) continue;
    failed++;
    report(`${output.trimEnd()}\nfailed: ${name} (${program} ${args.join(' ')})`);
  }
  return { passed: CHECKS.length - failed, failed };
}

async function runCheck(
  program: string,
  args: readonly string[],
  signal?: AbortSignal,
): Promise<{ readonly code: number; readonly output: string }> {
  return await new Promise((resolve, reject) => {
    const child = spawn(join(PROJECT, 'node_modules', '.bin', program), args, {
      cwd: PROJECT,
      env: processEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
    });
    let output = '';
    const collect = (chunk: Buffer) => {
      output += chunk.toString('utf8');
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

if (import.meta.main) {
  const { passed, failed } = await runChecks((line) => console.error(line));
  console.log(`${passed} checks passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}
