/** What an operator asks about consumers, from the row in the command table to the registry, on a real store and broker. Issue 8, point 7. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { NewConsumer } from '../../../connectors/hub-store/consumer-registry.ts';
import { type HubStore, openHubStore } from '../../../connectors/hub-store/hub-store.ts';
import { createLogger } from '../../../connectors/observability/logger.ts';
import { createMetrics } from '../../../connectors/observability/metrics.ts';
import { carryOutConsumerCommand } from '../../../connectors/runtime/carry-out-consumer-command.ts';
import type { CommandResult } from '../../../connectors/runtime/command-loop.ts';
import { runCommandsRole } from '../../../connectors/runtime/commands-role.ts';
import { composeConsumerCommands } from '../../../connectors/runtime/consumer-commands-role.ts';
import {
  CONSUMERS_TARGET,
  type ConsumerCommand,
  consumerRequestOf,
} from '../../../connectors/runtime/operations/consumer-commands.ts';
import { safeText } from '../../../core/errors/log-safe.ts';
import type { PersonKey } from '../../../core/person/person-identifier.ts';
import { profileOf } from '../../core/disclosure/disclosure-builder.ts';
import {
  createHubDatabase,
  type TestDatabase,
  testStoreConfig,
} from '../../support/hub-database.ts';
import { makeTestTopic, type TestTopic, texts } from '../../support/kafka-topic.ts';
import { testConfig } from '../../support/test-config.ts';

const WITHIN = { timeout: 20_000, interval: 50 };
const ASKED = Date.UTC(2026, 10, 30);
const CARD = profileOf({ name: 'card' });
const KEY = '11111111-1111-4111-8111-111111111111' as PersonKey;
const NEW: NewConsumer = {
  profile: CARD,
  agreement: {
    validTo: '2031-12-31',
    frameworkVersion: '2026.1',
    staffInformedBy: 'the office of systems',
    staffInformedAt: '2026-03-01',
  },
  principal: 'card-reader',
};

let database: TestDatabase;
let store: HubStore;
let events: TestTopic;
beforeAll(async () => {
  database = await createHubDatabase();
  store = openHubStore(testStoreConfig(database.url));
  events = await makeTestTopic({ partitions: 2 });
});
beforeEach(async () => {
  await database.database.script('TRUNCATE consumers CASCADE; TRUNCATE commands CASCADE');
});
afterAll(async () => {
  await events[Symbol.asyncDispose]();
  await store[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

/** Stores a command as `hub` does. */
async function submit(command: ConsumerCommand): Promise<bigint> {
  const made = consumerRequestOf(command, { reason: 'a test', requestedBy: 'tester' }, ASKED);
  if (made.kind === 'refused') return expect.fail(made.why);
  return await store.commands.submit(made.request);
}

const ports = () => ({
  consumers: store.consumers,
  admin: events.kafka.admin,
  eventTopic: events.topic,
});

/** Stores a command and carries it out as an instance does; twice, as after a crash before the answer. */
async function ask(command: ConsumerCommand): Promise<CommandResult> {
  const id = await submit(command);
  const stored = (await store.commands.list(1)).find((one) => one.id === id);
  if (stored === undefined) return expect.fail('the command is not there');
  const first = await carryOutConsumerCommand(stored, ports());
  expect(await carryOutConsumerCommand(stored, ports())).toBe(first);
  return first;
}

const card = async () => (await store.consumers.find('card')) ?? expect.fail('card is not there');
const seen = async () => {
  const { id, generation } = await card();
  return { id, generation };
};
/** What the feed does at the end of a walk. */
const endWalk = async (): Promise<void> =>
  await database.database.script(
    `UPDATE consumers c SET generation = w.generation, profile = w.profile FROM consumer_walks w WHERE w.consumer_id = c.id;
     DELETE FROM consumer_walks`,
  );
const look = async (text: string) =>
  await database.database.query({ name: `look-${text}`.slice(0, 60), text });

