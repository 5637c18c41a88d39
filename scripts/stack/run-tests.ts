/**
 * `npm test`: the stack with empty data, the checks, then Vitest; one closing line with an exit code that agrees with it.
 * Arguments go to Vitest; with them the checks are left out (`npm run check` runs them alone), and with `--project unit` the
 * stack too.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describeError } from './describe-error.ts';
import { readJson } from './json-file.ts';
import { type CheckResult, runChecks } from './run-checks.ts';
import { openStack } from './stack.ts';
import { endpointEnvironment, processEnvironment } from './stack-environment.ts';
import { awaitStopRequest } from './stop-signal.ts';
import { closingLine, countTests, type TestCounts, type VitestReport } from './test-counts.ts';

const PROJECT = resolve(import.meta.dirname, '../..');
const VITEST_ENDS_WITHIN_MS = 20_000;
const say = (line: string) => console.error(line);

using stopRequest = awaitStopRequest();
const { signal } = stopRequest;
let counts: TestCounts = { passed: 0, failed: 1, skipped: 0 };
try {
  counts = await runEverything(process.argv.slice(2));
} catch (error) {
  if (!signal.aborted) say(describeError(error));
}
if (signal.aborted) say('stopped before the end');
console.log(closingLine(counts));
// Everything is stopped and printed: the end does not depend on what a library may still hold open.
process.exit(signal.aborted ? stopRequest.exitCode() : counts.failed === 0 ? 0 : 1);

async function runEverything(args: readonly string[]): Promise<TestCounts> {
  if (selectsOnlyUnitTests(args)) return await runVitest(args, {});
  await using checks = startChecks(args.length > 0);
  await using stack = await openStack({ name: 'test', fresh: true, report: say, signal });
  say(`the services are up; their logs are in ${stack.logFolder}`);
  const checked = await checks.result;
  const tests = await runVitest(args, endpointEnvironment(stack.endpoints));
  if (tests.failed > 0) say(`logs of the services: ${stack.logFolder}`);
  if (checked.failed > 0) say(`${checked.failed} checks failed; what they said stands above`);
  return { ...tests, failed: tests.failed + checked.failed };
}

/** Pure tests need no services, and a developer runs them often. */
function selectsOnlyUnitTests(args: readonly string[]): boolean {
  const projects = args.flatMap((arg, index) =>
    arg === '--project' ? [args[index + 1]] : arg.startsWith('--project=') ? [arg.slice(10)] : [],
  );
  return projects.length > 0 && projects.every((project) => project === 'unit');
}

/** They run beside the start of the stack, and end early when that fails. */
function startChecks(skip: boolean): AsyncDisposable & { readonly result: Promise<CheckResult> } {
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  const result = skip ? Promise.resolve({ passed: 0, failed: 0 }) : runChecks(say, both);
  result.catch(() => undefined); // seen by whoever awaits the result
  return {
    result,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await Promise.allSettled([result]);
    },
  };
}

async function runVitest(
  args: readonly string[],
  services: Readonly<Record<string, string>>,
): Promise<TestCounts> {
  const folder = mkdtempSync(join(tmpdir(), 'pu-hub-test-'));
  const report = join(folder, 'report.json');
  const reporters = ['--reporter=default', '--reporter=./test/support/ci-reporter.ts'];
  const json = ['--reporter=json', `--outputFile.json=${report}`];
  const child = spawn(
    join(PROJECT, 'node_modules', '.bin', 'vitest'),
    ['run', ...reporters, ...json, ...args],
    {
      cwd: PROJECT,
      env: { ...processEnvironment(), ...services },
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
  const stop = () => {
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), VITEST_ENDS_WITHIN_MS).unref();
  };
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const exitCode = await new Promise<number>((done, reject) => {
    child.once('error', reject);
    child.once('close', (code) => done(code ?? 1));
  });
  const counts = countTests(readJson<VitestReport>(report), exitCode);
  rmSync(folder, { recursive: true, force: true });
  return counts;
}
