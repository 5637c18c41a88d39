import { type SafeText, safeText } from '../../../core/errors/log-safe.ts';
import type { SourceName } from '../../../core/sync/source-record.ts';
import type {
  CommandOutcome,
  CommandRequest,
  CommandStore,
} from '../../hub-store/command-store.ts';
import type { InstanceStore } from '../../hub-store/instance-store.ts';
import { scrubText } from '../../observability/scrub.ts';
import { PULL_NAMES, type PullName } from '../../sources/pu/pu-source-config.ts';
import { waitMs } from '../cancellable-wait.ts';
import { readInstanceStatus } from './instance-status.ts';
import { SILENT_SECONDS } from './read-status.ts';

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

/** A command that may not be stored, with what is wrong in one sentence. */
export interface RefusedCommand {
  readonly kind: 'refused';
  readonly why: SafeText;
}

/** Makes the row for the command table, or says why it must not be made. */
export function requestOf(
  command: SourceCommand,
): RefusedCommand | { readonly kind: 'request'; readonly request: CommandRequest } {
  const reason = command.reason.trim();
  if (reason.length < 3) return { kind: 'refused', why: TOO_SHORT };
  if (scrubText(reason) !== reason) return { kind: 'refused', why: LOOKS_PERSONAL };
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
    reason,
    requestedBy: command.requestedBy,
    expectedState: null,
  };
  return { kind: 'request', request };
}

const TOO_SHORT = safeText('say why in a few words: the reason is kept with the command');
const LOOKS_PERSONAL = safeText(
  'the reason seems to hold a personal identity; name a case instead, the reason is kept for ever',
);
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

export interface CommandPorts {
  readonly commands: Pick<CommandStore, 'submit' | 'list'>;
  readonly instances: Pick<InstanceStore, 'list'>;
}

/** What became of a command within the time that somebody waited. */
export interface CommandResult {
  readonly id: bigint;
  /** True when only the next start of an instance answers it, so nobody waited. */
  readonly isForNextStart: boolean;
  /** Of the instance that reads the source. Undefined: nobody has answered yet. */
  readonly answer: CommandOutcome | undefined;
  /** The instance that reads the source now and has not answered. Undefined: none reads it, or it has answered. */
  readonly silent: string | undefined;
}

const LOOK_MS = 200;
/** So many newer commands may come while one is waited for. */
const LOOK_BACK = 100;

/**
 * Stores the command and waits until the instance that reads the source has answered, or the time is over. What it did is stored
 * with the source's checkpoint, so it holds for every instance that reads the source later. A command is not withdrawn when
 * nobody answers: the next instance that reads the source carries it out.
 */
export async function runSourceCommand(
  ports: CommandPorts,
  request: CommandRequest,
  withinMs: number,
  signal: AbortSignal,
): Promise<CommandResult> {
  const id = await ports.commands.submit(request);
  const isForNextStart = request.kind === ACCEPT_LOSS;
  if (isForNextStart) return { id, isForNextStart, answer: undefined, silent: undefined };
  const until = performance.now() + withinMs;
  for (;;) {
    const stored = (await ports.commands.list(LOOK_BACK)).find((command) => command.id === id);
    const answer = stored?.outcomes[0];
    const reader = answer === undefined ? await findReader(ports, request.target) : undefined;
    const isOver = signal.aborted || performance.now() >= until;
    if (reader === undefined || isOver) return { id, isForNextStart, answer, silent: reader };
    await waitMs(LOOK_MS, signal);
  }
}

/** The instance that reads the source now. */
async function findReader(
  { instances }: CommandPorts,
  source: string,
): Promise<string | undefined> {
  const seen = await instances.list();
  return seen.find(
    ({ secondsSinceSeen, status }) =>
      secondsSinceSeen <= SILENT_SECONDS &&
      readInstanceStatus(status).sources.some(({ name }) => name === source),
  )?.instance;
}

/** What became of the command, in one line. */
export function printCommandResult(result: CommandResult): string {
  const { id, isForNextStart, answer, silent } = result;
  if (isForNextStart) {
    return `Command ${id} is stored. Start the hub now: an instance with the role core carries it out when it starts.`;
  }
  if (answer !== undefined) {
    const why = answer.detail === null ? '' : `: ${REFUSALS[answer.detail] ?? answer.detail}`;
    return `Command ${id}: ${answer.instance} answers ${answer.outcome}${why}.`;
  }
  return silent === undefined
    ? `Command ${id} is stored. No instance reads this source now; the next one that does carries it out.`
    : `Command ${id} is stored. ${silent} reads this source and has not answered yet.`;
}

const REFUSALS: Readonly<Record<string, string>> = {
  'not-applicable': 'the source does not wait for this decision',
  'unknown-field': 'the mapping of this source has no such field',
  'unknown-command': 'this version of the program does not know the command',
};
