import { describe, expect, it } from 'vitest';
import type { PuAnswer } from '../../../../connectors/sources/pu/pu-client-port.ts';
import { sendAnswers } from '../../../../connectors/sources/pu/pulls/send-answers.ts';
import { HubError } from '../../../../core/errors/hub-error.ts';
import {
  type Identity,
  identityText,
  OID_NRID,
} from '../../../../core/person/person-identifier.ts';
import { MemoryPuKnown } from './source-memory-stores.ts';
import { pullAll, queriesOf, resident, sixPersons } from './source-persons.ts';
import { born1890, recordOf } from './source-scripted-pu.ts';
import { NOON, PuWorld, shardOf, untilIdle } from './source-world.ts';

const DAY = 86_400_000;

/** PU answers about somebody else whenever it is asked for the person. */
function mixesUp({ extension }: Identity): (answers: readonly PuAnswer[]) => readonly PuAnswer[] {
  const record = recordOf(resident(98, { county: '12' }), 'P4');
  return (answers) =>
    answers.map((answer) =>
      answer.requested?.extension === extension ? { ...answer, record } : answer,
    );
}

function leavesOut(...left: readonly Identity[]) {
  return (answers: readonly PuAnswer[]): readonly PuAnswer[] =>
    answers.filter(({ requested }) =>
      left.every(({ extension }) => extension !== requested?.extension),
    );
}

async function loaded(world: PuWorld): Promise<void> {
  sixPersons(world);
  await using running = world.start();
  await untilIdle(running);
}

describe('an identity of which PU gives no proper answer, also alone', () => {
  it.each([
    ['missing', 'HUB_PU_ANSWER_INCOMPLETE', leavesOut(born1890(9))],
    ['another one’s', 'HUB_PU_OTHER_IDENTITY', mixesUp(born1890(9))],
    [
      'refused together with the others',
      'HUB_PU_OTHER_IDENTITY',
      (answers: readonly PuAnswer[]) => {
        if (answers.some(({ requested }) => requested?.extension === born1890(9).extension)) {
          throw new HubError('HUB_PU_OTHER_IDENTITY');
        }
        return answers;
      },
    ],
  ] as const)(
    'does not hold up the first load when it is %s, and is asked for again at every run',
    async (_, code, alone) => {
      const world = new PuWorld({ callIdentities: 10, lotIdentities: 10, pageIdentities: 10 });
      world.pu.put(resident(9, { county: '12' }));
      world.askable.add(true, born1890(9));
      sixPersons(world);
      // Both are asked for in one call then.
      world.pu.script.answers = leavesOut(born1890(5), born1890(9));
      world.pu.script.alone = alone;
      await using running = world.start();
      await untilIdle(running);
      expect(world.alarms).toContain(`first-load ${code}`);
      expect(world.known.rows.has(identityText(born1890(9)))).toBe(false);
      for (const i of [1, 2, 3, 4, 5]) expect(world.messagesOf(born1890(i))).toHaveLength(1);
      world.pu.script = {};
      await pullAll(running);
      expect(world.messagesOf(born1890(9))).toHaveLength(1);
      await pullAll(running);
      const alarms = world.events.filter(({ kind }) => kind === 'alarm');
      const open = alarms.filter((e) => e.kind === 'alarm' && e.pull === 'known-elsewhere');
      expect(open.filter((e) => e.kind === 'alarm' && !e.isOver).length).toBe(
        open.filter((e) => e.kind === 'alarm' && e.isOver).length,
      );
    },
  );

  it('does not keep the changes of others away, and its own is asked for until it comes', async () => {
    const world = new PuWorld();
    sixPersons(world);
    world.pu.put(resident(7, { county: '12' }));
    world.askable.add(true, born1890(7));
    await using running = world.start();
    await untilIdle(running);
    const { watermark } = shardOf(running, 'known-elsewhere', 'elsewhere');
    const changedAt = world.clock.now();
    const change = { county: '12', changedAt, surname: 'Nytt' };
    world.pu.put(resident(5, change), resident(7, change));
    world.pu.script.answers = mixesUp(born1890(5));
    world.pu.script.alone = mixesUp(born1890(5));
    // The file with the wrong answer is done when the next one fails.
    world.pu.recordsPerFile = 1;
    const failed = new Set<string>();
    world.pu.script.beforeFile = (file) => {
      if (failed.has(file) || !file.endsWith('/1')) return;
      failed.add(file);
      throw new HubError('HUB_PU_UNAVAILABLE');
    };
    for (let hour = 0; hour < 3; hour += 1) {
      world.clock.time += 3_600_000;
      await pullAll(running);
    }
    expect(failed.size).toBeGreaterThan(0);
    expect(world.last(born1890(7))?.person['surname']).toBe('Nytt');
    expect(world.messagesOf(born1890(98))).toEqual([]);
    expect(shardOf(running, 'known-elsewhere', 'elsewhere').watermark).toBe(watermark);
    world.pu.script = {};
    await pullAll(running);
    expect(world.last(born1890(5))?.person['surname']).toBe('Nytt');
    expect(shardOf(running, 'known-elsewhere', 'elsewhere').watermark).toBeGreaterThan(changedAt);
  });

  it('is the one that was asked for when PU writes it in other letters', async () => {
    const asked = { root: OID_NRID, extension: '00342145bz31' };
    const world = new PuWorld({ reserveRoots: [] });
    sixPersons(world);
    world.pu.put(resident(7, { identity: asked, county: '12' }));
    world.askable.add(true, asked);
    const inCapitals = (answers: readonly PuAnswer[]): readonly PuAnswer[] =>
      answers.map(({ requested, record }) => {
        const identity = { root: OID_NRID, extension: ' 00342145BZ31' };
        const isMeant = requested?.root === OID_NRID && record !== null;
        return isMeant
          ? { requested: identity, record: { ...record, identity } }
          : { requested, record };
      });
    world.pu.script.answers = inCapitals;
    world.pu.script.alone = inCapitals;
    await using running = world.start();
    await untilIdle(running);
    expect(world.alarms).toEqual([]);
    expect(world.known.rows.get(identityText(asked))?.state).toBe('sent');
  });

  it('is left out of an order when it does not fit into a file', async () => {
    const world = new PuWorld();
    sixPersons(world);
    const unfit = ['AB;1', 'AB\n1', ''].map((extension) => ({ root: OID_NRID, extension }));
    world.askable.add(true, ...unfit);
    await using running = world.start();
    await untilIdle(running);
    const asked = world.pu.queries.filter(({ query }) => query === 'identities');
    expect(asked.slice(0, 2).map(({ identities }) => identities)).toEqual([4, 1]);
    expect(world.pu.alone).toEqual([]);
    for (const one of unfit) expect(world.known.rows.has(identityText(one))).toBe(false);
  });
});

