import { readFileSync } from 'node:fs';
import type { DemoMasterClient } from './demo-master-client.ts';

/** Thrown when the demo is pointed at something that it must not touch. Its message says what to do. */
export class DemoRefusal extends Error {
  override readonly name = 'DemoRefusal';
}

const SCHEMA_FILE = new URL('master-schema.pg.sql', import.meta.url);

/**
 * Drops the demo's tables and makes them anew, empty. A database is the demo's own when it has the marker table; an empty one
 * gets it. Anything else is refused: somebody's Master could stand there.
 * @throws DemoRefusal
 */
export async function recreateDemoSchema(client: DemoMasterClient): Promise<void> {
  if (!(await isMarked(client))) {
    if (await hasTables(client)) {
      throw new DemoRefusal(
        'MASTER_URL names a database that has tables and is not marked as a demo Master. The demo drops and fills tables, so it ' +
          'does not touch it. Name an empty database, or leave MASTER_URL out and let the demo start its own.',
      );
    }
    await client.query(
      `create schema pu_hub_demo;
       create table pu_hub_demo.marker (made_at timestamptz not null default now());
       comment on table pu_hub_demo.marker is 'This database is a demo Master: npm run demo may drop and fill its tables.';`,
    );
  }
  await client.query('drop schema if exists dbo, hub_changes cascade');
  await client.query(readFileSync(SCHEMA_FILE, 'utf8'));
}

async function isMarked(client: DemoMasterClient): Promise<boolean> {
  const rows = await client.query<{ marker: string | null }>(
    "select to_regclass('pu_hub_demo.marker')::text as marker",
  );
  return rows[0]?.marker != null;
}

async function hasTables(client: DemoMasterClient): Promise<boolean> {
  const rows = await client.query<{ tables: number }>(
    `select count(*)::int as tables from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p', 'v', 'm') and n.nspname not in ('pg_catalog', 'information_schema')
        and n.nspname not like 'pg\\_toast%' and n.nspname not like 'pg\\_temp%'`,
  );
  return (rows[0]?.tables ?? 0) > 0;
}
