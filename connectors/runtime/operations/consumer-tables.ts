/** `hub consumers tables`: the SQL by which the owner of a consumer's database makes or changes its tables. */
import type { ConsumerProfile } from '../../../core/disclosure/consumer-profile.ts';
import { findHubError } from '../../../core/errors/hub-error.ts';
import type { HubConfig } from '../../config/hub-config.ts';
import { dialectOf } from '../../sinks/consumers/table/consumer-address.ts';
import type { DialectName } from '../../sinks/consumers/table/table-dialect.ts';
import { migrationStatements } from '../../sinks/consumers/table/table-schema.ts';
import { TABLE_SET_VERSION } from '../../sinks/consumers/table/table-set.ts';
import { addressOf } from '../consumer-sinks.ts';

export interface ConsumerTablesOptions {
  /** Undefined: by the address in the file of HUB_CONSUMER_DATABASES. */
  readonly dialect: DialectName | undefined;
  /** The version of the tables that are there; 0: none are. */
  readonly from: number;
}

/**
 * `no-tables`: the profile delivers another way. `no-address`: the database is not known, so somebody has to say which it is. `newer`: those tables are of a
 * newer hub.
 */
export type ConsumerTables =
  | { readonly kind: 'sql'; readonly text: string }
  | { readonly kind: 'no-tables' | 'no-address' }
  | { readonly kind: 'newer'; readonly known: number };

/** Connects to nothing. */
export function consumerTables(
  config: Pick<HubConfig, 'consumers'>,
  { name, delivery }: Pick<ConsumerProfile, 'name' | 'delivery'>,
  { dialect, from }: ConsumerTablesOptions,
): ConsumerTables {
  if (delivery.kind !== 'table') return { kind: 'no-tables' };
  if (from > TABLE_SET_VERSION) return { kind: 'newer', known: TABLE_SET_VERSION };
  const chosen = dialect ?? dialectByAddress(config, name);
  if (chosen === undefined) return { kind: 'no-address' };
  return { kind: 'sql', text: printConsumerTables(name, chosen, from) };
}

/** A transaction whole or not at all, as each server writes it. */
const TRANSACTION: Readonly<Record<DialectName, readonly string[]>> = {
  pg: ['BEGIN;'],
  mssql: ['SET XACT_ABORT ON;', 'BEGIN TRANSACTION;'],
};

const SERVER: Readonly<Record<DialectName, string>> = { pg: 'PostgreSQL', mssql: 'SQL Server' };

/** To be run as it is, by a login whose names without a schema mean the schema of the tables. */
export function printConsumerTables(name: string, dialect: DialectName, from: number): string {
  const statements = migrationStatements(dialect, from);
  if (statements.length === 0) {
    return `-- The tables of ${name} are of version ${TABLE_SET_VERSION} already: there is nothing to run.`;
  }
  return [
    `-- The tables of ${name} in ${SERVER[dialect]}, from version ${from} to ${TABLE_SET_VERSION}.`,
    '-- To be run by the owner of the database, in the schema that names without a schema mean for the login of the hub.',
    ...TRANSACTION[dialect],
    ...statements.map((statement) => `${statement};`),
    'COMMIT;',
  ].join('\n');
}

function dialectByAddress(
  config: Pick<HubConfig, 'consumers'>,
  name: string,
): DialectName | undefined {
  try {
    return dialectOf(addressOf(config, name));
  } catch (error) {
    if (findHubError(error)?.code === 'HUB_CONSUMER_DATABASE_ADDRESS') return undefined;
    throw error;
  }
}
