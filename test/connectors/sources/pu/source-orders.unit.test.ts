import { describe, expect, it } from 'vitest';
import type { PuSourceConfig } from '../../../../connectors/sources/pu/pu-source-config.ts';
import { readFreshness } from '../../../../connectors/sources/pu/pu-source-status.ts';
import type { ErrorCode } from '../../../../core/errors/error-codes.ts';
import { HubError } from '../../../../core/errors/hub-error.ts';
import { born1890, type PersonInPu } from './source-scripted-pu.ts';
import { NOON, PuWorld, type RunningSource, shardOf, until, untilIdle } from './source-world.ts';

const OVERLAP = 600_000;
const DAY = 86_400_000;

function resident(index: number, change: Partial<PersonInPu> = {}): PersonInPu {
  const surname = `Testberg ${index}`;
  const identity = born1890(index);
  return { identity, changedAt: NOON - DAY, county: '03', municipality: '80', surname, ...change };
}

/** A world that has read everything once, with two counties. */
async function loaded(change: Partial<PuSourceConfig> = {}): Promise<PuWorld> {
  const homeCounties = ['03', '12'].map((code) => ({ code, municipalities: null }));
  const world = new PuWorld({ homeCounties, openOrders: 2, ...change });
  world.pu.put(
    ...[1, 2, 3, 4, 5, 6, 7].map((i) => resident(i)),
    resident(8, { county: '12' }),
    resident(9, { county: '14' }),
  );
  world.askable.add(true, ...[1, 2, 3, 9].map((i) => born1890(i)));
  await using running = world.start();
  await untilIdle(running);
  world.sink.clear();
  return world;
}

function fails(code: ErrorCode): () => never {
  return () => {
    throw new HubError(code);
  };
}

function isCounty(world: PuWorld, orderId: string, county: string): boolean {
  const query = world.pu.queries[Number(orderId.slice(6)) - 1]?.query;
  return (
    query !== undefined &&
    query !== 'identities' &&
    query.kind === 'residents' &&
    query.counties.includes(county)
  );
}

function countyQueries(world: PuWorld, county: string) {
  return world.pu.queries.filter((_, i) => isCounty(world, `order-${i + 1}`, county));
}

async function storedWatermark(world: PuWorld): Promise<number | null | undefined> {
  const shards = readFreshness(await world.checkpoints.load('pu'), world.config, world.clock.time);
  return shards.find(({ pull, shard }) => pull === 'own-region' && shard === '03')?.watermark;
}

function retries(world: PuWorld): number {
  return world.events.filter(({ kind }) => kind === 'retry').length;
}

async function untilDone(running: RunningSource, pull: string, shard: string): Promise<void> {
  await until(() => shardOf(running, pull, shard).dueAt === null);
}

