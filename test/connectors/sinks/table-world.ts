/** One empty consumer's database for each test of a file, and sinks on it. */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach } from 'vitest';
import type { SqlRow } from '../../../connectors/hub-store/database.ts';
import { migrationStatements } from '../../../connectors/sinks/consumers/table/table-schema.ts';
import {
  createTableSink,
  type TableSinkOptions,
} from '../../../connectors/sinks/consumers/table/table-sink.ts';
import { createEmptyDatabase, type TestDatabase } from '../../support/hub-database.ts';
import { untilBlocked } from '../hub-store/look-into-store.ts';

export interface TableWorld {
  /** Of the database of the running test. */
  url(): string;
  sink(change?: Partial<TableSinkOptions>): ReturnType<typeof createTableSink>;
  /** As the owner of the database would make them. */
  makeTables(): Promise<void>;
  script(text: string): Promise<void>;
  rows(text: string): Promise<readonly SqlRow[]>;
  /** Runs `work` while a transaction beside holds what a statement locks. */
  holding(text: string, work: () => Promise<void>): Promise<void>;
  /** Until somebody waits for a lock in this database. */
  untilBlocked(): Promise<void>;
}

/** Call it at the top of a file. */
export function eachWithTables(): TableWorld {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createEmptyDatabase();
  });
  afterEach(async () => {
    await database[Symbol.asyncDispose]();
  });
  return {
    url: () => database.url,
    sink: (change = {}) =>
      createTableSink({
        address: database.url,
        onLeaving: 'delete',
        createTables: true,
        retentionDays: 30,
        ...change,
      }),
    makeTables: () => database.database.script(migrationStatements('pg', 0).join(';\n')),
    script: (text) => database.database.script(text),
    holding: async (text, work) =>
      await database.database.transact(async (runner) => {
        await runner.query({ name: '', text });
        await work();
      }),
    untilBlocked: async () => await untilBlocked(database.database),
    rows: (text) => database.database.query({ name: randomUUID(), text }),
  };
}
