import { rmdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { SandboxControl } from '../sandbox/control-client.ts';
import { FAULT_KINDS, FAULT_TARGETS, FAULTS, type FaultRule } from '../sandbox/fault-kinds.ts';
import { sandboxEnvironment } from '../sandbox/sandbox-environment.ts';
import {
  type FoundSandbox,
  findSandbox,
  startSandbox,
  stopSandbox,
} from '../sandbox/start-sandbox.ts';
import { stackContext } from '../stack/stack-context.ts';
import { EXIT } from './exit-codes.ts';
import { parseCount, parseOneOf } from './option-values.ts';
import { addSandboxLiveCommand } from './sandbox-live-command.ts';
import type { CommandContext } from './terminal.ts';
import { UsageError } from './usage-error.ts';

interface NameOption {
  readonly name: string;
}

interface FaultOptions extends NameOption {
  readonly share: number;
  readonly count?: number;
  readonly target?: (typeof FAULT_TARGETS)[number];
  readonly delay?: number;
  readonly off?: true;
  readonly list?: true;
}

export function addSandboxCommand(program: Command, context: CommandContext): void {
  const { terminal, finish } = context;
  const sandbox = program
    .command('sandbox')
    .summary('a PU on this machine, with made-up people, to try the hub out')
    .description(
      'Starts and stops a simulator of PU: its contracts over HTTPS with client certificates that are made for it, its limits ' +
        'and its rules, over people who do not exist. What it was told stays when it is stopped or killed.',
    )
    .addHelpText(
      'after',
      '\nExample:\n  eval "$(hub sandbox up --persons 5000)" && hub sandbox status',
    );
  const part = (name: string, summary: string): Command =>
    sandbox
      .command(name)
      .summary(summary)
      .description(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`)
      .option(
        '--name <name>',
        'the stack of this clone that it belongs to: dev, demo, test',
        'dev',
      );

  const controlUrlOf = (name: string): string | undefined => {
    const found = findSandbox(folderOf(name));
    return found?.pid === undefined ? undefined : found.endpoints.control;
  };
  const controlOf = (name: string): SandboxControl | undefined => {
    const url = controlUrlOf(name);
    if (url !== undefined) return new SandboxControl(url);
    terminal.err(notRunning(name));
    finish(EXIT.unavailable);
    return undefined;
  };

  part('up', 'start it, and print the settings with which the hub finds it')
    .option('--persons <count>', 'how many people a new sandbox has', parseCount)
    .option('--seed <number>', 'another seed makes other people', parseCount)
    .action(async ({ name, ...wanted }: NameOption & { persons?: number; seed?: number }) => {
      const folder = folderOf(name);
      checkSame(findSandbox(folder), wanted, name);
      const { endpoints, settings } = await startSandbox(folder, wanted);
      terminal.err(`PU with ${settings.persons} persons of seed ${settings.seed} is served`);
      terminal.out(printEnvironment(sandboxEnvironment(endpoints)));
    });
  part('down', 'stop it; what it was told is kept')
    .option('--wipe', 'throw away what it was told, and its people and certificates')
    .action(async ({ name, wipe = false }: NameOption & { readonly wipe?: boolean }) => {
      const ran = await stopSandbox(folderOf(name), { wipe });
      if (wipe) removeIfEmpty(stackContext({ name }).folder);
      terminal.out(
        `${ran ? 'Stopped the sandbox' : 'No sandbox was running'}; its data is ${wipe ? 'thrown away' : 'kept'}.`,
      );
    });
  part('status', 'show whether it runs, what changed, and which faults are on').action(
    async ({ name }: NameOption) => {
      const found = findSandbox(folderOf(name));
      if (found?.pid === undefined) {
        terminal.out(notRunning(name));
        finish(EXIT.problem);
        return;
      }
      terminal.out(await printStatus(found));
    },
  );
  part('clock', 'set its clock wrong by so many seconds; 0 sets it right')
    .argument('<seconds>', 'more than 0: it is fast', parseSeconds)
    .action(async (offsetSeconds: number, { name }: NameOption) => {
      const control = controlOf(name);
      if (control === undefined) return;
      await control.setClock({ offsetSeconds });
      terminal.out(`  clock    ${(await control.status()).clock}`);
    });
  part('fault', 'switch a fault on or off, so that you see what the hub does')
    .argument('[kind]', 'which fault; --list shows them')
    .option('--share <share>', 'how often it happens, from 0 to 1', parseShare, 1)
    .option('--count <count>', 'so many times, and then never again', parseCount)
    .option(
      '--target <target>',
      'only at one contract, GetPersonsByFile, download, or in files',
      parseOneOf(FAULT_TARGETS),
    )
    .option('--delay <ms>', 'only for slow: how much longer it takes', parseCount)
    .option('--off', 'switch it off; without a kind all faults')
    .option('--list', 'show all faults')
    .action(async (word: string | undefined, options: FaultOptions) => {
      if (options.list === true) {
        terminal.out(
          FAULT_KINDS.map((kind) => `  ${kind.padEnd(20)} ${FAULTS[kind].what}`).join('\n'),
        );
        return;
      }
      const kind = word === undefined ? undefined : parseOneOf(FAULT_KINDS)(word);
      if (kind === undefined && options.off !== true) {
        throw new UsageError('error: name a fault; `hub sandbox fault --list` shows them');
      }
      const control = controlOf(options.name);
      if (control === undefined) return;
      if (kind === undefined) await control.clearFaults();
      else if (options.off === true) await control.clearFault(kind);
      else await control.setFault(kind, ruleOf(options));
      terminal.out(printFaults(await control.faults()));
    });
  addSandboxLiveCommand(sandbox, context, controlUrlOf);
}

function folderOf(name: string): string {
  return join(stackContext({ name }).folder, 'sandbox');
}

/** A stack of which there was nothing but the sandbox leaves nothing behind. */
function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'ENOENT') throw error;
  }
}

function notRunning(name: string): string {
  return `The sandbox of ${name} does not run; \`hub sandbox up --name ${name}\` starts it.`;
}

function parseShare(text: string): number {
  const share = Number(text);
  if (/^[\d.]+$/.test(text) && share >= 0 && share <= 1) return share;
  throw new UsageError(`error: "${text}" is not a number from 0 to 1`);
}

function parseSeconds(text: string): number {
  if (/^-?\d{1,9}$/.test(text)) return Number(text);
  throw new UsageError(`error: "${text}" is not a whole number of seconds`);
}

/** A sandbox that is there has its people for good. */
function checkSame(
  found: FoundSandbox | undefined,
  wanted: { readonly persons?: number; readonly seed?: number },
  name: string,
): void {
  if (found === undefined) return;
  const { persons, seed } = found.settings;
  if ((wanted.persons ?? persons) === persons && (wanted.seed ?? seed) === seed) return;
  throw new UsageError(
    `error: the sandbox of ${name} has ${persons} persons of seed ${seed}; throw it away first with ` +
      `\`hub sandbox down --wipe --name ${name}\``,
  );
}

function ruleOf({ share, count, target, delay }: FaultOptions): FaultRule {
  return {
    share,
    count: count ?? null,
    target: target ?? null,
    ...(delay === undefined ? {} : { delayMs: delay }),
  };
}

/** Lines for a shell: `eval "$(hub sandbox up)"`. */
function printEnvironment(environment: Readonly<Record<string, string>>): string {
  return Object.entries(environment)
    .map(([name, value]) => `export ${name}='${value}'`)
    .join('\n');
}

async function printStatus({ endpoints, log, pid }: FoundSandbox): Promise<string> {
  const { persons, seed, changedRecords, orders, faults, clock } = await new SandboxControl(
    endpoints.control,
  ).status();
  return [
    `PU is served at ${endpoints.soap} by process ${pid}; log in ${log}`,
    `  people   ${persons} of seed ${seed}, ${changedRecords} records changed since`,
    `  orders   ${orders['in-work']} in work, ${orders.ready} ready, ${orders.failed} failed`,
    `  clock    ${clock}`,
    printFaults(faults),
    '',
    printEnvironment(sandboxEnvironment(endpoints)),
  ].join('\n');
}

function printFaults(faults: Readonly<Partial<Record<string, FaultRule>>>): string {
  const lines = Object.entries(faults).map(([kind, rule]) => {
    const { share = 1, count = null, target = null } = rule ?? {};
    const limit = count === null ? '' : `, ${count} times more`;
    return `${kind} (${Math.round(share * 100)} %${limit}${target === null ? '' : `, at ${target}`})`;
  });
  return `  faults   ${lines.length === 0 ? 'none' : lines.join(', ')}`;
}
