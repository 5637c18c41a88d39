import type { Command } from 'commander';
import { loadConfig, processEnvironment } from '../../connectors/config/load-config.ts';
import { printEnvExample, printSettings } from '../../connectors/config/print-config.ts';
import type { CommandContext } from './terminal.ts';

export function addConfigCommand(program: Command, { terminal }: CommandContext): void {
  program
    .command('config')
    .summary('show the settings in force, without secrets')
    .description(
      'Shows every setting, its value and where the value comes from, then checks them all. Secrets show only as set or not.',
    )
    .option('--example', 'print the text of .env.example instead')
    .addHelpText('after', '\nExample:\n  hub config --example > .env')
    .action((options: { readonly example?: true }) => {
      if (options.example) return terminal.out(printEnvExample().trimEnd());
      const environment = processEnvironment();
      terminal.out(printSettings(environment));
      loadConfig(environment);
      return undefined;
    });
}
