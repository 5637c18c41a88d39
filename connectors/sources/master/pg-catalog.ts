import type {
  MasterDialect,
  MasterMode,
  ReadTable,
  ReadTables,
  Requirement,
  SqlStatement,
} from './master-dialect.ts';
import { allTables, literal, logOf, nameOf, ownKey, quote } from './pg-names.ts';

/** What PostgreSQL says of itself, its tables, and the rights of our login. */
export const PG_CATALOG: Pick<
  MasterDialect,
  'server' | 'columns' | 'tableStates' | 'estimate' | 'requirements' | 'remedy'
> = {
  server: () => fixed(SERVER),
  columns: (tables) => fixed(columnsText(tables)),
  tableStates: (mode, tables) => fixed(tableStatesText(mode, tables)),
  estimate: (table) => fixed(estimateText(table)),
  requirements: (mode, tables) => fixed(requirementsText(mode, tables)),
  remedy: remedyText,
};

function fixed(text: string): SqlStatement {
  return { text, parameters: [] };
}

const SERVER = `SELECT s.system_identifier || '/' || c.timeline_id || '/' || d.oid, 1, 'PostgreSQL', current_setting('server_version'), current_user
FROM pg_control_system() s, pg_control_checkpoint() c, pg_database d WHERE d.datname = current_database()`;

/** The mapped tables with what the catalog knows of them. */
function relations(tables: ReadTables): string {
  const values = allTables(tables).map(
    (t, i) => `(${i}, ${literal(t.schema)}, ${literal(t.table)})`,
  );
  return `(VALUES ${values.join(', ')}) AS t(position, schema_name, table_name)
LEFT JOIN pg_namespace n ON n.nspname = t.schema_name
LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = t.table_name`;
}

function columnsText(tables: ReadTables): string {
  return `SELECT t.position, a.attname,
  y.typname || CASE WHEN y.typname IN ('varchar', 'bpchar') AND a.atttypmod > 4 THEN '(' || (a.atttypmod - 4) || ')' ELSE '' END,
  array_position(i.indkey::int2[], a.attnum)
FROM ${relations(tables)}
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type y ON y.oid = a.atttypid
LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
ORDER BY t.position, a.attnum`;
}

const OBJECT_ID = `CASE WHEN c.relkind = 'p'
    THEN (SELECT string_agg(p.relid::oid::text, ',' ORDER BY p.relid::oid) FROM pg_partition_tree(c.oid) p)
    ELSE c.oid::text END`;
const SCHEMA_STAMP = `(SELECT md5(string_agg(a.attname || ' ' || a.atttypid || ' ' || a.atttypmod, ',' ORDER BY a.attnum))
   FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)`;
/** The four triggers of the change log as they were made: one that was switched off for a while is another one. */
const TRIGGERS = `LEFT JOIN LATERAL (
  SELECT string_agg(g.oid || '.' || g.xmin::text, ',' ORDER BY g.oid) AS stamp FROM pg_trigger g
  WHERE g.tgrelid = c.oid AND g.tgname LIKE 'hub\\_log\\_%' AND g.tgenabled IN ('O', 'A') HAVING count(*) = 4) g ON true`;

/** The object id holds the partitions too: a partition attached or detached changes rows without a trigger. */
function tableStatesText(mode: MasterMode, tables: ReadTables): string {
  if (mode !== 'change-tracking') {
    return `SELECT t.position, ${OBJECT_ID}, ${SCHEMA_STAMP}, NULL, NULL
FROM ${relations(tables)}
ORDER BY t.position`;
  }
  return `SELECT t.position, ${OBJECT_ID}, ${SCHEMA_STAMP},
  l.begin_version || ':' || g.stamp, CASE WHEN g.stamp IS NOT NULL THEN l.min_valid_version END
FROM ${relations(tables)}
LEFT JOIN hub_changes.tracked_table l ON l.relation = c.oid
${TRIGGERS}
ORDER BY t.position`;
}

function estimateText(table: ReadTable): string {
  return `SELECT CASE WHEN c.reltuples > 0 THEN c.reltuples::bigint ELSE (SELECT count(*) FROM ${nameOf(table)}) END
FROM pg_class c WHERE c.oid = ${literal(nameOf(table))}::regclass`;
}

/** Asked of the catalog by object id, so that a missing schema or right is an answer and not an error. */
function requirementsText(mode: MasterMode, tables: ReadTables): string {
  const of = relations(tables);
  const parts = [
    `SELECT 'table-exists', t.position, (c.oid IS NOT NULL)::int FROM ${of}`,
    `SELECT 'schema-usage', t.position, coalesce(has_schema_privilege(n.oid, 'USAGE'), false)::int FROM ${of}`,
    `SELECT 'select', t.position, coalesce(has_table_privilege(c.oid, 'SELECT'), false)::int FROM ${of}`,
  ];
  if (mode === 'change-tracking') {
    const log = `LEFT JOIN pg_namespace h ON h.nspname = 'hub_changes'
LEFT JOIN pg_class l ON l.relnamespace = h.oid AND l.relname = t.schema_name || '_' || t.table_name
LEFT JOIN pg_class s ON s.relnamespace = h.oid AND s.relname = 'tracked_table'`;
    parts.push(
      `SELECT 'table-tracked', t.position, (l.oid IS NOT NULL AND g.stamp IS NOT NULL)::int FROM ${of} ${log} ${TRIGGERS}`,
      `SELECT 'view-change-tracking', t.position, coalesce(has_schema_privilege(h.oid, 'USAGE')
  AND has_table_privilege(l.oid, 'SELECT') AND has_table_privilege(s.oid, 'SELECT'), false)::int FROM ${of} ${log}`,
    );
  }
  if (mode === 'rowversion') {
    const columns = allTables(tables).map((t) => literal(t.rowVersion ?? ''));
    parts.push(`SELECT 'row-version-column', t.position, (a.atttypid IS NOT NULL)::int FROM ${of}
LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped AND a.atttypid = 'int8'::regtype
  AND a.attname = (ARRAY[${columns.join(', ')}])[t.position + 1]`);
  }
  return parts.join('\nUNION ALL\n');
}

function remedyText(requirement: Requirement, table: ReadTable | undefined, login: string): string {
  const of = table ? nameOf(table) : '';
  const schema = quote(table?.schema ?? '');
  const keys = table ? ownKey(table).map((c) => literal(c.column)) : [];
  const version = quote(table?.rowVersion ?? 'RadVersion');
  const remedies: Readonly<Record<Requirement, string>> = {
    'database-tracked':
      'Run scripts/demo/master-schema.pg.sql, which installs the schema hub_changes.',
    'table-exists': `Correct mappings/master.json: there is no table ${of}.`,
    'table-tracked': `SELECT hub_changes.track(${literal(of)}, ARRAY[${keys.join(', ')}]);`,
    'row-version-column': `ALTER TABLE ${of} ADD COLUMN ${version} bigint NOT NULL DEFAULT (pg_current_xact_id()::text::bigint);`,
    'key-lists': 'Use PostgreSQL 14 or later.',
    'schema-usage': `GRANT USAGE ON SCHEMA ${schema} TO ${quote(login)};`,
    select: `GRANT SELECT ON ${of} TO ${quote(login)};`,
    'view-change-tracking': `GRANT USAGE ON SCHEMA hub_changes TO ${quote(login)}; GRANT SELECT ON hub_changes.tracked_table, ${table ? logOf(table) : ''} TO ${quote(login)};`,
  };
  return remedies[requirement];
}
