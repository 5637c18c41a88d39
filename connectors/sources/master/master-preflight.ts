import type { MasterMapping } from '../../../core/mapping/master-mapping.ts';
import type { MasterDatabase, MasterMode, ReadTables, Requirement } from './master-dialect.ts';
import { missingRequirements, possibleModes } from './master-startup.ts';
import { draftTables, fitTables, type SchemaFinding } from './master-tables.ts';

/** One line of the preflight. */
export interface PreflightCheck {
  readonly name: string;
  /** `warn`: the source works, with the limit that the detail tells. */
  readonly result: 'ok' | 'warn' | 'missing';
  readonly detail: string;
  /** The exact statement that mends it, for Master's administrator. */
  readonly grant?: string;
}

/**
 * Looks whether Master can be read in the mode, without reading a person. Every missing thing is listed, not only the first.
 * @throws HubError when Master does not answer or refuses the login: then nothing can be checked.
 */
export async function preflight(
  database: MasterDatabase,
  mapping: MasterMapping,
  mode: MasterMode,
): Promise<readonly PreflightCheck[]> {
  const draft = draftTables(mapping);
  const { dialect } = database;
  const [[fingerprint, snapshots, product, version, login] = []] = await database.query(
    dialect.server(),
  );
  return [
    { name: 'server', result: 'ok', detail: `${String(product)} ${String(version)}` },
    restoreCheck(fingerprint),
    snapshotCheck(mode, Number(snapshots) === 1),
    ...(await requirementChecks(database, draft, mode, String(login))),
    ...(await schemaChecks(database, draft)),
  ];
}

function restoreCheck(fingerprint: unknown): PreflightCheck {
  return fingerprint === null || fingerprint === undefined
    ? {
        name: 'restore detection',
        result: 'warn',
        detail: 'the recovery fork is not visible: a restore is noticed by its version only',
      }
    : { name: 'restore detection', result: 'ok', detail: 'the recovery fork is visible' };
}

function snapshotCheck(mode: MasterMode, hasSnapshots: boolean): PreflightCheck {
  const name = 'snapshot isolation';
  if (hasSnapshots) return { name, result: 'ok', detail: 'on' };
  const detail =
    mode === 'change-tracking'
      ? 'off: the version window is checked before and after each read instead, and a person and its addresses may be read a moment apart'
      : 'off: a person and its addresses may be read a moment apart';
  return {
    name,
    result: 'warn',
    detail,
    grant: 'ALTER DATABASE CURRENT SET ALLOW_SNAPSHOT_ISOLATION ON;',
  };
}

async function requirementChecks(
  database: MasterDatabase,
  tables: ReadTables,
  mode: MasterMode,
  login: string,
): Promise<readonly PreflightCheck[]> {
  const missing = await missingRequirements(database, mode, tables);
  if (missing.length === 0) {
    return [{ name: `mode ${mode}`, result: 'ok', detail: 'everything that it needs is there' }];
  }
  const possible = await possibleModes(database, tables);
  const instead = possible.length === 0 ? 'none' : possible.join(', ');
  return [
    {
      name: `mode ${mode}`,
      result: 'missing',
      detail: `not possible yet; possible now: ${instead}`,
    },
    ...missing.map(
      ({ requirement, table }): PreflightCheck => ({
        name: requirement,
        result: 'missing',
        detail: `${EXPLAINED[requirement]}${table ? `: ${table.schema}.${table.table}` : ''}`,
        grant: database.dialect.remedy(requirement, table, login),
      }),
    ),
  ];
}

const EXPLAINED: Readonly<Record<Requirement, string>> = {
  'database-tracked': 'change tracking is off in the database',
  'table-exists': 'the table is not there, or this login may not see it',
  'table-tracked': 'change tracking is off for the table',
  'row-version-column': 'the table has no row version column of the mapped name',
  'key-lists': 'the server cannot take lists of keys (OPENJSON)',
  'schema-usage': 'this login may not use the schema',
  select: 'this login may not read the table',
  'view-change-tracking': 'this login may not read the changes of the table',
};

async function schemaChecks(
  database: MasterDatabase,
  draft: ReadTables,
): Promise<readonly PreflightCheck[]> {
  const catalog = await database.query(database.dialect.columns(draft));
  const { findings } = fitTables(draft, catalog);
  const keys = [draft.person, ...draft.children].flatMap((table, position): PreflightCheck[] => {
    const primary = catalog
      .filter((row) => Number(row[0]) === position && row[3] !== null && row[3] !== undefined)
      .sort((a, b) => Number(a[3]) - Number(b[3]))
      .map((row) => String(row[1]));
    const mapped = table.columns.slice(0, table.keyLength).map((c) => c.column);
    const fits = mapped.length === primary.length && mapped.every((c, i) => primary[i] === c);
    if (fits) return [];
    return [
      {
        name: 'primary key',
        result: 'warn',
        detail: `${table.schema}.${table.table} has another primary key than the mapping (${mapped.join(', ')}): reading in chunks is slow and a doubled key is refused`,
      },
    ];
  });
  if (findings.length === 0) {
    return [{ name: 'columns', result: 'ok', detail: 'all mapped columns fit' }, ...keys];
  }
  return [...findings.map(findingCheck), ...keys];
}

function findingCheck(finding: SchemaFinding): PreflightCheck {
  const name = finding.column === undefined ? finding.table : `${finding.table}.${finding.column}`;
  const detail =
    finding.kind === 'column-type'
      ? `${name} is ${finding.actual ?? 'unknown'}, the mapping says ${finding.expected ?? 'nothing'}`
      : `${name} is not there`;
  return { name: finding.kind, result: 'missing', detail };
}

/** True when nothing is missing. */
export function isReady(checks: readonly PreflightCheck[]): boolean {
  return checks.every((check) => check.result !== 'missing');
}
