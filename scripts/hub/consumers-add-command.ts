import type { Command } from 'commander';
import type { Operator } from '../../connectors/runtime/operations/operator.ts';
import { printConnectionSheet } from '../../connectors/runtime/operations/print-connection-sheet.ts';
import type { ConsumerProfile } from '../../core/disclosure/consumer-profile.ts';
import { type AgreementOptions, agreementOf, withAgreementOptions } from './agreement-options.ts';
import { EXIT } from './exit-codes.ts';
import { findProfile, findRegistered } from './find-consumer.ts';
import { openOperator } from './open-operator.ts';
import {
  type ConsumerCommandOptions,
  requestFor,
  submitConsumerCommand,
  withConsumerCommandOptions,
} from './submit-consumer-command.ts';
import type { CommandContext } from './terminal.ts';
import { UsageError } from './usage-error.ts';

interface AddOptions extends ConsumerCommandOptions, AgreementOptions {
  readonly principal?: string;
}

const NO_AUTHORIZER =
  'The brokers have no authorizer, so they let everybody read every topic: no rights can be given. Without --principal it can be tried out.';

export function addAdd(consumers: Command, context: CommandContext): void {
  const command = consumers
    .command('add')
    .summary('begin to feed a consumer: topics, rights, first load')
    .description(
      'Makes the topics of the consumer and, with --principal, its rights on the brokers: to read its own topics in groups of its own, and to ' +
        'say on hub.purge-ack.v1 what it forgot. Then everybody is told to it once, while live events go on. Without an agreement that holds ' +
        'it is refused. Prints what to hand to who runs it. One that is added again after a drop begins at generation 1: it has to throw away the ' +
        'numbers that it kept, or it refuses everything as old.',
    )
    .argument('<name>', 'of the consumer, from `hub consumers list`');
  withAgreementOptions(command).option(
    '--principal <name>',
    'who it is for Kafka, without User:; absent: no rights are given',
  );
  withConsumerCommandOptions(command);
  command.action(async (name: string, options: AddOptions) => {
    await using operator = await openOperator();
    const profile = await findProfile(operator, name);
    await add(operator, profile, options, context);
  });
}

async function add(
  operator: Operator,
  profile: ConsumerProfile,
  options: AddOptions,
  context: CommandContext,
): Promise<void> {
  const { terminal, finish } = context;
  const principal = options.principal ?? null;
  const agreement = agreementOf(options);
  const command = { kind: 'consumer-add', consumer: { profile, agreement, principal } } as const;
  requestFor(command, options.reason);
  if (principal !== null && profile.delivery.kind === 'table') {
    throw new UsageError('error: its persons go to tables, so it needs no rights on the brokers');
  }
  const there = await operator.store.consumers.list();
  if (there.some(({ name }) => name === profile.name)) {
    throw new UsageError(
      'error: it was added already. `hub consumers status` shows how it stands.',
    );
  }
  if (principal !== null && there.some((one) => one.principal === principal)) {
    throw new UsageError('error: another consumer has this principal');
  }
  const prepared = await operator.consumers.prepare(profile, principal);
  if (prepared === 'no-authorizer') {
    terminal.err(NO_AUTHORIZER);
    return finish(EXIT.problem);
  }
  const outcome = await submitConsumerCommand(operator, command, options, context);
  if (outcome === 'refused') return;
  terminal.out(
    `\n${printConnectionSheet(await operator.consumers.connectionSheet(profile, principal))}`,
  );
}

export function addSheet(consumers: Command, { terminal }: CommandContext): void {
  consumers
    .command('sheet')
    .summary('how a consumer is connected: topics, groups, schemas, a reader')
    .description('Prints what to hand to who runs a consumer that was added. No secret is in it.')
    .argument('<name>', 'of the consumer')
    .action(async (name: string) => {
      await using operator = await openOperator();
      const { profile, principal } = await findRegistered(operator, name);
      terminal.out(
        printConnectionSheet(await operator.consumers.connectionSheet(profile, principal)),
      );
    });
}
