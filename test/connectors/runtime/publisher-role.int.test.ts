import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { statement } from '../../../connectors/hub-store/database.ts';
import { type HubStore, openHubStore } from '../../../connectors/hub-store/hub-store.ts';
import { createHealth } from '../../../connectors/observability/health.ts';
import { createLogger } from '../../../connectors/observability/logger.ts';
import {
  PUBLISHER,
  type PublisherRoleOptions,
  runPublisherRole,
} from '../../../connectors/runtime/publisher-role.ts';
import { HubError } from '../../../core/errors/hub-error.ts';
import { type PersonTopicWriter, publishOutbox } from '../../../core/sync/publish-outbox.ts';
import { doBatch, freshIdentities, freshTopic } from '../../contracts/store-under-test.ts';
import {
  createHubDatabase,
  type TestDatabase,
  testStoreConfig,
} from '../../support/hub-database.ts';

const OTHER = 'the other';
const TAKE_OVER = statement<{ token: string }>(
  'take-over',
  `UPDATE leases SET owner = $1, token = token + 1, expires_at = now() + interval '1 hour' RETURNING token`,
);

describe('a publisher', () => {
  let database: TestDatabase;
  let store: HubStore;
  const identities = freshIdentities(2);
  beforeEach(async () => {
    database = await createHubDatabase();
    store = openHubStore({ ...testStoreConfig(database.url), partitionOfPerson: () => 0 });
  });
  afterEach(async () => {
    await store[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const change = (version: number) =>
    doBatch(store.persons, {
      topic: freshTopic(),
      partition: 0,
      firstOffset: 0,
      identities,
      version,
    });
  /** The other instance believes that our lease ran out, which the clock of a halted machine does not tell us. */
  const takeOver = async () => {
    const [row] = await database.database.query(TAKE_OVER, [OTHER]);
    return { name: 'publish-0', owner: OTHER, token: BigInt(row?.token ?? 0) };
  };
  const waiting = async () => (await store.outbox.backlog())[0]?.waiting ?? 0;

  it.each([
    ['arrives', () => undefined],
    [
      'arrives without an answer',
      () => {
        throw new HubError('HUB_KAFKA_UNAVAILABLE');
      },
    ],
  ])(
    'that stood still lets the present state come last, when what it sent before %s late',
    async (_, answer) => {
      const topic = new Topic();
      const halt = Promise.withResolvers<void>();
      const begun = Promise.withResolvers<void>();
      await using _publisher = start({
        topics: topic.writer(async () => {
          begun.resolve();
          await halt.promise;
        }, answer),
      });
      await change(1);
      await begun.promise;
      await change(2);
      const lease = await takeOver();
      const publish = () => publishOutbox(0, lease, () => true, 10, store.outbox, topic.writer());
      expect(await publish()).toMatchObject({ kind: 'published', states: 2 });
      expect(topic.last()).toEqual([2, 2]);
      halt.resolve();
      await until(async () => (await waiting()) > 0);
      // The defect itself: the late write stands behind the newer one.
      expect(topic.last()).toEqual([1, 1]);
      expect(await publish()).toMatchObject({ kind: 'published', states: 2, events: 0 });
      expect(topic.last()).toEqual([2, 2]);
      expect(await waiting()).toBe(0);
    },
  );

  it('that stands by after it once held leases is well', async () => {
    let now = 0;
    const health = createHealth({ stallMs: 60_000, roles: [PUBLISHER], now: () => now });
    const held: number[] = [];
    await using _publisher = start({
      health,
      onHeld: (partitions) => held.push(partitions.length),
    });
    await until(() => held.at(-1) === 1);
    await takeOver();
    await until(() => held.at(-1) === 0);
    now += 120_000;
    await until(() => health.read().healthy);
    expect(health.read().roles).toMatchObject([{ state: 'idle' }]);
  });

  function start(options: Partial<PublisherRoleOptions>): AsyncDisposable {
    const stop = new AbortController();
    const running = runPublisherRole({
      instance: 'one',
      partitions: 1,
      batchEntries: 10,
      outbox: store.outbox,
      leases: store.leases,
      topics: new Topic().writer(),
      countPublishers: () => Promise.resolve(1),
      onOutboxWrite: (listener) => store.notices.on('outbox', listener),
      onHeld: () => undefined,
      onPublished: () => undefined,
      health: createHealth({ stallMs: 60_000, roles: [PUBLISHER] }),
      log: createLogger({ level: 'error', destination: { write: () => undefined } }),
      signal: stop.signal,
      ...options,
    });
    return {
      [Symbol.asyncDispose]: async () => {
        stop.abort();
        await running;
      },
    };
  }
});

/** A compacted topic: what was written last of each person counts. */
class Topic {
  readonly #versions = new Map<string, number>();

  last(): readonly number[] {
    return [...this.#versions.values()];
  }

  writer(
    before: () => Promise<void> = () => Promise.resolve(),
    after = () => {},
  ): PersonTopicWriter {
    return {
      writeStates: async (_, persons) => {
        await before();
        for (const { personKey, version } of persons) this.#versions.set(personKey, version);
        after();
      },
      writeEvents: () => Promise.resolve(),
    };
  }
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 1_000; i++) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect.fail('It did not become so in ten seconds.');
}
