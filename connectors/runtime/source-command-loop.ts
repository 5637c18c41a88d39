import { safeWord } from '../../core/errors/log-safe.ts';
import type { SourceName } from '../../core/sync/source-record.ts';
import type { StoredCommand } from '../hub-store/command-store.ts';
import type { HubStore } from '../hub-store/hub-store.ts';
import type { Logger } from '../observability/logger.ts';
import { WakeUp } from './cancellable-wait.ts';
import { ACCEPT_LOSS } from './operations/source-commands.ts';

/** Without a notice the command table is looked at this often. */
const LOOK_MS = 5_000;
/** So many newer commands may stand above one that nobody has answered. */
const LOOK_BACK = 100;

/**
 * `not-running`: the source ended meanwhile. `not-yet`: it can be done later, and is tried again. Everything but those and `done` is why it was
 * refused.
 */
export type CommandResult =
  | 'done'
  | 'not-running'
  | 'not-yet'
  | 'not-applicable'
  | 'unknown-field'
  | 'unknown-command';

export interface CommandLoopOptions {
  readonly store: Pick<HubStore, 'commands' | 'notices'>;
  readonly source: SourceName;
  readonly carryOut: (command: StoredCommand) => Promise<CommandResult>;
  readonly instance: string;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/**
 * Carries out the commands about a source that nobody has answered yet, also those from a time when no instance ran, oldest first. Only
 * the instance that reads the source does so; what it did is stored with the checkpoint and holds for whoever reads it next.
 */
export async function carryOutCommands(options: CommandLoopOptions): Promise<void> {
  const { store, source, log, signal } = options;
  const wakeUp = new WakeUp();
  using _listening = store.notices.on('command', () => wakeUp.call());
  while (!signal.aborted) {
    try {
      const open = (await store.commands.list(LOOK_BACK)).filter(
        ({ target, kind, outcomes }) =>
          target === source && kind !== ACCEPT_LOSS && outcomes.length === 0,
      );
      for (const command of open.toReversed()) {
        if (signal.aborted) return;
        await answer(command, options);
      }
    } catch (error) {
      log.error('commands could not be looked at', error);
    }
    await wakeUp.wait(LOOK_MS, signal);
  }
}

async function answer(command: StoredCommand, options: CommandLoopOptions): Promise<void> {
  const { store, carryOut, instance, log } = options;
  const result = await carryOut(command);
  // Left unanswered: the next look finds it again, here or in the next instance that reads the source.
  if (result === 'not-running' || result === 'not-yet') return;
  log.info('a command was carried out', {
    command: safeWord(command.kind),
    result: safeWord(result),
  });
  await store.commands.recordOutcome(command.id, {
    instance,
    outcome: result === 'done' ? 'done' : 'refused',
    detail: result === 'done' ? null : result,
  });
}
