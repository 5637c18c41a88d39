import type {
  MasterDialect,
  MasterMode,
  ReadTable,
  ReadTables,
  Requirement,
  SqlStatement,
} from './master-dialect.ts';
import { allTables, literal, nameOf, quote } from './mssql-names.ts';

/** What SQL Server says of itself, its tables, and the rights of our login. */
export const MSSQL_CATALOG: Pick<
  MasterDialect,
  'server' | 'columns' | 'tableStates' | 'estimate' | 'requirements' | 'remedy'
> = {
  server: () => fixed(SERVER),
  columns: (tables) => fixed(columnsText(tables)),
  tableStates: (mode, tables) => fixed(tableStatesText(mode, tables)),
  estimate: (table) =>
    fixed(`SELECT SUM(p.rows) FROM sys.partitions AS p
WHERE p.object_id = OBJECT_ID(${literal(nameOf(table))}) AND p.index_id IN (0, 1)`),
  requirements: (mode, tables) => fixed(requirementsText(mode, tables)),
  remedy: remedyText,
};

/** A restore, and a failover that may have lost data, begin a new recovery fork. */
const SERVER = `SELECT CONVERT(varchar(36), r.recovery_fork_guid), CASE WHEN d.snapshot_isolation_state = 1 THEN 1 ELSE 0 END,
  'SQL Server', CONVERT(varchar(128), SERVERPROPERTY('ProductVersion')), USER_NAME()
FROM sys.databases AS d
LEFT JOIN sys.database_recovery_status AS r ON r.database_id = d.database_id
WHERE d.database_id = DB_ID()`;

/** OPENJSON, by which lists of keys are handed over, needs it. */
const OPENJSON_COMPATIBILITY = 130;

function fixed(text: string): SqlStatement {
  return { text, parameters: [] };
}

/** The mapped tables with what the catalog lets this login see of them. */
function objects(tables: ReadTables): string {
  const values = allTables(tables).map(
    (t, i) => `(${i}, ${literal(t.schema)}, ${literal(t.table)})`,
  );
  return `(VALUES ${values.join(', ')}) AS t(table_position, schema_name, table_name)
LEFT JOIN sys.schemas AS s ON s.name = t.schema_name
LEFT JOIN sys.objects AS o ON o.schema_id = s.schema_id AND o.name = t.table_name AND o.type IN ('U', 'V')`;
}

function columnsText(tables: ReadTables): string {
  return `SELECT t.table_position, c.name,
  CASE TYPE_NAME(c.system_type_id) WHEN 'timestamp' THEN 'rowversion' ELSE TYPE_NAME(c.system_type_id) END
  + CASE
    WHEN TYPE_NAME(c.system_type_id) NOT IN ('char', 'varchar', 'nchar', 'nvarchar', 'binary', 'varbinary') THEN ''
    WHEN c.max_length = -1 THEN '(max)'
    WHEN TYPE_NAME(c.system_type_id) IN ('nchar', 'nvarchar') THEN '(' + CONVERT(varchar(10), c.max_length / 2) + ')'
    ELSE '(' + CONVERT(varchar(10), c.max_length) + ')' END,
  ic.key_ordinal, c.collation_name
FROM ${objects(tables)}
JOIN sys.columns AS c ON c.object_id = o.object_id
LEFT JOIN sys.indexes AS i ON i.object_id = o.object_id AND i.is_primary_key = 1
LEFT JOIN sys.index_columns AS ic ON ic.object_id = i.object_id AND ic.index_id = i.index_id AND ic.column_id = c.column_id
ORDER BY t.table_position, c.column_id`;
}

/** Change tracking's begin version moves when a table is truncated, or tracking is switched off and on (a partition switch needs that). */
function tableStatesText(mode: MasterMode, tables: ReadTables): string {
  const isTracking = mode === 'change-tracking';
  const tracking = isTracking
    ? 'CONVERT(varchar(20), ct.begin_version), CHANGE_TRACKING_MIN_VALID_VERSION(o.object_id)'
    : 'NULL, NULL';
  const join = isTracking
    ? '\nLEFT JOIN sys.change_tracking_tables AS ct ON ct.object_id = o.object_id'
    : '';
  return `SELECT t.table_position, CONVERT(varchar(20), o.object_id), CONVERT(varchar(33), o.modify_date, 126), ${tracking}
FROM ${objects(tables)}${join}
ORDER BY t.table_position`;
}

