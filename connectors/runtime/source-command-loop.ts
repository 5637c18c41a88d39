import { safeWord } from '../../core/errors/log-safe.ts';
import type { StoredCommand } from '../hub-store/command-store.ts';
import type { HubStore } from '../hub-store/hub-store.ts';
import type { Logger } from '../observability/logger.ts';
import type { MasterSource } from '../sources/master/master-source.ts';
import type { MasterCommand } from '../sources/master/master-source-events.ts';
import { WakeUp } from './cancellable-wait.ts';
import { ACCEPT_LOSS, filterOf } from './operations/source-commands.ts';

/** Without a notice the command table is looked at this often. */
const LOOK_MS = 5_000;
/** So many newer commands may stand above one that nobody has answered. */
const LOOK_BACK = 100;

/**
 * Carries out the commands about Master that nobody has answered yet, also those from a time when no instance ran, oldest first. Only the
 * instance that reads Master does so; what it did is stored with the checkpoint and holds for whoever reads it next.
 */
export async function carryOutCommands(
  store: Pick<HubStore, 'commands' | 'notices'>,
  source: MasterSource,
  instance: string,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  const wakeUp = new WakeUp();
  using _listening = store.notices.on('command', () => wakeUp.call());
  while (!signal.aborted) {
    try {
      const open = (await store.commands.list(LOOK_BACK)).filter(
        ({ target, kind, outcomes }) =>
          target === 'master' && kind !== ACCEPT_LOSS && outcomes.length === 0,
      );
      for (const command of open.toReversed()) {
        if (signal.aborted) return;
        await carryOut(command);
      }
    } catch (error) {
      log.error('commands could not be looked at', error);
    }
    await wakeUp.wait(LOOK_MS, signal);
  }

  async function carryOut(stored: StoredCommand): Promise<void> {
    const command = masterCommand(stored);
    const result = command === undefined ? 'unknown-command' : await source.send(command);
    // The source ended meanwhile: the next instance that reads Master finds the command unanswered.
    if (result === 'not-running') return;
    log.info('a command was carried out', {
      command: safeWord(stored.kind),
      result: safeWord(result),
    });
    await store.commands.recordOutcome(stored.id, {
      instance,
      outcome: result === 'done' ? 'done' : 'refused',
      detail: result === 'done' ? null : result,
    });
  }
}

function masterCommand({ kind, arguments: args }: StoredCommand): MasterCommand | undefined {
  switch (kind) {
    case 'source-pause':
      return { kind: 'pause' };
    case 'source-resume':
      return { kind: 'resume' };
    case 'source-resnapshot': {
      const filter = filterOf(args);
      return { kind: 'resnapshot', filter: filter === undefined ? {} : { equals: filter } };
    }
    case 'source-accept-restore':
      return { kind: 'accept-restore' };
    case 'source-accept-removals':
      return { kind: 'accept-removals' };
    case 'source-accept-gap':
      return { kind: 'accept-gap' };
    default:
      return undefined;
  }
}