describe('what PU says after all', () => {
  it('of a test person who was none is read', async () => {
    const world = new PuWorld();
    sixPersons(world);
    world.pu.put(resident(5, { county: '12', isTestPerson: true }));
    await using running = world.start();
    await untilIdle(running);
    expect(world.messagesOf(born1890(5))).toEqual([]);
    world.pu.put(resident(5, { county: '12', changedAt: world.clock.now() }));
    world.clock.time += 2 * DAY;
    await pullAll(running);
    expect(world.messagesOf(born1890(5))).toHaveLength(1);
  });

  it.each(['19000101000000', '19650101000000', '20991231235959', '99991231235959', '2026'])(
    'with the version %s is dated by the question, and refuses nothing that comes later',
    async (version) => {
      const world = new PuWorld();
      sixPersons(world);
      world.pu.put(resident(1, { version }));
      await using running = world.start();
      await untilIdle(running);
      const second = world.last(born1890(1))?.position.version ?? 0n;
      expect(second).toBeGreaterThan(BigInt(NOON / 1000));
      expect(second).toBeLessThan(BigInt(Math.floor(world.clock.time / 1000)));
      expect(world.alarms).toEqual([
        'first-load HUB_PU_VERSION_IMPLAUSIBLE',
        'own-region HUB_PU_VERSION_IMPLAUSIBLE',
      ]);
      world.pu.put(resident(1, { changedAt: world.clock.now(), isProtected: true }));
      await pullAll(running);
      expect(world.last(born1890(1))?.person['protectedPerson']).toBe('1');
      await pullAll(running);
      expect(world.messagesOf(born1890(1))).toHaveLength(2);
    },
  );
});

