import { describe, expect, it } from 'vitest';
import { isAlive, isProtected, mainOf, RANK } from '../../scripts/population/life/life-event.ts';
import { LIFE_SHARES, type LifeKind } from '../../scripts/population/life/life-kinds.ts';
import { LifeTruth } from '../../scripts/population/life/life-truth.ts';
import { type LifeChange, LifePlan } from '../../scripts/population/life/next-change.ts';
import { createPopulation } from '../../scripts/population/population.ts';
import { isMalformed } from '../../scripts/population/synthetic-faults.ts';
import type { SyntheticPerson } from '../../scripts/population/synthetic-person.ts';
import { readRegion } from '../../scripts/population/synthetic-places.ts';

const region = readRegion(
  new URL('../../mappings/code-tables/municipalities.csv', import.meta.url),
);
const population = createPopulation({ seed: 3, persons: 3_000, region });
const START = Date.UTC(2026, 2, 1, 12);
const REST_MS = 13_000;
const STEP_MS = 100;

interface Seen extends LifeChange {
  readonly moment: number;
  /** The same people before it; newcomers are not there. */
  readonly before: ReadonlyMap<number, SyntheticPerson>;
}

async function live(seed: number, changes: number, kinds?: readonly LifeKind[]) {
  const truth = new LifeTruth(population);
  const shares = kinds && Object.fromEntries(kinds.map((kind) => [kind, 1]));
  const plan = new LifePlan({ seed, truth, restMs: REST_MS, ...(shares && { shares }) });
  const everybody = new Map<number, SyntheticPerson>();
  const seen: Seen[] = [];
  for (let i = 0; i < changes; i++) {
    const moment = START + i * STEP_MS;
    const change = await plan.next(moment);
    if (change === undefined) continue;
    const before = new Map<number, SyntheticPerson>();
    for (const { index } of change.persons) {
      const former =
        everybody.get(index) ?? (index < population.size ? population.at(index) : undefined);
      if (former !== undefined) before.set(index, former);
    }
    for (const person of change.persons) everybody.set(person.index, person);
    seen.push({ ...change, moment, before });
  }
  return { seen, truth };
}

const life = live(1, 4_000);

/** The one it happened to, before and after, of every change of these kinds. */
async function subjects(
  ...kinds: readonly LifeKind[]
): Promise<readonly (readonly [SyntheticPerson, SyntheticPerson])[]> {
  const { seen } = await life;
  const found = seen.flatMap(({ kind, persons: [after], before }) => {
    const former = after && before.get(after.index);
    return kinds.includes(kind) && after && former ? [[former, after] as const] : [];
  });
  expect(found.length).toBeGreaterThan(0);
  return found;
}

describe('a life of changes', () => {
  it('has every kind of change', async () => {
    const { seen } = await life;
    expect([...new Set(seen.map(({ kind }) => kind))].sort()).toEqual(
      Object.keys(LIFE_SHARES).sort(),
    );
  });

  it('is the same for the same seed, and another one for another', async () => {
    const first = (await live(5, 200)).seen;
    expect((await live(5, 200)).seen).toEqual(first);
    expect((await live(6, 200)).seen).not.toEqual(first);
  });

  it('has only the kinds that it is given', async () => {
    const { seen } = await live(1, 50, ['died', 'contact-added']);
    expect(new Set(seen.map(({ kind }) => kind))).toEqual(new Set(['died', 'contact-added']));
  });

  it('changes something of the person each time, under a new version that Master gets, too', async () => {
    const { seen } = await life;
    for (const { kind, persons, before } of seen) {
      for (const person of persons) {
        expect(person.isStaleInMaster).toBe(false);
        expect(person.replaced).toBeUndefined();
        expect(person.version > (before.get(person.index)?.version ?? '')).toBe(true);
      }
      const [subject] = persons;
      const former = subject && before.get(subject.index);
      const content = { ...subject, version: '', isStaleInMaster: false, replaced: undefined };
      if (former !== undefined) {
        expect(content, kind).not.toEqual({
          ...former,
          version: '',
          isStaleInMaster: false,
          replaced: undefined,
        });
      }
    }
  });

  it('lets people rest after a change, and leaves alone whose row is malformed on purpose', async () => {
    const { seen } = await life;
    const last = new Map<number, number>();
    for (const { moment, persons } of seen) {
      for (const { index } of persons) {
        expect(moment - (last.get(index) ?? 0)).toBeGreaterThanOrEqual(REST_MS);
        expect(isMalformed(index, population.shares.malformed) && index < population.size).toBe(
          false,
        );
        last.set(index, moment);
      }
    }
  });

  it('has nothing happen while everybody rests', async () => {
    const few = createPopulation({ seed: 3, persons: 2, region });
    const plan = new LifePlan({ seed: 1, truth: new LifeTruth(few), restMs: REST_MS });
    const changes = [];
    for (let i = 0; i < 5; i++) changes.push(await plan.next(START));
    expect(changes[0]).toBeDefined();
    expect(changes.at(-1)).toBeUndefined();
    expect(await plan.next(START + REST_MS)).toBeDefined();
  });
});

