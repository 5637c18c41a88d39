import { ConfigInvalidError } from '../../connectors/config/config-problem.ts';
import { printConfigProblems } from '../../connectors/config/print-config.ts';
import { printErrorCode } from '../../connectors/runtime/operations/print-error-codes.ts';
import { printFailureChain } from '../../connectors/runtime/operations/print-failure-chain.ts';
import type { ErrorCode } from '../../core/errors/error-codes.ts';
import { findHubError } from '../../core/errors/hub-error.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { UsageError } from './usage-error.ts';

/** What an operator reads of an error, and the exit code that goes with it. */
export interface Failure {
  readonly text: string;
  readonly exitCode: ExitCode;
}

/** Code, what happened, what is safe and the next step; then the cause chain. Never a person's data. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof UsageError) return { text: error.message, exitCode: EXIT.usage };
  const known = findHubError(error);
  if (known === undefined) {
    const text = `A programming error stopped the command.\n${printFailureChain(error)}`;
    return { text, exitCode: EXIT.bug };
  }
  if (known instanceof ConfigInvalidError) {
    const text = `${printErrorCode(known.code)}\n${printConfigProblems(known)}`;
    return { text, exitCode: EXIT.config };
  }
  const text = `${printErrorCode(known.code)}\n${printFailureChain(error)}`;
  return { text, exitCode: exitCodeOf(known.code) };
}

function exitCodeOf(code: ErrorCode): ExitCode {
  if (code.startsWith('HUB_CONFIG_')) return EXIT.config;
  return code.endsWith('_UNAVAILABLE') ? EXIT.unavailable : EXIT.problem;
}
