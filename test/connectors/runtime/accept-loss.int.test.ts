import { describe, expect, it } from 'vitest';
import { type HubStore, openHubStore } from '../../../connectors/hub-store/hub-store.ts';
import { createLogger } from '../../../connectors/observability/logger.ts';
import { acceptLoss } from '../../../connectors/runtime/accept-loss.ts';
import { requestOf } from '../../../connectors/runtime/operations/source-commands.ts';
import type { SourceName } from '../../../core/sync/source-record.ts';
import { testEnvironment } from '../../support/env.ts';
import { createHubDatabase, testStoreConfig } from '../../support/hub-database.ts';
import { makeTestTopic, numbered, type TestTopic, texts } from '../../support/kafka-topic.ts';
import { deleteRecordsBefore } from '../../support/plain-kafkajs.ts';

const [broker = ''] = testEnvironment().kafkaBrokers;
const log = createLogger({ level: 'error' });

/** A raw topic of three partitions with the offsets 10 to 20, and a store that is at the given ones. */
async function openAt(offsets: readonly number[]) {
  const stack = new AsyncDisposableStack();
  const database = stack.use(await createHubDatabase());
  const store = stack.use(openHubStore(testStoreConfig(database.url)));
  const test = stack.use(await makeTestTopic({ partitions: offsets.length }));
  const producer = test.kafka.producer();
  for (const [partition, offset] of offsets.entries()) {
    const messages = texts(...numbered('v', 20));
    await producer.send({ topic: test.topic, partition, messages });
    await deleteRecordsBefore(broker, test.topic, partition, 10);
    await store.persons.transact(async (transaction) => {
      await transaction.lockOffset(test.topic, partition);
      await transaction.advanceOffset(test.topic, partition, offset);
    });
  }
  return { store, test, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

async function start(
  store: HubStore,
  { topic, kafka }: TestTopic,
  source: SourceName = 'master',
): Promise<void> {
  const { persons, commands } = store;
  const admin = kafka.admin;
  await acceptLoss({ source, topic, instance: 'core-1', persons, commands, admin, log });
}

async function decide(store: HubStore, source: SourceName = 'master'): Promise<bigint> {
  const made = requestOf({
    kind: 'source-accept-loss',
    source,
    reason: 'the topic was made anew',
    requestedBy: 'operator',
  });
  if (made.kind === 'refused') return expect.fail(made.why.toString());
  return await store.commands.submit(made.request);
}

async function offsetsOf(store: HubStore, { topic }: TestTopic): Promise<readonly number[]> {
  return await store.persons.transact(async (transaction) => {
    const offsets: number[] = [];
    for (const partition of [0, 1, 2]) offsets.push(await transaction.lockOffset(topic, partition));
    return offsets;
  });
}

describe('records of the raw topic that are gone', () => {
  it('are passed over when a person has accepted it, forward and back, and Master is to be read again', async () => {
    await using hub = await openAt([5, 15, 1_000]);
    const id = await decide(hub.store);
    await start(hub.store, hub.test);
    expect(await offsetsOf(hub.store, hub.test)).toEqual([10, 15, 10]);
    expect(await hub.store.commands.list(10)).toMatchObject([
      {
        kind: 'source-resnapshot',
        target: 'master',
        arguments: {},
        requestedBy: 'operator',
        outcomes: [],
      },
      { id, outcomes: [{ instance: 'core-1', outcome: 'done', detail: null }] },
    ]);
  });

  it('of PU make PU be asked for everybody again, and a decision about Master leaves them alone', async () => {
    await using hub = await openAt([5, 15, 1_000]);
    await decide(hub.store, 'master');
    await start(hub.store, hub.test, 'pu');
    expect(await offsetsOf(hub.store, hub.test)).toEqual([5, 15, 1_000]);
    await decide(hub.store, 'pu');
    await start(hub.store, hub.test, 'pu');
    expect(await offsetsOf(hub.store, hub.test)).toEqual([10, 15, 10]);
    const [newest] = await hub.store.commands.list(1);
    expect(newest).toMatchObject({ kind: 'source-reload', target: 'pu', outcomes: [] });
  });

  it('stay where they are without such a decision', async () => {
    await using hub = await openAt([5, 15, 1_000]);
    await start(hub.store, hub.test);
    expect(await offsetsOf(hub.store, hub.test)).toEqual([5, 15, 1_000]);
    expect(await hub.store.commands.list(10)).toEqual([]);
  });

  it('are accepted once: the next loss wants a decision of its own', async () => {
    await using hub = await openAt([5, 15, 20]);
    await decide(hub.store);
    await start(hub.store, hub.test);
    await deleteRecordsBefore(broker, hub.test.topic, 0, 12);
    await start(hub.store, hub.test);
    expect(await offsetsOf(hub.store, hub.test)).toEqual([10, 15, 20]);
    expect(await hub.store.commands.list(10)).toHaveLength(2);
  });

  it('cannot be accepted beforehand: a decision that finds nothing lost is refused, and nothing moves', async () => {
    await using hub = await openAt([10, 15, 20]);
    const id = await decide(hub.store);
    await start(hub.store, hub.test);
    expect(await offsetsOf(hub.store, hub.test)).toEqual([10, 15, 20]);
    expect(await hub.store.commands.list(10)).toMatchObject([
      { id, outcomes: [{ outcome: 'refused', detail: 'not-applicable' }] },
    ]);
  });
});
