/** What is no fault of an answer: a PU that is away, clocks that are wrong or set back in autumn, files named twice, and test persons. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PULL_NAMES } from '../../connectors/sources/pu/pu-source-config.ts';
import type { PuSourceEvent } from '../../connectors/sources/pu/pu-source-events.ts';
import type { PuRecord } from '../../scripts/population/pu-record.ts';
import { type FaultyReading, PuFaultyWorld } from '../support/pu-faulty-world.ts';

const PERSONS = 400;
const TEST_PERSONS = 5;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let world: PuFaultyWorld;
let firstLoad: readonly PuSourceEvent[];
let names = 0;

beforeAll(async () => {
  world = await PuFaultyWorld.open(PERSONS);
  await makeTestPersons((await residents()).slice(0, TEST_PERSONS));
  await using reading = await world.start();
  await reading.untilIdle();
  firstLoad = [...world.events];
  await expectAllOfPu();
}, 60_000);

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

beforeEach(async () => {
  await world.sandbox.control.clearFaults();
  world.setClockError(0);
  // What an earlier test has changed is old.
  await world.passTime(DAY);
  world.events.length = 0;
  world.skews.length = 0;
});

async function expectAllOfPu(): Promise<void> {
  const found = await world.compare();
  expect(found).toMatchObject({ different: [], strange: [], missing: [] });
  expect(found.equal).toBeGreaterThan(PERSONS / 2);
}

/** Residents who are real. */
async function residents(): Promise<readonly PuRecord[]> {
  return (await world.records()).filter(
    ({ testIndicator, populationRegistrationLocality }) =>
      !testIndicator && populationRegistrationLocality?.countyCode === '03',
  );
}

async function makeTestPersons(records: readonly PuRecord[]): Promise<void> {
  const marked = records.map((record) => ({
    ...record,
    testIndicator: true,
    name: { surname: 'Test' },
  }));
  await world.sandbox.control.live({ persons: [], records: marked });
}

async function rename(every?: number): Promise<void> {
  names += 1;
  expect(await world.rename(`Namn${names}`, every)).toBeGreaterThan(0);
}

async function pullAll(reading: FaultyReading): Promise<void> {
  await reading.pullNow(null);
  await reading.untilIdle();
}

function testPersonsIn(events: readonly PuSourceEvent[]): number {
  return events.reduce((sum, event) => sum + (event.kind === 'lot' ? event.testPersons : 0), 0);
}

function sentIdentities(from = 0): readonly string[] {
  return world.sink.messages
    .slice(from)
    .map(({ person }) => `${person['identityRoot']}^${person['identity']}`);
}

async function watermarksOfPulls(): Promise<readonly number[]> {
  return Object.entries(await world.watermarks()).flatMap(([name, watermark]) =>
    name.startsWith('first-load/') || watermark === null ? [] : [watermark],
  );
}

describe('PU is away for a day', () => {
  it('which moves no watermark, raises the alarms, and is read when PU is back', async () => {
    const { control } = world.sandbox;
    await using reading = await world.start();
    await reading.untilIdle();
    const before = await world.watermarks();
    await rename();
    await control.setFault('down');
    await reading.pullNow(null);
    await reading.until(() => reading.source.status().state === 'failing');
    await world.passTime(DAY / 2);
    await rename(7);
    await world.passTime(DAY / 2);
    await reading.pullNow(null);
    const shards = reading.source.status().shards.filter(({ pull }) => pull !== 'first-load');
    await reading.until(() => alarmed('HUB_PU_PULL_LATE', false).size === shards.length);
    expect(alarmed('HUB_PU_UNAVAILABLE', false).size).toBeGreaterThan(0);
    expect(await world.watermarks()).toEqual(before);

    await control.clearFaults();
    await rename(9);
    // What failed goes on by itself, an hour later at the latest; who then meets the circuit half open, an hour after that.
    const stateOf = () => reading.source.status().state;
    while (stateOf() !== 'idle') {
      await world.passTime(HOUR);
      await reading.until(() => stateOf() !== 'failing');
      await reading.until(() => stateOf() !== 'pulling');
    }
    await pullAll(reading);
    expect(alarmed('HUB_PU_PULL_LATE', true).size).toBe(shards.length);
    await expectAllOfPu();
  }, 30_000);
});