function requirementsText(mode: MasterMode, tables: ReadTables): string {
  const of = objects(tables);
  const name = "QUOTENAME(t.schema_name) + N'.' + QUOTENAME(t.table_name)";
  const parts = [
    `SELECT 'table-exists', t.table_position, CASE WHEN o.object_id IS NULL THEN 0 ELSE 1 END FROM ${of}`,
    `SELECT 'select', t.table_position, ISNULL(HAS_PERMS_BY_NAME(${name}, 'OBJECT', 'SELECT'), 0) FROM ${of}`,
    `SELECT 'key-lists', NULL, CASE WHEN d.compatibility_level >= ${OPENJSON_COMPATIBILITY} THEN 1 ELSE 0 END FROM sys.databases AS d WHERE d.database_id = DB_ID()`,
  ];
  if (mode === 'change-tracking') {
    parts.push(
      "SELECT 'database-tracked', NULL, CASE WHEN CHANGE_TRACKING_CURRENT_VERSION() IS NULL THEN 0 ELSE 1 END",
      `SELECT 'table-tracked', t.table_position, CASE WHEN ct.is_track_columns_updated_on IS NULL THEN 0 ELSE 1 END FROM ${of}
LEFT JOIN sys.change_tracking_tables AS ct ON ct.object_id = o.object_id`,
      `SELECT 'view-change-tracking', t.table_position, ISNULL(HAS_PERMS_BY_NAME(${name}, 'OBJECT', 'VIEW CHANGE TRACKING'), 0) FROM ${of}`,
    );
  }
  if (mode === 'rowversion') {
    const columns = allTables(tables).map((t, i) => `(${i}, ${literal(t.rowVersion ?? '')})`);
    parts.push(`SELECT 'row-version-column', t.table_position, CASE WHEN c.column_id IS NULL THEN 0 ELSE 1 END FROM ${of}
JOIN (VALUES ${columns.join(', ')}) AS v(table_position, column_name) ON v.table_position = t.table_position
LEFT JOIN sys.columns AS c ON c.object_id = o.object_id AND c.name = v.column_name AND TYPE_NAME(c.system_type_id) = 'timestamp'`);
  }
  return parts.join('\nUNION ALL\n');
}

function remedyText(requirement: Requirement, table: ReadTable | undefined, login: string): string {
  const of = table ? nameOf(table) : '';
  const version = table?.rowVersion ?? 'RadVersion';
  const remedies: Readonly<Record<Requirement, string>> = {
    'database-tracked':
      'ALTER DATABASE CURRENT SET CHANGE_TRACKING = ON (CHANGE_RETENTION = 7 DAYS, AUTO_CLEANUP = ON);',
    'table-exists': `Correct mappings/master.json, or let the login see the table: GRANT SELECT ON ${of} TO ${quote(login)};`,
    'table-tracked': `ALTER TABLE ${of} ENABLE CHANGE_TRACKING;`,
    'row-version-column': `ALTER TABLE ${of} ADD ${quote(version)} rowversion NOT NULL; CREATE INDEX ${quote(`IX_${table?.table ?? ''}_${version}`)} ON ${of} (${quote(version)});`,
    'key-lists': `ALTER DATABASE CURRENT SET COMPATIBILITY_LEVEL = ${OPENJSON_COMPATIBILITY};`,
    'schema-usage': `GRANT SELECT ON ${of} TO ${quote(login)};`,
    select: `GRANT SELECT ON ${of} TO ${quote(login)};`,
    'view-change-tracking': `GRANT VIEW CHANGE TRACKING ON ${of} TO ${quote(login)};`,
  };
  return remedies[requirement];
}
