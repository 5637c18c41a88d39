import type { CommandOutcome, MasterCommand } from './master-source-events.ts';
import type { SourceRun } from './source-run.ts';
import { beginLoad } from './source-steps.ts';

/** Carries out a person's command between two pages, and stores what has to hold after a restart. */
export async function applyCommand(
  run: SourceRun,
  command: MasterCommand,
): Promise<CommandOutcome> {
  switch (command.kind) {
    case 'pause':
      await run.save({ ...run.checkpoint, isPaused: true });
      run.move('paused');
      return 'done';
    case 'resume':
      await run.save({ ...run.checkpoint, isPaused: false });
      run.move('resumed');
      return 'done';
    case 'resnapshot': {
      const { filter } = command;
      const field = filter.equals?.field;
      const columns = run.reader.tables.person.columns;
      if (field !== undefined && !columns.some((c) => c.field === field)) return 'unknown-field';
      const waiting = { filter, after: null, done: 0 };
      const { resnapshots } = run.checkpoint;
      await run.save({ ...run.checkpoint, resnapshots: [...resnapshots, waiting] });
      return 'done';
    }
    case 'accept-restore':
      if (run.frozenBy !== 'HUB_MASTER_RESTORED') return 'not-applicable';
      await beginLoad(run, run.checkpoint, 'new-epoch');
      decided(run);
      return 'done';
    case 'accept-removals':
      if (run.frozenBy !== 'HUB_MASTER_REMOVAL_BURST') return 'not-applicable';
      run.burst?.accept();
      decided(run);
      return 'done';
    case 'accept-gap':
      if (run.checkpoint.removalsUnknownSince === null) return 'not-applicable';
      await run.save({ ...run.checkpoint, removalsUnknownSince: null });
      return 'done';
  }
}

function decided(run: SourceRun): void {
  run.frozenBy = undefined;
  run.move('decided');
  if (run.checkpoint.isPaused) run.move('paused');
}
