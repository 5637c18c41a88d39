/** What an operator does for consumers beside asking the instances, on real services. Issue 8, point 7. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { migrateHubStore } from '../../../../connectors/hub-store/migrations.ts';
import { consumerTopicNames } from '../../../../connectors/kafka/topics.ts';
import {
  createOperator,
  type Operator,
} from '../../../../connectors/runtime/operations/operator.ts';
import { runPreflight } from '../../../../connectors/runtime/operations/preflight.ts';
import type { ConsumerProfile } from '../../../../core/disclosure/consumer-profile.ts';
import { printProfile } from '../../../../core/disclosure/profile-text.ts';
import type { PersonKey } from '../../../../core/person/person-identifier.ts';
import { profileOf } from '../../../core/disclosure/disclosure-builder.ts';
import {
  createEmptyDatabase,
  createHubDatabase,
  type TestDatabase,
} from '../../../support/hub-database.ts';
import { testName, texts } from '../../../support/kafka-topic.ts';
import { evidence, pnr } from '../../../support/person-builder.ts';
import { testConfig } from '../../../support/test-config.ts';
import { feedPersons, testRules } from '../feed-persons.ts';

const PREFIX = `${testName('operator')}.`;
const NEVER = new AbortController().signal;
const AGREEMENT = {
  validTo: '2031-12-31',
  frameworkVersion: '2026.1',
  staffInformedBy: 'the office of systems',
  staffInformedAt: '2026-03-01',
};
const NOBODY = '00000000-0000-4000-8000-000000000000' as PersonKey;

let database: TestDatabase;
let operator: Operator;
let cosmic: ConsumerProfile;
let keys: readonly PersonKey[];

beforeAll(async () => {
  database = await createHubDatabase();
  await migrateHubStore(database.url);
  operator = createOperator(
    testConfig(database.url, { HUB_TOPIC_PREFIX: PREFIX, PERSON_TOPIC_PARTITIONS: '2' }),
  );
  await operator.kafka.admin.ensureTopics(operator.topicTable);
  cosmic = (await operator.readConsumers()).get('cosmic') ?? expect.fail('no profile cosmic');
  await feedPersons(operator.store.persons, await testRules(), 'master', [
    evidence({ identity: pnr(0) }),
    evidence({ identity: pnr(1) }),
    evidence({ identity: pnr(2), protectedPerson: true }),
  ]);
  keys = await operator.store.deliveries.nextPersons(null, 10);
});
beforeEach(async () => {
  await script('TRUNCATE consumers CASCADE; TRUNCATE deliveries');
});
afterAll(async () => {
  const ours = [
    ...operator.topicTable.map(({ topic }) => topic),
    ...Object.values(consumerTopicNames('cosmic', PREFIX)),
  ] as string[];
  await operator.kafka.admin.deleteTopics(ours);
  await operator[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const script = async (text: string): Promise<void> => await database.database.script(text);

async function add(profile: ConsumerProfile, validTo = AGREEMENT.validTo) {
  const agreement = { ...AGREEMENT, validTo };
  const { consumers } = operator.store;
  expect(await consumers.add({ profile, agreement, principal: null }, 1n)).toBe('done');
  // As the feed leaves it when everybody was told.
  await script('UPDATE consumers SET generation = 1; DELETE FROM consumer_walks');
  return (await consumers.find(profile.name)) ?? expect.fail('it is not there');
}

/** What the ledger says of persons who were told all of a profile with names and birth dates. */
async function wereTold(consumerId: number, told: readonly PersonKey[], bits: number) {
  for (const key of told) {
    await script(
      `INSERT INTO deliveries (consumer_id, person_key, generation, version, kind, told, content_hash)
       VALUES (${consumerId}, '${key}', 1, 1, 'person', ${bits}, 'h')`,
    );
  }
}