/** The shards that had such an alarm, or its end. */
function alarmed(code: string, isOver: boolean): ReadonlySet<string> {
  return new Set(
    world.events.flatMap((event) =>
      event.kind === 'alarm' && event.code === code && event.isOver === isOver
        ? [`${event.pull}/${event.shard}`]
        : [],
    ),
  );
}

/** Nobody is lost, but some may be dated by the moment at which they were asked for. */
async function expectContentOfPu(): Promise<void> {
  const { different, misplaced, strange, missing } = await world.compare();
  expect(different.filter((text) => !misplaced.includes(text))).toEqual([]);
  expect({ strange, missing }).toEqual({ strange: [], missing: [] });
}

describe('a clock that is wrong', () => {
  it.each([2 * HOUR, -2 * HOUR])(
    'PU’s by %i ms: told of, nothing is skipped, and no watermark is after either clock',
    async (error) => {
      await using reading = await world.start();
      await reading.untilIdle();
      await world.setPuClockError(error);
      // Before anything was asked by the new clock: set back, it dates this before what is asked since.
      await rename(3);
      await pullAll(reading);
      expect(Math.sign(world.skews.at(-1) ?? 0)).toBe(Math.sign(error));
      await rename();
      await pullAll(reading);
      await expectContentOfPu();
      const earlier = world.now() + Math.min(0, error);
      for (const watermark of await watermarksOfPulls()) {
        expect(watermark).toBeLessThan(earlier + 1_000);
      }
      await world.setPuClockError(0);
      await rename(7);
      await pullAll(reading);
      await expectContentOfPu();
      // When the moments have passed that a clock was ahead, everything is dated as PU does it.
      await world.passTime(3 * HOUR);
      await rename();
      await rename(7);
      await pullAll(reading);
      await expectAllOfPu();
    },
    30_000,
  );

  it.each([2 * HOUR, -2 * HOUR])(
    'ours by %i ms: told of, and nobody is lost when it is right again; the pulls go on by their schedules then',
    async (error) => {
      await using reading = await world.start();
      await reading.untilIdle();
      world.setClockError(error);
      await rename();
      await pullAll(reading);
      expect(Math.sign(world.skews.at(-1) ?? 0)).toBe(-Math.sign(error));
      world.setClockError(0);
      for (const watermark of await watermarksOfPulls()) {
        expect(watermark).toBeLessThan(world.now() + Math.min(0, error) + 1_000);
      }
      await rename(7);
      const mark = world.events.length;
      for (const pull of PULL_NAMES) reading.tick(pull);
      const { shards } = reading.source.status();
      await reading.until(() => {
        const finished = world.events.slice(mark).filter(({ kind }) => kind === 'run-finished');
        return finished.length >= shards.length - 1;
      });
      await reading.untilIdle();
      await expectContentOfPu();
      await world.passTime(3 * HOUR);
      await rename();
      await rename(7);
      await pullAll(reading);
      await expectAllOfPu();
    },
    30_000,
  );
});

describe('the files of an order that are named twice', () => {
  it('are read once', async () => {
    await using reading = await world.start();
    await reading.untilIdle();
    await world.sandbox.control.setFault('duplicate-files');
    await rename();
    const sent = world.sink.messages.length;
    world.events.length = 0;
    await pullAll(reading);
    const identities = sentIdentities(sent);
    expect(identities.length).toBeGreaterThan(0);
    expect(new Set(identities).size).toBe(identities.length);
    const answers = world.events.reduce((sum, e) => sum + (e.kind === 'lot' ? e.answers : 0), 0);
    const records = world.events.reduce(
      (sum, e) => sum + (e.kind === 'run-finished' ? e.records : 0),
      0,
    );
    expect(answers).toBe(records);
    expect(world.events.filter(({ kind }) => kind === 'alarm')).toEqual([]);
    await expectAllOfPu();
  }, 30_000);
});

