import { type Database, type Statement, statement } from './database.ts';

/** This month and the two after it, in UTC. */
const MONTHS = `generate_series(date_trunc('month', now() AT TIME ZONE 'UTC'),
    date_trunc('month', now() AT TIME ZONE 'UTC') + interval '2 months', interval '1 month') AS month`;

interface MonthlyTable {
  readonly countMissing: Statement<{ missing: string }>;
  readonly makeMissing: string;
}

/**
 * A table is made beside and then attached, which lets batches go on; making it in its place would lock the journal. A month of which rows
 * have fallen into the default partition stays there: they would have to be moved first, and are found where they are.
 *
 * @param eachMonth more statements about the table `name`, for what an attached table does not take from its parent.
 */
function monthly(
  table: 'evidence_journal' | 'access_log',
  lock: number,
  eachMonth: string,
): MonthlyTable {
  const name = `'${table}_' || to_char(month, 'YYYY_MM')`;
  return {
    // Asks the catalogue only, which everybody may read; and only the owner of the table can add to it.
    countMissing: statement(
      `count-missing-months-of-${table}`,
      `SELECT count(*) AS missing FROM pg_class c, ${MONTHS}
       WHERE c.oid = to_regclass('${table}') AND pg_has_role(c.relowner, 'USAGE') AND to_regclass(${name}) IS NULL`,
    ),
    makeMissing: `DO $make$
      DECLARE
        month timestamp;
        name text;
      BEGIN
        PERFORM pg_advisory_xact_lock(${lock});
        FOR month IN SELECT ${MONTHS} LOOP
          name := ${name};
          CONTINUE WHEN to_regclass(name) IS NOT NULL OR EXISTS (
            SELECT FROM ${table}_default
            WHERE recorded_at >= month AT TIME ZONE 'UTC' AND recorded_at < (month + interval '1 month') AT TIME ZONE 'UTC');
          EXECUTE format('CREATE TABLE %I (LIKE ${table} INCLUDING ALL)', name);
          ${eachMonth}
          EXECUTE format('ALTER TABLE ${table} ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
            name, month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC');
        END LOOP;
      END $make$`,
  };
}

const TABLES: readonly MonthlyTable[] = [
  monthly('evidence_journal', 4_715_112_003, ''),
  monthly(
    'access_log',
    4_715_112_004,
    `EXECUTE format('CREATE TRIGGER access_log_stays_whole BEFORE TRUNCATE ON %I
       FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_access_log()', name);`,
  ),
];

/**
 * Makes the partitions of this month and the two after it, of the evidence journal and of the access log, where they are missing. Called at start and
 * once a day: an instance may run for months. Should nobody call it, the default partition takes the rows. Doing it again, or by several at once,
 * changes nothing.
 */
export async function ensureJournalPartitions(database: Database): Promise<void> {
  for (const { countMissing, makeMissing } of TABLES) {
    const [row] = await database.query(countMissing);
    if (row?.missing !== '0') await database.script(makeMissing);
  }
}
