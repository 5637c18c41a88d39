import { type Database, statement } from '../../../connectors/hub-store/database.ts';

const TABLES = [
  'identities',
  'evidence',
  'evidence_journal',
  'persons',
  'outbox',
  'source_offsets',
  'parked',
] as const;

/** How many rows each table of the main path has. */
export async function countRows(database: Database): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for (const table of TABLES) {
    const count = statement<{ n: string }>(`count-${table}`, `SELECT count(*) AS n FROM ${table}`);
    counts[table] = Number((await database.query(count))[0]?.n);
  }
  return counts;
}

/** Makes the tables of the main path empty. */
export async function emptyTables(database: Database): Promise<void> {
  await database.script(`TRUNCATE ${TABLES.join(', ')}`);
}

export const NO_ROWS = Object.fromEntries(TABLES.map((table) => [table, 0]));

const TERMINATE = statement<{ ended: string }>(
  'terminate',
  `SELECT count(*) AS ended FROM (
     SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = 'hub-test') t`,
);

/** Ends every connection of the hub store under test; the server goes on. @returns how many. */
export async function endConnections(database: Database): Promise<number> {
  return Number((await database.query(TERMINATE))[0]?.ended);
}

const BLOCKED = statement<{ n: string }>(
  'blocked',
  `SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
);

/** Waits until a statement waits for a lock; bounded by the time limit of the test. */
export async function untilBlocked(database: Database): Promise<void> {
  while ((await database.query(BLOCKED))[0]?.n === '0') await pause();
}

/** A short pause between two looks. */
export async function pause(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 10));
}
