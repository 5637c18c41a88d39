import { type SafeText, safeText } from '../../../core/errors/log-safe.ts';
import type {
  CommandOutcome,
  CommandRequest,
  CommandStore,
} from '../../hub-store/command-store.ts';
import type { InstanceStore, SeenInstance } from '../../hub-store/instance-store.ts';
import { scrubText } from '../../observability/scrub.ts';
import { waitMs } from '../cancellable-wait.ts';
import { SILENT_SECONDS } from './read-status.ts';

/** A command that may not be stored, with what is wrong in one sentence. */
export interface RefusedCommand {
  readonly kind: 'refused';
  readonly why: SafeText;
}

const TOO_SHORT = safeText('say why in a few words: the reason is kept with the command');
const LOOKS_PERSONAL = safeText(
  'the reason seems to hold a personal identity; name a case instead, the reason is kept for ever',
);

/** Why a reason may not be stored; undefined: it may. It is kept for ever, so it must say something, and nothing personal. */
export function refuseReason(reason: string): RefusedCommand | undefined {
  if (reason.trim().length < 3) return { kind: 'refused', why: TOO_SHORT };
  if (scrubText(reason) !== reason) return { kind: 'refused', why: LOOKS_PERSONAL };
  return undefined;
}

export interface CommandPorts {
  readonly commands: Pick<CommandStore, 'submit' | 'list'>;
  readonly instances: Pick<InstanceStore, 'list'>;
}

export interface SubmitOptions {
  readonly withinMs: number;
  /** Whether this running instance is one that carries such a command out. */
  readonly answers: (instance: SeenInstance) => boolean;
  readonly signal: AbortSignal;
}

/** What became of a command within the time that somebody waited. */
export interface SubmittedCommand {
  readonly id: bigint;
  /** Undefined: nobody has answered yet. */
  readonly answer: CommandOutcome | undefined;
  /** An instance that carries such commands out and has not answered. Undefined: none is there, or it has answered. */
  readonly silent: string | undefined;
}

const LOOK_MS = 200;
/** So many newer commands may come while one is waited for. */
const LOOK_BACK = 100;

/**
 * Stores the command and waits until an instance has answered, or the time is over. A command is not withdrawn when nobody answers: the next
 * instance that can carry it out does.
 */
export async function submitCommand(
  { commands, instances }: CommandPorts,
  request: CommandRequest,
  { withinMs, answers, signal }: SubmitOptions,
): Promise<SubmittedCommand> {
  const id = await commands.submit(request);
  const until = performance.now() + withinMs;
  for (;;) {
    const stored = (await commands.list(LOOK_BACK)).find((command) => command.id === id);
    const answer = stored?.outcomes[0];
    const silent =
      answer === undefined
        ? (await instances.list()).find(
            (one) => one.secondsSinceSeen <= SILENT_SECONDS && answers(one),
          )?.instance
        : undefined;
    const isOver = signal.aborted || performance.now() >= until;
    if (silent === undefined || isOver) return { id, answer, silent };
    await waitMs(LOOK_MS, signal);
  }
}

/** What became of the command, in one line. @param refusals each reason for a refusal, in words. */
export function printSubmitted(
  { id, answer, silent }: SubmittedCommand,
  work: 'reads this source' | 'has the role core',
  refusals: Readonly<Record<string, string>>,
): string {
  if (answer !== undefined) {
    const why = answer.detail === null ? '' : `: ${refusals[answer.detail] ?? answer.detail}`;
    return `Command ${id}: ${answer.instance} answers ${answer.outcome}${why}.`;
  }
  return silent === undefined
    ? `Command ${id} is stored. No instance ${work} now; the next one that does carries it out.`
    : `Command ${id} is stored. ${silent} ${work} and has not answered yet.`;
}
