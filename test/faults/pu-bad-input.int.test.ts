/**
 * What PU must not say and may say all the same, met by the whole of the source. What the client makes of each fault has tests of its own; here it
 * is what comes of it: nobody is lost, no watermark moves too far, and nobody else has to wait.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PULL_NAMES, type PullName } from '../../connectors/sources/pu/pu-source-config.ts';
import type { PuSourceEvent } from '../../connectors/sources/pu/pu-source-events.ts';
import type { ErrorCode } from '../../core/errors/error-codes.ts';
import { findHubError } from '../../core/errors/hub-error.ts';
import type { FaultKind, FaultTarget } from '../../scripts/sandbox/fault-kinds.ts';
import { type FaultyReading, PuFaultyWorld } from '../support/pu-faulty-world.ts';

const PERSONS = 400;
const HOUR = 3_600_000;

let world: PuFaultyWorld;
/** A new surname for each change, so that no test finds what an earlier one has sent. */
let names = 0;

beforeAll(async () => {
  world = await PuFaultyWorld.open(PERSONS);
  await using reading = await world.start();
  await reading.untilIdle();
  await expectAllOfPu();
}, 60_000);

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

beforeEach(async () => {
  await world.sandbox.control.clearFaults();
  world.events.length = 0;
  world.skews.length = 0;
});

async function expectAllOfPu(): Promise<void> {
  const found = await world.compare();
  expect(found).toMatchObject({ different: [], strange: [], missing: [] });
  expect(found.equal).toBeGreaterThan(PERSONS / 2);
}

async function rename(every?: number): Promise<number> {
  names += 1;
  const changed = await world.rename(`Namn${names}`, every);
  expect(changed).toBeGreaterThan(0);
  return changed;
}

/** Codes of the alarms that began, or ended, each once. */
function alarms(isOver: boolean): readonly ErrorCode[] {
  const codes = world.events.flatMap((event) =>
    event.kind === 'alarm' && event.isOver === isOver ? [event.code] : [],
  );
  return [...new Set(codes)];
}

/** Shards of the pull that wait because something failed. */
function failingOf(
  { source }: FaultyReading,
  pull: PullName,
): readonly { readonly name: string; readonly code: ErrorCode | null }[] {
  return source
    .status()
    .shards.filter((shard) => shard.pull === pull && shard.lastError !== null)
    .map(({ shard, lastError }) => ({ name: `${pull}/${shard}`, code: lastError }));
}

async function expectStanding(
  reading: FaultyReading,
  pull: PullName,
  before: Readonly<Record<string, number | null>>,
): Promise<void> {
  const names = failingOf(reading, pull).map(({ name }) => name);
  expect(names).not.toEqual([]);
  const now = await world.watermarks();
  for (const name of names) expect(now[name], name).toBe(before[name]);
}

/** @param mark how many events there were before. */
async function untilEvent(
  reading: FaultyReading,
  mark: number,
  isIt: (event: PuSourceEvent) => boolean,
): Promise<void> {
  await reading.until(() => world.events.slice(mark).some(isIt));
}

/** Each shard of the other pulls asks once more, while this one stands. */
async function expectOthersGoOn(reading: FaultyReading, failing: PullName): Promise<void> {
  const since = world.now();
  for (const pull of PULL_NAMES) if (pull !== failing) await reading.pullNow(pull);
  const isElse = (name: string): boolean =>
    !name.startsWith(`${failing}/`) && !name.startsWith('first-load/');
  await reading.until(() =>
    reading.source
      .status()
      .shards.filter(({ pull, shard }) => isElse(`${pull}/${shard}`))
      .every(({ dueAt }) => dueAt === null),
  );
  const others = Object.entries(await world.watermarks()).filter(([name]) => isElse(name));
  expect(others.length).toBeGreaterThan(2);
  // The header of PU has no parts of a second.
  for (const [name, watermark] of others) {
    expect(watermark, name).toBeGreaterThanOrEqual(since - 1_000);
  }
}

interface Fault {
  readonly kind: FaultKind;
  readonly code: ErrorCode;
  readonly pull?: PullName;
  readonly target?: FaultTarget;
  /** What must happen before the fault is found. */
  readonly waitMs?: number;
  /** True: other pulls do not meet it, so it is there all the time. */
  readonly isForOnePull?: boolean;
}

