import type { ConsumerProfile } from '../../../core/disclosure/consumer-profile.ts';
import { parseProfile, printProfile } from '../../../core/disclosure/profile-text.ts';
import { type SafeText, safeText } from '../../../core/errors/log-safe.ts';
import { type PersonKey, parsePersonKey } from '../../../core/person/person-identifier.ts';
import type { CommandRequest, StoredCommand } from '../../hub-store/command-store.ts';
import type { NewConsumer, SeenConsumer } from '../../hub-store/consumer-registry.ts';
import type { ConsumerAgreement } from '../../hub-store/consumer-rows.ts';
import { scrubText } from '../../observability/scrub.ts';
import { isDate, standingOf, swedishDate } from './consumer-agreement.ts';
import type { CommandAuthor } from './core-commands.ts';
import {
  type CommandPorts,
  printSubmitted,
  type RefusedCommand,
  refuseReason,
  type SubmittedCommand,
  submitCommand,
} from './submit-command.ts';

/** The target of commands about consumers. An instance with the role core carries them out. */
export const CONSUMERS_TARGET = 'consumers';

/** What can be asked about consumers: kinds of rows in the command table. A contract with the instances. */
export type ConsumerCommand =
  | { readonly kind: 'consumer-add'; readonly consumer: NewConsumer }
  | {
      readonly kind: 'consumer-change';
      readonly name: string;
      readonly profile: ConsumerProfile;
      readonly seen: SeenConsumer;
    }
  | {
      readonly kind: 'consumer-renew';
      readonly name: string;
      readonly agreement: ConsumerAgreement;
    }
  | { readonly kind: 'consumer-pause' | 'consumer-resume'; readonly name: string }
  | {
      readonly kind: 'consumer-replay';
      readonly name: string;
      /** Everybody again, in the same generation or in a new one; or what happened since then, in milliseconds since 1970. */
      readonly what: 'all' | 'repair' | { readonly since: number };
      readonly seen: SeenConsumer;
    }
  | {
      readonly kind: 'consumer-touch';
      readonly name: string;
      /** At most {@link MOST_KEYS}. */
      readonly personKeys: readonly PersonKey[];
    }
  | { readonly kind: 'consumer-drop'; readonly name: string; readonly seen: SeenConsumer };

/** So many persons one command names; more are several commands. */
export const MOST_KEYS = 1_000;

/** Makes the row for the command table, or says why it must not be made. @param now milliseconds since 1970. */
export function consumerRequestOf(
  command: ConsumerCommand,
  { reason, requestedBy }: CommandAuthor,
  now: number,
): RefusedCommand | { readonly kind: 'request'; readonly request: CommandRequest } {
  const refused = refuseReason(reason) ?? refuseCommand(command, now);
  if (refused !== undefined) return refused;
  const request = {
    kind: command.kind,
    target: CONSUMERS_TARGET,
    arguments: argumentsOf(command),
    reason: reason.trim(),
    requestedBy,
    expectedState: 'seen' in command ? `${command.seen.id}:${command.seen.generation}` : null,
  };
  return { kind: 'request', request };
}

function refuseCommand(command: ConsumerCommand, now: number): RefusedCommand | undefined {
  if (command.kind === 'consumer-renew') return refuseAgreement(command.agreement, now);
  if (command.kind !== 'consumer-add') return undefined;
  const { agreement, principal } = command.consumer;
  const refused = refuseAgreement(agreement, now);
  if (refused !== undefined || principal === null || PRINCIPAL.test(principal)) return refused;
  return why(NO_PRINCIPAL);
}

/** Missing or expired means no start, in production and everywhere else. */
function refuseAgreement(agreement: ConsumerAgreement, now: number): RefusedCommand | undefined {
  const { validTo, frameworkVersion, staffInformedBy, staffInformedAt } = agreement;
  if (!isDate(validTo)) return why(NO_DATE.validTo);
  if (standingOf(agreement, now).kind === 'over') return why(OVER);
  if (!isDate(staffInformedAt)) return why(NO_DATE.staffInformedAt);
  if (staffInformedAt > swedishDate(now)) return why(NOT_YET_INFORMED);
  if (!isPlain(frameworkVersion)) return why(NOT_PLAIN.frameworkVersion);
  if (!isPlain(staffInformedBy)) return why(NOT_PLAIN.staffInformedBy);
  return undefined;
}

function why(text: SafeText): RefusedCommand {
  return { kind: 'refused', why: text };
}

/** Filled, and nothing that looks like somebody's number: it is kept for ever. */
function isPlain(text: string): boolean {
  return text.trim() !== '' && text.length <= 200 && scrubText(text) === text;
}

/** Never `*`, which is everybody. */
const PRINCIPAL = /^[A-Za-z0-9][A-Za-z0-9._=@-]{0,100}$/;
const OVER = safeText('the agreement is over: nothing is sent to a consumer without one');
const NOT_YET_INFORMED = safeText('the staff is said to have been informed on a day to come');
const NO_PRINCIPAL = safeText(
  'a principal is the name alone, without User:, of letters, digits and . _ = @ -',
);
const NO_DATE = {
  validTo: safeText('--agreement-valid-to takes a day that exists, such as 2027-12-31'),
  staffInformedAt: safeText('--staff-informed-at takes a day that exists, such as 2026-03-01'),
} as const;
const NOT_PLAIN = {
  frameworkVersion: safeText('--framework-version takes a short text without personal data'),
  staffInformedBy: safeText('--staff-informed-by takes an office, without personal data'),
} as const;

