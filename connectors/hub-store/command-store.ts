import { type Database, statement } from './database.ts';

/** What somebody asks of the running instances: the one way in, for the CLI, a page and a schedule alike. */
export interface CommandRequest {
  /** `source-pause`, `source-resume`, `source-resnapshot` … */
  readonly kind: string;
  /** What it is about: the name of a source, a consumer. */
  readonly target: string;
  /** Values that the command needs. Never personal data: a filter names keys of the hub, not identities. */
  readonly arguments: Readonly<Record<string, string | number | boolean | null>>;
  readonly reason: string;
  readonly requestedBy: string;
  /** The state that the requester saw; an instance that sees another one refuses. Null: any. */
  readonly expectedState: string | null;
}

/** A stored command. */
export interface StoredCommand extends CommandRequest {
  readonly id: bigint;
  /** Milliseconds since 1970. */
  readonly requestedAt: number;
  readonly outcomes: readonly CommandOutcome[];
}

/** What one instance did with a command. */
export interface CommandOutcome {
  readonly instance: string;
  readonly outcome: 'done' | 'refused' | 'failed';
  /** An error code or a short remark of ours. */
  readonly detail: string | null;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const SUBMIT = statement<{ id: string }>(
  'submit-command',
  `INSERT INTO commands (kind, target, arguments, reason, requested_by, expected_state)
   VALUES ($1, $2, $3, $4, $5, $6) RETURNING id`,
);

interface CommandRow {
  readonly [column: string]: string | null;
  readonly id: string;
  readonly kind: string;
  readonly target: string;
  readonly arguments: string;
  readonly reason: string;
  readonly requested_by: string;
  readonly expected_state: string | null;
  readonly requested_at: string;
  readonly outcomes: string;
}

const COMMANDS = `
  SELECT c.id, c.kind, c.target, c.arguments, c.reason, c.requested_by, c.expected_state,
         (extract(epoch FROM c.requested_at) * 1000)::bigint AS requested_at,
         (SELECT coalesce(json_agg(json_build_object(
             'instance', o.instance, 'outcome', o.outcome, 'detail', o.detail,
             'at', (extract(epoch FROM o.at) * 1000)::bigint) ORDER BY o.at), '[]')
          FROM command_outcomes o WHERE o.command_id = c.id) AS outcomes
  FROM commands c`;

const UNANSWERED = statement<CommandRow>(
  'unanswered-commands',
  `${COMMANDS} WHERE NOT EXISTS (SELECT FROM command_outcomes o WHERE o.command_id = c.id) ORDER BY c.id LIMIT $1`,
);

const LIST = statement<CommandRow>('list-commands', `${COMMANDS} ORDER BY c.id DESC LIMIT $1`);

const LATEST = statement<CommandRow>(
  'latest-command',
  `${COMMANDS} WHERE c.target = $1 AND c.kind = ANY ($2::text[]) ORDER BY c.id DESC LIMIT 1`,
);

const RECORD_OUTCOME = statement(
  'record-outcome',
  `INSERT INTO command_outcomes (command_id, instance, outcome, detail) VALUES ($1, $2, $3, $4)
   ON CONFLICT (command_id, instance) DO NOTHING`,
);

/** So many are looked at, of all kinds together. What is beyond waits until these are answered. */
export const MOST_UNANSWERED = 1_000;

/** The one command table: who asked for what, why, and what each instance made of it. */
export class CommandStore {
  readonly #database: Database;
  readonly #onSubmit: () => void;

  /** @param onSubmit called after a command was stored. */
  constructor(database: Database, onSubmit: () => void) {
    this.#database = database;
    this.#onSubmit = onSubmit;
  }

  /** @returns the command's id. */
  async submit(request: CommandRequest): Promise<bigint> {
    const [row] = await this.#database.query(SUBMIT, [
      request.kind,
      request.target,
      JSON.stringify(request.arguments),
      request.reason,
      request.requestedBy,
      request.expectedState,
    ]);
    if (row === undefined) throw new TypeError('INSERT … RETURNING returned no row');
    this.#onSubmit();
    return BigInt(row.id);
  }

  /** The newest command of these kinds for a target: an instance that starts takes a lasting state (paused) from it. */
  async latest(target: string, kinds: readonly string[]): Promise<StoredCommand | undefined> {
    const [row] = await this.#database.query(LATEST, [target, kinds]);
    return row === undefined ? undefined : storedCommand(row);
  }

  /** Commands that no instance has answered, oldest first. */
  async unanswered(limit: number): Promise<readonly StoredCommand[]> {
    return (await this.#database.query(UNANSWERED, [limit])).map(storedCommand);
  }

  /** The newest commands, newest first. */
  async list(limit: number): Promise<readonly StoredCommand[]> {
    return (await this.#database.query(LIST, [limit])).map(storedCommand);
  }

  /** Records what an instance did. The first answer stays. */
  async recordOutcome(commandId: bigint, outcome: Omit<CommandOutcome, 'at'>): Promise<void> {
    await this.#database.execute(RECORD_OUTCOME, [
      commandId,
      outcome.instance,
      outcome.outcome,
      outcome.detail,
    ]);
  }
}

function storedCommand(row: CommandRow): StoredCommand {
  return {
    id: BigInt(row.id),
    kind: row.kind,
    target: row.target,
    arguments: JSON.parse(row.arguments) as CommandRequest['arguments'],
    reason: row.reason,
    requestedBy: row.requested_by,
    expectedState: row.expected_state,
    requestedAt: Number(row.requested_at),
    outcomes: JSON.parse(row.outcomes) as readonly CommandOutcome[],
  };
}