describe('a reload', () => {
  it('also reads whom PU alone knows and who lives elsewhere', async () => {
    const world = new PuWorld();
    sixPersons(world);
    world.pu.put(resident(7));
    await using running = world.start();
    await untilIdle(running);
    const movedAt = world.clock.now();
    const movedOut = { county: '03', endedAt: movedAt };
    world.pu.put(resident(7, { changedAt: movedAt, county: '12', movedOut }));
    await pullAll(running);
    world.sink.clear();
    expect(await running.source.send({ kind: 'reload' })).toBe('done');
    await untilIdle(running);
    expect(world.messagesOf(born1890(7))).toHaveLength(1);
  });

  it('takes what a PU says that was restored from a backup, although it is older', async () => {
    const world = new PuWorld();
    await loaded(world);
    await using running = world.start();
    const before = world.last(born1890(1))?.position;
    world.pu.put(resident(1, { changedAt: NOON - 3 * DAY, surname: 'Förr' }));
    await pullAll(running);
    expect(world.last(born1890(1))?.person['surname']).toBe('Testberg 1');
    expect(await running.source.send({ kind: 'reload' })).toBe('done');
    await untilIdle(running);
    const after = world.last(born1890(1));
    expect(after?.person['surname']).toBe('Förr');
    expect(after?.position.epoch).toBe((before?.epoch ?? 0) + 1);
    expect(after?.position.version).toBeLessThan(before?.version ?? 0n);
    world.pu.put(resident(1, { changedAt: world.clock.now(), surname: 'Nytt' }));
    await pullAll(running);
    expect(world.last(born1890(1))?.person['surname']).toBe('Nytt');
  });

  it('gives no position that is lower than those of before, also when the checkpoint was removed after it', async () => {
    const world = new PuWorld();
    await loaded(world);
    {
      await using running = world.start();
      await untilIdle(running);
      expect(await running.source.send({ kind: 'reload' })).toBe('done');
      await untilIdle(running);
    }
    const again = new PuWorld();
    for (const row of world.known.rows.values()) await again.known.put([row]);
    sixPersons(again);
    again.pu.put(resident(1, { changedAt: again.clock.now(), surname: 'Nytt' }));
    await using running = again.start();
    await untilIdle(running);
    expect(again.last(born1890(1))?.position.epoch).toBe(2);
  });
});

describe('a root of reserve numbers that is added', () => {
  it('is asked about from the beginning', async () => {
    const own = '1.2.752.97.3.1.3' as typeof OID_NRID;
    const before = new PuWorld({ reserveRoots: [OID_NRID] });
    await loaded(before);
    const world = new PuWorld({ reserveRoots: [own, OID_NRID] });
    world.clock.time = before.clock.time;
    const stored = (await before.checkpoints.load('pu')) ?? '';
    await world.checkpoints.save(world.checkpoints.takeOver(), 'pu', stored);
    world.pu.put(resident(8, { identity: { root: own, extension: 'R-8' }, county: null }));
    await using running = world.start();
    await untilIdle(running);
    expect(world.messagesOf({ root: own, extension: 'R-8' })).toHaveLength(1);
    const since = queriesOf(world, 'reserve-identities').map((query) => query.since === null);
    expect(since).toEqual([true, false]);
  });
});

describe('a record that refers to another number', () => {
  it('has that number asked for by name, since no search by place may find it any more', async () => {
    const known = new MemoryPuKnown();
    const send = (answers: readonly PuAnswer[]) =>
      sendAnswers(answers, {
        sink: { append: () => Promise.resolve() },
        known,
        askedAt: NOON,
        epoch: 1,
        readAt: new Date(NOON).toISOString(),
        isSnapshot: false,
        isForced: false,
        keepsTestPersons: true,
      });
    const answer = (index: number, refersTo?: Identity): PuAnswer => {
      const record = recordOf(resident(index), 'P4');
      const row = { identityRoot: refersTo?.root ?? '', identity: refersTo?.extension ?? '' };
      const children = refersTo === undefined ? {} : { referredIdentities: [row] };
      return { requested: null, record: { ...record, children } };
    };
    const placeOf = (index: number) => known.rows.get(identityText(born1890(index)))?.place;
    await send([answer(1), answer(3)]);
    expect(placeOf(1)).toBe('0380');
    await send([answer(2, born1890(1))]);
    expect([placeOf(1), placeOf(2), placeOf(3)]).toEqual([null, '0380', '0380']);
    await send([answer(4, born1890(3)), answer(3, born1890(4))]);
    expect([placeOf(3), placeOf(4)]).toEqual(['0380', '0380']);
  });
});