function argumentsOf(command: ConsumerCommand): CommandRequest['arguments'] {
  switch (command.kind) {
    case 'consumer-add': {
      const { profile, agreement, principal } = command.consumer;
      return { consumer: profile.name, profile: printProfile(profile), ...agreement, principal };
    }
    case 'consumer-change':
      return { consumer: command.name, profile: printProfile(command.profile) };
    case 'consumer-replay': {
      const { name, what } = command;
      return typeof what === 'string'
        ? { consumer: name, what }
        : { consumer: name, what: 'since', since: what.since };
    }
    case 'consumer-renew':
      return { consumer: command.name, ...command.agreement };
    case 'consumer-touch':
      return { consumer: command.name, personKeys: command.personKeys.join(',') };
    case 'consumer-pause':
    case 'consumer-resume':
    case 'consumer-drop':
      return { consumer: command.name };
  }
}

/** Reads a stored command back, for the instance that carries it out. Undefined: one that this version does not know. */
export function readConsumerCommand(
  stored: Pick<StoredCommand, 'kind' | 'arguments' | 'expectedState'>,
): ConsumerCommand | undefined {
  const { kind } = stored;
  const name = textOf(stored, 'consumer');
  if (name === undefined) return undefined;
  const seen = seenOf(stored.expectedState);
  const text = textOf(stored, 'profile');
  const profile = text === undefined ? undefined : parseProfile(text);
  switch (kind) {
    case 'consumer-add': {
      const agreement = agreementOf(stored);
      const principal = textOf(stored, 'principal') ?? null;
      return profile && agreement && { kind, consumer: { profile, agreement, principal } };
    }
    case 'consumer-change':
      return profile && seen && { kind, name, profile, seen };
    case 'consumer-renew': {
      const agreement = agreementOf(stored);
      return agreement && { kind, name, agreement };
    }
    case 'consumer-pause':
    case 'consumer-resume':
      return { kind, name };
    case 'consumer-replay': {
      const what = replayOf(stored);
      return what && seen && { kind, name, what, seen };
    }
    case 'consumer-touch': {
      const personKeys = textOf(stored, 'personKeys')?.split(',').map(parsePersonKey);
      return personKeys?.every((key) => key !== undefined) === true
        ? { kind, name, personKeys }
        : undefined;
    }
    case 'consumer-drop':
      return seen && { kind, name, seen };
    default:
      return undefined;
  }
}

type Arguments = Pick<StoredCommand, 'arguments'>;

function textOf({ arguments: values }: Arguments, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

function agreementOf(stored: Arguments): ConsumerAgreement | undefined {
  const validTo = textOf(stored, 'validTo');
  const frameworkVersion = textOf(stored, 'frameworkVersion');
  const staffInformedBy = textOf(stored, 'staffInformedBy');
  const staffInformedAt = textOf(stored, 'staffInformedAt');
  if (validTo === undefined || frameworkVersion === undefined) return undefined;
  if (staffInformedBy === undefined || staffInformedAt === undefined) return undefined;
  return { validTo, frameworkVersion, staffInformedBy, staffInformedAt };
}

function replayOf(
  stored: Arguments,
): Extract<ConsumerCommand, { kind: 'consumer-replay' }>['what'] | undefined {
  const what = stored.arguments['what'];
  if (what === 'all' || what === 'repair') return what;
  const since = stored.arguments['since'];
  return what === 'since' && typeof since === 'number' ? { since } : undefined;
}

function seenOf(text: string | null): SeenConsumer | undefined {
  const match = /^(\d{1,9}):(\d{1,15})$/.exec(text ?? '');
  return match === null ? undefined : { id: Number(match[1]), generation: Number(match[2]) };
}

/** Stores the command and waits until an instance with the role core has answered, or the time is over. */
export async function runConsumerCommand(
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
export function printConsumerResult(result: SubmittedCommand): string {
  return printSubmitted(result, 'has the role core', REFUSALS);
}

const REFUSALS: Readonly<Record<string, string>> = {
  'already-added': 'a consumer of this name is there already',
  'not-added': 'there is no such consumer; it was not added, or it is dropped',
  'principal-taken':
    'another consumer has this principal, and the rights of one would be those of both',
  'agreement-over': 'the agreement is over: nothing is sent to a consumer without one',
  'walk-under-way': 'everybody is gone through for it already; ask again when that is over',
  unchanged: 'its profile is this one already',
  'version-not-raised': 'the profile is another one and has no higher version',
  'other-delivery':
    'its persons would be delivered another way; drop it and add it again, so that what was sent the first way is taken back',
  'not-begun': 'nothing was read for it yet, so there is nothing to go back from',
  'other-state': 'it is not as it was seen, or it is being dropped; look at `hub consumers status`',
  'unknown-command': 'this version of the program does not know the command',
};
