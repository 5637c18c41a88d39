/** What of Vitest's JSON report is read. */
export interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/** The outcome of a whole run. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/**
 * Counts so that the sum tells the truth: a file that could not be loaded, an error outside of any test, a run that wrote no
 * report and a run of no test at all each count as one failure.
 */
export function countTests(report: VitestReport | undefined, exitCode: number): TestCounts {
  if (report === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const passed = report.numPassedTests;
  const brokenFiles = report.testResults.filter(
    (file) =>
      file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'),
  ).length;
  const counted = report.numFailedTests + brokenFiles;
  const somethingElse = counted === 0 && (exitCode !== 0 || passed === 0);
  return {
    passed,
    failed: somethingElse ? 1 : counted,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** The closing line that a CI looks for. */
export function closingLine({ passed, failed, skipped }: TestCounts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
