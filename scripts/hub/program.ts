/** The only file that imports commander: the tree of commands and what is common to them. */
import { Command, CommanderError } from 'commander';
import { addConfigCommand } from './config-command.ts';
import { addConsumersCommand } from './consumers-command.ts';
import { describeFailure } from './describe-failure.ts';
import { addEraseCommand } from './erase-command.ts';
import { addErrorsCommand } from './errors-command.ts';
import { EXIT, type ExitCode, printExitCodes } from './exit-codes.ts';
import { addExplainCommand } from './explain-command.ts';
import { addFreshnessCommand } from './freshness-command.ts';
import { addLookUpCommand } from './look-up-command.ts';
import { addParkedCommand } from './parked-command.ts';
import { addPhaseCommand } from './phase-command.ts';
import { addPreflightCommand } from './preflight-command.ts';
import { addPullCommand } from './pull-command.ts';
import { addPurgeCommand } from './purge-command.ts';
import { addReadCommand } from './read-command.ts';
import { addRebuildCommand } from './rebuild-command.ts';
import { addRunCommand } from './run-command.ts';
import { addSandboxCommand } from './sandbox-command.ts';
import { addSourceCommand } from './source-command.ts';
import { addStackCommand } from './stack-command.ts';
import { addStatusCommand } from './status-command.ts';
import { addStoreGrantsCommand } from './store-grants-command.ts';
import type { CommandContext, Terminal } from './terminal.ts';
import { addTopicsCommand } from './topics-command.ts';
import { addWorkCommand } from './work-command.ts';

const HELP_WIDTH = 100;

const WHAT_IT_IS =
  'The PU hub reads persons from Master and PU, makes one golden record of each in PostgreSQL, and publishes it to Kafka. ' +
  'These commands run it and show what it does; none of them writes to a register, but `hub sandbox live` to made-up ones.';

const HOW_TO_BEGIN = `
The usual order:
  hub stack up              Kafka, schema registry and PostgreSQL on this machine, to try it out
  hub config                the settings in force; .env.example explains each of them
  hub preflight             what is missing before it can run, with the GRANT to copy
  hub topics ensure         make the topics
  hub run                   run it; start it on several machines to share the work
  hub status --watch        one line: state, position, lag, backlog, rate, parked

When something looks wrong:
  hub status                the reason stands at the end of the line
  hub freshness             how old is what the hub knows, by pull and shard
  hub parked                what was set aside, by error code
  hub work list             what waits for a decision of a person
  hub errors <code>         what a code means, what is safe, what to do
  hub explain <person key>  where each part of one person came from
  hub consumers status      how far each consumer was told, and what it has to forget
  hub consumers preview     what a consumer would get of a person, and why not
  hub read <topic>          the newest records of a topic, decoded

Exit codes:
${printExitCodes()}`;

/** The whole command line. Nothing is loaded or opened before a command is run. */
export function createProgram(context: CommandContext): Command {
  const { terminal } = context;
  const program = new Command('hub')
    .description(WHAT_IT_IS)
    .addHelpText('after', HOW_TO_BEGIN)
    .configureHelp({ helpWidth: HELP_WIDTH })
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
      getOutHelpWidth: () => HELP_WIDTH,
      getErrHelpWidth: () => HELP_WIDTH,
    })
    .showHelpAfterError('`hub --help` shows all commands, `hub <command> --help` one of them.')
    .exitOverride();
  addRunCommand(program, context);
  addStatusCommand(program, context);
  addFreshnessCommand(program, context);
  addPreflightCommand(program, context);
  addTopicsCommand(program, context);
  addReadCommand(program, context);
  addExplainCommand(program, context);
  addSourceCommand(program, context);
  addPullCommand(program, context);
  addPhaseCommand(program, context);
  addRebuildCommand(program, context);
  addWorkCommand(program, context);
  addConsumersCommand(program, context);
  addPurgeCommand(program, context);
  addLookUpCommand(program, context);
  addEraseCommand(program, context);
  addParkedCommand(program, context);
  addStoreGrantsCommand(program, context);
  addStackCommand(program, context);
  addSandboxCommand(program, context);
  addConfigCommand(program, context);
  addErrorsCommand(program, context);
  for (const command of [program, ...program.commands]) command.helpCommand(false);
  return program;
}

/** Runs one command line and says how it ended. Never rejects. */
export async function runCommandLine(
  args: readonly string[],
  terminal: Terminal,
): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok;
  const finish = (code: ExitCode): void => {
    exitCode = code;
  };
  try {
    await createProgram({ terminal, finish }).parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    // Commander throws for --help as well; it has printed what there is to say.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    const failure = describeFailure(error);
    terminal.err(failure.text);
    return failure.exitCode;
  }
}