describe('an order at PU', () => {
  it('that never finishes does not hold up the others, is late, and is placed again from the same moment', async () => {
    const world = await loaded();
    let isStuck = true;
    world.pu.script.state = (orderId) => {
      if (!isStuck || !isCounty(world, orderId, '03')) return undefined;
      world.clock.time += 60_000;
      return { kind: 'processing' };
    };
    world.pu.put(resident(2, { changedAt: world.clock.now(), surname: 'Nytt' }));
    const watermark = await storedWatermark(world);
    await using running = world.start();
    await until(() => world.alarms.includes('own-region HUB_PU_ORDER_LATE'));
    await untilDone(running, 'own-region', '12');
    await untilDone(running, 'moved-out', '03');
    expect(shardOf(running, 'own-region', '03').watermark).toBe(watermark);
    isStuck = false;
    await untilIdle(running);
    const since = new Set(
      countyQueries(world, '03')
        .slice(1)
        .map((query) => query.since),
    );
    expect(since).toEqual(new Set([(watermark ?? 0) - OVERLAP]));
    expect(world.last(born1890(2))?.person['surname']).toBe('Nytt');
    expect(shardOf(running, 'own-region', '03').lastError).toBeNull();
  });

  it('that is waited for takes no place from those that are placed or read', async () => {
    const world = await loaded({ openOrders: 1, orderWaitMs: Number.POSITIVE_INFINITY });
    world.pu.script.state = (orderId) =>
      isCounty(world, orderId, '03') || isCounty(world, orderId, '12')
        ? { kind: 'processing' }
        : undefined;
    world.pu.put(resident(9, { county: '14', changedAt: world.clock.now(), surname: 'Nytt' }));
    await using running = world.start();
    await until(() => {
      const waiting = running.source.status().shards.filter(({ dueAt }) => dueAt !== null);
      return waiting.length === 2 && waiting.every(({ running: r }) => r?.orderedAt != null);
    });
    expect(world.last(born1890(9))?.person['surname']).toBe('Nytt');
  });

  it('that lists more files while the first are read is read to its end', async () => {
    const world = await loaded();
    world.pu.recordsPerFile = 1;
    for (const i of [1, 2, 3]) {
      world.pu.put(resident(i, { changedAt: world.clock.now(), surname: 'Nytt' }));
    }
    world.pu.script.state = (orderId, polls) =>
      isCounty(world, orderId, '03')
        ? { kind: 'ready', files: [0, 1, 2].slice(0, polls).map((i) => `${orderId}/${i}`) }
        : undefined;
    await using running = world.start();
    await untilIdle(running);
    for (const i of [1, 2, 3]) expect(world.messagesOf(born1890(i))).toHaveLength(1);
  });

  it('whose files have another address each time is read once', async () => {
    const world = await loaded();
    world.pu.script.state = (orderId, polls) =>
      isCounty(world, orderId, '03')
        ? { kind: 'ready', files: [`${orderId}/0/${polls}`] }
        : undefined;
    world.pu.put(resident(2, { changedAt: world.clock.now(), surname: 'Nytt' }));
    await using running = world.start();
    await untilIdle(running);
    const order = countyQueries(world, '03').length;
    expect(order).toBe(2);
    expect(world.messagesOf(born1890(2))).toHaveLength(1);
    expect(world.pu.downloaded.filter((file) => file.split('/').length === 3)).toHaveLength(1);
  });

  it('by file that PU took before it had read all identities is placed again', async () => {
    const world = new PuWorld();
    world.pu.put(...[1, 2, 3].map((i) => resident(i)));
    world.askable.add(true, ...[1, 2, 3].map((i) => born1890(i)));
    world.pu.script.takesAfter = 2;
    await using running = world.start();
    await until(() => world.alarms.includes('first-load HUB_PU_UNAVAILABLE'));
    expect(world.sink.messages).toEqual([]);
    world.pu.script = {};
    await untilIdle(running);
    expect(world.messagesOf(born1890(3))).toHaveLength(1);
  });

  it('that is gone is placed again from the same moment, and the first question stays the watermark', async () => {
    const world = await loaded();
    await using running = world.start();
    await untilIdle(running);
    const { watermark } = shardOf(running, 'own-region', '03');
    world.pu.put(resident(2, { changedAt: world.clock.now(), surname: 'Nytt' }));
    const gone = world.pu.queries.length + 1;
    world.pu.script.state = (orderId) =>
      orderId === `order-${gone}` ? { kind: 'gone' } : undefined;
    await running.source.send({ kind: 'pull-now', pull: 'own-region' });
    await untilIdle(running);
    expect(world.alarms).toContain('own-region HUB_PU_ORDER_GONE');
    expect(
      countyQueries(world, '03')
        .slice(-2)
        .map(({ since }) => since),
    ).toEqual(Array.from({ length: 2 }, () => (watermark ?? 0) - OVERLAP));
    expect(shardOf(running, 'own-region', '03').watermark).toBe(
      countyQueries(world, '03').at(-2)?.askedAt,
    );
    expect(world.last(born1890(2))?.person['surname']).toBe('Nytt');
  });

  it('is gone on with after a restart in the middle, without the files that are done', async () => {
    const world = await loaded();
    for (const i of [1, 2, 3, 4, 5, 6, 7]) {
      world.pu.put(resident(i, { changedAt: world.clock.now(), surname: 'Nytt' }));
    }
    let second: string | undefined;
    world.pu.script.lot = (file) => {
      if (!file.endsWith('/1') || second === file) return;
      second = file;
      first.stop();
    };
    const first = world.start();
    await first.ended;
    const ordered = world.pu.queries.length;
    const done = world.pu.downloaded.filter((file) => file.endsWith('/0')).length;
    await using again = world.start();
    await untilIdle(again);
    expect(second).toBeDefined();
    expect(world.pu.downloaded.filter((file) => file === second)).toHaveLength(2);
    expect(world.pu.downloaded.filter((file) => file.endsWith('/0')).length).toBeGreaterThanOrEqual(
      done,
    );
    expect(world.pu.downloaded.filter((file) => file === second?.replace('/1', '/0'))).toHaveLength(
      1,
    );
    expect(
      countyQueries(world, '03').filter(
        ({ askedAt }) => askedAt > (world.pu.queries[ordered - 1]?.askedAt ?? 0),
      ),
    ).toEqual([]);
    for (const i of [1, 2, 3, 4, 5, 6, 7]) {
      expect(world.last(born1890(i))?.person['surname']).toBe('Nytt');
    }
  });

  it.each(['HUB_PU_ANSWER_UNREADABLE', 'HUB_PU_ANSWER_FORBIDDEN', 'HUB_PU_UNAVAILABLE'] as const)(
    'with a file that fails in the middle with %s is repeated, and the watermark stays until then',
    async (code) => {
      const world = await loaded();
      for (const i of [1, 2, 3]) {
        world.pu.put(resident(i, { changedAt: world.clock.now(), surname: 'Nytt' }));
      }
      let isBroken = true;
      world.pu.script.lot = (_, place) => {
        if (place === 2 && isBroken) fails(code)();
      };
      const before = await storedWatermark(world);
      await using running = world.start();
      await until(() => world.alarms.includes(`own-region ${code}`));
      expect(shardOf(running, 'own-region', '03').watermark).toBe(before);
      isBroken = false;
      await untilIdle(running);
      for (const i of [1, 2, 3]) expect(world.messagesOf(born1890(i))).toHaveLength(1);
      // A file that cannot be read is ordered anew; one that could not be fetched is fetched again.
      const orders = countyQueries(world, '03').length - 1;
      if (code === 'HUB_PU_UNAVAILABLE') expect(orders).toBe(1);
      else expect(orders).toBeGreaterThan(1);
    },
  );

  it('with the same file twice is read once', async () => {
    const world = await loaded();
    world.pu.put(resident(2, { changedAt: world.clock.now(), surname: 'Nytt' }));
    world.pu.script.state = (orderId, polls) =>
      polls > 1 && isCounty(world, orderId, '03')
        ? { kind: 'ready', files: [`${orderId}/0`, `${orderId}/0`] }
        : undefined;
    await using running = world.start();
    await untilIdle(running);
    const files = world.pu.downloaded.slice(-10);
    expect(files).toEqual([...new Set(files)]);
    expect(world.messagesOf(born1890(2))).toHaveLength(1);
  });
});

