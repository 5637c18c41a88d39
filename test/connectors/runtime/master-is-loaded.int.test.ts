import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HubStore, openHubStore } from '../../../connectors/hub-store/hub-store.ts';
import { watchMasterLoad } from '../../../connectors/runtime/master-is-loaded.ts';
import {
  type MasterCheckpoint,
  printCheckpoint,
} from '../../../connectors/sources/master/master-checkpoint.ts';
import {
  createHubDatabase,
  type TestDatabase,
  testStoreConfig,
} from '../../support/hub-database.ts';
import { makeTestTopic, type TestTopic, texts } from '../../support/kafka-topic.ts';

const LOADED: MasterCheckpoint = {
  mode: 'snapshot-diff',
  epoch: 1,
  fingerprint: null,
  tables: [],
  load: null,
  version: 5n,
  highest: 5n,
  cursor: null,
  resnapshots: [],
  isPaused: false,
  removalsUnknownSince: null,
};

let database: TestDatabase;
let store: HubStore;
let topic: TestTopic;

beforeAll(async () => {
  database = await createHubDatabase();
  store = openHubStore(testStoreConfig(database.url));
  topic = await makeTestTopic({ partitions: 2 });
  await send('a', 'b', 'c');
});

afterAll(async () => {
  await topic[Symbol.asyncDispose]();
  await store[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

function watch(hasMaster = true): () => Promise<boolean> {
  const { checkpoints, persons } = store;
  const admin = topic.kafka.admin;
  return watchMasterLoad({ hasMaster, checkpoints, persons, admin, topic: topic.topic });
}

async function send(...values: readonly string[]): Promise<void> {
  const messages = texts(...values);
  await topic.kafka.producer().send({ topic: topic.topic, partition: 1, messages });
}

async function save(checkpoint: MasterCheckpoint): Promise<void> {
  const lease = await store.leases.acquire('source-master', 'tester', 60_000);
  if (lease === undefined) expect.fail('the lease is held');
  expect(await store.checkpoints.save(lease, 'master', printCheckpoint(checkpoint))).toBe(true);
}

async function processUpTo(offset: number): Promise<void> {
  await store.persons.transact(async (transaction) => {
    await transaction.lockOffset(topic.topic, 1);
    await transaction.advanceOffset(topic.topic, 1, offset);
  });
}

describe('everybody whom Master knows', () => {
  it('is known to the hub when the load has ended and all of it is processed, and not before', async () => {
    const isLoaded = watch();
    expect(await isLoaded()).toBe(false);
    await save({ ...LOADED, load: { reason: 'first-load', after: null, done: 3 } });
    expect(await isLoaded()).toBe(false);
    await save(LOADED);
    expect(await isLoaded()).toBe(false);
    await processUpTo(2);
    expect(await isLoaded()).toBe(false);
    await processUpTo(3);
    expect(await isLoaded()).toBe(true);
  });

  it('is known though Master goes on sending all the while, since only its load is waited for', async () => {
    const isLoaded = watch();
    await send('d');
    expect(await isLoaded()).toBe(false);
    await send('e', 'f');
    await processUpTo(4);
    expect(await isLoaded()).toBe(true);
    expect(await watch()()).toBe(false);
  });

  it('is nobody where no Master is configured and none was ever read', async () => {
    await using other = await createHubDatabase();
    await using empty = openHubStore(testStoreConfig(other.url));
    const { checkpoints, persons } = empty;
    const common = { checkpoints, persons, admin: topic.kafka.admin, topic: topic.topic };
    expect(await watchMasterLoad({ ...common, hasMaster: false })()).toBe(true);
    expect(await watchMasterLoad({ ...common, hasMaster: true })()).toBe(false);
  });

  it('counts as well where another instance alone reads Master', async () => {
    await save({ ...LOADED, load: { reason: 'gap', after: null, done: 0 } });
    expect(await watch(false)()).toBe(false);
  });
});
