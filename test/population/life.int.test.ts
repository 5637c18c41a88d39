import { describe, expect, it } from 'vitest';
import { type DemoMasterClient, openDemoMaster } from '../../scripts/demo/demo-master-client.ts';
import { DemoRefusal } from '../../scripts/demo/demo-master-ownership.ts';
import { loadDemoMaster } from '../../scripts/demo/load-demo-master.ts';
import { LifeTruth } from '../../scripts/population/life/life-truth.ts';
import { type CommittedChange, playLife } from '../../scripts/population/life/play-life.ts';
import {
  type Row,
  rowsByTable,
  TABLES,
  type TableName,
} from '../../scripts/population/life/row-changes.ts';
import { masterRowsOf } from '../../scripts/population/master-view.ts';
import type { PuRecord } from '../../scripts/population/pu-record.ts';
import type { SandboxControl } from '../../scripts/sandbox/control-client.ts';
import { sandboxPopulation } from '../../scripts/sandbox/sandbox-population.ts';
import { createEmptyDatabase } from '../support/hub-database.ts';
import { createTestSandbox } from '../support/sandbox.ts';

const SETTINGS = { seed: 11, persons: 600 };
const population = sandboxPopulation(SETTINGS);
const SHORT = {
  pu: { leastMs: 0, mostMs: 200 },
  master: { leastMs: 50, mostMs: 500 },
};

async function createMaster() {
  const database = await createEmptyDatabase();
  await loadDemoMaster({ masterUrl: database.url, population });
  return database;
}

/** Every row of a table, with the columns that life writes, each without the spaces that fill it. */
async function readTable(client: DemoMasterClient, name: TableName): Promise<readonly Row[]> {
  const rows = await client.query<{ row: Row }>(
    `select to_jsonb(t) - 'RadVersion' as "row" from dbo."${name}" t`,
  );
  return rows.map(({ row }) =>
    Object.fromEntries(
      Object.entries(row).map(([column, value]) => [
        column,
        typeof value === 'string' ? value.trimEnd() : value,
      ]),
    ),
  );
}

function sorted(rows: readonly Row[], key: readonly string[]): readonly Row[] {
  const text = (row: Row): string => JSON.stringify(key.map((column) => row[column]));
  return rows.toSorted((a, b) => (text(a) < text(b) ? -1 : 1));
}

/** The whole of Master is what the truth of everybody says. */
async function expectMasterToBe(client: DemoMasterClient, truth: LifeTruth): Promise<void> {
  const legacy = [];
  for (let index = 0; index < truth.nextIndex; index++) {
    legacy.push(...masterRowsOf(await truth.at(index), population));
  }
  const expected = rowsByTable(legacy);
  for (const { name, key } of TABLES) {
    const rows = await readTable(client, name);
    expect(sorted(rows, key)).toEqual(sorted(expected[name], key));
  }
}

/** The whole of PU is what the truth of everybody says; versions are the sandbox's own. */
async function expectPuToBe(control: SandboxControl, truth: LifeTruth): Promise<void> {
  const expected = new Map<string, PuRecord>();
  for (let index = 0; index < truth.nextIndex; index++) {
    for (const record of await truth.puRecordsOf(await truth.at(index))) {
      expected.set(keyOf(record), record);
    }
  }
  let count = 0;
  for await (const { version, ...record } of control.records()) {
    expect(version).toMatch(/^\d{14}$/);
    const { version: _, ...wanted } = expected.get(keyOf(record)) ?? {};
    expect(withoutTime(record)).toEqual(withoutTime(wanted));
    count += 1;
  }
  expect(count).toBe(expected.size);
}

function keyOf({ personalIdentity: { root, extension } }: Pick<PuRecord, 'personalIdentity'>) {
  return `${root} ${extension}`;
}

/** When a record came stands in it: an unchanged one is not sent again. */
function withoutTime(record: object): unknown {
  return JSON.parse(JSON.stringify(record), (name, value: unknown) =>
    name === 'syncronizationTime' || name === 'recordId' || name === 'updateTime'
      ? undefined
      : value,
  );
}

async function truthOf(control: SandboxControl): Promise<LifeTruth> {
  const { nextIndex } = await control.population();
  return new LifeTruth(population, {
    nextIndex,
    person: async (index) => await control.person(index),
  });
}

async function countOf(client: DemoMasterClient, from: string): Promise<number> {
  const [row] = await client.query<{ count: number }>(`select count(*)::int as count from ${from}`);
  return row?.count ?? Number.NaN;
}