describe('what can happen to whom', () => {
  it('lets nobody move, marry, change their name or be given anything after death', async () => {
    const { seen } = await life;
    const forTheDead: readonly LifeKind[] = ['death-annulled', 'row-deleted', 'reserve-unlinked'];
    for (const { kind, persons, before } of seen) {
      const [subject] = persons;
      const former = subject && before.get(subject.index);
      if (former?.deregistration?.reason === 'AV') expect(forTheDead).toContain(kind);
      if (former?.deregistration?.reason === 'AV' && kind !== 'death-annulled') {
        expect(subject?.deregistration).toEqual(former.deregistration);
      }
    }
  });

  it('annuls only deaths, and gives custody back', async () => {
    for (const [before, after] of await subjects('death-annulled')) {
      expect(before.deregistration?.reason).toBe('AV');
      expect(after.deregistration).toBeNull();
    }
  });

  it('ends marriage and custody with a death, for both sides', async () => {
    const { seen } = await life;
    for (const { persons, kind } of seen.filter(({ kind }) => kind === 'died')) {
      const [dead, ...others] = persons;
      expect(
        dead?.relations.some(({ type }) => ['M', 'P', 'V', 'VF'].includes(type)),
        kind,
      ).toBe(false);
      for (const { relations } of others) {
        const left = relations.filter(({ index }) => index === dead?.index);
        expect(left.some(({ type }) => ['M', 'P', 'V', 'VF'].includes(type))).toBe(false);
      }
    }
  });

  it('has spouses and custody said by both, at every moment', async () => {
    const { truth } = await life;
    const opposite: Readonly<Record<string, string>> = { M: 'M', P: 'P', V: 'VF', VF: 'V' };
    for (const index of truth.touched) {
      for (const relation of truth.guess(index).relations) {
        const type = opposite[relation.type];
        if (type === undefined) continue;
        expect(truth.guess(relation.index).relations).toContainEqual({ index, type });
      }
    }
  });

  it('moves the family along, and keeps where they came from', async () => {
    const { seen } = await life;
    const moves = seen.filter(({ kind }) => kind.startsWith('moved-'));
    expect(moves.some(({ persons }) => persons.length > 2)).toBe(true);
    for (const { persons, before } of moves) {
      for (const person of persons) {
        expect(person.residence).toEqual(persons[0]?.residence);
        expect(person.former[0]?.residence).toEqual(before.get(person.index)?.residence);
      }
    }
  });

  it('crosses the border of the region when it says so, and only then', async () => {
    const isHome = ({ residence }: SyntheticPerson) =>
      residence?.municipality.startsWith(region.homeCounty);
    for (const [before, after] of await subjects('moved-out-of-region')) {
      expect([isHome(before), isHome(after)]).toEqual([true, false]);
    }
    for (const [before, after] of await subjects('moved-into-region')) {
      expect([isHome(before), isHome(after)]).toEqual([false, true]);
    }
    for (const [before, after] of await subjects('moved-between-municipalities')) {
      expect([isHome(before), isHome(after)]).toEqual([true, true]);
      expect(after.residence?.municipality).not.toBe(before.residence?.municipality);
    }
    for (const [before, after] of await subjects('moved-within-municipality')) {
      expect(after.residence?.municipality).toBe(before.residence?.municipality);
    }
  });

  it('brings back only who had left the country', async () => {
    for (const [, after] of await subjects('emigrated')) {
      expect(after.deregistration?.reason).toBe('UV');
      expect(after.residence).toBeNull();
    }
    for (const [before, after] of await subjects('returned')) {
      expect(before.deregistration?.reason).toBe('UV');
      expect([isAlive(after), after.immigratedOn]).toEqual([true, '2026-03-01']);
    }
  });

  it('lifts protection only where it was raised, and hides the address of a hidden record', async () => {
    for (const [before, after] of await subjects('protection-raised', 'population-record-hidden')) {
      expect([isProtected(before), isProtected(after)]).toEqual([false, true]);
    }
    for (const [before, after] of await subjects('protection-lifted')) {
      expect([isProtected(before), isProtected(after)]).toEqual([true, false]);
    }
    for (const [, { residence }] of await subjects('population-record-hidden')) {
      expect([residence?.street, residence?.property]).toEqual(['', '']);
      expect(residence?.special).not.toBeNull();
    }
  });

  it('brings newborns after the last, each with a mother and custodians who say so themselves', async () => {
    const { seen } = await life;
    const births = seen.filter(({ kind }) => kind === 'born');
    births.forEach(({ persons: [child, ...parents] }, i) => {
      expect(child?.index).toBe(population.size + i);
      expect(child?.relations.map(({ type }) => type)).toContain('MO');
      for (const parent of parents) {
        expect(child?.relations).toContainEqual({ index: parent.index, type: 'V' });
        expect(parent.relations).toContainEqual({ index: child?.index, type: 'VF' });
      }
    });
  });

  it('gives a personnummer after a samordningsnummer, which refers to it from then on', async () => {
    for (const [before, after] of await subjects('personal-number-given')) {
      expect([mainOf(before).kind, mainOf(after).kind]).toEqual(['SNR', 'PNR']);
      expect(after.identities.at(-2)?.replacedBy).toBe(mainOf(after).extension);
      expect(after.residence).not.toBeNull();
    }
    for (const [before, after] of await subjects('number-changed')) {
      expect(mainOf(after).extension).not.toBe(mainOf(before).extension);
      expect(after.identities.at(-2)?.replacedBy).toBe(mainOf(after).extension);
    }
  });

  it('has nobody with a number of somebody else', async () => {
    const { truth } = await life;
    const holders = new Map<string, number>();
    const indexes = [...Array(population.size).keys(), ...truth.touched];
    for (const index of new Set(indexes)) {
      for (const { root, extension } of truth.guess(index).identities) {
        const key = `${root} ${extension}`;
        expect(holders.get(key) ?? index).toBe(index);
        holders.set(key, index);
      }
    }
  });

  it('links reserve identities along LRID → NRID → SNR → PNR only, and unlinks what was linked', async () => {
    for (const [before, after] of await subjects('reserve-linked')) {
      const linked = after.identities.filter(
        ({ isLinked }, i) => isLinked && before.identities[i]?.isLinked === false,
      );
      expect(linked).toHaveLength(1);
      for (const { kind } of linked) expect(RANK[kind]).toBeLessThan(RANK[mainOf(after).kind]);
    }
    for (const [before, after] of await subjects('reserve-unlinked')) {
      const count = (person: SyntheticPerson) =>
        person.identities.filter(({ isLinked }) => isLinked).length;
      expect(count(after)).toBe(count(before) - 1);
    }
  });

  it('keeps the strongest identity last, whatever is given', async () => {
    for (const [, after] of await subjects('reserve-given', 'personal-number-given')) {
      const ranks = after.identities.map(({ kind }) => RANK[kind]);
      expect(Math.max(...ranks)).toBe(RANK[mainOf(after).kind]);
    }
  });

  it('lets nobody do without paper who gets no digital notices', async () => {
    for (const [, after] of await subjects(
      'paper-opted-out',
      'contact-changed',
      'contact-withdrawn',
    )) {
      const isDigital = after.contacts.some(({ digitalNotification }) => digitalNotification);
      if (after.optoutPaper) expect([isDigital, after.masterConsent]).not.toContain('no');
      if (after.optoutPaper) expect(isDigital).toBe(true);
    }
  });

  it('goes on from where an earlier life stopped', async () => {
    const earlier = await life;
    const truth = new LifeTruth(population, {
      nextIndex: earlier.truth.nextIndex,
      person: (index) => earlier.truth.at(index),
    });
    const plan = new LifePlan({ seed: 9, truth, restMs: 0, shares: { born: 1, died: 1 } });
    for (let i = 0; i < 200; i++) {
      const change = await plan.next(START + 10 * 60_000 + i);
      const [subject] = change?.persons ?? [];
      if (change?.kind === 'died') {
        expect((await earlier.truth.at(subject?.index ?? -1)).deregistration).toBeNull();
      } else if (change !== undefined) {
        expect(subject?.index).toBeGreaterThanOrEqual(earlier.truth.nextIndex);
      }
    }
  });
});
