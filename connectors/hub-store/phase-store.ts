import type { Phase } from '../../core/golden-record/authority.ts';
import type { PhaseState } from '../../core/sync/ports.ts';
import { type Database, type SqlRow, type SqlRunner, statement } from './database.ts';
import { beginDerivation } from './derivation-store.ts';

interface PhaseRow extends SqlRow {
  readonly phase: string;
  readonly generation: string;
}

/**
 * Held to the end of the transaction. The row lock gives the transaction its number, which a follow-up's horizon counts with; the lock on the
 * table (ROW SHARE), which comes with it, is what a switch waits for.
 */
const HOLD = statement<PhaseRow>(
  'hold-phase',
  'SELECT phase, generation FROM phases WHERE is_only FOR SHARE',
);

const READ = statement<
  PhaseRow & { readonly switched_at: string; readonly command_id: string | null }
>(
  'read-phase',
  `SELECT phase, generation, command_id, (extract(epoch FROM switched_at) * 1000)::bigint AS switched_at FROM phases WHERE is_only`,
);

/** The table and not the row: locks on tables are given in the order of asking, so batches that keep coming do not go before a switch for ever. */
const LOCK = statement('lock-phases', 'LOCK TABLE phases IN EXCLUSIVE MODE');

const SWITCH = statement<PhaseRow>(
  'switch-phase',
  `UPDATE phases SET phase = $1, generation = generation + 1, switched_at = clock_timestamp(), command_id = $2
   WHERE is_only AND coalesce(command_id, 0) < $2::bigint RETURNING phase, generation`,
);

/** `PersonTransaction.readPhase`. */
export async function holdPhase(runner: SqlRunner): Promise<PhaseState> {
  const [row] = await runner.query(HOLD);
  return phaseState(row);
}

/** As {@link holdPhase}, after everybody who held it, and alone: nobody else reads it until the end of the transaction. */
export async function holdPhaseAlone(runner: SqlRunner): Promise<PhaseState> {
  await runner.execute(LOCK);
  return await holdPhase(runner);
}

/** The phase with its last switch. */
export interface StoredPhase extends PhaseState {
  /** Milliseconds since 1970. */
  readonly switchedAt: number;
  /** The command that switched to it; null: it was never switched. */
  readonly commandId: bigint | null;
}

/** The phase, and its switches. */
export class PhaseStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async read(): Promise<StoredPhase> {
    const [row] = await this.#database.query(READ);
    const commandId = row?.command_id ?? null;
    return {
      ...phaseState(row),
      switchedAt: Number(row?.switched_at),
      commandId: commandId === null ? null : BigInt(commandId),
    };
  }

  /**
   * Switches the phase for every batch that follows, and has everybody derived again: both or neither. Waits for the batches that run. The
   * same command again, or one that was given before the last one that was carried out, changes nothing.
   * @param startedAt when it was asked for, ISO 8601 in UTC.
   * @returns the phase as it is then.
   * @throws HubError `HUB_STORE_CONFLICT` (retriable) when a batch does not end in time.
   */
  async switchTo(phase: Phase, commandId: bigint, startedAt: string): Promise<PhaseState> {
    return await this.#database.transact(async (runner) => {
      await runner.execute(LOCK);
      const [switched] = await runner.query(SWITCH, [phase, commandId]);
      if (switched === undefined) return await holdPhase(runner);
      await beginDerivation(runner, 'phase', commandId, startedAt);
      return phaseState(switched);
    });
  }
}

function phaseState(row: PhaseRow | undefined): PhaseState {
  if (row === undefined) throw new TypeError('the row of the phase is not there');
  return { phase: row.phase as Phase, generation: Number(row.generation) };
}
