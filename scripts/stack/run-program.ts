import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** A program that runs to its end. */
export interface ProgramRun {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Its output is added here. */
  readonly log: string;
  /** Given to it on standard input. */
  readonly input?: string;
  readonly user?: SystemUser | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A user of the system by number. */
export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

/** Runs it and returns its exit code; a program that is missing or was killed has code -1. */
export async function runProgram(run: ProgramRun): Promise<number> {
  mkdirSync(dirname(run.log), { recursive: true });
  const log = openSync(run.log, 'a');
  try {
    return await new Promise<number>((resolve, reject) => {
      const child = spawn(run.command, run.args, {
        cwd: run.cwd,
        env: run.environment,
        stdio: [run.input === undefined ? 'ignore' : 'pipe', log, log],
        signal: run.signal,
        ...run.user,
      });
      child.once('error', (error) => {
        if (run.signal?.aborted) reject(error);
        else resolve(-1);
      });
      child.once('close', (code) => resolve(code ?? -1));
      child.stdin?.on('error', () => undefined); // it ended early: its exit code tells
      child.stdin?.end(run.input);
    });
  } finally {
    closeSync(log);
  }
}

/** The last lines of a log, for the person who is told to read it. */
export function lastLines(log: string, count: number): readonly string[] {
  try {
    return readFileSync(log, 'utf8').trimEnd().split('\n').slice(-count);
  } catch {
    return [];
  }
}

/** The last lines of a log as the cause of an error. */
export class LogTail extends Error {
  override readonly name = 'LogTail';

  constructor(log: string) {
    super(lastLines(log, 15).join('\n'));
    this.stack = `${this.name}: ${this.message}`; // where it was made tells nothing
  }
}
