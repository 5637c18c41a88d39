import type { Command } from 'commander';
import { type AgreementOptions, agreementOf, withAgreementOptions } from './agreement-options.ts';
import { findRegistered } from './find-consumer.ts';
import { openOperator } from './open-operator.ts';
import {
  type ConsumerCommandOptions,
  requestFor,
  submitConsumerCommand,
  withConsumerCommandOptions,
} from './submit-consumer-command.ts';
import type { CommandContext } from './terminal.ts';

export function addRenew(consumers: Command, context: CommandContext): void {
  const command = consumers
    .command('renew')
    .summary('write down a new agreement for a consumer that is there')
    .description(
      'Puts a new agreement in place of the one that runs out. Checked as when the consumer is added; what it is told does not change. What stood there before stays ' +
        'with the commands that were given.',
    )
    .argument('<name>', 'of a consumer that was added')
    .addHelpText(
      'after',
      '\nExample:\n  hub consumers renew pasis --agreement-valid-to 2028-12-31 --framework-version 2026.1 \\\n' +
        '    --staff-informed-by "the office of systems" --staff-informed-at 2026-03-01 --reason "decision 2026-31"',
    );
  withAgreementOptions(command);
  withConsumerCommandOptions(command);
  command.action(async (name: string, options: AgreementOptions & ConsumerCommandOptions) => {
    const renew = { kind: 'consumer-renew', name, agreement: agreementOf(options) } as const;
    requestFor(renew, options.reason);
    await using operator = await openOperator();
    await findRegistered(operator, name);
    await submitConsumerCommand(operator, renew, options, context);
  });
}
