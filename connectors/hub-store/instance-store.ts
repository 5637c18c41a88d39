import { type SqlRunner, statement } from './database.ts';

/** What an instance says of itself. */
export interface InstanceReport {
  readonly instance: string;
  readonly roles: readonly string[];
  readonly programVersion: string;
  /** Counts, positions and states for `hub status`. Log-safe. */
  readonly status: Readonly<Record<string, unknown>>;
}

/** An instance as the others see it. */
export interface SeenInstance extends InstanceReport {
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** By the database's clock. */
  readonly secondsSinceSeen: number;
}

const HEARTBEAT = statement(
  'instance-heartbeat',
  `INSERT INTO instances (instance, roles, program_version, status) VALUES ($1, $2, $3, $4)
   ON CONFLICT (instance) DO UPDATE
   SET roles = excluded.roles, program_version = excluded.program_version, status = excluded.status, last_seen = now()`,
);

const LIST = statement<{
  instance: string;
  roles: string;
  program_version: string;
  status: string;
  started_at: string;
  seconds_since_seen: string;
}>(
  'list-instances',
  `SELECT instance, array_to_json(roles) AS roles, program_version, status,
          (extract(epoch FROM started_at) * 1000)::bigint AS started_at,
          extract(epoch FROM clock_timestamp() - last_seen) AS seconds_since_seen
   FROM instances ORDER BY instance`,
);

const LEAVE = statement('instance-leave', 'DELETE FROM instances WHERE instance = $1');

const FORGET = statement(
  'forget-instances',
  `DELETE FROM instances WHERE last_seen < clock_timestamp() - $1 * interval '1 second'`,
);

/** Signs of life of all instances, for `hub status` from any of them. */
export class InstanceStore {
  readonly #runner: SqlRunner;

  constructor(runner: SqlRunner) {
    this.#runner = runner;
  }

  /** Stores the report and the time. */
  async heartbeat(report: InstanceReport): Promise<void> {
    await this.#runner.execute(HEARTBEAT, [
      report.instance,
      report.roles,
      report.programVersion,
      JSON.stringify(report.status),
    ]);
  }

  async list(): Promise<readonly SeenInstance[]> {
    const rows = await this.#runner.query(LIST);
    return rows.map((row) => ({
      instance: row.instance,
      roles: JSON.parse(row.roles) as readonly string[],
      programVersion: row.program_version,
      status: JSON.parse(row.status) as Readonly<Record<string, unknown>>,
      startedAt: Number(row.started_at),
      secondsSinceSeen: Number(row.seconds_since_seen),
    }));
  }

  /** An instance that stops in order takes its row away. */
  async leave(instance: string): Promise<void> {
    await this.#runner.execute(LEAVE, [instance]);
  }

  /** Takes away the rows of instances that have been silent for so long. @returns how many. */
  async forgetSilent(seconds: number): Promise<number> {
    return await this.#runner.execute(FORGET, [seconds]);
  }
}
