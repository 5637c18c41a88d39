import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PostgresCallBudget } from '../../../connectors/hub-store/call-budget-store.ts';
import { statement } from '../../../connectors/hub-store/database.ts';
import { type HubStore, openHubStore } from '../../../connectors/hub-store/hub-store.ts';
import {
  createHubDatabase,
  type TestDatabase,
  testStoreConfig,
} from '../../support/hub-database.ts';

const never = new AbortController().signal;

const NEXT = statement<{ in_ms: string }>(
  'next-turn',
  'SELECT extract(epoch FROM next_at - clock_timestamp()) * 1000 AS in_ms FROM call_budgets WHERE name = $1',
);

describe('the budget of calls', () => {
  let database: TestDatabase;
  const stores: HubStore[] = [];
  beforeAll(async () => {
    database = await createHubDatabase();
    stores.push(...[1, 2].map(() => openHubStore(testStoreConfig(database.url))));
  });
  afterAll(async () => {
    for (const store of stores) await store[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  it('is shared by two instances: together they begin no more calls in any second than one may', async () => {
    const callsPerSecond = 40;
    const began: number[] = [];
    const startedAt = performance.now();
    await Promise.all(
      stores.flatMap((store) => {
        const budget = store.callBudget({ name: 'shared', callsPerSecond });
        return Array.from({ length: 30 }, async () => {
          await budget.takeTurn(never);
          began.push(performance.now());
        });
      }),
    );
    expect(began).toHaveLength(60);
    // Sixty calls need fifty-nine spaces of 25 ms, whoever makes them: a slow machine only takes longer.
    expect(performance.now() - startedAt).toBeGreaterThan(59 * 25 - 25);
    const [row] = await database.database.query(NEXT, ['shared']);
    expect(Number(row?.in_ms)).toBeLessThanOrEqual(25);
  });

  it('saves nothing up while nobody calls', async () => {
    const budget = new PostgresCallBudget(database.database, { name: 'idle', callsPerSecond: 1 });
    await database.database.script(
      "INSERT INTO call_budgets (name, next_at) VALUES ('idle', clock_timestamp() - interval '1 hour')",
    );
    await budget.takeTurn(never);
    const [row] = await database.database.query(NEXT, ['idle']);
    expect(Number(row?.in_ms)).toBeGreaterThan(500);
  });

  it('does not wait for a turn that a clock put back has left far away', async () => {
    await database.database.script(
      "INSERT INTO call_budgets (name, next_at) VALUES ('clock', clock_timestamp() + interval '1 hour')",
    );
    const budget = new PostgresCallBudget(database.database, {
      name: 'clock',
      callsPerSecond: 100,
    });
    await budget.takeTurn(never);
    const [row] = await database.database.query(NEXT, ['clock']);
    expect(Number(row?.in_ms)).toBeLessThan(60_000);
  });

  it('ends the wait on the signal', async () => {
    const budget = new PostgresCallBudget(database.database, {
      name: 'slow',
      callsPerSecond: 0.02,
    });
    await budget.takeTurn(never);
    const end = new AbortController();
    const waiting = budget.takeTurn(end.signal);
    end.abort();
    await expect(waiting).rejects.toBe(end.signal.reason);
    await expect(budget.takeTurn(end.signal)).rejects.toBe(end.signal.reason);
  });
});
