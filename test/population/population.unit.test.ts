import { createHash } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import type { Oid } from '../../core/person/person-identifier.ts';
import { masterRowsOf } from '../../scripts/population/master-view.ts';
import {
  BASE_VERSION,
  MOST_NEWCOMERS,
  MOST_PERSONS,
  type Population,
} from '../../scripts/population/population.ts';
import { DEFAULT_SHARES } from '../../scripts/population/population-shares.ts';
import { puRecordsOf } from '../../scripts/population/pu-view.ts';
import { PUBLISHED_UNKNOWN_BIRTH_NRIDS } from '../../scripts/population/reserve-numbers.ts';
import type { HeldIdentity } from '../../scripts/population/synthetic-person.ts';
import { openClassifier, populationOf } from './population-of.ts';

function hashOf(population: Population): string {
  const hash = createHash('sha256');
  for (const person of population.persons()) {
    hash.update(JSON.stringify(person));
    hash.update(JSON.stringify(puRecordsOf(person, population)));
    hash.update(JSON.stringify(masterRowsOf(person, population)));
  }
  return hash.digest('hex');
}

function* identitiesOf(population: Population): Generator<HeldIdentity> {
  for (const { identities } of population.persons()) yield* identities;
}

/** Enough of what is rare. */
const MANY_NUMBERS = {
  ...DEFAULT_SHARES,
  coordinationNumber: 0.04,
  nationalReserve: 0.04,
  formerCoordinationNumber: 0.05,
  changedNumber: 0.05,
  reserveBeside: 0.1,
  otherRegionReserve: 0.05,
};

describe('the synthetic population', () => {
  it('is the same for the same seed and size, and the same as when this test was written', () => {
    const first = hashOf(populationOf(1000));
    expect(hashOf(populationOf(1000))).toBe(first);
    expect(first).toBe('a6996ed28229c99062231858a1ab9f6199af678c9682ac9e7a2adfe661df34ed');
  });

  it('is another one for another seed', () => {
    expect(hashOf(populationOf(100, 2))).not.toBe(hashOf(populationOf(100)));
  });

  it('gives by index whom it gives in order, whatever was asked for before', () => {
    const population = populationOf(5_000);
    const other = populationOf(5_000);
    const inOrder = [...population.persons()];
    for (let i = 0; i < 5_000; i++) {
      const index = (i * 2_741) % 5_000;
      expect(other.at(index)).toEqual(inOrder[index]);
    }
  });

  it('has people of the same kind in a large one as in a small one, except those cut at its end', () => {
    const small = populationOf(3_000);
    const large = populationOf(MOST_PERSONS);
    for (let index = 0; index < 2_990; index += 7) {
      expect(large.at(index)).toEqual(small.at(index));
    }
  });

  it('says the main identity of everybody without making the person', () => {
    const population = populationOf(5_000);
    for (const { index, identities } of population.persons()) {
      const { root, extension } = identities.at(-1) ?? {};
      expect(population.mainIdentity(index)).toEqual({ root, extension });
    }
  });

  it('has versions before its base moment, in the year before it', () => {
    for (const { version } of populationOf(5_000).persons()) {
      expect(version).toMatch(/^2025\d{10}$/);
      expect(version < BASE_VERSION).toBe(true);
    }
  });

  it('has newcomers after its last index, who are ordinary and have numbers of their own', () => {
    const population = populationOf(1_000);
    const numbers = new Set<string>();
    for (let index = 1_000; index < 2_000; index++) {
      const newcomer = population.at(index);
      const [identity] = newcomer.identities;
      expect(identity?.extension.startsWith('1899')).toBe(true);
      expect(newcomer).toMatchObject({ index, protectedPerson: false, deregistration: null });
      expect(newcomer.residence?.municipality.startsWith('03')).toBe(true);
      expect(population.find(population.mainIdentity(index))).toEqual({ index });
      numbers.add(identity?.extension ?? '');
    }
    expect(numbers.size).toBe(1_000);
  });

  it('has room for as many people as Sweden has, and for newcomers', () => {
    const population = populationOf(MOST_PERSONS);
    for (const index of [0, MOST_PERSONS - 1, MOST_PERSONS + MOST_NEWCOMERS - 1]) {
      expect(population.find(population.mainIdentity(index))).toEqual({ index });
    }
  });

  it('refuses a size and an index that it does not have', () => {
    expect(() => populationOf(MOST_PERSONS + 1)).toThrow(RangeError);
    expect(() => populationOf(0)).toThrow(RangeError);
    expect(() => populationOf(10).at(10 + MOST_NEWCOMERS)).toThrow(RangeError);
    expect(() => populationOf(10).at(-1)).toThrow(RangeError);
    expect(() => populationOf(10).at(1.5)).toThrow(RangeError);
  });

  it('is not kept in memory', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    collect();
    const before = process.memoryUsage().heapUsed;
    let made = 0;
    let grown = 0;
    const population = populationOf(MOST_PERSONS);
    for (let index = 0; index < MOST_PERSONS; index += 250) {
      made += puRecordsOf(population.at(index), population).length > 0 ? 1 : 0;
      if (index % 2_500_000 !== 0) continue;
      collect();
      grown = Math.max(grown, process.memoryUsage().heapUsed - before);
    }
    expect(made).toBeGreaterThan(40_000);
    expect(grown).toBeLessThan(16_000_000);
  });
});