describe('test persons in production', () => {
  it('are dropped and counted, and nothing of them is sent', async () => {
    const test = (await world.records()).filter(({ testIndicator }) => testIndicator);
    expect(test.length).toBeGreaterThanOrEqual(TEST_PERSONS);
    // Each once by the first load, if Master knows them, and once by the search for residents.
    expect(testPersonsIn(firstLoad)).toBeGreaterThanOrEqual(TEST_PERSONS);
    const sent = new Set(sentIdentities());
    expect(test.map(textOf).filter((text) => sent.has(text))).toEqual([]);
  });

  it('who were real before stay as they were, and are read when they are real again', async () => {
    const some = (await residents()).slice(0, TEST_PERSONS);
    await using reading = await world.start();
    await reading.untilIdle();
    const sent = world.sink.messages.length;
    world.events.length = 0;
    await makeTestPersons(some);
    await pullAll(reading);
    expect(sentIdentities(sent)).toEqual([]);
    expect(testPersonsIn(world.events)).toBeGreaterThanOrEqual(some.length);
    await world.sandbox.control.live({ persons: [], records: some });
    await pullAll(reading);
    await expectAllOfPu();
  }, 30_000);
});

describe('the hour that comes twice in autumn', () => {
  // The certificates of the sandbox are good for a year from now, and some weeks of it pass in the tests before.
  const fold = nextFold(Date.now() + 20 * DAY);
  const isTooFar = fold + DAY > Date.now() + 364 * DAY;

  it.skipIf(isTooFar)(
    'skips nobody, and no position is after the question (a year has its only such hour within the life of the certificates)',
    async () => {
      await world.passTime(fold - 10 * MINUTE - world.now());
      await using reading = await world.start();
      await reading.untilIdle();
      const since = world.sink.messages.length;
      // 02:50 summer time, 02:10 and 02:40 winter time, and 03:10.
      for (const minutes of [0, 20, 30, 30]) {
        await world.passTime(minutes * MINUTE);
        const moment = Math.floor(world.now() / 1_000);
        const isSecondPass = minutes === 20;
        await rename(isSecondPass ? 7 : 5);
        const sent = world.sink.messages.length;
        await pullAll(reading);
        await expectAllOfPu();
        const positions = world.sink.messages
          .slice(sent)
          .map(({ position }) => Number(position.version));
        const latest = Math.max(...positions);
        expect(latest).toBeLessThanOrEqual(Math.floor(world.now() / 1_000));
        // Those of 02:40 had a version of 02:50 already, and PU's versions do not go back.
        if (isSecondPass) expect(latest).toBeGreaterThanOrEqual(moment);
      }
      const last = new Map<string, bigint>();
      for (const { person, position } of world.sink.messages.slice(since)) {
        const text = `${person['identityRoot']}^${person['identity']}`;
        expect(position.version).toBeGreaterThanOrEqual(last.get(text) ?? 0n);
        last.set(text, position.version);
      }
    },
    30_000,
  );
});

function textOf({ personalIdentity: { root, extension } }: PuRecord): string {
  return `${root}^${extension}`;
}

/** The moment at which clocks in Sweden are next set back: 01:00 UTC on the last Sunday in October. */
function nextFold(after: number): number {
  const { [0]: first = 0, [1]: second = 0 } = [0, 1].map((years) => {
    const end = new Date(Date.UTC(new Date(after).getUTCFullYear() + years, 9, 31, 1));
    return end.getTime() - end.getUTCDay() * DAY;
  });
  return first > after + HOUR ? first : second;
}
