import type { IdentityKey } from '../../core/person/person-identifier.ts';
import type { Derivation } from '../../core/sync/ports.ts';
import { type SqlRow, type SqlRunner, statement } from './database.ts';

interface DerivationRow extends SqlRow {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly cursor: string | null;
  readonly started_at: string;
  readonly persons: string;
  readonly changed: string;
  readonly vanished: string;
  readonly accepted_by: string | null;
}

const COLUMNS = `id, kind, state, cursor, (extract(epoch FROM started_at) * 1000)::bigint AS started_at,
  persons, changed, vanished, accepted_by`;

/**
 * A new one is only added, and takes the place of the one before by its higher id: so nobody waits for a page of that one. It may still be
 * written at this moment, by the phase that it holds.
 */
const BEGIN = statement(
  'begin-derivation',
  `INSERT INTO derivations (kind, command_id, started_at) VALUES ($1, $2, $3) ON CONFLICT (command_id) DO NOTHING`,
);

const LATEST = 'id = (SELECT max(id) FROM derivations)';

const SHOW = statement<DerivationRow>(
  'show-derivation',
  `SELECT ${COLUMNS} FROM derivations WHERE ${LATEST}`,
);

const OF_COMMAND = statement<DerivationRow>(
  'derivation-of-command',
  `SELECT ${COLUMNS} FROM derivations WHERE command_id = $1`,
);

const LOCK_RUNNING = statement<DerivationRow>(
  'lock-derivation',
  `SELECT ${COLUMNS} FROM derivations WHERE ${LATEST} AND state = 'running' FOR UPDATE SKIP LOCKED`,
);

const SAVE = statement(
  'save-derivation',
  `UPDATE derivations SET state = $2, cursor = $3, persons = $4, changed = $5, vanished = $6, updated_at = now() WHERE id = $1`,
);

/** A walk that began after the command was given is not the one that somebody looked at. */
const ACCEPT = statement(
  'accept-vanishing',
  `UPDATE derivations SET state = 'running', accepted_by = $1, updated_at = now()
   WHERE ${LATEST} AND state = 'stopped' AND coalesce(command_id, 0) < $1::bigint`,
);

const ACCEPTED = statement<{ id: string }>(
  'accepted-vanishing',
  'SELECT id FROM derivations WHERE accepted_by = $1',
);

/** Begins deriving everybody again. The same command again changes nothing. */
export async function beginDerivation(
  runner: SqlRunner,
  kind: Derivation['kind'],
  commandId: bigint,
  startedAt: string,
): Promise<void> {
  await runner.execute(BEGIN, [kind, commandId, startedAt]);
}

/** `PersonTransaction.lockDerivation`. */
export async function lockDerivation(runner: SqlRunner): Promise<Derivation | undefined> {
  const [row] = await runner.query(LOCK_RUNNING);
  return row === undefined ? undefined : derivationOf(row);
}

/** `PersonTransaction.saveDerivation`. Whether it accepts that persons vanish is for {@link DerivationStore.acceptVanishing} to say. */
export async function saveDerivation(runner: SqlRunner, derivation: Derivation): Promise<void> {
  const { id, state, cursor, persons, changed, vanished } = derivation;
  await runner.execute(SAVE, [id, state, cursor, persons, changed, vanished]);
}

/** What somebody asks of the walk over all persons. */
export class DerivationStore {
  readonly #runner: SqlRunner;

  constructor(runner: SqlRunner) {
    this.#runner = runner;
  }

  /** The latest one, also when it is done. @returns undefined when there was none. */
  async show(): Promise<Derivation | undefined> {
    const [row] = await this.#runner.query(SHOW);
    return row === undefined ? undefined : derivationOf(row);
  }

  /** Begins a rebuild, in place of a walk that is under way. The same command again changes nothing. @param startedAt ISO 8601 in UTC. */
  async startRebuild(commandId: bigint, startedAt: string): Promise<Derivation> {
    await beginDerivation(this.#runner, 'rebuild', commandId, startedAt);
    const [row] = await this.#runner.query(OF_COMMAND, [commandId]);
    if (row === undefined) throw new TypeError('the derivation that was begun is not there');
    return derivationOf(row);
  }

  /** Lets a stopped walk go on. @returns false when none is stopped, or another one than when the command was given. */
  async acceptVanishing(commandId: bigint): Promise<boolean> {
    if ((await this.#runner.execute(ACCEPT, [commandId])) > 0) return true;
    return (await this.#runner.query(ACCEPTED, [commandId])).length > 0;
  }
}

function derivationOf(row: DerivationRow): Derivation {
  return {
    id: Number(row.id),
    kind: row.kind as Derivation['kind'],
    state: row.state as Derivation['state'],
    cursor: row.cursor as IdentityKey | null,
    startedAt: new Date(Number(row.started_at)).toISOString(),
    persons: Number(row.persons),
    changed: Number(row.changed),
    vanished: Number(row.vanished),
    acceptsVanishing: row.accepted_by !== null,
  };
}
