import { describe, expect, it } from 'vitest';
import { OID_NRID, type Oid } from '../../../../core/person/person-identifier.ts';
import { pullAll, queriesOf, resident, sixPersons } from './source-persons.ts';
import { born1890 } from './source-scripted-pu.ts';
import { PuWorld, shardOf, until, untilIdle } from './source-world.ts';

const OVERLAP = 600_000;

describe('the first load from PU', () => {
  it('waits until the load of Master is done', async () => {
    const world = new PuWorld();
    sixPersons(world);
    world.isMasterLoaded = false;
    await using running = world.start();
    await until(() => running.source.status().state === 'waiting-for-master');
    expect(world.pu.queries).toEqual([]);
    world.isMasterLoaded = true;
    await untilIdle(running);
    expect(running.source.status()).toMatchObject({ state: 'idle', isLoaded: true });
  });

  it('asks by file for those whom Master knows, lot by lot, and then for everybody of the county', async () => {
    const world = new PuWorld();
    sixPersons(world);
    await using running = world.start();
    await untilIdle(running);
    expect(world.pu.queries.slice(0, 2)).toMatchObject([
      { query: 'identities', since: null, identities: 4 },
      { query: 'identities', since: null, identities: 1 },
    ]);
    expect(queriesOf(world, 'residents')).toMatchObject([{ since: null }]);
    expect(world.sink.messages).toHaveLength(6);
    expect(world.pu.alone).toEqual([]);
    expect(world.sink.messages.every(({ snapshot, source }) => snapshot && source === 'pu')).toBe(
      true,
    );
    expect(world.alarms).toEqual([]);
  });

  it('gives the counties the moment at which they were asked, and the others its own beginning', async () => {
    const world = new PuWorld();
    sixPersons(world);
    await using running = world.start();
    await untilIdle(running);
    const [load] = world.pu.queries;
    expect(shardOf(running, 'first-load', 'identities').watermark).toBe(load?.askedAt);
    const [county] = queriesOf(world, 'residents');
    expect(shardOf(running, 'own-region', '03').watermark).toBe(county?.askedAt);
    expect(queriesOf(world, 'moved-out')[0]?.since).toBe((load?.askedAt ?? 0) - OVERLAP);
  });

  it('asks alone for those whom the file leaves out', async () => {
    const world = new PuWorld();
    sixPersons(world);
    world.pu.script.answers = (answers) => answers.filter((_, i) => i !== 1);
    await using running = world.start();
    await untilIdle(running);
    expect(world.pu.alone[0]).toEqual([born1890(2)]);
    expect(world.last(born1890(2))).toBeDefined();
  });

  it('is not done while PU answers about fewer than were asked for, also alone', async () => {
    const world = new PuWorld({ lotIdentities: 20, pageIdentities: 20 });
    const persons = Array.from({ length: 15 }, (_, i) => resident(i + 1));
    world.pu.put(...persons);
    world.askable.add(true, ...persons.map(({ identity }) => identity));
    world.pu.script.answers = (answers) => answers.slice(11);
    world.pu.script.alone = () => [];
    await using running = world.start();
    await until(() => shardOf(running, 'first-load', 'identities').lastError !== null);
    expect(shardOf(running, 'first-load', 'identities')).toMatchObject({
      lastError: 'HUB_PU_ANSWER_INCOMPLETE',
      watermark: null,
    });
    expect(queriesOf(world, 'residents')).toEqual([]);
    world.pu.script = {};
    world.clock.time += 60_000;
    await untilIdle(running);
    expect(world.last(born1890(1))).toBeDefined();
  });

  it('does not use an answer about another identity than the one asked for, and asks alone', async () => {
    const world = new PuWorld();
    sixPersons(world);
    world.pu.script.answers = (answers) =>
      answers.map((answer) =>
        answer.requested?.extension === born1890(2).extension
          ? { ...answer, record: answers[0]?.record ?? null }
          : answer,
      );
    await using running = world.start();
    await untilIdle(running);
    expect(world.alarms).toContain('first-load HUB_PU_OTHER_IDENTITY');
    expect(world.pu.alone).toContainEqual([born1890(2)]);
    expect(world.last(born1890(2))?.person['surname']).toBe('Testberg 2');
  });

  it('goes on with the lot at which it was stopped', async () => {
    const world = new PuWorld();
    sixPersons(world);
    const first = world.start();
    await until(() => world.pu.queries.length === 2);
    await first[Symbol.asyncDispose]();
    await using second = world.start();
    await untilIdle(second);
    expect(
      world.pu.queries.filter(({ query, since }) => query === 'identities' && since === null),
    ).toHaveLength(2);
    expect(world.sink.messages.map(({ person }) => person['identity'])).toHaveLength(6);
  });

  it('is begun again by a reload, which sends everybody once more', async () => {
    const world = new PuWorld();
    sixPersons(world);
    await using running = world.start();
    await untilIdle(running);
    world.sink.clear();
    expect(await running.source.send({ kind: 'reload' })).toBe('done');
    await untilIdle(running);
    for (const i of [1, 2, 3, 4, 5, 6]) expect(world.last(born1890(i))?.snapshot).toBe(true);
  });
});

