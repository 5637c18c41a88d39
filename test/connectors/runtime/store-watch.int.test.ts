import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openHubStore } from '../../../connectors/hub-store/hub-store.ts';
import { createHealth } from '../../../connectors/observability/health.ts';
import { createLogger } from '../../../connectors/observability/logger.ts';
import { createMetrics } from '../../../connectors/observability/metrics.ts';
import { runStoreWatch, STORE_WATCH } from '../../../connectors/runtime/store-watch.ts';
import type { Outbox } from '../../../core/sync/ports.ts';
import { doBatch, freshIdentities, freshTopic } from '../../contracts/store-under-test.ts';
import {
  createHubDatabase,
  type TestDatabase,
  testStoreConfig,
} from '../../support/hub-database.ts';

const WITHIN = { timeout: 20_000, interval: 50 };
const LATE = 'changes wait too long to be published';

let database: TestDatabase;

beforeAll(async () => {
  database = await createHubDatabase();
});

afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

describe('the watch over the outbox', () => {
  it('raises the alarm with its code while the oldest entry is over the limit, and lowers it again', async () => {
    await using store = openHubStore(testStoreConfig(database.url));
    const partition = await waitingEntries(3, '10 minutes');
    await using watch = startWatch(store.outbox, 60);
    await expect.poll(watch.state, WITHIN).toEqual({
      healthy: false,
      state: 'alarm',
      reason: 'HUB_SYNC_PUBLISH_LAGS',
    });
    expect(await watch.gauge('hub_outbox_waiting_entries', partition)).toBe(3);
    expect(await watch.gauge('hub_outbox_waiting_entries', partition + 1)).toBe(0);
    expect(await watch.gauge('hub_outbox_oldest_seconds', partition)).toBeGreaterThan(599);
    expect(watch.log()).toContain(LATE);

    await database.database.script('DELETE FROM outbox');
    await expect.poll(watch.state, WITHIN).toEqual({ healthy: true, state: 'idle', reason: null });
    expect(await watch.gauge('hub_outbox_waiting_entries', partition)).toBe(0);
    expect(await watch.gauge('hub_outbox_oldest_seconds', partition)).toBe(0);
  });

  it('says nothing of entries that wait, but not for too long', async () => {
    await using store = openHubStore(testStoreConfig(database.url));
    const partition = await waitingEntries(2, '10 minutes');
    await using watch = startWatch(store.outbox, 3_600);
    await expect.poll(watch.state, WITHIN).toMatchObject({ healthy: true, state: 'idle' });
    expect(await watch.gauge('hub_outbox_waiting_entries', partition)).toBe(2);
    expect(watch.log()).toBe('');
  });

  it('is an alarm with the code of the store when it cannot look', async () => {
    const closed = 'postgres://postgres@127.0.0.1:1/postgres';
    await using store = openHubStore(testStoreConfig(closed));
    await using watch = startWatch(store.outbox, 60);
    await expect
      .poll(watch.state, WITHIN)
      .toEqual({ healthy: false, state: 'alarm', reason: 'HUB_STORE_UNAVAILABLE' });
  });
});

/** Empties the outbox and puts so many entries of one partition in, of that age. @returns the partition. */
async function waitingEntries(count: number, age: string): Promise<number> {
  const partition = 5;
  await using store = openHubStore({
    ...testStoreConfig(database.url),
    partitionOfPerson: () => partition,
  });
  await database.database.script('DELETE FROM outbox');
  await doBatch(store.persons, {
    topic: freshTopic(),
    partition: 0,
    firstOffset: 0,
    identities: freshIdentities(count),
    version: 1,
  });
  await database.database.script(`UPDATE outbox SET recorded_at = now() - interval '${age}'`);
  return partition;
}

function startWatch(outbox: Outbox, alarmSeconds: number) {
  const stop = new AbortController();
  const health = createHealth({ stallMs: 60_000, roles: [STORE_WATCH] });
  const metrics = createMetrics();
  let lines = '';
  const ended = runStoreWatch({
    outbox,
    partitions: 8,
    alarmSeconds,
    health,
    metrics,
    log: createLogger({ level: 'info', destination: { write: (line) => (lines += line) } }),
    signal: stop.signal,
  });
  return {
    state: () => {
      const [{ healthy, state, reason } = { healthy: false, state: 'none', reason: null }] =
        health.read().roles;
      return { healthy, state, reason };
    },
    gauge: async (name: string, partition: number): Promise<number> => {
      const prefix = `${name}{partition="${partition}"} `;
      const line = (await metrics.text()).split('\n').find((text) => text.startsWith(prefix));
      return Number(line?.slice(prefix.length));
    },
    log: () => lines,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await ended;
    },
  };
}
