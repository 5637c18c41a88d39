import { ERROR_CODES } from '../../core/errors/error-codes.ts';
import { findHubError } from '../../core/errors/hub-error.ts';
import { LogTail } from './run-program.ts';

/** An error for the person at the terminal: what happened, what is safe, what to do, and the end of the log. */
export function describeError(error: unknown): string {
  const hubError = findHubError(error);
  if (hubError === undefined) return error instanceof Error ? (error.stack ?? '') : String(error);
  const { safe, next } = ERROR_CODES[hubError.code];
  const lines = [hubError.message, safe, next];
  if (hubError.cause instanceof LogTail) lines.push('', hubError.cause.message);
  return lines.join('\n');
}
