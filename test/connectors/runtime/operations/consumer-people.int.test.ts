/** The list of a consumer from a file, on PostgreSQL. Issue 8, point 1. That who is added arrives: test/connectors/sinks/consumer-feed.int.test.ts. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type ChangedPeople,
  type ChangePeopleOptions,
  changePeople,
  countPeople,
  PEOPLE_PAGE,
} from '../../../../connectors/runtime/operations/consumer-people.ts';
import { printChangedPeople } from '../../../../connectors/runtime/operations/print-consumer-people.ts';
import type { Identity } from '../../../../core/person/person-identifier.ts';
import { freshIdentity } from '../../../contracts/store-under-test.ts';
import { evidence, pnr, TEST_PNR } from '../../../support/person-builder.ts';
import { mappingFiles } from '../../../support/test-rules.ts';
import { type ConsumerWorld, openConsumerWorld } from '../../hub-store/consumer-world.ts';
import { feedPersons, testRules } from '../feed-persons.ts';

const LIST = { persons: { kind: 'list' } } as const;
const lineOf = ({ root, extension }: Identity): string => `${root} ${extension}`;

describe('the list of a consumer from a file', () => {
  let world: ConsumerWorld;
  let commandId = 1_000n;
  beforeAll(async () => {
    world = await openConsumerWorld();
    const { persons } = world.store;
    await feedPersons(persons, await testRules(), 'master', [
      evidence({ identity: pnr(0) }),
      evidence({ identity: pnr(1), protectedPerson: true }),
    ]);
  });
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
  });

  const run = async (
    name: string,
    change: ChangePeopleOptions['change'],
    lines: readonly string[],
    options: Partial<ChangePeopleOptions> = {},
  ) =>
    await changePeople(world.store, {
      name,
      change,
      lines,
      isExecuted: true,
      classifier: mappingFiles.classifier,
      signal: new AbortController().signal,
      ...options,
    });
  const done = (result: Awaited<ReturnType<typeof run>>): ChangedPeople =>
    typeof result === 'string' ? expect.fail(`refused: ${result}`) : result;
  const touched = async ({ id }: { readonly id: number }) =>
    (await world.store.deliveries.touches(id, 5_000)).map(({ personKey }) => personKey);

  it('adds who is known and has them told, and says of the others by line why not', async () => {
    const consumer = await world.addConsumer({ ...LIST, protectedPersons: 'left-out' });
    const [one, other] = await world.addPersons(2);
    if (one === undefined || other === undefined) return expect.fail();
    await world.store.consumerLists.add(consumer.id, [other.identity]);
    const before = await touched(consumer);
    const lines = [
      '# booked this week',
      `pnr ${TEST_PNR[0]}`,
      lineOf(one.identity),
      lineOf(other.identity),
      '',
      `pnr ${TEST_PNR[1]}`,
      `pnr ${TEST_PNR[2]}`,
      lineOf(freshIdentity()),
      TEST_PNR[3],
      `PNR ${TEST_PNR[0]}`,
    ];
    const result = done(await run(consumer.name, 'add', lines));
    expect(result).toMatchObject({
      isExecuted: true,
      isCutShort: false,
      named: 7,
      changed: 3,
      unchanged: 2,
      bad: [9],
      unknownNational: [7],
      unknownLocal: [8],
      leftOut: [6],
    });
    expect(await countPeople(world.store, consumer.name)).toBe(4);
    const told = (await touched(consumer)).slice(before.length);
    expect(told).toHaveLength(3);
    expect(told).toContain(one.key);
    expect(told).not.toContain(other.key);
    const printed = `${JSON.stringify(result)}${printChangedPeople(result)}`;
    for (const number of [...TEST_PNR, one.identity.extension]) {
      expect(printed).not.toContain(number);
    }
  });

  it('only looks without being told to do it', async () => {
    const consumer = await world.addConsumer(LIST);
    const [one, other] = await world.addPersons(2);
    if (one === undefined || other === undefined) return expect.fail();
    await world.store.consumerLists.add(consumer.id, [other.identity]);
    const before = await touched(consumer);
    const lines = [one.identity, other.identity, freshIdentity()].map(lineOf);
    const looking = { isExecuted: false };
    expect(await run(consumer.name, 'add', lines, looking)).toMatchObject({
      isExecuted: false,
      changed: 1,
      unchanged: 1,
      unknownLocal: [3],
    });
    expect(await run(consumer.name, 'remove', [...lines, ...lines], looking)).toMatchObject({
      changed: 1,
      unchanged: 3,
      unknownLocal: [3, 6],
    });
    expect(await countPeople(world.store, consumer.name)).toBe(1);
    expect(await touched(consumer)).toEqual(before);
  });

  it('takes off who is listed and has them told, once however often it is done', async () => {
    const consumer = await world.addConsumer(LIST);
    const [one, other] = await world.addPersons(2);
    if (one === undefined || other === undefined) return expect.fail();
    await world.store.consumerLists.add(consumer.id, [one.identity]);
    const lines = [one.identity, other.identity, freshIdentity()].map(lineOf);
    expect(await run(consumer.name, 'remove', lines)).toMatchObject({
      changed: 1,
      unchanged: 1,
      unknownLocal: [3],
    });
    expect(await touched(consumer)).toEqual([one.key, one.key]);
    expect(await run(consumer.name, 'remove', lines)).toMatchObject({ changed: 0, unchanged: 2 });
    expect(await touched(consumer)).toHaveLength(2);
    expect(await countPeople(world.store, consumer.name)).toBe(0);
  });

  it('goes page by page, and stops between two of them when it is told to', async () => {
    const consumer = await world.addConsumer(LIST);
    const persons = await world.addPersons(PEOPLE_PAGE * 2 + 1);
    const lines = persons.map(({ identity }) => lineOf(identity));
    const stopping = await run(consumer.name, 'add', lines, { signal: AbortSignal.abort() });
    expect(stopping).toMatchObject({ isCutShort: true, named: PEOPLE_PAGE, changed: PEOPLE_PAGE });
    expect(await countPeople(world.store, consumer.name)).toBe(PEOPLE_PAGE);
    expect(await run(consumer.name, 'add', lines)).toMatchObject({
      isCutShort: false,
      named: lines.length,
      changed: PEOPLE_PAGE + 1,
      unchanged: PEOPLE_PAGE,
    });
    expect(await touched(consumer)).toHaveLength(lines.length);
  });

  it('is refused where there is no list, and before a line is read', async () => {
    const all = await world.addConsumer({ persons: { kind: 'all' } });
    const gone = await world.addConsumer(LIST);
    await world.store.consumers.startWalk(gone.name, { kind: 'drop' }, null, commandId++);
    const lines = {
      [Symbol.iterator]: () => expect.fail('a line was read'),
    };
    for (const [name, why] of [
      [all.name, 'no-list'],
      [gone.name, 'dropping'],
      ['nobody', 'not-added'],
    ] as const) {
      expect(await run(name, 'add', [], { lines })).toBe(why);
      expect(await run(name, 'remove', [], { lines })).toBe(why);
      expect(await countPeople(world.store, name)).toBe(why);
    }
  });

  it('says that a consumer which is paused is told later', async () => {
    const consumer = await world.addConsumer(LIST);
    await world.store.consumers.pause(consumer.name, commandId++);
    expect(await run(consumer.name, 'add', [`pnr ${TEST_PNR[0]}`])).toMatchObject({
      isPaused: true,
      changed: 1,
    });
  });

  it('is open already for a consumer that is going over to a list', async () => {
    const consumer = await world.addConsumer({ persons: { kind: 'all' } });
    await world.database.database.script(
      `DELETE FROM consumer_walks WHERE consumer_id = ${consumer.id}`,
    );
    const profile = { ...consumer.profile, ...LIST, version: consumer.profile.version + 1 };
    const walk = { kind: 'change', profile } as const;
    expect(await world.store.consumers.startWalk(consumer.name, walk, null, commandId++)).toBe(
      'done',
    );
    expect(await run(consumer.name, 'add', [`pnr ${TEST_PNR[0]}`])).toMatchObject({ changed: 1 });
  });
});
