import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sandboxEnvironment } from '../../scripts/sandbox/sandbox-environment.ts';
import {
  type NewSandbox,
  type Sandbox,
  startSandbox,
} from '../../scripts/sandbox/start-sandbox.ts';

/** A sandbox of a test's own. `await using` stops it and removes all of it. */
export interface TestSandbox extends Sandbox {
  /** PU_URL and the others, for a hub that is to read it. */
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
}

/** Starts PU for one test: small, as fast as it can, and with no limit of calls unless the test wants one. */
export async function createTestSandbox(wanted: NewSandbox = {}): Promise<TestSandbox> {
  const folder = mkdtempSync(join(tmpdir(), 'pu-sandbox-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    const sandbox = await startSandbox(
      folder,
      { persons: 600, latency: 'none', callsPerSecond: 0, ...wanted },
      // A test run that is killed leaves no process behind.
      { endsWithStarter: true },
    );
    return {
      ...sandbox,
      get pid() {
        return sandbox.pid;
      },
      environment: sandboxEnvironment(sandbox.endpoints),
      folder,
      [Symbol.asyncDispose]: async () => {
        await sandbox[Symbol.asyncDispose]();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}