describe('an operator', () => {
  it('sees who would come in and go out by another profile, and which fields would go', async () => {
    expect(keys).toHaveLength(3);
    const before = profileOf({ name: 'card', protectedPersons: 'left-out' });
    const consumer = await add(before);
    const golden = await operator.store.deliveries.facts(consumer.id, keys, false);
    const open = keys.filter((key) => golden.persons.get(key)?.golden?.kind === 'person');
    const [hidden] = keys.filter((key) => !open.includes(key));
    await wereTold(consumer.id, open, 0xffff);
    const pages: number[] = [];
    const preview = async (after: ConsumerProfile) =>
      await operator.consumers.previewChange(consumer, after, (n) => pages.push(n), NEVER);
    expect(
      await preview(profileOf({ name: 'card', groups: new Set(['name']), contacts: null })),
    ).toMatchObject({
      persons: 3,
      comeIn: 1,
      goOut: 0,
      changed: 2,
      unchanged: 0,
      samples: { comeIn: [hidden], goOut: [] },
    });
    const none = await preview(profileOf({ name: 'card', persons: { kind: 'list' } }));
    expect(none).toMatchObject({ comeIn: 0, goOut: 2, changed: 0, loses: new Map() });
    expect(none?.samples.goOut.toSorted()).toEqual(open.toSorted());
    expect(pages).toEqual([3, 3]);
    const narrowed = await preview({
      ...before,
      groups: new Set(['name']),
      contacts: null,
      relations: new Set(),
    });
    expect(narrowed?.loses.get('addresses')).toBe(2);
    const aborted = AbortSignal.abort();
    expect(
      await operator.consumers.previewChange(consumer, before, () => undefined, aborted),
    ).toBeUndefined();
  });

  it('makes the topics of a consumer, is told that there are no rights to give, and sees how it is connected', async () => {
    expect(await operator.consumers.prepare(cosmic, 'cosmic-reader')).toBe('no-authorizer');
    expect(await operator.consumers.prepare(cosmic, null)).toBe('ready');
    const tables = profileOf({ name: 'tables', delivery: { kind: 'table', onLeaving: 'delete' } });
    expect(await operator.consumers.prepare(tables, null)).toBe('ready');
    expect((await operator.consumers.connectionSheet(tables, null)).topics).toBeNull();
    const { topics } = await operator.consumers.connectionSheet(cosmic, null);
    const names = consumerTopicNames('cosmic', PREFIX);
    expect(topics).toMatchObject({
      ...names,
      groupPrefix: `${PREFIX}consumer.cosmic.`,
      partitions: 2,
    });
    expect(await operator.kafka.admin.offsets(names.person)).toHaveLength(2);
    expect(topics?.schemas.map(({ of }) => of)).toEqual([
      'states',
      'states',
      'events',
      'orders',
      'answers',
    ]);
    expect(topics?.schemas.every(({ schemaId }) => schemaId > 0)).toBe(true);
  });

  it('sees how far a consumer was told, and how its agreement stands', async () => {
    expect(await operator.consumers.readStatus()).toEqual([]);
    const consumer = await add(cosmic, '2020-01-01');
    const [fresh] = await operator.consumers.readStatus('cosmic');
    expect(fresh).toMatchObject({
      agreement: { kind: 'over' },
      file: 'same',
      walk: null,
      lagEvents: null,
      purges: { open: 0, oldestSeconds: 0 },
    });
    const topic = operator.topicName('person.events.v1');
    await operator.kafka.producer().send({ topic, partition: 1, messages: texts('a', 'b', 'c') });
    const changed = printProfile({ ...cosmic, title: 'another title' });
    await script(
      `INSERT INTO consumer_positions (consumer_id, partition, next_offset) VALUES (${consumer.id}, 0, 0), (${consumer.id}, 1, 1);
       INSERT INTO consumer_walks (consumer_id, kind, generation, profile, total, done, started_at)
       VALUES (${consumer.id}, 'change', 2, '${changed}', 1000, 250, now() - interval '10 seconds');
       INSERT INTO consumer_purges (id, consumer, consumer_id, person_key, reason, fields, up_to_generation, up_to_version, ordered_at)
       VALUES (gen_random_uuid(), 'cosmic', ${consumer.id}, '${NOBODY}', 'erased', '{name}', 1, 1, now() - interval '1 hour')`,
    );
    const [status] = await operator.consumers.readStatus();
    expect(status).toMatchObject({ file: 'changed', lagEvents: 2, purges: { open: 1 } });
    expect(status?.purges.oldestSeconds).toBeGreaterThan(3_500);
    expect(status?.walk).toMatchObject({ kind: 'change', done: 250, total: 1_000 });
    expect(status?.walk?.perSecond).toBeGreaterThan(15);
    expect(status?.walk?.perSecond).toBeLessThanOrEqual(25);
    expect(status?.walk?.secondsLeft).toBeCloseTo(750 / (status?.walk?.perSecond ?? 0), 5);
    expect(await operator.consumers.readStatus('pasis')).toEqual([]);
  });

  it('sees why nothing reaches a consumer, who could not be told, and what a drop waits for', async () => {
    const { id } = await add(cosmic);
    await operator.store.deliveries.noteFault(id, 'HUB_KAFKA_TOPIC_MISSING');
    await script(
      `INSERT INTO consumer_refusals (consumer_id, person_key, code, since)
       VALUES (${id}, '${NOBODY}', 'HUB_KAFKA_MESSAGE_TOO_LARGE', '2026-11-30T08:00:00Z');
       INSERT INTO consumer_purges (id, consumer, consumer_id, person_key, reason, fields, up_to_generation, up_to_version, due_at, acknowledged_at)
       VALUES (gen_random_uuid(), 'cosmic', ${id}, '${NOBODY}', 'erased', '{name}', 1, 1, '2099-01-01T00:00:00Z', NULL),
              (gen_random_uuid(), 'cosmic', ${id}, '${NOBODY}', 'erased', '{name}', 1, 1, '2099-01-02T00:00:00Z', now()),
              (gen_random_uuid(), 'cosmic', ${id}, '${NOBODY}', 'erased', '{name}', 1, 1, '2026-01-01T00:00:00Z', NULL)`,
    );
    const [all] = await operator.consumers.readStatus();
    expect(all).toMatchObject({
      consumer: { fault: { code: 'HUB_KAFKA_TOPIC_MISSING' }, refusals: 1 },
      refused: [],
      awaited: null,
    });
    await script("UPDATE consumers SET state = 'dropping'");
    const [one] = await operator.consumers.readStatus('cosmic', true);
    const since = Date.parse('2026-11-30T08:00:00Z');
    expect(one?.refused).toEqual([
      { personKey: NOBODY, code: 'HUB_KAFKA_MESSAGE_TOO_LARGE', since },
    ]);
    expect(one?.awaited).toEqual({ orders: 1, until: Date.parse('2099-01-01T00:00:00Z') });
  });

  it('knows how much a replay of everybody would be', async () => {
    const { id } = await add(cosmic);
    await wereTold(id, keys, 0xffff);
    await script(`UPDATE deliveries SET kind = 'gone' WHERE person_key = '${keys[0]}'`);
    expect(await operator.store.consumers.replaySize(id)).toEqual({ persons: 3, has: 2, gone: 1 });
  });

  it('knows the topics of those who were added, and none before there are tables', async () => {
    expect(await operator.consumers.topicTable()).toEqual([]);
    await add(cosmic);
    await add(profileOf({ name: 'tables', delivery: { kind: 'table', onLeaving: 'delete' } }));
    const names = (await operator.consumers.topicTable()).map(({ topic }) => topic);
    expect(names).toEqual(Object.values(consumerTopicNames('cosmic', PREFIX)));
    const { admin } = operator.kafka;
    await admin.ensureTopics(await operator.consumers.topicTable());
    await admin.deleteTopics(names.slice(0, 1));
    await expect(admin.checkTopics(await operator.consumers.topicTable())).rejects.toMatchObject({
      code: 'HUB_KAFKA_TOPIC_MISSING',
    });
    await using empty = await createEmptyDatabase();
    await using fresh = createOperator(testConfig(empty.url, { HUB_TOPIC_PREFIX: PREFIX }));
    expect(await fresh.consumers.topicTable()).toEqual([]);
  });

  it('is warned before a start that an agreement is over or ends soon', async () => {
    const found = async () =>
      (await runPreflight(operator.preflightChecks)).find(({ name }) => name === 'consumers')
        ?.findings;
    expect(await found()).toEqual([]);
    await add(cosmic, '2020-01-01');
    expect(await found()).toEqual([
      {
        kind: 'note',
        text: expect.stringMatching(/^cosmic: agreement to 2020-01-01: OVER since/) as string,
        fix: null,
      },
    ]);
  });

  it('knows which keys the hub has nothing under', async () => {
    expect(await operator.consumers.unknownKeys([NOBODY, ...keys])).toEqual([NOBODY]);
  });
});
