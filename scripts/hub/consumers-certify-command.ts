import type { Command } from 'commander';
import { printCertification } from '../../connectors/runtime/operations/print-certification.ts';
import { EXIT } from './exit-codes.ts';
import { findProfile } from './find-consumer.ts';
import { openOperator } from './open-operator.ts';
import { parseCount } from './option-values.ts';
import type { CommandContext } from './terminal.ts';
import { UsageError } from './usage-error.ts';

interface CertifyOptions {
  readonly within: number;
  readonly principal?: string;
}

export function addCertify(consumers: Command, { terminal, finish }: CommandContext): void {
  consumers
    .command('certify')
    .summary('play every case to a consumer and check what it does')
    .description(
      'Plays persons who are not there to consumer.<name>.certify.v1: protected, dead, merged, with another number, late and doubled records, a ' +
        'new generation, orders to forget. The consumer answers each on consumer.<name>.certify-ack.v1 with what it has then. The topics are ' +
        'made for it and deleted afterwards; nobody real is in them, and nothing of the hub changes. Exit code 1 unless all is right.',
    )
    .argument('<name>', 'of the consumer, from `hub consumers list`')
    .option('--within <seconds>', 'how long the consumer has for all of it', parseCount, 120)
    .option('--principal <name>', 'who gets the rights on the two topics; absent: none are given')
    .action(async (name: string, { within, principal }: CertifyOptions) => {
      await using operator = await openOperator();
      const profile = await findProfile(operator, name);
      if (profile.delivery.kind !== 'topic' || profile.delivery.content !== 'full-state') {
        throw new UsageError('error: only who reads states from a topic can be certified');
      }
      const certification = await operator.consumers.certify(profile, principal ?? null, {
        withinMs: within * 1_000,
        onReady: (topic) => terminal.err(`The consumer may read ${topic} now.`),
        onAnswer: (answers, of) => {
          if (terminal.isInteractive) terminal.redraw(`${answers} of ${of} answered`);
        },
        signal: terminal.signal,
      });
      if (terminal.isInteractive) terminal.redraw('');
      if (certification === 'no-authorizer') {
        terminal.err(
          'The brokers have no authorizer: no rights can be given. Leave --principal out.',
        );
        return finish(EXIT.problem);
      }
      terminal.out(printCertification(certification));
      if (certification.steps.some(({ result }) => result.kind !== 'passed')) finish(EXIT.problem);
    });
}
