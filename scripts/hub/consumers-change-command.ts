import type { Command } from 'commander';
import { printConsumerChange } from '../../connectors/runtime/operations/print-consumer-change.ts';
import { printDropSize } from '../../connectors/runtime/operations/print-replay-size.ts';
import { printCount } from '../../connectors/runtime/operations/print-status.ts';
import { NOTHING_DONE } from './core-command-options.ts';
import { EXIT } from './exit-codes.ts';
import { findProfile, findRegistered, refuseWalking } from './find-consumer.ts';
import { openOperator } from './open-operator.ts';
import {
  type ConsumerCommandOptions,
  submitConsumerCommand,
  withConsumerCommandOptions,
} from './submit-consumer-command.ts';
import type { CommandContext } from './terminal.ts';
import { UsageError } from './usage-error.ts';

interface DecidedOptions extends ConsumerCommandOptions {
  readonly execute?: true;
}

/** Why a profile cannot be gone over to, in words. */
const WHY_NOT = {
  unchanged: 'the file says what the consumer is told by already',
  'version-not-raised': 'the file says something else and has no higher version: raise it',
  'other-delivery':
    'the file delivers another way; drop the consumer and add it again, so that what was sent the first way is taken back',
} as const;

export function addChange(consumers: Command, context: CommandContext): void {
  const { terminal, finish } = context;
  const command = consumers
    .command('change')
    .summary('go over to the profile in the file: first shows who comes in and goes out')
    .description(
      'Goes through everybody and shows who comes in, who goes out and which fields go, by the profile in the file against the one that the ' +
        'consumer is told by. With --execute everybody is then told by the new one, in a new generation, with orders to forget what goes. Until ' +
        'somebody is reached, the old profile holds for that person.',
    )
    .argument('<name>', 'of a consumer that was added')
    .option('--execute', 'do it; without this it is only shown')
    .addHelpText(
      'after',
      '\nExamples:\n  hub consumers change pasis --reason "decision 2026-22"\n  hub consumers change pasis --reason "decision 2026-22" --execute',
    );
  withConsumerCommandOptions(command);
  command.action(async (name: string, options: DecidedOptions) => {
    await using operator = await openOperator();
    const consumer = await findRegistered(operator, name);
    const profile = await findProfile(operator, name);
    const refused = operator.consumers.whyNoChange(consumer, profile);
    if (refused !== null) throw new UsageError(`error: ${WHY_NOT[refused]}`);
    refuseWalking(consumer);
    const tell = (text: string): void => {
      if (terminal.isInteractive) terminal.redraw(text);
    };
    const change = await operator.consumers.previewChange(
      consumer,
      profile,
      (persons) => tell(`${printCount(persons)} persons`),
      terminal.signal,
    );
    tell('');
    if (change === undefined) return finish(EXIT.problem);
    terminal.out(printConsumerChange(consumer.profile, profile, change));
    if (!options.execute) return terminal.out(NOTHING_DONE);
    const { id, generation } = consumer;
    const seen = { id, generation };
    await submitConsumerCommand(
      operator,
      { kind: 'consumer-change', name, profile, seen },
      options,
      context,
    );
  });
}

export function addDrop(consumers: Command, context: CommandContext): void {
  const { terminal, finish } = context;
  const command = consumers
    .command('drop')
    .summary('take back what a consumer was sent, then end it')
    .description(
      'Takes everything back that the consumer was sent: a tombstone and an order to forget for each person. When the orders are answered, or a ' +
        'day after the last one, its topics or tables are deleted, and it is gone. It cannot be undone. Once it is gone, the same command takes ' +
        'the rights of its principal away.',
    )
    .argument('<name>', 'of a consumer that was added')
    .option('--execute', 'do it; without this nothing is done')
    .addHelpText(
      'after',
      '\nExample:\n  hub consumers drop pasis --reason "PASiS is replaced" --execute',
    );
  withConsumerCommandOptions(command);
  command.action(async (name: string, options: DecidedOptions) => {
    await using operator = await openOperator();
    const consumer = await operator.store.consumers.find(name);
    if (consumer === undefined) {
      const what = `The consumer ${name} was not added, or it is gone.`;
      if (!options.execute)
        return terminal.out(`${what} Rights on its topics would be taken away.\n${NOTHING_DONE}`);
      const profile = await findProfile(operator, name);
      const revoked = await operator.consumers.revokeRights(profile);
      terminal.out(`${what} ${REVOKED[revoked]}`);
      return;
    }
    if (consumer.state === 'dropping') {
      terminal.out('It is being dropped already. `hub consumers status` shows how far.');
      return finish(EXIT.problem);
    }
    const { id, generation } = consumer;
    if (!options.execute) {
      const size = await operator.store.consumers.replaySize(id);
      return terminal.out(`${printDropSize(name, size)}\n${NOTHING_DONE}`);
    }
    const drop = { kind: 'consumer-drop', name, seen: { id, generation } } as const;
    if ((await submitConsumerCommand(operator, drop, options, context)) === 'done') {
      terminal.out(
        `When \`hub consumers status ${name}\` says that it is gone, give this command once more: it takes the rights away.`,
      );
    }
  });
}

const REVOKED = {
  ready: 'Nobody has rights on its topics and groups now.',
  'no-authorizer': 'The brokers have no authorizer, so there were no rights to take away.',
} as const;
