import { type Database, statement } from './database.ts';

/** This month and the two after it, in UTC. */
const MONTHS = `generate_series(date_trunc('month', now() AT TIME ZONE 'UTC'),
    date_trunc('month', now() AT TIME ZONE 'UTC') + interval '2 months', interval '1 month') AS month`;
const NAME = `'evidence_journal_' || to_char(month, 'YYYY_MM')`;

/** Asks the catalogue only, which everybody may read; and only the owner of the journal can add to it. */
const COUNT_MISSING = statement<{ missing: string }>(
  'count-missing-journal-partitions',
  `SELECT count(*) AS missing FROM pg_class c, ${MONTHS}
   WHERE c.oid = to_regclass('evidence_journal') AND pg_has_role(c.relowner, 'USAGE') AND to_regclass(${NAME}) IS NULL`,
);

/**
 * A table is made beside and then attached, which lets batches go on; making it in its place would lock the journal. A month of which rows
 * have fallen into the default partition stays there: they would have to be moved first, and are found where they are.
 */
const MAKE_MISSING = `DO $make$
  DECLARE
    month timestamp;
    name text;
  BEGIN
    PERFORM pg_advisory_xact_lock(4715112003);
    FOR month IN SELECT ${MONTHS} LOOP
      name := ${NAME};
      CONTINUE WHEN to_regclass(name) IS NOT NULL OR EXISTS (
        SELECT FROM evidence_journal_default
        WHERE recorded_at >= month AT TIME ZONE 'UTC' AND recorded_at < (month + interval '1 month') AT TIME ZONE 'UTC');
      EXECUTE format('CREATE TABLE %I (LIKE evidence_journal INCLUDING ALL)', name);
      EXECUTE format('ALTER TABLE evidence_journal ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
        name, month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC');
    END LOOP;
  END $make$`;

/**
 * Makes the journal's partitions of this month and the two after it, where they are missing. Called at start and once a day: an instance may
 * run for months. Should nobody call it, the default partition takes the rows. Doing it again, or by several at once, changes nothing.
 */
export async function ensureJournalPartitions(database: Database): Promise<void> {
  const [row] = await database.query(COUNT_MISSING);
  if (row?.missing !== '0') await database.script(MAKE_MISSING);
}
