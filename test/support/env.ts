/** The only test file that reads the environment. */
import { join } from 'node:path';

/** Where the services for `*.int` and `*.e2e` tests are. Set by `npm test`; by hand: `hub stack up` prints them. */
export interface TestEnvironment {
  readonly kafkaBrokers: readonly string[];
  readonly schemaRegistryUrl: string;
  readonly databaseUrl: string;
  /** A SQL Server to run the Master contract suite on; absent: that suite is skipped by name. */
  readonly masterMssqlUrl: string | undefined;
  /** A database on a SQL Server to run the contract suite of consumers' tables in; absent: that suite is skipped by name. */
  readonly consumerMssqlUrl: string | undefined;
}

/** @throws when a service that every int test needs is not named: start tests with `npm test`. */
export function testEnvironment(): TestEnvironment {
  return {
    kafkaBrokers: required('KAFKA_BROKERS').split(','),
    schemaRegistryUrl: required('SCHEMA_REGISTRY_URL'),
    databaseUrl: required('DATABASE_URL'),
    masterMssqlUrl: process.env['MASTER_MSSQL_URL'],
    consumerMssqlUrl: process.env['CONSUMER_MSSQL_URL'],
  };
}

/** The folder of official schemas, codes and test numbers: `PU_SHARED_DIR`, else `../shared` beside the project. */
export function sharedDirectory(): string {
  return process.env['PU_SHARED_DIR'] ?? new URL('../../../shared', import.meta.url).pathname;
}

/** The folder of PU's official schemas, with `core_components` and `interactions` in it: `PU_XSD_DIR`, else that of the shared folder. */
export function schemaDirectory(): string {
  return process.env['PU_XSD_DIR'] ?? join(sharedDirectory(), 'rivta/domain-5.1/schemas');
}

/** How long a day of sandbox life takes in a test, and how much happens in it: `PU_DAY_SECONDS`, `PU_DAY_RATE` (changes a second). */
export function puDayLength(): { readonly seconds: number; readonly ratePerSecond: number } {
  return {
    seconds: Number(process.env['PU_DAY_SECONDS'] ?? 32),
    ratePerSecond: Number(process.env['PU_DAY_RATE'] ?? 12),
  };
}

/** Which lives a model test goes through, and how many: `MODEL_SEED`, `MODEL_RUNS`. The same seed gives the same lives. */
export function modelLength(runs: number): { readonly seed: number; readonly runs: number } {
  return {
    seed: Number(process.env['MODEL_SEED'] ?? 7),
    runs: Number(process.env['MODEL_RUNS'] ?? runs),
  };
}

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') {
    throw new Error(
      `${name} is not set. Start the tests with \`npm test\`, which brings up the services.`,
    );
  }
  return value;
}
