import { PHASES, type Phase } from '../../../core/golden-record/authority.ts';
import { DECISION_CHOICES, type DecisionChoice } from '../../../core/identity/work-item.ts';
import {
  type IdentityKey,
  type PersonKey,
  parsePersonKey,
} from '../../../core/person/person-identifier.ts';
import type { PhaseState } from '../../../core/sync/ports.ts';
import type { CommandRequest, StoredCommand } from '../../hub-store/command-store.ts';
import {
  type CommandPorts,
  printSubmitted,
  type RefusedCommand,
  refuseReason,
  type SubmittedCommand,
  submitCommand,
} from './submit-command.ts';

/** The target of commands that any instance with the role core carries out. */
export const CORE_TARGET = 'core';

/** What can be asked of the core: kinds of rows in the command table. A contract with the instances. */
export type CoreCommand =
  | { readonly kind: 'phase-switch'; readonly phase: Phase; readonly seen: PhaseState }
  /** @param walk the number of the walk that was seen standing still. */
  | { readonly kind: 'phase-accept-vanishing'; readonly walk: number }
  | { readonly kind: 'rebuild' }
  | { readonly kind: 'work-decide'; readonly item: bigint; readonly choice: DecisionChoice }
  /**
   * @param seen everything that the person was seen known by: a person who was joined with another one meanwhile is not erased.
   * @param keepsHash also whom a source still delivers; what comes again is refused.
   */
  | {
      readonly kind: 'erase';
      readonly person: PersonKey;
      readonly seen: readonly IdentityKey[];
      readonly keepsHash: boolean;
    }
  /** What comes of an erased person is taken again. */
  | { readonly kind: 'readmit'; readonly person: PersonKey };

/** Who asks, and why: kept for ever, so without personal data. */
export interface CommandAuthor {
  readonly reason: string;
  readonly requestedBy: string;
}

/** Makes the row for the command table, or says why it must not be made. */
export function coreRequestOf(
  command: CoreCommand,
  { reason, requestedBy }: CommandAuthor,
): RefusedCommand | { readonly kind: 'request'; readonly request: CommandRequest } {
  const refused = refuseReason(reason);
  if (refused !== undefined) return refused;
  const request = {
    kind: command.kind,
    target: CORE_TARGET,
    ...partsOf(command),
    reason: reason.trim(),
    requestedBy,
  };
  return { kind: 'request', request };
}

function partsOf(command: CoreCommand): Pick<CommandRequest, 'arguments' | 'expectedState'> {
  switch (command.kind) {
    case 'phase-switch':
      return { arguments: { phase: command.phase }, expectedState: phaseText(command.seen) };
    case 'phase-accept-vanishing':
      return { arguments: {}, expectedState: `${command.walk}` };
    case 'rebuild':
      return { arguments: {}, expectedState: null };
    case 'work-decide':
      return {
        arguments: { item: `${command.item}`, choice: command.choice },
        expectedState: null,
      };
    case 'erase':
      return {
        arguments: { person: command.person, keepsHash: command.keepsHash },
        expectedState: command.seen.toSorted().join(','),
      };
    case 'readmit':
      return { arguments: { person: command.person }, expectedState: null };
  }
}

/** Reads a stored command back, for the instance that carries it out. Undefined: one that this version does not know. */
export function readCoreCommand(
  stored: Pick<StoredCommand, 'kind' | 'arguments' | 'expectedState'>,
): CoreCommand | undefined {
  switch (stored.kind) {
    case 'phase-switch': {
      const phase = PHASES.find((known) => known === stored.arguments['phase']);
      const seen = parsePhaseText(stored.expectedState);
      return phase && seen && { kind: 'phase-switch', phase, seen };
    }
    case 'phase-accept-vanishing': {
      const walk = Number(stored.expectedState ?? Number.NaN);
      return Number.isInteger(walk) ? { kind: 'phase-accept-vanishing', walk } : undefined;
    }
    case 'rebuild':
      return { kind: 'rebuild' };
    case 'work-decide': {
      const item = parseItem(stored.arguments['item']);
      const choice = DECISION_CHOICES.find((known) => known === stored.arguments['choice']);
      return item === undefined || choice === undefined
        ? undefined
        : { kind: 'work-decide', item, choice };
    }
    case 'erase': {
      const person = parsePersonKey(String(stored.arguments['person']));
      const keepsHash = stored.arguments['keepsHash'];
      const seen = parseKeys(stored.expectedState);
      return person === undefined || seen === undefined || typeof keepsHash !== 'boolean'
        ? undefined
        : { kind: 'erase', person, seen, keepsHash };
    }
    case 'readmit': {
      const person = parsePersonKey(String(stored.arguments['person']));
      return person && { kind: 'readmit', person };
    }
    default:
      return undefined;
  }
}

/** The identities that were seen, with commas between them. They have the form of a person's key. */
function parseKeys(text: string | null): readonly IdentityKey[] | undefined {
  const keys = (text ?? '').split(',').map(parsePersonKey);
  return keys.every((key) => key !== undefined)
    ? keys.map((key) => key as string as IdentityKey)
    : undefined;
}

/** The number of a work item as a command line and a stored command have it. */
export function parseItem(text: unknown): bigint | undefined {
  return typeof text === 'string' && /^\d{1,18}$/.test(text) ? BigInt(text) : undefined;
}

/** The phase with its generation: what somebody saw who asks for another one. */
function phaseText({ phase, generation }: PhaseState): string {
  return `${phase}:${generation}`;
}

function parsePhaseText(text: string | null): PhaseState | undefined {
  const [word, generation] = text?.split(':') ?? [];
  const phase = PHASES.find((known) => known === word);
  return phase && { phase, generation: Number(generation) };
}

/**
 * Stores the command and waits until an instance with the role core has answered, or the time is over. What it did is in the store, so it holds
 * for all instances.
 */
export async function runCoreCommand(
  ports: CommandPorts,
  request: CommandRequest,
  withinMs: number,
  signal: AbortSignal,
): Promise<SubmittedCommand> {
  const answers = ({ roles }: { readonly roles: readonly string[] }): boolean =>
    roles.includes('core');
  return await submitCommand(ports, request, { withinMs, answers, signal });
}

/** What became of the command, in one line. */
export function printCoreResult(result: SubmittedCommand): string {
  return printSubmitted(result, 'has the role core', REFUSALS);
}

const REFUSALS: Readonly<Record<string, string>> = {
  'not-applicable': 'nothing waits for this decision',
  'other-state':
    'it is not as it was seen: somebody switched the phase meanwhile, or the person was joined with another one or parted; look again (`hub phase show`, `hub erase <key>`) and ask again',
  'not-open': 'the work item closed by itself: what it asked is not there any more',
  'not-a-choice': 'a work item of this kind cannot be answered so; `hub work show` has the choices',
  nobody: 'nobody in the hub store has this key, or nobody with it was erased',
  'still-delivered':
    'a source still has the person and would bring everything back; let it be removed there, or add --keep-hash so that what comes again is refused',
  'unknown-command': 'this version of the program does not know the command',
};
