/** What the commands of an operator do, on a real store and real topics. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrateHubStore } from '../../../../connectors/hub-store/migrations.ts';
import {
  createOperator,
  type Operator,
} from '../../../../connectors/runtime/operations/operator.ts';
import {
  isReady,
  printPreflight,
  runPreflight,
} from '../../../../connectors/runtime/operations/preflight.ts';
import { printLineage } from '../../../../connectors/runtime/operations/print-lineage.ts';
import { printStatusLine } from '../../../../connectors/runtime/operations/print-status.ts';
import { readRecords } from '../../../../connectors/runtime/operations/read-records.ts';
import { readStatus } from '../../../../connectors/runtime/operations/read-status.ts';
import {
  requestOf,
  runSourceCommand,
} from '../../../../connectors/runtime/operations/source-commands.ts';
import { findHubError } from '../../../../core/errors/hub-error.ts';
import type { PersonKey } from '../../../../core/person/person-identifier.ts';
import { createHubDatabase, type TestDatabase } from '../../../support/hub-database.ts';
import { evidence, pnr, TEST_PNR } from '../../../support/person-builder.ts';
import { testConfig } from '../../../support/test-config.ts';
import { feedPersons, testRules } from '../feed-persons.ts';

const PREFIX = `operator-${randomBytes(4).toString('hex').replace(/\d/g, 'x')}.`;

let database: TestDatabase;
let operator: Operator;

beforeAll(async () => {
  database = await createHubDatabase();
  await migrateHubStore(database.url);
  operator = createOperator(
    testConfig(database.url, { HUB_TOPIC_PREFIX: PREFIX, PERSON_TOPIC_PARTITIONS: '1' }),
  );
});

afterAll(async () => {
  await operator.kafka.admin.deleteTopics(operator.topicTable.map(({ topic }) => topic));
  await operator[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

/** Stores one person by the main path, and gives the person's key. */
async function storePerson(): Promise<PersonKey> {
  const { persons } = operator.store;
  await feedPersons(persons, await testRules(), 'master', [evidence()], 7n);
  return await persons.transact(async (reading) => {
    const [group] = await reading.lockGroups([pnr()]);
    return group?.persons[0]?.personKey ?? expect.fail('nobody was stored');
  });
}

describe('an operator', () => {
  it('is told that the topics are missing, makes them, and finds them as the table says', async () => {
    const { admin } = operator.kafka;
    const missing = await admin.checkTopics(operator.topicTable).catch((error: unknown) => error);
    expect(findHubError(missing)?.code).toBe('HUB_KAFKA_TOPIC_MISSING');
    const reports = await admin.ensureTopics(operator.topicTable);
    expect(reports.flatMap(({ drift }) => drift)).toEqual([]);
    const results = await runPreflight(operator.preflightChecks);
    const parts = results.filter(({ name }) => !name.startsWith('Master'));
    expect(parts.flatMap(({ findings }) => findings)).toEqual([]);
    expect(isReady(parts)).toBe(true);
  });

  it('sees the lineage of a person by the key, without an identity in it', async () => {
    const personKey = await storePerson();
    const { lineage, explanation } =
      (await operator.explain(personKey)) ?? expect.fail('nobody found');
    const text = printLineage(lineage, explanation, { showIdentities: false });
    expect(text).toMatch(/By phase shadow \(generation 1\) and version \d+ of the authority table/);
    expect(text).toMatch(/name +master at 1:7 about .* rule authority/);
    expect(text).toMatch(/Version 1 waits since .*: registered/);
    for (const number of TEST_PNR) expect(text).not.toContain(number);
    const shown = printLineage(lineage, explanation, { showIdentities: true });
    expect(shown).toContain(TEST_PNR[0]);
  });

  it('finds nobody by a key that was never given out', async () => {
    const nobody = '00000000-0000-4000-8000-000000000000' as PersonKey;
    expect(await operator.explain(nobody)).toBeUndefined();
  });

  it('previews another phase over everybody', async () => {
    const pages: number[] = [];
    const onPage = ({ persons }: { readonly persons: number }): number => pages.push(persons);
    const preview = await operator.previewPhase('step-1', onPage, new AbortController().signal);
    expect(preview).toMatchObject({ from: 'shadow', comparison: { persons: 1, fallsBack: 1 } });
    expect(pages).toEqual([1]);
    expect(await operator.previewPhase('step-1', onPage, AbortSignal.abort())).toBeUndefined();
  });

  it('reads the state of the hub while no instance runs', async () => {
    const status = await readStatus(operator.store, Date.now());
    expect(status).toMatchObject({ state: 'stopped', backlog: { waiting: 1 } });
    expect(printStatusLine(status)).toMatch(
      /^stopped \| shadow \| source not read \| lag \? \| backlog 1 .* work 0 /,
    );
  });

  it('reads records of a topic by its name without the prefix', async () => {
    await using producer = operator.kafka.producer();
    const topic = operator.topicName('source.master.person.v1');
    expect(topic).toBe(`${PREFIX}source.master.person.v1`);
    const messages = [1, 2, 3].map((n) => ({ key: 'k', value: Buffer.from(`{"n":${n}}`) }));
    await producer.send({ topic, partition: 0, messages });
    const values: unknown[] = [];
    for await (const record of readRecords(operator.recordPorts, {
      topic,
      limit: 2,
      which: 'last',
      showIdentities: false,
      signal: AbortSignal.timeout(20_000),
    })) {
      values.push(record.value);
    }
    expect(values).toEqual([{ n: 2 }, { n: 3 }]);
  });

  it('gets the answer of the instance that reads the source', async () => {
    const { instances, commands } = operator.store;
    const source = { name: 'master', state: 'streaming' };
    const report = { roles: ['source'], programVersion: '0' };
    await instances.heartbeat({ instance: 'stands-by', ...report, status: {} });
    const made = requestOf({
      kind: 'source-pause',
      source: 'master',
      reason: 'a test',
      requestedBy: 'tester',
    });
    if (made.kind === 'refused') expect.fail(made.why);
    const never = new AbortController().signal;
    const unread = await runSourceCommand(operator.store, made.request, 60_000, never);
    expect(unread).toMatchObject({ answer: undefined, silent: undefined });

    await instances.heartbeat({ instance: 'reads', ...report, status: { source } });
    const unanswered = await runSourceCommand(operator.store, made.request, 0, never);
    expect(unanswered).toMatchObject({ answer: undefined, silent: 'reads' });

    const running = runSourceCommand(operator.store, made.request, 60_000, never);
    await expect.poll(async () => (await commands.list(9)).length).toBe(3);
    const [newest] = await commands.list(1);
    const outcome = { instance: 'reads', outcome: 'refused', detail: 'not-applicable' } as const;
    await commands.recordOutcome(newest?.id ?? expect.fail('no command'), outcome);
    expect(await running).toMatchObject({ answer: outcome, silent: undefined });
  });

  it('is told by the preflight what Master lacks, with the statement that mends it', async () => {
    const results = await runPreflight(operator.preflightChecks);
    const master =
      results.find(({ name }) => name === 'Master') ?? expect.fail('no check of Master');
    expect(master.findings.map(({ kind }) => kind)).toContain('problem');
    expect(printPreflight(results)).toMatch(/PROBLEM {2}Master\n.*dbo\.Befolkning/s);
  });
});