describe('the identities of the population', () => {
  const population = populationOf(10_000, 3, MANY_NUMBERS);
  const kinds: Readonly<Record<string, RegExp>> = {
    PNR: /^18[5-9]\d/,
    SNR: /^18[5-9]\d/,
    SLL: /^992[12]\d/,
    RES: /^18[5-9]\d/,
    NRID: /^\d\d0[0-4]/,
  };

  it('belong to one person each', () => {
    const seen = new Set<string>();
    let all = 0;
    for (const { root, extension } of identitiesOf(population)) {
      seen.add(`${root} ${extension}`);
      all += 1;
    }
    expect(seen.size).toBe(all);
    expect(all).toBeGreaterThan(11_000);
  });

  it('lead back to their person, every kind of them', () => {
    const found = new Map<string, number>();
    for (const { index, identities } of population.persons()) {
      for (const { root, extension, replacedBy } of identities) {
        expect(population.find({ root, extension })).toEqual({ index });
        const kind = `${root} ${replacedBy === null ? 'now' : 'before'}`;
        found.set(kind, (found.get(kind) ?? 0) + 1);
      }
    }
    // PNR and SNR now and before, and four kinds of reserve numbers.
    expect(found.size).toBe(8);
    expect(Math.min(...found.values())).toBeGreaterThan(50);
  });

  it('do not lead to anybody when nobody has them', () => {
    const { root, extension } = population.mainIdentity(0);
    const last = Number(extension.at(-1));
    const wrong = [`${extension.slice(0, -1)}${(last + 1) % 10}`, '', 'x', '185013010000'];
    for (const one of wrong) {
      expect(population.find({ root, extension: one })).toBeUndefined();
    }
    expect(population.find({ root: '1.2.3', extension })).toBeUndefined();
    const beyond = populationOf(MOST_PERSONS, 3, MANY_NUMBERS).mainIdentity(MOST_PERSONS - 1);
    expect(population.find(beyond)).toBeUndefined();
  });

  it('are numbers that no living person could have', () => {
    let looked = 0;
    for (const { masterType, extension } of identitiesOf(population)) {
      looked += 1;
      if (PUBLISHED_UNKNOWN_BIRTH_NRIDS.includes(extension)) continue;
      if (kinds[masterType]?.test(extension) !== true) {
        expect.fail(`a ${masterType} outside the ranges`);
      }
    }
    expect(looked).toBeGreaterThan(11_000);
  });

  it("are valid by core's own arithmetic under the root that they state", async () => {
    const classifier = await openClassifier();
    for (const { root, extension, masterType } of identitiesOf(population)) {
      const { kind } = classifier.validate(root as Oid, extension);
      if (kind !== 'valid') expect.fail(`a ${masterType} is ${kind}`);
    }
  });

  it('have a birth date that is that of their number, or less exact', () => {
    for (const { identities, birthDate } of population.persons()) {
      const main = identities.at(-1);
      if (main?.kind !== 'PNR' && main?.kind !== 'SNR') continue;
      const day = Number(main.extension.slice(6, 8)) % 60;
      const inNumber = `${main.extension.slice(0, 4)}-${main.extension.slice(4, 6)}-${String(day).padStart(2, '0')}`;
      expect(birthDate !== null && inNumber.startsWith(birthDate)).toBe(true);
    }
  });
});

describe('the households of the population', () => {
  const population = populationOf(10_000);

  it('have children who are younger than their parents by eighteen years and more', () => {
    let parents = 0;
    for (const { birthDate, relations } of population.persons()) {
      for (const { index, type } of relations) {
        if (type !== 'MO' && type !== 'FA' && type !== 'F') continue;
        parents += 1;
        const parentBirth = population.at(index).birthDate ?? '';
        const years = Number(birthDate?.slice(0, 4)) - Number(parentBirth.slice(0, 4));
        expect(years).toBeGreaterThanOrEqual(18);
      }
    }
    expect(parents).toBeGreaterThan(1_000);
  });

  it('state each relation from both sides', () => {
    const back: Readonly<Record<string, readonly string[]>> = {
      MO: ['B'],
      FA: ['B'],
      F: ['B'],
      B: ['MO', 'FA', 'F'],
      V: ['VF'],
      VF: ['V'],
      M: ['M'],
      P: ['P'],
    };
    for (const person of population.persons()) {
      for (const { index, type } of person.relations) {
        const other = population.at(index).relations;
        const isMutual = other.some(
          (one) => one.index === person.index && back[type]?.includes(one.type) === true,
        );
        if (!isMutual) expect.fail(`a relation ${type} from one side only`);
      }
    }
  });

  it('have nobody dead as custodian or spouse', () => {
    for (const { relations } of population.persons()) {
      for (const { index, type } of relations) {
        if (type !== 'V' && type !== 'M' && type !== 'P') continue;
        expect(population.at(index).deregistration?.reason).not.toBe('AV');
      }
    }
  });

  it('have nobody in relations whom a population that ends in the middle of them does not have', () => {
    for (const size of [1, 2, 3, 11, 12, 13]) {
      for (const { relations } of populationOf(size).persons()) {
        for (const { index } of relations) expect(index).toBeLessThan(size);
      }
    }
  });
});
