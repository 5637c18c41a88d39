import { type Database, statement } from '../../../connectors/hub-store/database.ts';

/** Every statement is one row, in an order that does not depend on when an object was made. */
const DUMP = statement<{ ddl: string }>(
  'dump-schema',
  `
  WITH tables AS (
    SELECT c.oid, c.relname, c.reloptions FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname NOT LIKE 'hub\\_migrations%'
  ), columns AS (
    SELECT a.attrelid, a.attnum,
      format('  %I %s%s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
        CASE WHEN a.attcollation = 0 OR a.attcollation = t.typcollation THEN ''
             ELSE format(' COLLATE %I', (SELECT collname FROM pg_collation WHERE oid = a.attcollation)) END,
        CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END,
        CASE WHEN a.attidentity = 'a' THEN ' GENERATED ALWAYS AS IDENTITY'
             WHEN d.adbin IS NULL THEN '' ELSE ' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid) END) AS line
    FROM tables JOIN pg_attribute a ON a.attrelid = tables.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  ), constraints AS (
    SELECT conrelid, conname, contype, format('  CONSTRAINT %I %s', conname, pg_get_constraintdef(k.oid)) AS line
    FROM tables JOIN pg_constraint k ON k.conrelid = tables.oid WHERE contype <> 'n'
  )
  SELECT 1 AS part, sequencename::text COLLATE "C" AS name,
    format('CREATE SEQUENCE %I AS %s CACHE %s;', sequencename, data_type, cache_size) AS ddl
  FROM pg_sequences s WHERE schemaname = 'public'
    AND NOT EXISTS (SELECT FROM pg_depend p WHERE p.objid = format('%I.%I', schemaname, sequencename)::regclass AND p.deptype IN ('i', 'a'))
  UNION ALL
  SELECT CASE WHEN EXISTS (SELECT FROM constraints WHERE conrelid = tables.oid AND contype = 'f') THEN 3 ELSE 2 END,
    relname::text COLLATE "C",
    format(E'CREATE TABLE %I (\\n%s\\n)%s;', relname,
      concat_ws(E',\\n',
        (SELECT string_agg(line, E',\\n' ORDER BY attnum) FROM columns WHERE attrelid = tables.oid),
        (SELECT string_agg(line, E',\\n' ORDER BY contype DESC, conname::text COLLATE "C") FROM constraints WHERE conrelid = tables.oid)),
      coalesce(' PARTITION BY ' || pg_get_partkeydef(tables.oid), '') || CASE WHEN reloptions IS NULL THEN '' ELSE ' WITH (' || array_to_string(reloptions, ', ') || ')' END)
  FROM tables
  UNION ALL
  SELECT 4, c.relname::text COLLATE "C", format('CREATE TABLE %I PARTITION OF %I %s;', c.relname, tables.relname, bound)
  FROM tables JOIN pg_inherits h ON h.inhparent = tables.oid JOIN pg_class c ON c.oid = h.inhrelid,
    pg_get_expr(c.relpartbound, c.oid) bound
  WHERE bound = 'DEFAULT'
  UNION ALL
  SELECT 5, i.relname::text COLLATE "C", replace(regexp_replace(pg_get_indexdef(x.indexrelid), ' ON ONLY ', ' ON '), ' public.', ' ') || ';'
  FROM tables JOIN pg_index x ON x.indrelid = tables.oid JOIN pg_class i ON i.oid = x.indexrelid
  WHERE NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = x.indexrelid AND k.contype <> 'f')
  UNION ALL
  SELECT 6, f.proname::text COLLATE "C", replace(rtrim(pg_get_functiondef(f.oid), E'\\n'), 'FUNCTION public.', 'FUNCTION ') || ';'
  FROM pg_proc f WHERE f.pronamespace = 'public'::regnamespace
  UNION ALL
  -- On the tables, and on their default partitions; what a partition has from its table comes with it.
  SELECT 7, format('%s %s', c.relname, g.tgname) COLLATE "C", replace(pg_get_triggerdef(g.oid), ' public.', ' ') || ';'
  FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
  WHERE NOT g.tgisinternal AND g.tgparentid = 0 AND (NOT c.relispartition OR pg_get_expr(c.relpartbound, c.oid) = 'DEFAULT')
  ORDER BY part, name`,
);

const HEAD = `-- The tables of the hub, as the migrations in connectors/hub-store/migrations make them.
-- Compared with them by test/connectors/hub-store/migrations.int.test.ts, which also writes it: npm test -- -u
`;

/** The hub's own tables as SQL, but for the journal's months, which come and go; from the catalogue: pg_dump is not on every machine and differs from version to version. */
export async function dumpSchema(database: Database): Promise<string> {
  const rows = await database.query(DUMP);
  return [HEAD, ...rows.map((row) => `${row.ddl}\n`)].join('\n');
}
