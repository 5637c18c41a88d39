import { safeWord } from '../../core/errors/log-safe.ts';
import { MOST_UNANSWERED, type StoredCommand } from '../hub-store/command-store.ts';
import type { RegistryOutcome } from '../hub-store/consumer-registry.ts';
import type { HubStore } from '../hub-store/hub-store.ts';
import type { Logger } from '../observability/logger.ts';
import { WakeUp } from './cancellable-wait.ts';

/** Without a notice the command table is looked at this often. */
const LOOK_MS = 5_000;

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
  | 'unknown-command'
  | 'other-state'
  | 'not-open'
  | 'not-a-choice'
  | 'agreement-over'
  | 'nobody'
  | 'still-delivered'
  | RegistryOutcome;

export interface CommandLoopOptions {
  readonly store: Pick<HubStore, 'commands' | 'notices'>;
  /** Whether a command is one of those that this loop answers. */
  readonly isMine: (command: StoredCommand) => boolean;
  readonly carryOut: (command: StoredCommand) => Promise<CommandResult>;
  readonly instance: string;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/**
 * Carries out the commands that nobody has answered yet, also those from a time when no instance ran, oldest first. Only one instance at a time
 * does so for the same commands: the one that holds the lease on the source, or on the core's commands.
 */
export async function carryOutCommands(options: CommandLoopOptions): Promise<void> {
  const { store, isMine, log, signal } = options;
  const wakeUp = new WakeUp();
  using _listening = store.notices.on('command', () => wakeUp.call());
  while (!signal.aborted) {
    try {
      const open = (await store.commands.unanswered(MOST_UNANSWERED)).filter(isMine);
      for (const command of open) {
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
  // Left unanswered: the next look finds it again, here or in the next instance that has the lease.
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
