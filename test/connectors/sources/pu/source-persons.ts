import { expect } from 'vitest';
import { born1890, type PersonInPu } from './source-scripted-pu.ts';
import { NOON, type PuWorld, type RunningSource, untilIdle } from './source-world.ts';

const YESTERDAY = NOON - 86_400_000;

export function resident(index: number, change: Partial<PersonInPu> = {}): PersonInPu {
  return {
    identity: born1890(index),
    changedAt: YESTERDAY,
    county: '03',
    municipality: '80',
    surname: `Testberg ${index}`,
    ...change,
  };
}

/** Persons 1 to 6 in PU, of whom 1 to 5 in Master; 5 lives elsewhere. */
export function sixPersons(world: PuWorld): void {
  world.pu.put(...[1, 2, 3, 4, 6].map((i) => resident(i)), resident(5, { county: '12' }));
  world.askable.add(true, ...[1, 2, 3, 4, 5].map((i) => born1890(i)));
}

export async function pullAll(running: RunningSource): Promise<void> {
  expect(await running.source.send({ kind: 'pull-now', pull: null })).toBe('done');
  await untilIdle(running);
}

export function queriesOf(world: PuWorld, kind: string) {
  return world.pu.queries.filter(({ query }) => query !== 'identities' && query.kind === kind);
}