describe('the PU source', () => {
  it('changes nothing but the age while PU is down for a day, and reads that day afterwards', async () => {
    const world = await loaded();
    const stored = await world.checkpoints.load('pu');
    const fresh = readFreshness(stored, world.config, world.clock.time);
    world.pu.script.beforeOrder = fails('HUB_PU_UNAVAILABLE');
    await using running = world.start();
    world.pu.put(resident(2, { changedAt: world.clock.now(), surname: 'Nytt' }));
    for (let hour = 0; hour < 24; hour += 1) {
      world.clock.time += 3_600_000;
      running.schedule.tick();
      const tried = retries(world);
      await until(() => retries(world) > tried + 2);
    }
    expect(running.source.status().shards.map(({ watermark }) => watermark)).toEqual(
      fresh.map(({ watermark }) => watermark),
    );
    expect(world.alarms).toContain('own-region HUB_PU_UNAVAILABLE');
    expect(world.alarms).toContain('own-region HUB_PU_PULL_LATE');
    expect(shardOf(running, 'own-region', '03')).toMatchObject({
      isLate: true,
      lastError: 'HUB_PU_UNAVAILABLE',
    });
    world.pu.script = {};
    await running.source.send({ kind: 'pull-now', pull: null });
    await untilIdle(running);
    expect(world.last(born1890(2))?.person['surname']).toBe('Nytt');
    expect(shardOf(running, 'own-region', '03')).toMatchObject({ isLate: false, lastError: null });
    const over = world.events.filter((e) => e.kind === 'alarm' && e.isOver).length;
    const raised = world.events.filter((e) => e.kind === 'alarm' && !e.isOver).length;
    expect(over).toBe(raised);
  });

  it('goes on with the other counties when one fails', async () => {
    const world = await loaded();
    world.pu.script.beforeOrder = (query) => {
      if (query !== 'identities' && query.kind === 'residents' && query.counties.includes('03')) {
        fails('HUB_PU_TOO_MANY_HITS')();
      }
    };
    world.pu.put(resident(8, { county: '12', changedAt: world.clock.now(), surname: 'Nytt' }));
    await using running = world.start();
    await until(() => world.last(born1890(8)) !== undefined);
    await until(() => world.alarms.includes('own-region HUB_PU_TOO_MANY_HITS'));
    expect(shardOf(running, 'own-region', '03').retryAt).not.toBeNull();
  });

  it.each(['HUB_PU_REQUEST_REFUSED', 'HUB_PU_WRONG_VERSION'] as const)(
    'keeps to one shard that its question or answer is wrong with %s, and reads the others',
    async (code) => {
      const world = await loaded();
      world.pu.script.beforeOrder = (query) => {
        if (query !== 'identities' && query.kind === 'moved-out') fails(code)();
      };
      world.pu.put(resident(2, { changedAt: world.clock.now(), surname: 'Nytt' }));
      await using running = world.start();
      await until(() => world.alarms.includes(`moved-out ${code}`));
      await until(() => world.last(born1890(2)) !== undefined);
      const waits = world.events.flatMap((e) => (e.kind === 'retry' ? [e.waitMs] : []));
      // Three quarters of the longest wait, by the test's dice.
      expect(new Set(waits)).toEqual(new Set([world.config.longestRetryMs * 0.75]));
      world.pu.script = {};
      world.clock.time += 60_000;
      await untilIdle(running);
    },
  );

  it('ends with the fault when no waiting mends it', async () => {
    const world = await loaded();
    world.pu.script.beforeOrder = fails('HUB_PU_CERTIFICATE_REFUSED');
    const running = world.start();
    await expect(running.ended).rejects.toMatchObject({ code: 'HUB_PU_CERTIFICATE_REFUSED' });
    expect(running.source.status().state).toBe('stopped');
    expect(await running.source.send({ kind: 'pause' })).toBe('not-running');
  });

  it('ends when another instance has taken over, and stores nothing more', async () => {
    const world = await loaded();
    const running = world.start();
    world.checkpoints.takeOver();
    const stored = await world.checkpoints.load('pu');
    await expect(running.ended).rejects.toMatchObject({ code: 'HUB_PU_LEASE_LOST' });
    expect(await world.checkpoints.load('pu')).toBe(stored);
  });

  it('refuses a checkpoint that it cannot read', async () => {
    const world = new PuWorld();
    await world.checkpoints.save(world.checkpoints.takeOver(), 'pu', '{"format":2}');
    await expect(world.start().ended).rejects.toMatchObject({
      code: 'HUB_PU_CHECKPOINT_UNREADABLE',
    });
  });

  it('does not queue a second run for a tick while one goes on', async () => {
    const world = await loaded();
    await using running = world.start();
    await untilIdle(running);
    let isHeld = true;
    world.pu.script.state = () => (isHeld ? { kind: 'processing' } : undefined);
    const before = countyQueries(world, '03').length;
    running.schedule.tick('own-region');
    await until(() => countyQueries(world, '03').length === before + 1);
    for (let i = 0; i < 5; i += 1) running.schedule.tick('own-region');
    isHeld = false;
    await untilIdle(running);
    expect(countyQueries(world, '03')).toHaveLength(before + 1);
  });

  it('stays paused over a restart, and goes on with its open order when resumed', async () => {
    const world = await loaded();
    world.pu.put(resident(2, { changedAt: world.clock.now(), surname: 'Nytt' }));
    world.pu.script.state = () => ({ kind: 'processing' });
    const first = world.start();
    await until(
      () =>
        world.pu.queries.length > 0 &&
        shardOf(first, 'own-region', '03').running?.orderedAt != null,
    );
    expect(await first.source.send({ kind: 'pause' })).toBe('done');
    expect(first.source.status()).toMatchObject({ state: 'paused', isPaused: true });
    expect(await first.source.send({ kind: 'pull-now', pull: null })).toBe('not-applicable');
    await first[Symbol.asyncDispose]();
    world.pu.script = {};
    const ordered = countyQueries(world, '03').length;
    await using second = world.start();
    await until(() => second.source.status().state === 'paused');
    expect(await second.source.send({ kind: 'resume' })).toBe('done');
    await untilIdle(second);
    expect(countyQueries(world, '03')).toHaveLength(ordered);
    expect(world.last(born1890(2))?.person['surname']).toBe('Nytt');
  });

  it('lets its freshness be read from what is stored, without running', async () => {
    const world = await loaded();
    const stored = await world.checkpoints.load('pu');
    const county = readFreshness(stored, world.config, world.clock.time).find(
      ({ pull, shard }) => pull === 'own-region' && shard === '12',
    );
    expect(county).toMatchObject({
      watermark: countyQueries(world, '12').at(-1)?.askedAt,
      dueAt: null,
      isLate: false,
      running: null,
    });
    expect(readFreshness(undefined, world.config, NOON)).toContainEqual(
      expect.objectContaining({ pull: 'first-load', watermark: null }),
    );
  });
});
