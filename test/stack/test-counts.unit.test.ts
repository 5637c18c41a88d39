import { describe, expect, it } from 'vitest';
import { closingLine, countTests, type VitestReport } from '../../scripts/stack/test-counts.ts';

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((test) => ({ status: test })),
});
const report = (
  counts: { passed?: number; failed?: number; pending?: number; todo?: number },
  ...files: VitestReport['testResults'][number][]
): VitestReport => ({
  numPassedTests: counts.passed ?? 0,
  numFailedTests: counts.failed ?? 0,
  numPendingTests: counts.pending ?? 0,
  numTodoTests: counts.todo ?? 0,
  testResults: files,
});

describe('the closing line of the tests', () => {
  it.each<[string, VitestReport | undefined, number, string]>([
    ['all pass', report({ passed: 2 }, file('passed', 'passed')), 0, '2 passed, 0 failed'],
    [
      'skipped and to-do tests are told apart from passed ones',
      report({ passed: 2, pending: 3, todo: 1 }, file('passed', 'passed')),
      0,
      '2 passed, 0 failed, 4 skipped',
    ],
    ['a test fails', report({ failed: 1 }, file('failed', 'failed')), 1, '0 passed, 1 failed'],
    [
      'a file that cannot be loaded is a failure',
      report({ passed: 5 }, file('passed', 'passed'), file('failed')),
      1,
      '5 passed, 1 failed',
    ],
    [
      'an error outside of every test is a failure',
      report({ passed: 5 }, file('passed', 'passed')),
      1,
      '5 passed, 1 failed',
    ],
    ['no test at all is a failure', report({}), 0, '0 passed, 1 failed'],
    [
      'only skipped tests are a failure',
      report({ pending: 3 }),
      0,
      '0 passed, 1 failed, 3 skipped',
    ],
    ['no report is a failure', undefined, 0, '0 passed, 1 failed'],
  ])('%s', (_, vitest, exitCode, line) => {
    expect(closingLine(countTests(vitest, exitCode))).toBe(line);
  });
});
