import type { Command } from 'commander';
import { printConsumerStatus } from '../../connectors/runtime/operations/print-consumer-status.ts';
import { EXIT } from './exit-codes.ts';
import { findRegistered } from './find-consumer.ts';
import { openOperator } from './open-operator.ts';
import {
  type ConsumerCommandOptions,
  submitConsumerCommand,
  withConsumerCommandOptions,
} from './submit-consumer-command.ts';
import type { CommandContext } from './terminal.ts';

export function addStatus(consumers: Command, { terminal, finish }: CommandContext): void {
  consumers
    .command('status')
    .summary('how far each consumer was told, and what is open')
    .description(
      'Shows for each consumer that was added: state, why nothing reaches it, who could not be told, generation, how far a walk over everybody ' +
        'has come, lag behind the events of the hub, open orders to forget, and when its agreement ends. Exit code 1 when the agreement of one of them is over.',
    )
    .argument('[name]', 'only this one; then also who could not be told')
    .option('--refused', 'of all: who could not be told, by key, and why')
    .action(async (name: string | undefined, { refused }: { readonly refused?: true }) => {
      await using operator = await openOperator();
      const namesRefused = name !== undefined || refused === true;
      const all = await operator.consumers.readStatus(name, namesRefused);
      terminal.out(printConsumerStatus(all, name));
      const isOver = all.some(({ agreement }) => agreement.kind === 'over');
      if (isOver || (name !== undefined && all.length === 0)) finish(EXIT.problem);
    });
}

const STATES = {
  pause: {
    summary: 'stop telling a consumer; its position is kept',
    description:
      'Stops telling the consumer anything, also that somebody became protected. Its position and a walk that is under way stay where they are.',
  },
  resume: {
    summary: 'go on telling a consumer from its position',
    description: 'Goes on where it stopped.',
  },
} as const;

export function addPauseAndResume(consumers: Command, context: CommandContext): void {
  for (const word of ['pause', 'resume'] as const) {
    const { summary, description } = STATES[word];
    const command = consumers
      .command(word)
      .summary(summary)
      .description(description)
      .argument('<name>', 'of a consumer that was added');
    withConsumerCommandOptions(command);
    command.action(async (name: string, options: ConsumerCommandOptions) => {
      await using operator = await openOperator();
      await findRegistered(operator, name);
      await submitConsumerCommand(operator, { kind: `consumer-${word}`, name }, options, context);
    });
  }
}