const TRANSACTIONS = `(select version from hub_changes."dbo_Befolkning" union select version from hub_changes."dbo_Adress"
  union select version from hub_changes."dbo_Kontakt") as versions`;

describe('a life that both registers see', () => {
  it('is in both when it ends, also when PU is restarted in the middle', async () => {
    await using master = await createMaster();
    await using sandbox = await createTestSandbox(SETTINGS);
    await using client = await openDemoMaster(master.url);
    const before = {
      identities: await countOf(client, 'dbo."Befolkning"'),
      transactions: await countOf(client, TRANSACTIONS),
    };
    const told: CommittedChange[] = [];
    let played = 0;
    let restarting: Promise<void> | undefined;
    const counts = await playLife({
      population,
      masterUrl: master.url,
      controlUrl: sandbox.endpoints.control,
      seed: 1,
      ratePerSecond: 60,
      seconds: 2,
      delays: SHORT,
      onCommitted: (change) => told.push(change),
      onPlayed: () => {
        played += 1;
        if (played === 40) restarting = sandbox.restart();
      },
    });
    await restarting;
    expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(played);
    expect(played).toBeGreaterThan(50);
    const truth = await truthOf(sandbox.control);
    await expectMasterToBe(client, truth);
    await expectPuToBe(sandbox.control, truth);

    expect((await countOf(client, TRANSACTIONS)) - before.transactions).toBe(told.length);
    const added = told.reduce((sum, { identitiesAdded }) => sum + identitiesAdded, 0);
    expect((await countOf(client, 'dbo."Befolkning"')) - before.identities).toBe(added);
    const times = told.map(({ committedAt }) => committedAt);
    expect(times.toSorted((a, b) => a - b)).toEqual(times);
  });
});

describe('a life that only PU sees', () => {
  it('goes on from where an earlier one stopped', async () => {
    await using sandbox = await createTestSandbox(SETTINGS);
    const play = async (seed: number) =>
      await playLife({
        population,
        masterUrl: null,
        controlUrl: sandbox.endpoints.control,
        seed,
        ratePerSecond: 60,
        seconds: 1,
        delays: SHORT,
      });
    await play(2);
    const { nextIndex } = await truthOf(sandbox.control);
    expect(nextIndex).toBeGreaterThan(population.size);
    await play(3);
    const truth = await truthOf(sandbox.control);
    expect(truth.nextIndex).toBeGreaterThan(nextIndex);
    await expectPuToBe(sandbox.control, truth);
  });
});

describe('a life that only Master sees', () => {
  it('tells which identity must get a new state, and waits for nothing that protection hides', async () => {
    await using master = await createMaster();
    const truth = new LifeTruth(population);
    const told: CommittedChange[] = [];
    await playLife({
      population,
      masterUrl: master.url,
      controlUrl: null,
      seed: 1,
      ratePerSecond: 60,
      seconds: 2,
      delays: SHORT,
      truth,
      onCommitted: (change) => told.push(change),
    });
    expect(told.some(({ publishes }) => publishes)).toBe(true);
    const hidden = told.filter(({ kind }) => /protection|hidden|row-deleted/.test(kind));
    expect(hidden.length).toBeGreaterThan(0);
    for (const { publishes } of hidden) expect(publishes).toBe(false);
    const numbers = truth.touched.flatMap((index) =>
      truth.guess(index).identities.map(({ extension }) => extension),
    );
    for (const { PersonId } of told) expect(numbers).toContain(PersonId);
  });

  it('ends when it is told to, with everything that happened delivered at once', async () => {
    await using master = await createMaster();
    await using client = await openDemoMaster(master.url);
    const truth = new LifeTruth(population);
    const stop = new AbortController();
    let played = 0;
    await playLife({
      population,
      masterUrl: master.url,
      controlUrl: null,
      seed: 4,
      ratePerSecond: 100,
      seconds: Number.POSITIVE_INFINITY,
      delays: { ...SHORT, master: { leastMs: 3_600_000, mostMs: 7_200_000 } },
      truth,
      signal: stop.signal,
      onPlayed: () => {
        played += 1;
        if (played === 20) stop.abort();
      },
    });
    expect(played).toBe(20);
    await expectMasterToBe(client, truth);
  });

  it('is refused by a database that is not a demo Master', async () => {
    await using database = await createEmptyDatabase();
    const playing = playLife({
      population,
      masterUrl: database.url,
      controlUrl: null,
      seed: 1,
      ratePerSecond: 1,
      seconds: 1,
    });
    await expect(playing).rejects.toThrow(DemoRefusal);
  });
});
