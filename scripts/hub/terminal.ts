import type { ExitCode } from './exit-codes.ts';

/** Where a command prints and what tells it to stop. */
export interface Terminal {
  /** The result, for standard output; a line end is added. */
  out(text: string): void;
  /** Progress and failures, for standard error; a line end is added. */
  err(text: string): void;
  /** Overwrites the line that it wrote last; only where {@link Terminal.isInteractive}. */
  redraw(text: string): void;
  /** True when a person sits in front of standard output. */
  readonly isInteractive: boolean;
  /** Aborted by the first Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
}

/** What every command gets. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** Sets the exit code of the process; without a call it is 0. */
  finish(code: ExitCode): void;
}
