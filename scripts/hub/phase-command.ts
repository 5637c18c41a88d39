import type { Command } from 'commander';
import { printComparison, printPhase } from '../../connectors/runtime/operations/print-phase.ts';
import { printCount } from '../../connectors/runtime/operations/print-status.ts';
import { PHASES, type Phase } from '../../core/golden-record/authority.ts';
import { NOTHING_DONE, withCoreCommandOptions } from './core-command-options.ts';
import { EXIT } from './exit-codes.ts';
import { openOperator } from './open-operator.ts';
import { parseOneOf } from './option-values.ts';
import { type CoreCommandOptions, submitCoreCommand } from './submit-core-command.ts';
import type { CommandContext } from './terminal.ts';
import { UsageError } from './usage-error.ts';

export function addPhaseCommand(program: Command, context: CommandContext): void {
  const phase = program
    .command('phase')
    .summary('which register decides: show it, preview another phase, switch')
    .description(
      'The phase says which register decides about which kind of number: shadow (Master about all), step-1 (PU about real numbers, Master ' +
        'about reserve numbers), step-2 (PU about all). A switch has one moment; after it everybody is derived again, page by page.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  hub phase preview step-1\n' +
        '  hub phase switch step-1 --reason "decision 2026-14" --execute\n' +
        '  hub phase show',
    );
  addShow(phase, context);
  addPreview(phase, context);
  addSwitch(phase, context);
  addAcceptVanishing(phase, context);
}

function addShow(phase: Command, { terminal }: CommandContext): void {
  phase
    .command('show')
    .summary('the phase, and how far everybody follows it')
    .description('Shows the phase, and how far a switch or a rebuild has come.')
    .action(async () => {
      await using operator = await openOperator();
      const { phases, derivations } = operator.store;
      const [now, walk] = [await phases.read(), await derivations.show()];
      terminal.out(printPhase({ at: Date.now(), phase: now, walk }));
    });
}

function addPreview(phase: Command, { terminal, finish }: CommandContext): void {
  phase
    .command('preview')
    .summary('count what a switch would change; changes nothing')
    .description(
      'Derives everybody in the phase of now and in the other one, and counts the differences, by field group. Reads the hub store page by page; ' +
        'changes nothing and locks nobody.',
    )
    .argument('<phase>', PHASES.join(', '), parseOneOf(PHASES))
    .action(async (to: Phase) => {
      await using operator = await openOperator();
      const tell = (progress: string): void => {
        if (terminal.isInteractive) terminal.redraw(progress);
      };
      const preview = await operator.previewPhase(
        to,
        ({ persons }) => tell(`${printCount(persons)} persons`),
        terminal.signal,
      );
      tell('');
      if (preview === undefined) return finish(EXIT.problem);
      terminal.out(printComparison(preview.from, to, preview.comparison));
    });
}

function addSwitch(phase: Command, context: CommandContext): void {
  const command = phase
    .command('switch')
    .summary('let another phase decide')
    .description(
      'Switches the phase at one moment: every batch before it decided by the old one, every batch after it by the new one. Then everybody is ' +
        'derived again, and whoever has other content is published. It goes back the same way.',
    )
    .argument('<phase>', PHASES.join(', '), parseOneOf(PHASES));
  withCoreCommandOptions(command).action(async (to: Phase, options: CoreCommandOptions) => {
    await using operator = await openOperator();
    const { phase: from, generation } = await operator.store.phases.read();
    if (from === to) throw new UsageError(`error: the phase is ${to} already`);
    if (!options.execute) {
      context.terminal.out(
        `The phase is ${from}, and would be ${to}: everybody is derived again. \`hub phase preview ${to}\` counts what changes.\n${NOTHING_DONE}`,
      );
      return;
    }
    const seen = { phase: from, generation };
    await submitCoreCommand(operator, { kind: 'phase-switch', phase: to, seen }, options, context);
  });
}

function addAcceptVanishing(phase: Command, context: CommandContext): void {
  const command = phase
    .command('accept-vanishing')
    .summary('let a walk go on that stopped because too many persons would vanish')
    .description(
      'Lets a switch or a rebuild go on that stopped because more persons would no longer be published than HUB_MAX_VANISHING_SHARE allows. ' +
        'They are removed from every consumer.',
    );
  withCoreCommandOptions(command).action(async (options: CoreCommandOptions) => {
    await using operator = await openOperator();
    const walk = await operator.store.derivations.show();
    if (walk?.state !== 'stopped') {
      context.terminal.err('No walk stands still.');
      return context.finish(EXIT.problem);
    }
    if (!options.execute) {
      context.terminal.out(
        `Walk ${walk.id} goes on, and whoever is no longer published is removed from every consumer.\n${NOTHING_DONE}`,
      );
      return;
    }
    const accept = { kind: 'phase-accept-vanishing', walk: walk.id } as const;
    await submitCoreCommand(operator, accept, options, context);
  });
}
