import { safeText } from '../../../core/errors/log-safe.ts';
import type { SourceName } from '../../../core/sync/source-record.ts';
import type { CommandRequest } from '../../hub-store/command-store.ts';
import { PULL_NAMES, type PullName } from '../../sources/pu/pu-source-config.ts';
import { readInstanceStatus } from './instance-status.ts';
import {
  type CommandPorts,
  printSubmitted,
  type RefusedCommand,
  refuseReason,
  type SubmittedCommand,
  submitCommand,
} from './submit-command.ts';

/** What can be asked of a source: kinds of rows in the command table. A contract with the instances. */
export const SOURCE_COMMANDS = [
  'source-pause',
  'source-resume',
  'source-resnapshot',
  'source-reload',
  'source-accept-restore',
  'source-accept-removals',
  'source-accept-gap',
  'source-accept-loss',
] as const;
export type SourceCommandKind = (typeof SOURCE_COMMANDS)[number];

/**
 * Which sources take which command. PU has neither a restore nor a gap that the hub could see: all it can be asked is everything again.
 * Its removals are positive statements on single persons, so no burst of them waits for a decision.
 */
export const SOURCES_OF: Readonly<Record<SourceCommandKind, readonly SourceName[]>> = {
  'source-pause': ['master', 'pu'],
  'source-resume': ['master', 'pu'],
  'source-resnapshot': ['master'],
  'source-reload': ['pu'],
  'source-accept-restore': ['master'],
  'source-accept-removals': ['master'],
  'source-accept-gap': ['master'],
  'source-accept-loss': ['master', 'pu'],
};

/** The command that has everything of a source read once more. */
export const READ_AGAIN = {
  master: 'source-resnapshot',
  pu: 'source-reload',
} as const satisfies Record<SourceName, SourceCommandKind>;

/** Runs a pull from PU before it is due. A kind of row in the command table like the others, with a command line of its own. */
export const PULL_NOW = 'source-pull';

/** The pulls by name, as a command line takes them. */
export const PULLS = PULL_NAMES;

/** The one that the core carries out, when it starts: it is about the raw topic and not about the source's own position. */
export const ACCEPT_LOSS = 'source-accept-loss' satisfies SourceCommandKind;

/** The fields by which a part of the source can be read again: areas and kinds of records, never a person. */
export const RESNAPSHOT_FIELDS = [
  'identityType',
  'countyCode',
  'municipalityCode',
  'parishCode',
  'testPerson',
] as const;
export type ResnapshotField = (typeof RESNAPSHOT_FIELDS)[number];

/** A part of the source: the rows with this value in this field. */
export interface ResnapshotFilter {
  readonly field: ResnapshotField;
  readonly value: string;
}

export interface SourceCommand {
  readonly kind: SourceCommandKind | typeof PULL_NOW;
  readonly source: SourceName;
  /** Why. Kept for ever, so without personal data. */
  readonly reason: string;
  readonly requestedBy: string;
  /** Only for a re-snapshot; absent: everything. */
  readonly filter?: ResnapshotFilter;
  /** Only for {@link PULL_NOW}; absent: all of them. */
  readonly pull?: PullName;
}

/** Makes the row for the command table, or says why it must not be made. */
export function requestOf(
  command: SourceCommand,
): RefusedCommand | { readonly kind: 'request'; readonly request: CommandRequest } {
  const refused = refuseReason(command.reason);
  if (refused !== undefined) return refused;
  if (command.filter !== undefined && !/^[A-Za-z0-9]{1,6}$/.test(command.filter.value)) {
    return { kind: 'refused', why: NOT_A_CODE };
  }
  const request = {
    kind: command.kind,
    target: command.source,
    arguments: {
      ...(command.filter && { field: command.filter.field, value: command.filter.value }),
      ...(command.pull && { pull: command.pull }),
    },
    reason: command.reason.trim(),
    requestedBy: command.requestedBy,
    expectedState: null,
  };
  return { kind: 'request', request };
}

const NOT_A_CODE = safeText('the value must be a code of at most six letters and digits');

/** Reads a stored filter back, for the instance that carries the command out. Undefined: everything. */
export function filterOf(stored: CommandRequest['arguments']): ResnapshotFilter | undefined {
  const field = RESNAPSHOT_FIELDS.find((known) => known === stored['field']);
  const value = stored['value'];
  return field === undefined || typeof value !== 'string' ? undefined : { field, value };
}

/** Reads a stored pull back. Null: all of them; undefined: one that this version does not know. */
export function pullOf(stored: CommandRequest['arguments']): PullName | null | undefined {
  const name = stored['pull'] ?? null;
  return name === null ? null : PULL_NAMES.find((known) => known === name);
}

/** What became of a command about a source. */
export interface CommandResult extends SubmittedCommand {
  /** True when only the next start of an instance answers it, so nobody waited. */
  readonly isForNextStart: boolean;
}

/**
 * Stores the command and waits until the instance that reads the source has answered, or the time is over. What it did is stored
 * with the source's checkpoint, so it holds for every instance that reads the source later.
 */
export async function runSourceCommand(
  ports: CommandPorts,
  request: CommandRequest,
  withinMs: number,
  signal: AbortSignal,
): Promise<CommandResult> {
  if (request.kind === ACCEPT_LOSS) {
    const id = await ports.commands.submit(request);
    return { id, isForNextStart: true, answer: undefined, silent: undefined };
  }
  const submitted = await submitCommand(ports, request, {
    withinMs,
    answers: ({ status }) =>
      readInstanceStatus(status).sources.some(({ name }) => name === request.target),
    signal,
  });
  return { ...submitted, isForNextStart: false };
}

/** What became of the command, in one line. */
export function printCommandResult(result: CommandResult): string {
  return result.isForNextStart
    ? `Command ${result.id} is stored. Start the hub now: an instance with the role core carries it out when it starts.`
    : printSubmitted(result, 'reads this source', REFUSALS);
}

const REFUSALS: Readonly<Record<string, string>> = {
  'not-applicable': 'the source does not wait for this decision',
  'unknown-field': 'the mapping of this source has no such field',
  'unknown-command': 'this version of the program does not know the command',
};
