import type { Database } from '../../../connectors/hub-store/database.ts';

/** Adds a consumer of the least that its table takes. */
export async function addConsumer(database: Database): Promise<void> {
  await database.script(
    `INSERT INTO consumers (name, profile, agreement_valid_to, framework_version, staff_informed_by, staff_informed_at)
     VALUES ('cosmic', '{}', '2099-12-31', '1', 'tester', '2026-01-01')`,
  );
}

/** Notes in the ledger that every consumer was told of every person. */
export async function tellEverybody(database: Database): Promise<void> {
  await database.script(
    `INSERT INTO deliveries (consumer_id, person_key, generation, version, kind, told, content_hash)
     SELECT c.id, p.person_key, 1, p.version, 'person', 0, '' FROM consumers c CROSS JOIN persons p`,
  );
}
