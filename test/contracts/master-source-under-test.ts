import type {
  MasterDatabase,
  SqlStatement,
} from '../../connectors/sources/master/master-dialect.ts';
import { insertPersons, type MasterFixture } from '../support/master-fixture.ts';
import { type HarnessOptions, SourceHarness } from '../support/source-harness.ts';

/** Where the source can be run. */
export interface MasterServer {
  readonly create: () => Promise<MasterFixture>;
  /** True where a table without a primary key cannot be tracked, so that mode `change-tracking` never meets a doubled key. */
  readonly trackingNeedsKey?: boolean;
  /** How long a test waits for what should happen; absent: 20 s. */
  readonly patienceMs?: number;
}

export type MasterTest = (hub: SourceHarness, master: MasterFixture) => Promise<void>;

/** Runs `test` on a Master of its own with so many persons, and a source that is not started. */
export async function withSource(
  server: MasterServer,
  options: HarnessOptions & { readonly persons: number },
  test: MasterTest,
): Promise<void> {
  await using master = await server.create();
  await insertPersons(master, 1, options.persons);
  const { patienceMs } = server;
  await using hub = new SourceHarness(master, {
    ...options,
    ...(patienceMs === undefined ? {} : { patienceMs }),
  });
  await test(hub, master);
}

/** The identities of the removals that were sent. */
export function removedOf(hub: SourceHarness): readonly string[] {
  const removals = hub.sink.messages.filter((m) => m.operation === 'removed');
  return removals.map((m) => m.person['identity'] ?? '');
}

/** A database that tells each statement that is asked of it. */
export function watch(
  database: MasterDatabase,
  tell: (statement: SqlStatement) => void,
): MasterDatabase {
  return {
    dialect: database.dialect,
    query: (statement) => {
      tell(statement);
      return database.query(statement);
    },
    snapshot: (work) =>
      database.snapshot((session) =>
        work({
          query: (statement) => {
            tell(statement);
            return session.query(statement);
          },
        }),
      ),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}
