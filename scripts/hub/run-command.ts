import type { Command } from 'commander';
import { loadConfig } from '../../connectors/config/load-config.ts';
import { printSettingsHelp } from '../../connectors/config/print-config.ts';
import type { CommandContext } from './terminal.ts';

export function addRunCommand(program: Command, { terminal }: CommandContext): void {
  program
    .command('run')
    .summary('run the hub until Ctrl-C or SIGTERM')
    .description(
      'Runs one instance of the hub with the roles that HUB_ROLES names, until Ctrl-C or SIGTERM. Start it again at any time, ' +
        'also after a crash: it goes on where the last committed transaction ended. Start it several times to share the work.',
    )
    .option('--pretty', 'log lines for people in place of JSON')
    .addHelpText(
      'after',
      `\nExamples:\n  hub run --pretty\n  HUB_ROLES=core,publisher hub run\n\nSettings, from the environment:\n\n${printSettingsHelp()}`,
    )
    .action(async (options: { readonly pretty?: true }) => {
      const config = loadConfig();
      const { runInstance } = await import('../../connectors/runtime/operations/run-instance.ts');
      await runInstance(config, { pretty: options.pretty ?? false, signal: terminal.signal });
    });
}
