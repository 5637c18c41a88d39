import { setTimeout as sleep } from 'node:timers/promises';
import { type SqlRunner, statement } from './database.ts';

/**
 * Takes the next free turn, and moves the row on by one: the generic cell rate algorithm without a burst, by the clock of the database. The turn is
 * what stood there before. A turn further away than a queue can be is left from a clock that was set back.
 */
const TAKE = statement<{ wait_ms: string }>(
  'take-call-turn',
  `INSERT INTO call_budgets AS b (name, next_at) VALUES ($1, clock_timestamp() + $2 * interval '1 millisecond')
   ON CONFLICT (name) DO UPDATE
   SET next_at = $2 * interval '1 millisecond' + CASE
     WHEN b.next_at BETWEEN clock_timestamp() AND clock_timestamp() + $3 * interval '1 millisecond' THEN b.next_at
     ELSE clock_timestamp() END
   RETURNING extract(epoch FROM next_at - clock_timestamp()) * 1000 - $2 AS wait_ms`,
);

const LONGEST_QUEUE_MS = 60_000;

export interface CallBudgetOptions {
  /** Whose calls are counted together. */
  readonly name: string;
  /** How many of all instances together may begin in one second. */
  readonly callsPerSecond: number;
}

/** Turns for calls to a register that sets a limit, shared by all instances through the hub's database. */
export class PostgresCallBudget {
  readonly #runner: SqlRunner;
  readonly #name: string;
  readonly #betweenMs: number;

  constructor(runner: SqlRunner, { name, callsPerSecond }: CallBudgetOptions) {
    this.#runner = runner;
    this.#name = name;
    this.#betweenMs = 1000 / callsPerSecond;
  }

  /** Resolves when it is this call's turn. @throws the signal's reason when that comes first: the turn passes unused. */
  async takeTurn(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const [row] = await this.#runner.query(TAKE, [this.#name, this.#betweenMs, LONGEST_QUEUE_MS]);
    const waitMs = Number(row?.wait_ms);
    // Rounded up: a timer that ends early would be a call too many.
    if (waitMs > 0) {
      await sleep(Math.ceil(waitMs) + 1, undefined, { signal }).catch(() => undefined);
    }
    signal.throwIfAborted();
  }
}
