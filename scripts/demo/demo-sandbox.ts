import { join, resolve } from 'node:path';
import { type Sandbox, startSandbox, stopSandbox } from '../sandbox/start-sandbox.ts';

const PROJECT = resolve(import.meta.dirname, '../..');

/**
 * Starts PU for the demo: a sandbox of its own beside the stack, with the same people as the demo Master. It ends with the demo, however that
 * ends, and what a killed demo left behind is thrown away first.
 * @param options.folder of the stack, in the clone
 */
export async function startDemoSandbox(options: {
  readonly folder: string;
  readonly seed: number;
  readonly persons: number;
}): Promise<Sandbox> {
  const root = resolve(PROJECT, join(options.folder, 'sandbox'));
  const remove = async (): Promise<unknown> => await stopSandbox(root, { wipe: true });
  await remove();
  const { seed, persons } = options;
  const sandbox = await startSandbox(
    root,
    // Ten calls a second are the limit of PU; its promised times of answer would only make the demo longer.
    { seed, persons, latency: 'none', callsPerSecond: 10 },
    { endsWithStarter: true },
  );
  return {
    ...sandbox,
    get pid() {
      return sandbox.pid;
    },
    [Symbol.asyncDispose]: async () => {
      await remove();
    },
  };
}