describe('a command about a consumer', () => {
  it('adds it, pauses it, resumes it, changes it, repairs it, replays it and drops it', async () => {
    expect(await ask({ kind: 'consumer-add', consumer: NEW })).toBe('done');
    expect(await card()).toMatchObject({ ...NEW, walk: { kind: 'first-load' } });
    expect(await ask({ kind: 'consumer-add', consumer: NEW })).toBe('already-added');
    expect(await ask({ kind: 'consumer-pause', name: 'card' })).toBe('done');
    expect((await card()).state).toBe('paused');
    expect(await ask({ kind: 'consumer-resume', name: 'card' })).toBe('done');
    expect((await card()).state).toBe('running');
    const agreement = { ...NEW.agreement, validTo: '2035-12-31', frameworkVersion: '2035.1' };
    expect(await ask({ kind: 'consumer-renew', name: 'card', agreement })).toBe('done');
    expect(await card()).toMatchObject({ agreement, state: 'running', generation: 0 });
    await endWalk();
    const profile = profileOf({ name: 'card', version: 9, groups: new Set(['contacts', 'name']) });
    const change = { kind: 'consumer-change', name: 'card', profile, seen: await seen() } as const;
    expect(await ask(change)).toBe('done');
    expect((await card()).walk).toMatchObject({ kind: 'change', generation: 2, profile });
    await endWalk();
    expect(await ask(change)).toBe('other-state');
    for (const what of ['all', 'repair'] as const) {
      const replay = { kind: 'consumer-replay', name: 'card', what, seen: await seen() } as const;
      expect(await ask(replay)).toBe('done');
      expect((await card()).walk?.kind).toBe(what === 'all' ? 'replay' : 'repair');
      await endWalk();
    }
    expect(await ask({ kind: 'consumer-drop', name: 'card', seen: await seen() })).toBe('done');
    expect((await card()).state).toBe('dropping');
  });

  it('tells again what happened since a moment', async () => {
    await ask({ kind: 'consumer-add', consumer: NEW });
    await endWalk();
    const producer = events.kafka.producer();
    const send = async (text: string, partition: number): Promise<void> =>
      void (await producer.send({ topic: events.topic, partition, messages: texts(text) }));
    await send('before', 0);
    await send('before', 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const since = Date.now();
    await send('after', 0);
    const { id } = await card();
    await database.database.script(
      `INSERT INTO consumer_positions (consumer_id, partition, next_offset) VALUES (${id}, 0, 2), (${id}, 1, 1)`,
    );
    const what = { since };
    expect(await ask({ kind: 'consumer-replay', name: 'card', what, seen: await seen() })).toBe(
      'done',
    );
    const positions = await look(
      'SELECT next_offset, replay_until FROM consumer_positions ORDER BY partition',
    );
    expect(positions.map((row) => Object.values(row).map(Number))).toEqual([
      [1, 2],
      [1, 0],
    ]);
  });

  it('touches the persons that it names', async () => {
    await ask({ kind: 'consumer-add', consumer: NEW });
    expect(await ask({ kind: 'consumer-touch', name: 'card', personKeys: [KEY] })).toBe('done');
    expect(await look('SELECT person_key, is_forced FROM consumer_touches')).toEqual([
      { person_key: KEY, is_forced: 't' },
    ]);
  });

  it('is refused for a consumer that is not there, and when nobody knows it', async () => {
    expect(await ask({ kind: 'consumer-pause', name: 'card' })).toBe('not-added');
    const later = { kind: 'consumer-dance', arguments: { consumer: 'card' }, expectedState: null };
    const stored = {
      ...later,
      id: 1n,
      target: CONSUMERS_TARGET,
      reason: 'a test',
      requestedBy: 'tester',
      requestedAt: ASKED,
      outcomes: [],
    };
    expect(await carryOutConsumerCommand(stored, ports())).toBe('unknown-command');
  });

  it('adds nobody whose agreement was over when it was asked for', async () => {
    const agreement = { ...NEW.agreement, validTo: '2026-12-01' };
    const id = await submit({ kind: 'consumer-add', consumer: { ...NEW, agreement } });
    const [stored] = await store.commands.list(1);
    if (stored?.id !== id) return expect.fail('the command is not there');
    const requestedAt = Date.UTC(2026, 11, 2, 12);
    expect(await carryOutConsumerCommand({ ...stored, requestedAt }, ports())).toBe(
      'agreement-over',
    );
    expect(await store.consumers.list()).toEqual([]);
  });

  it('renews no agreement by one that was over when it was asked for', async () => {
    await ask({ kind: 'consumer-add', consumer: NEW });
    const agreement = { ...NEW.agreement, validTo: '2026-12-01' };
    const id = await submit({ kind: 'consumer-renew', name: 'card', agreement });
    const stored = (await store.commands.list(1)).find((one) => one.id === id);
    if (stored === undefined) return expect.fail('the command is not there');
    const requestedAt = Date.UTC(2026, 11, 2, 12);
    expect(await carryOutConsumerCommand({ ...stored, requestedAt }, ports())).toBe(
      'agreement-over',
    );
    expect((await card()).agreement).toEqual(NEW.agreement);
  });

  it('is carried out by one of several instances, in its turn', async () => {
    await submit({ kind: 'consumer-pause', name: 'card' });
    await submit({ kind: 'consumer-add', consumer: NEW });
    await submit({ kind: 'consumer-pause', name: 'card' });
    const stop = new AbortController();
    const running = ['a', 'b'].map((instance) =>
      runCommandsRole({
        name: safeText('consumers-commands'),
        target: CONSUMERS_TARGET,
        store,
        instance,
        carryOut: (command) => carryOutConsumerCommand(command, ports()),
        log: createLogger({ level: 'info', destination: { write: () => undefined } }),
        signal: stop.signal,
      }),
    );
    const answers = async (): Promise<readonly string[]> =>
      (await store.commands.list(10))
        .toReversed()
        .flatMap(({ outcomes }) => outcomes.map(({ outcome }) => outcome));
    await expect.poll(answers, WITHIN).toEqual(['refused', 'done', 'done']);
    stop.abort();
    await Promise.all(running);
    expect((await card()).state).toBe('paused');
    expect(await store.leases.held('consumers-')).toEqual([]);
  });
});

describe('the metrics', () => {
  it('tell how many days an agreement has left, until the consumer is gone', async () => {
    const metrics = createMetrics();
    const config = testConfig(database.url);
    const log = createLogger({ level: 'info', destination: { write: () => undefined } });
    composeConsumerCommands({ config, store, kafka: events.kafka, metrics, log });
    const agreement = { ...NEW.agreement, validTo: '2020-01-01' };
    await store.consumers.add({ ...NEW, agreement }, 1n);
    expect(await metrics.text()).toMatch(/hub_consumer_agreement_days\{consumer="card"\} -\d+/);
    await database.database.script('TRUNCATE consumers CASCADE');
    expect(await metrics.text()).not.toContain('hub_consumer_agreement_days{');
  });
});
