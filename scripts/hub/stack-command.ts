import type { Command } from 'commander';
import { downStack, stackLogs, stackStatus, upStack } from '../stack/stack.ts';
import { endpointEnvironment } from '../stack/stack-environment.ts';
import type { StackEndpoints, StackPartName, StackPartStatus } from '../stack/stack-types.ts';
import { EXIT } from './exit-codes.ts';
import { parseCount, parseOneOf } from './option-values.ts';
import type { CommandContext } from './terminal.ts';

interface NameOption {
  readonly name: string;
}

const PARTS = ['kafka', 'registry', 'postgresql'] as const satisfies readonly StackPartName[];

export function addStackCommand(program: Command, context: CommandContext): void {
  const { terminal, finish } = context;
  const stack = program
    .command('stack')
    .summary('the services on this machine, to try the hub out')
    .description(
      'Starts and stops Kafka, a schema registry and PostgreSQL for this clone: in containers where an engine answers, else as ' +
        'processes. What KAFKA_BROKERS, SCHEMA_REGISTRY_URL, DATABASE_URL and MASTER_URL name is used as it is.',
    )
    .addHelpText('after', '\nExample:\n  hub stack up && hub stack status');
  const part = (name: string, summary: string): Command =>
    stack
      .command(name)
      .summary(summary)
      .description(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`)
      .option('--name <name>', 'which stack of this clone: dev, demo, test', 'dev');

  part('up', 'start what is missing and say where everything is').action(
    async ({ name }: NameOption) => {
      const report = (line: string): void => terminal.err(line);
      const running = await upStack({ name, report, signal: terminal.signal });
      terminal.out(printEndpoints(running.endpoints));
    },
  );
  part('down', 'stop what was started; data and logs are kept')
    .option('--wipe', 'throw the data away as well')
    .action(async ({ name, wipe }: NameOption & { readonly wipe?: true }) => {
      const { stopped, dataWiped } = await downStack({ name, wipe: wipe ?? false });
      const what = stopped.length === 0 ? 'Nothing was running' : `Stopped ${stopped.join(', ')}`;
      terminal.out(`${what}; the data is ${dataWiped ? 'thrown away' : 'kept'}.`);
    });
  part('status', 'show what runs and where').action(({ name }: NameOption) => {
    const { state, parts, endpoints, logFolder } = stackStatus({ name });
    terminal.out([`${name} is ${state}; logs in ${logFolder}`, ...parts.map(printPart)].join('\n'));
    if (endpoints !== undefined) terminal.out(`\n${printEndpoints(endpoints)}`);
    if (state !== 'up') finish(EXIT.problem);
  });
  part('logs', 'show the end of the log of each part')
    .option('--part <part>', `only of ${PARTS.join(', ')}`, parseOneOf(PARTS))
    .option('--lines <count>', 'so many lines of each', parseCount, 50)
    .action((options: NameOption & { readonly part?: StackPartName; readonly lines: number }) => {
      for (const { part, log, lines } of stackLogs(options)) {
        terminal.out([`==> ${part}: ${log}`, ...lines, ''].join('\n'));
      }
    });
}

function printPart({ part, origin, running, address, pid, log }: StackPartStatus): string {
  const how = running ? `${origin}${pid === undefined ? '' : ` ${pid}`}` : 'not running';
  return `  ${part.padEnd(10)}  ${how.padEnd(14)}  ${address}${log === undefined ? '' : `  ${log}`}`;
}

/** Lines for a shell: `eval "$(hub stack up)"`. */
function printEndpoints(endpoints: StackEndpoints): string {
  return Object.entries(endpointEnvironment(endpoints))
    .map(([name, value]) => `export ${name}='${value}'`)
    .join('\n');
}
