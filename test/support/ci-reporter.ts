import type { Reporter, TestModule, TestSpecification } from 'vitest/node';

const LINE_EVERY_MS = 5_000;

/** Says every few seconds how far the run is: files, tests, and about how long it still takes. */
class ProgressReporter implements Reporter {
  #startedAt = 0;
  #toldAt = 0;
  #files = 0;
  #done = 0;
  #passed = 0;
  #failed = 0;

  onTestRunStart(specifications: readonly TestSpecification[]): void {
    this.#startedAt = Date.now();
    this.#toldAt = Date.now();
    this.#files = specifications.length;
  }

  onTestModuleEnd(module: TestModule): void {
    this.#done++;
    for (const test of module.children.allTests('passed')) if (test.ok()) this.#passed++;
    for (const test of module.children.allTests('failed')) if (!test.ok()) this.#failed++;
    if (Date.now() - this.#toldAt < LINE_EVERY_MS && this.#done < this.#files) return;
    this.#toldAt = Date.now();
    const elapsed = (this.#toldAt - this.#startedAt) / 1000;
    const left = (elapsed / this.#done) * (this.#files - this.#done);
    process.stderr.write(
      `tests: ${this.#done} of ${this.#files} files, ${this.#passed} passed, ${this.#failed} failed, ` +
        `${(this.#passed / Math.max(elapsed, 1)).toFixed(0)} tests/s, ` +
        `${elapsed.toFixed(0)} s, about ${left.toFixed(0)} s left\n`,
    );
  }
}

// biome-ignore lint/style/noDefaultExport: Vitest loads a reporter by its default export
export default ProgressReporter;
