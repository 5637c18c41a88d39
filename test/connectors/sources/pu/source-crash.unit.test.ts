import { describe, expect, it } from 'vitest';
import { identityText } from '../../../../core/person/person-identifier.ts';
import { born1890, type PersonInPu, recordOf } from './source-scripted-pu.ts';
import { NOON, PuWorld, type RunningSource, untilIdle } from './source-world.ts';

function person(index: number, change: Partial<PersonInPu> = {}): PersonInPu {
  return {
    identity: born1890(index),
    changedAt: NOON - 86_400_000,
    county: '03',
    municipality: '80',
    surname: `Testberg ${index}`,
    ...change,
  };
}

/** Lives in other counties, and is known to Master. */
const ELSEWHERE = { county: '12' } as const;

/** Known to Master, and never to PU. */
const STRANGER = born1890(10);

function populate(world: PuWorld): void {
  world.pu.put(
    ...[1, 2, 3, 4, 8].map((i) => person(i)),
    person(5, ELSEWHERE),
    person(6, ELSEWHERE),
  );
  world.askable.add(true, ...[1, 2, 3, 5, 6, 7].map((i) => born1890(i)), STRANGER);
}

/** Something for each pull. */
function change(world: PuWorld): void {
  const changedAt = world.clock.now();
  world.pu.put(
    person(1, { changedAt, surname: 'Nytt' }),
    person(2, { changedAt, ...ELSEWHERE, movedOut: { county: '03', endedAt: changedAt } }),
    person(5, { changedAt, ...ELSEWHERE, surname: 'Nytt' }),
    person(7, { changedAt, ...ELSEWHERE }),
    person(9, { changedAt }),
  );
  world.askable.add(true, born1890(7));
}

interface Life {
  readonly world: PuWorld;
  isChanged: boolean;
}

async function live(life: Life, running: RunningSource): Promise<void> {
  const { world } = life;
  await untilIdle(running);
  if (!life.isChanged) {
    change(world);
    life.isChanged = true;
  }
  const outcome = await running.source.send({ kind: 'pull-now', pull: null });
  if (outcome === 'not-running') await running.ended;
  await untilIdle(running);
}

function expectNothingLost({ world }: Life, where: string): void {
  for (const { identity, ...rest } of world.pu.persons.values()) {
    const expected = recordOf({ identity, ...rest }, 'P4').person;
    const { profile: _, ...sent } = world.last(identity)?.person ?? {};
    const { profile: __, ...wanted } = expected;
    expect(sent, `${where}, place ${identityText(identity).slice(-1)}`).toEqual(wanted);
  }
  expect(world.last(STRANGER)?.operation, `${where}, whom PU does not know`).toBe('unknown');
}

class Crash extends Error {}

/** @returns whether it came to be killed at that step. */
async function liveAndKill(at: number): Promise<boolean> {
  const life: Life = { world: new PuWorld({ openOrders: 2 }), isChanged: false };
  life.world.pu.readyAfterPolls = 0;
  populate(life.world);
  let steps = 0;
  const killed = life.world.start(() => {
    steps += 1;
    // Dead from then on: whatever ran beside it does nothing more either.
    if (steps >= at) throw new Crash();
  });
  const wasKilled = await live(life, killed).then(
    () => false,
    (error: unknown) => {
      if (!(error instanceof Crash)) throw error;
      return true;
    },
  );
  await killed[Symbol.asyncDispose]();
  if (wasKilled) {
    await using again = life.world.start();
    await live(life, again);
    for (const { watermark } of again.source.status().shards) {
      expect(watermark ?? 0).toBeLessThanOrEqual(life.world.clock.time);
    }
  }
  expectNothingLost(life, `killed at step ${at}`);
  return wasKilled;
}

/** Lives that are lived beside each other: most of the time they wait. */
const BESIDE = 25;

describe('a PU source that is killed', () => {
  it('at any await, and started again, has lost nothing and moved no watermark past what was not sent', async () => {
    let at = 1;
    let isKilled = true;
    while (isKilled) {
      const steps = Array.from({ length: BESIDE }, (_, i) => at + i);
      const results = await Promise.all(steps.map(liveAndKill));
      isKilled = results.every(Boolean);
      at += BESIDE;
    }
    expect(at).toBeGreaterThan(200);
  }, 60_000);
});
