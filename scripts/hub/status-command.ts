import { setTimeout as wait } from 'node:timers/promises';
import type { Command } from 'commander';
import { printStatusLine } from '../../connectors/runtime/operations/print-status.ts';
import { type HubStatus, readStatus } from '../../connectors/runtime/operations/read-status.ts';
import { EXIT } from './exit-codes.ts';
import { openOperator } from './open-operator.ts';
import { parseCount } from './option-values.ts';
import type { CommandContext, Terminal } from './terminal.ts';

interface StatusOptions {
  readonly watch?: true;
  readonly interval: number;
  readonly json?: true;
}

const WELL: readonly HubStatus['state'][] = ['running', 'loading', 'paused'];

export function addStatusCommand(program: Command, { terminal, finish }: CommandContext): void {
  program
    .command('status')
    .summary('one line: state, phase, position, lag, backlog, rate, parked, work')
    .description(
      'Shows the hub as a whole in one line, out of the hub store: it asks no instance and works when\nnone runs.\n' +
        '  lag      source records that no transaction has seen yet\n' +
        '  backlog  person changes that wait to be published, and the age of the oldest\n' +
        '  rate     business events published each second\n' +
        '  work     work items that wait for a decision of a person: hub work list\n' +
        'The exit code is 1 when the hub is stopped, frozen, unhealthy or lacks a role.',
    )
    .option('--watch', 'again and again, until Ctrl-C')
    .option('--interval <seconds>', 'with --watch: the time between two looks', parseCount, 2)
    .option('--json', 'the same as JSON, one object a line')
    .addHelpText('after', '\nExample:\n  hub status --watch --interval 5')
    .action(async (options: StatusOptions) => {
      await using operator = await openOperator();
      for (;;) {
        const status = await readStatus(operator.store, Date.now());
        show(status, options, terminal);
        if (!options.watch) return WELL.includes(status.state) ? undefined : finish(EXIT.problem);
        const interval = options.interval * 1_000;
        await wait(interval, undefined, { signal: terminal.signal }).catch(() => undefined);
        if (terminal.signal.aborted) return undefined;
      }
    });
}

function show(status: HubStatus, { watch, json }: StatusOptions, terminal: Terminal): void {
  if (json) terminal.out(JSON.stringify(status));
  else if (watch && terminal.isInteractive) terminal.redraw(printStatusLine(status));
  else terminal.out(printStatusLine(status));
}
