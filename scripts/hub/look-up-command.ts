import { userInfo } from 'node:os';
import type { Command } from 'commander';
import type { Operator } from '../../connectors/runtime/operations/operator.ts';
import { EXIT } from './exit-codes.ts';
import { openOperator } from './open-operator.ts';
import { parseCount } from './option-values.ts';
import type { CommandContext } from './terminal.ts';
import { UsageError } from './usage-error.ts';

const DAY_MS = 86_400_000;
const MOST_DAYS = 3_650;

export function addLookUpCommand(program: Command, context: CommandContext): void {
  const lookUp = program
    .command('look-up')
    .summary('the on-line look-up: who may call, how often it was called, its contract')
    .description(
      'Systems look persons up over HTTPS from an instance with the role look-up. What they see is said by their profiles; that they called stands in the access log.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  hub look-up token add cosmic --days 180\n' +
        '  hub look-up token add cosmic --certificate cosmic.pem\n' +
        '  hub look-up log --days 7',
    );
  addTokenCommand(lookUp, context);
  addLog(lookUp, context);
  lookUp
    .command('openapi')
    .summary('the contract, as OpenAPI 3.1')
    .description(
      'Prints the contract of the look-up as an OpenAPI 3.1 document. An instance serves it as /openapi.json.',
    )
    .action(async () => {
      const { printOpenApi } = await import('../../connectors/runtime/look-up-access.ts');
      context.terminal.out(printOpenApi().trimEnd());
    });
}

function addTokenCommand(lookUp: Command, context: CommandContext): void {
  const token = lookUp
    .command('token')
    .helpCommand(false)
    .summary('tokens and certificates of a consumer: add, list, revoke')
    .description(
      'With what a consumer shows who it is. Of a token the store keeps a hash, of a certificate its fingerprint.',
    );
  addAdd(token, context);
  addList(token, context);
  addRevoke(token, context);
}

function addAdd(token: Command, { terminal, finish }: CommandContext): void {
  token
    .command('add')
    .summary('make a token, or register a certificate')
    .description(
      'Makes a token and prints it, for the only time; or registers a client certificate, which has to be signed by an authority of LOOK_UP_CA.',
    )
    .argument('<consumer>', 'the name of a consumer that was added')
    .option('--days <count>', 'valid for so long', parseDays, 365)
    .option('--certificate <file>', 'register this certificate (PEM) in place of a token')
    .action(
      async (
        consumer: string,
        { days, certificate }: { readonly days: number; readonly certificate?: string },
      ) => {
        await using operator = await openOperator();
        await refuseWithoutLookUp(operator, consumer);
        const { addCertificate, addToken } = await import(
          '../../connectors/runtime/look-up-access.ts'
        );
        const { callers } = operator.store;
        const wanted = { consumer, days, addedBy: userInfo().username, now: Date.now() };
        if (certificate === undefined) {
          terminal.err('Keep the token as a secret: it is not shown again.');
          return terminal.out(await addToken(callers, wanted));
        }
        const id = await addCertificate(callers, certificate, wanted);
        if (id !== undefined) return terminal.out(id);
        terminal.err('The certificate is registered already. One certificate is one system.');
        return finish(EXIT.problem);
      },
    );
}

function addList(token: Command, { terminal }: CommandContext): void {
  token
    .command('list')
    .summary('the tokens and certificates of a consumer')
    .description('Lists them, oldest first: id, kind, until when, who added it. Never a secret.')
    .argument('<consumer>', 'the name of a consumer')
    .action(async (consumer: string) => {
      await using operator = await openOperator();
      const { printCredentials } = await import('../../connectors/runtime/look-up-access.ts');
      terminal.out(printCredentials(await operator.store.callers.list(consumer), Date.now()));
    });
}

function addRevoke(token: Command, { terminal, finish }: CommandContext): void {
  token
    .command('revoke')
    .summary('let one open nothing any more, from the next call on')
    .description(
      'Revokes a token or a certificate. There is no way back; a new one is made with `add`.',
    )
    .argument('<consumer>', 'the name of the consumer')
    .argument('<id>', 'from `hub look-up token list <consumer>`', parseId)
    .action(async (consumer: string, id: string) => {
      await using operator = await openOperator();
      const by = userInfo().username;
      if (await operator.store.callers.revoke(consumer, id, by)) return terminal.out('Revoked.');
      terminal.err('The consumer has no valid token or certificate of this id.');
      return finish(EXIT.problem);
    });
}

function addLog(lookUp: Command, { terminal }: CommandContext): void {
  lookUp
    .command('log')
    .summary('counts of the access log')
    .description(
      'Counts calls, persons and users by system, call and outcome. Who saw whom stands in the table access_log, which only whoever controls the log may read.',
    )
    .option('--days <count>', 'of so many days', parseDays, 7)
    .action(async ({ days }: { readonly days: number }) => {
      await using operator = await openOperator();
      const { printAccessCounts } = await import('../../connectors/runtime/look-up-access.ts');
      const counts = await operator.store.accessLog.counts(Date.now() - days * DAY_MS);
      terminal.out(printAccessCounts(counts, days));
    });
}

/** With a token and without `lookUp` in its profile every call would be refused. */
async function refuseWithoutLookUp({ store }: Operator, name: string): Promise<void> {
  const consumer = await store.consumers.find(name);
  if (consumer === undefined) {
    throw new UsageError(
      'error: no consumer of this name was added. `hub consumers list` shows the profiles, `hub consumers add` adds one.',
    );
  }
  if (consumer.profile.lookUp !== null) return;
  throw new UsageError(
    `error: the profile of this consumer has no lookUp, so every call would be refused. Add it to the file, raise its version, and run \`hub consumers change ${name}\`.`,
  );
}

function parseDays(text: string): number {
  const days = parseCount(text);
  if (days > MOST_DAYS) throw new UsageError(`error: at most ${MOST_DAYS} days`);
  return days;
}

function parseId(text: string): string {
  const id = text.toLowerCase();
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) return id;
  throw new UsageError('error: an id is a UUID, from `hub look-up token list <consumer>`');
}
