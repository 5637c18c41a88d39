import { HubError } from '../../../core/errors/hub-error.ts';
import { safeText, safeWord } from '../../../core/errors/log-safe.ts';
import type { MasterMapping } from '../../../core/mapping/master-mapping.ts';
import {
  MASTER_MODES,
  type MasterDatabase,
  type MasterMode,
  REQUIREMENTS,
  type ReadTable,
  type ReadTables,
  type Requirement,
} from './master-dialect.ts';
import { draftTables, fitTables, schemaError } from './master-tables.ts';

/** A requirement of a mode that is not met. */
export interface Missing {
  readonly requirement: Requirement;
  readonly table: ReadTable | undefined;
}

/** A server that was found fit for a mode. */
export interface VerifiedMaster {
  readonly tables: ReadTables;
  readonly hasSnapshots: boolean;
}

/** These are about the login and the tables, not about the mode. */
const ACCESS: ReadonlySet<Requirement> = new Set(['table-exists', 'schema-usage', 'select']);

/** What the mode needs and this server or login does not give. */
export async function missingRequirements(
  database: MasterDatabase,
  mode: MasterMode,
  tables: ReadTables,
): Promise<readonly Missing[]> {
  const all = [tables.person, ...tables.children];
  const rows = await database.query(database.dialect.requirements(mode, tables));
  return rows.flatMap(([name, position, isMet]) => {
    const requirement = REQUIREMENTS.find((r) => r === name);
    if (requirement === undefined || Number(isMet) === 1) return [];
    const table = position === null || position === undefined ? undefined : all[Number(position)];
    return [{ requirement, table }];
  });
}

/** The modes that this server and login can do now. */
export async function possibleModes(
  database: MasterDatabase,
  tables: ReadTables,
): Promise<readonly MasterMode[]> {
  const possible: MasterMode[] = [];
  for (const mode of MASTER_MODES) {
    if ((await missingRequirements(database, mode, tables)).length === 0) possible.push(mode);
  }
  return possible;
}

/**
 * Looks whether Master can be read in the mode, and how its columns look.
 * @throws HubError that names the first thing that is missing: `HUB_MASTER_TABLE_MISSING`, `HUB_MASTER_PERMISSION`,
 * `HUB_MASTER_COLUMN_MISSING`, `HUB_MASTER_COLUMN_TYPE`, or `HUB_MASTER_MODE_UNSUPPORTED` with the modes that are possible.
 */
export async function verifyMaster(
  database: MasterDatabase,
  mapping: MasterMapping,
  mode: MasterMode,
): Promise<VerifiedMaster> {
  const { dialect } = database;
  const draft = draftTables(mapping);
  const missing = await missingRequirements(database, mode, draft);
  const access = missing.find((m) => ACCESS.has(m.requirement));
  if (access) throw accessError(access);
  const fitted = fitTables(draft, await database.query(dialect.columns(draft)));
  const error = schemaError(fitted.findings);
  if (error) throw error;
  if (missing.length > 0) {
    const possible = await possibleModes(database, draft);
    throw new HubError('HUB_MASTER_MODE_UNSUPPORTED', {
      mode: safeText(mode),
      missing: safeWord([...new Set(missing.map(printMissing))].join(', ').slice(0, 160)),
      possible: safeWord(possible.join(', ')),
    });
  }
  const [[, snapshots] = []] = await database.query(dialect.server());
  return { tables: fitted.tables, hasSnapshots: Number(snapshots) === 1 };
}

function printMissing({ requirement, table }: Missing): string {
  return table ? `${requirement} ${table.schema}.${table.table}` : requirement;
}

function accessError({ requirement, table }: Missing): HubError {
  const name = safeWord(table ? `${table.schema}.${table.table}` : '');
  return requirement === 'table-exists'
    ? new HubError('HUB_MASTER_TABLE_MISSING', { name })
    : new HubError('HUB_MASTER_PERMISSION', { name, missing: safeText(requirement) });
}
