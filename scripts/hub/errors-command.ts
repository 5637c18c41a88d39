import type { Command } from 'commander';
import {
  findErrorCode,
  printErrorCode,
  printErrorList,
  printErrorPage,
} from '../../connectors/runtime/operations/print-error-codes.ts';
import type { CommandContext } from './terminal.ts';
import { UsageError } from './usage-error.ts';

export function addErrorsCommand(program: Command, { terminal }: CommandContext): void {
  program
    .command('errors')
    .summary('explain an error code')
    .description('Says what a code means, what is safe and what to do. Without a code: all codes.')
    .argument('[code]', 'such as HUB_KAFKA_UNAVAILABLE')
    .option('--markdown', 'print the text of docs/error-codes.md')
    .addHelpText('after', '\nExample:\n  hub errors HUB_KAFKA_UNAVAILABLE')
    .action((code: string | undefined, options: { readonly markdown?: true }) => {
      if (options.markdown) return terminal.out(printErrorPage().trimEnd());
      if (code === undefined) return terminal.out(printErrorList());
      const known = findErrorCode(code);
      if (known === undefined) {
        throw new UsageError(`error: there is no code ${code}. \`hub errors\` lists all.`);
      }
      return terminal.out(printErrorCode(known));
    });
}
