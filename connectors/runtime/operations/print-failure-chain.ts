import { printErrorChain } from '../../observability/describe-error.ts';

/** The cause chain for a terminal, with what drivers wrote cut to what is safe. */
export function printFailureChain(error: unknown): string {
  return `  ${printErrorChain(error)}`;
}