const LASTING: readonly Fault[] = [
  { kind: 'zip-cut', code: 'HUB_PU_ANSWER_UNREADABLE' },
  { kind: 'zip-bomb', code: 'HUB_PU_ANSWER_FORBIDDEN' },
  { kind: 'zip-path', code: 'HUB_PU_ANSWER_FORBIDDEN' },
  { kind: 'xml-cut', code: 'HUB_PU_ANSWER_UNREADABLE', target: 'files' },
  { kind: 'xml-dtd', code: 'HUB_PU_ANSWER_FORBIDDEN', target: 'files' },
  { kind: 'xml-bomb', code: 'HUB_PU_ANSWER_FORBIDDEN', target: 'files' },
  { kind: 'xml-cut', code: 'HUB_PU_ANSWER_UNREADABLE', target: 'GetFilesForOrderId' },
  { kind: 'wrong-namespace', code: 'HUB_PU_WRONG_VERSION', target: 'files' },
  { kind: 'order-never-ready', code: 'HUB_PU_ORDER_LATE', waitMs: 3 * HOUR },
  { kind: 'order-gone', code: 'HUB_PU_ORDER_GONE' },
  { kind: 'too-many-hits', code: 'HUB_PU_TOO_MANY_HITS' },
  { kind: 'http-500', code: 'HUB_PU_UNAVAILABLE', target: 'SearchPersonsForProfileByOrder' },
  {
    kind: 'call-fails',
    code: 'HUB_PU_UNAVAILABLE',
    pull: 'known-elsewhere',
    target: 'GetPersonsByFile',
    isForOnePull: true,
  },
];

describe('a fault that may pass', () => {
  it.each(LASTING.map((fault) => ({ ...fault, where: fault.target ?? 'anywhere' })))(
    '$kind ($where) has its code $code, holds up one pull alone, and loses nobody',
    async ({
      kind,
      code,
      target = null,
      pull = 'own-region',
      waitMs = 0,
      isForOnePull = false,
    }) => {
      const { control } = world.sandbox;
      await using reading = await world.start();
      await reading.untilIdle();
      const before = await world.watermarks();
      await rename();
      await control.setFault(kind, { target });
      for (const attempt of [1, 2]) {
        const mark = world.events.length;
        await reading.pullNow(pull);
        if (waitMs > 0) {
          await untilEvent(reading, mark, (event) => event.kind === 'order-placed');
          await world.passTime(waitMs);
        }
        await untilEvent(
          reading,
          mark,
          (event) => event.kind === 'retry' && event.attempt === attempt,
        );
        expect(failingOf(reading, pull)).toContainEqual(expect.objectContaining({ code }));
        await expectStanding(reading, pull, before);
      }
      expect(alarms(false)).toContain(code);

      if (!isForOnePull) await control.clearFaults();
      await expectOthersGoOn(reading, pull);
      await expectStanding(reading, pull, before);

      await control.clearFaults();
      await rename(11);
      await reading.pullNow(null);
      await reading.untilIdle();
      // Those that failed have gone on with the run that was due; this one asks for what came meanwhile.
      await reading.pullNow(null);
      await reading.untilIdle();
      expect(alarms(true)).toContain(code);
      await expectAllOfPu();
    },
    30_000,
  );
});

describe('a wrong answer about one of many', () => {
  it.each([
    { kind: 'other-identity', code: 'HUB_PU_OTHER_IDENTITY' },
    { kind: 'fewer-records', code: 'HUB_PU_ANSWER_INCOMPLETE' },
  ] as const)(
    '$kind is told of as $code, is not used, and loses nobody',
    async ({ kind, code }) => {
      const { control } = world.sandbox;
      await using reading = await world.start();
      await reading.untilIdle();
      await rename();
      await control.setFault(kind);
      await reading.pullNow('known-elsewhere');
      await reading.until(() => alarms(false).includes(code));
      await expectOthersGoOn(reading, 'known-elsewhere');
      const { strange } = await world.compare();
      expect(strange).toEqual([]);

      await control.clearFaults();
      await rename(11);
      await reading.pullNow(null);
      await reading.untilIdle();
      await reading.pullNow(null);
      await reading.untilIdle();
      expect(alarms(true)).toContain(code);
      await expectAllOfPu();
    },
    30_000,
  );
});

describe('a fault that no waiting mends', () => {
  it('a certificate that PU refuses ends the source, and a new start loses nobody', async () => {
    const { control } = world.sandbox;
    await using reading = await world.start();
    await reading.untilIdle();
    const before = await world.watermarks();
    await rename();
    await control.setFault('certificate-refused');
    await reading.pullNow(null);
    await expect(reading.ended).rejects.toMatchObject({ code: 'HUB_PU_CERTIFICATE_REFUSED' });
    expect(await world.watermarks()).toEqual(before);
    await reading[Symbol.asyncDispose]();

    await control.clearFaults();
    await using next = await world.start();
    await next.untilIdle();
    await expectAllOfPu();
  }, 30_000);

  it('a certificate that expires while the hub runs is named by serial number and last day', async () => {
    await using reading = await world.start();
    await reading.untilIdle();
    const before = await world.watermarks();
    await rename();
    world.setClockError(400 * 24 * HOUR);
    await reading.pullNow(null);
    const error = findHubError(
      await reading.ended.then(
        () => undefined,
        (reason: unknown) => reason,
      ),
    );
    expect(error?.code).toBe('HUB_PU_CERTIFICATE_EXPIRED');
    expect(String(error?.context['serial'])).toMatch(/^[0-9A-F]+$/);
    expect(String(error?.context['lastDay'])).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(await world.watermarks()).toEqual(before);
    await reading[Symbol.asyncDispose]();

    world.setClockError(0);
    await using next = await world.start();
    await next.untilIdle();
    await expectAllOfPu();
  }, 30_000);
});
