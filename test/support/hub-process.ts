import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

const HUB = resolve(import.meta.dirname, '../../scripts/hub.ts');
const LINES_KEPT = 200;

/** One instance of the hub as a process of its own, started as a person would. `await using` ends it. */
export class HubProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | NodeJS.Signals>;
  readonly #lines: string[] = [];

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#ended = once(child, 'exit').then(
      ([code, signal]: (number | NodeJS.Signals | null)[]) => code ?? signal ?? 0,
    );
    const keep = (chunk: Buffer): void => {
      this.#lines.push(...chunk.toString().split('\n').filter(Boolean));
      this.#lines.splice(0, this.#lines.length - LINES_KEPT);
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
  }

  static start(environment: Readonly<Record<string, string>>): HubProcess {
    const { PATH = '', HOME = '' } = environment;
    return new HubProcess(
      spawn(process.execPath, [HUB, 'run'], {
        env: { PATH, HOME, ...environment },
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    );
  }

  /** The exit code, or the signal that ended it. */
  get ended(): Promise<number | NodeJS.Signals> {
    return this.#ended;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** The last lines of its log. */
  get log(): string {
    return this.#lines.join('\n');
  }

  /** As a failing machine would: no time for anything. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  /** As an operator would. @returns the exit code. */
  async stop(): Promise<number | NodeJS.Signals> {
    this.#child.kill('SIGTERM');
    return await this.#ended;
  }

  /** As a machine that sleeps: nothing runs and every connection stays open, until {@link resume}. */
  pause(): void {
    this.#child.kill('SIGSTOP');
  }

  resume(): void {
    this.#child.kill('SIGCONT');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isRunning) await this.kill();
  }
}