describe('the pulls from PU', () => {
  it('ask since the watermark less the overlap, and send only what is new', async () => {
    const world = new PuWorld();
    sixPersons(world);
    await using running = world.start();
    await untilIdle(running);
    const before = shardOf(running, 'own-region', '03').watermark ?? 0;
    world.sink.clear();
    world.pu.put(resident(2, { changedAt: world.clock.now(), surname: 'Nytt' }));
    await pullAll(running);
    expect(queriesOf(world, 'residents').at(-1)?.since).toBe(before - OVERLAP);
    expect(shardOf(running, 'own-region', '03').watermark).toBe(
      queriesOf(world, 'residents').at(-1)?.askedAt,
    );
    expect(world.sink.messages).toMatchObject([{ person: { surname: 'Nytt' }, snapshot: false }]);
    await pullAll(running);
    expect(world.sink.messages).toHaveLength(1);
  });

  it('find a person who moved out, and follow the person in the other county', async () => {
    const world = new PuWorld();
    sixPersons(world);
    await using running = world.start();
    await untilIdle(running);
    const movedAt = world.clock.now();
    const elsewhere = { county: '12', movedOut: { county: '03', endedAt: movedAt } } as const;
    world.pu.put(resident(1, { changedAt: movedAt, ...elsewhere }));
    await pullAll(running);
    expect(world.last(born1890(1))?.person['countyCode']).toBe('12');
    world.clock.time += 30 * 86_400_000;
    await pullAll(running);
    world.pu.put(resident(1, { changedAt: world.clock.now(), ...elsewhere, surname: 'Nytt' }));
    await pullAll(running);
    expect(world.last(born1890(1))?.person['surname']).toBe('Nytt');
  });

  it('send a person once who is found with history and without', async () => {
    const homeCounties = ['03', '12'].map((code) => ({ code, municipalities: null }));
    const world = new PuWorld({ homeCounties });
    sixPersons(world);
    await using running = world.start();
    await untilIdle(running);
    world.sink.clear();
    const movedAt = world.clock.now();
    const movedOut = { county: '03', endedAt: movedAt };
    world.pu.put(resident(1, { changedAt: movedAt, county: '12', movedOut }));
    await pullAll(running);
    await pullAll(running);
    expect(world.messagesOf(born1890(1))).toHaveLength(1);
  });

  it('do not lose a change that came while an older order about the same person was still being read', async () => {
    const world = new PuWorld();
    sixPersons(world);
    await using running = world.start();
    await untilIdle(running);
    const movedAt = world.clock.now();
    const elsewhere = { county: '12', movedOut: { county: '03', endedAt: movedAt } } as const;
    world.pu.put(resident(1, { changedAt: movedAt, ...elsewhere }));
    // The order that finds the person in the other county takes an hour; meanwhile the list of those elsewhere is asked without the person.
    let isHeld = true;
    world.pu.script.state = (orderId) => {
      const query = world.pu.queries[Number(orderId.slice(6)) - 1]?.query;
      const isMovedOut = query !== 'identities' && query?.kind === 'moved-out';
      return isMovedOut && isHeld ? { kind: 'processing' } : undefined;
    };
    await running.source.send({ kind: 'pull-now', pull: 'moved-out' });
    await until(() => world.pu.polled.length > 0 && queriesOf(world, 'moved-out').length === 2);
    world.pu.put(resident(1, { changedAt: world.clock.now(), ...elsewhere, surname: 'Nytt' }));
    world.clock.time += 3_600_000;
    running.schedule.tick('known-elsewhere');
    await until(() => shardOf(running, 'known-elsewhere', 'elsewhere').dueAt !== null);
    await until(() => shardOf(running, 'known-elsewhere', 'elsewhere').dueAt === null);
    isHeld = false;
    await untilIdle(running);
    expect(world.last(born1890(1))?.person['countyCode']).toBe('12');
    running.schedule.tick('known-elsewhere');
    await until(() => world.last(born1890(1))?.person['surname'] === 'Nytt');
  });

  it('find by the sweep who became protected and is shown in no county any more', async () => {
    const world = new PuWorld({ sweepMs: 86_400_000 });
    sixPersons(world);
    await using running = world.start();
    await untilIdle(running);
    const hidden = { county: null, municipality: null, isProtected: true } as const;
    world.pu.put(resident(1, { changedAt: world.clock.now(), ...hidden }));
    running.schedule.tick();
    await until(() => queriesOf(world, 'moved-out').length === 2);
    await untilIdle(running);
    expect(world.last(born1890(1))?.person['protectedPerson']).toBeUndefined();
    world.clock.time += 86_400_000;
    running.schedule.tick();
    await until(() => world.last(born1890(1))?.person['protectedPerson'] === '1');
  });

  it('ask again for an identity that PU did not know, until it does', async () => {
    const world = new PuWorld();
    sixPersons(world);
    world.askable.add(true, born1890(9));
    await using running = world.start();
    await untilIdle(running);
    expect(world.known.rows.get('1.2.752.129.2.1.3.1|189001010009')?.state).toBe('unknown');
    await pullAll(running);
    expect(world.messagesOf(born1890(9))).toMatchObject([{ operation: 'unknown' }]);
    world.pu.put(resident(9, { county: '12' }));
    await pullAll(running);
    expect(world.messagesOf(born1890(9))).toMatchObject([
      { operation: 'unknown' },
      { operation: 'upsert' },
    ]);
  });

  it('keep what PU said when it does not know an identity any more', async () => {
    const world = new PuWorld();
    sixPersons(world);
    await using running = world.start();
    await untilIdle(running);
    world.pu.persons.delete('1.2.752.129.2.1.3.1|189001010005');
    await pullAll(running);
    expect(world.messagesOf(born1890(5))).toHaveLength(1);
    expect(world.known.rows.get('1.2.752.129.2.1.3.1|189001010005')?.state).toBe('sent');
  });

  it('search for reserve identities by their roots', async () => {
    const own = '1.2.752.97.3.1.3' as Oid;
    const world = new PuWorld({ reserveRoots: [own, OID_NRID] });
    sixPersons(world);
    world.pu.put(resident(7, { identity: { root: own, extension: 'R-7' }, county: null }));
    await using running = world.start();
    await untilIdle(running);
    expect(queriesOf(world, 'reserve-identities')).toMatchObject([
      { query: { roots: [own] }, since: null },
      { query: { roots: [OID_NRID] }, since: null },
    ]);
    expect(world.messagesOf({ root: own, extension: 'R-7' })).toHaveLength(1);
  });

  it('ask for a county by municipality, and once more for its protected persons', async () => {
    const world = new PuWorld({ homeCounties: [{ code: '03', municipalities: ['0380', '0381'] }] });
    sixPersons(world);
    world.pu.put(
      resident(7, { municipality: null, isProtected: true }),
      resident(8, { municipality: '81' }),
    );
    await using running = world.start();
    await untilIdle(running);
    expect(queriesOf(world, 'residents').map(({ query }) => query)).toMatchObject([
      { municipality: '0380', onlyProtected: false },
      { municipality: '0381', onlyProtected: false },
      { municipality: null, onlyProtected: true },
    ]);
    for (const i of [1, 7, 8]) expect(world.messagesOf(born1890(i))).toHaveLength(1);
  });

  it('throw away test persons in production, and keep them elsewhere', async () => {
    for (const keepsTestPersons of [false, true]) {
      const world = new PuWorld({ keepsTestPersons });
      sixPersons(world);
      world.pu.put(resident(7, { isTestPerson: true }));
      await using running = world.start();
      await untilIdle(running);
      expect(world.messagesOf(born1890(7))).toHaveLength(keepsTestPersons ? 1 : 0);
      const dropped = world.events.reduce((n, e) => n + (e.kind === 'lot' ? e.testPersons : 0), 0);
      expect(dropped > 0).toBe(!keepsTestPersons);
    }
  });

  it.each([
    ['within the same second', 0],
    ['a minute later', 60_000],
  ])(
    'do not put an older record after a newer one of %s, whichever order is read first',
    async (_, laterBy) => {
      const world = new PuWorld();
      sixPersons(world);
      await using running = world.start();
      await untilIdle(running);
      const at = world.clock.now();
      let isHeld = true;
      const heldOrder = world.pu.queries.length + 1;
      world.pu.script.state = (orderId) =>
        orderId === `order-${heldOrder}` && isHeld ? { kind: 'processing' } : undefined;
      world.pu.put(resident(5, { county: '12', changedAt: at, surname: 'Först' }));
      await running.source.send({ kind: 'pull-now', pull: 'known-elsewhere' });
      await until(() => world.pu.queries.length >= heldOrder);
      // Moves in, and is found by the county before the held order is read.
      world.clock.time += laterBy;
      world.pu.put(resident(5, { changedAt: at + laterBy, surname: 'Sedan' }));
      await running.source.send({ kind: 'pull-now', pull: 'own-region' });
      await until(() => world.last(born1890(5))?.person['surname'] === 'Sedan');
      isHeld = false;
      await untilIdle(running);
      expect(world.last(born1890(5))?.person['surname']).toBe('Sedan');
    },
  );
});

describe('the position of a record', () => {
  it('is never after the question, in the hour that comes twice', async () => {
    const firstPass = Date.UTC(2026, 9, 25, 0, 10);
    const secondPass = Date.UTC(2026, 9, 25, 1, 30);
    for (const [asked, second] of [
      [firstPass, Date.UTC(2026, 9, 25, 0, 5) / 1000],
      [secondPass, Date.UTC(2026, 9, 25, 1, 5) / 1000],
    ] as const) {
      const world = new PuWorld();
      world.clock.time = asked;
      world.pu.put(resident(1, { version: '20261025020500' }));
      await using running = world.start();
      await untilIdle(running);
      expect(world.last(born1890(1))?.position).toEqual({ epoch: 1, version: BigInt(second) });
    }
  });

  it('is the second of asking for a record without a version', async () => {
    const world = new PuWorld();
    world.pu.put(resident(1, { version: null }));
    await using running = world.start();
    await untilIdle(running);
    const asked = queriesOf(world, 'residents')[0]?.askedAt ?? 0;
    expect(world.last(born1890(1))?.position.version).toBe(BigInt(Math.floor(asked / 1000)));
  });
});
